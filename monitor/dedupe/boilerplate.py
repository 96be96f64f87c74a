"""What a paper adds to a text that is not the text: credits, share lines, lines it prints daily.

`stripped` takes them away before texts are compared. Which lines a source repeats is learned (see
`candidates`); whoever learned them hands them in. `agency` says whose text it is, where it says so.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from monitor.model import Article

LINE_CHARS = 240
"""A longer line says something of its own."""
EDGE_LINES = 4
"""Lines at either end of an article that may be its source's own."""

_LINE = re.compile(r"[^\n]+")
# Whole lines that papers print under and around any text. Each begins with words that no sentence
# of a report begins with, or is nothing but them.
_FURNITURE = re.compile(
    r"""\W*(?:
      (?:(?:additional|further)\s)?(?:reporting|writing|editing|text|photo(?:s|graph)?)\s
        (?:and\s(?:writing|editing)\s)?by\s(?-i:[A-ZÀ-Þ]).+
    | (?:the\s)?[\w.'’&/ ]{2,60}\scontributed\s(?:to|reporting).*
    | (?:this|the)\s(?:story|report|article)\s(?:was|has\sbeen|is)\s
        (?:first\s|originally\s)?(?:published|updated|corrected|syndicated|produced).*
    | (?:share|tweet|print|email|save|listen|comments?|advertisement|sponsored|photo|related)\W*
    | (?:share|tweet|post|email|pin|print|save)\s(?:this|on|via|to|article|story)\b.{0,80}
    | (?:follow|like|join|find)\sus\b.{0,120}
    | (?:sign\sup|subscribe|register|log\sin)\b.{0,160}
    | (?:click|tap)\shere\b.{0,120}
    | (?:read|see|watch)\s(?:more|also|next|the\sfull\s\w+)\b.{0,120}
    | (?:©|\(c\)|copyright)\s.{0,200}
    | all\srights\sreserved.{0,200}
    | (?:reuters|associated\spress|ap|afp|dpa)(?:\sstaff|\swriter)?\W*
    )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
# The same credit in brackets where it ends the last paragraph: "(Reporting by …; Editing by …)".
_CREDIT = re.compile(
    r"\s*[(\[](?:additional |further )?(?:reporting|writing|editing|compiled|translated)\b"
    r"[^()\[\]]{0,300}[)\]]\s*\Z",
    re.IGNORECASE,
)

# Who sells texts to papers, by the names they go by in datelines and credits.
AGENCIES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("reuters", "thomson reuters"), "reuters"),
    **dict.fromkeys(("ap", "associated press", "the associated press"), "ap"),
    **dict.fromkeys(("afp", "agence france-presse", "agence france presse"), "afp"),
    **dict.fromkeys(("dpa", "deutsche presse-agentur"), "dpa"),
    **{name: name for name in ("upi", "efe", "ansa", "tass", "xinhua", "kyodo", "interfax")},
    **{name: name for name in ("belga", "anp", "tt", "ntb", "ritzau", "apa", "lusa", "pti")},
    **dict.fromkeys(("pa", "pa media", "press association"), "pa"),
    "itar-tass": "tass",
    "bloomberg": "bloomberg",
    "cp": "cp",
    "the canadian press": "cp",
}
_NAMES = "|".join(sorted(map(re.escape, AGENCIES), key=len, reverse=True))
_DATELINED = re.compile(rf"[^()\n]{{0,60}}\(({_NAMES})\)", re.IGNORECASE)
_CREDITED = re.compile(
    rf"(?:\A|[\n(©]|[.!?]\s)\W*(?:copyright\s)?(?:\d{{4}}\s)?(?:the\s)?({_NAMES})"
    r"(?:\scontributed\b|\W*(?:\Z|\n))",
    re.IGNORECASE,
)
_TAIL_CHARS = 400


def stripped(text: str, learned: Container[str] = frozenset()) -> str:
    """The text without lines that are furniture, and without those of its source in `learned`."""
    if len(text) <= LINE_CHARS and "\n" not in text:
        return _CREDIT.sub("", text)
    kept = [line for line in _LINE.findall(text) if not _is_furniture(line, learned)]
    return _CREDIT.sub("", "\n\n".join(kept))


def _is_furniture(line: str, learned: Container[str]) -> bool:
    if len(line) > LINE_CHARS:
        return False
    return _FURNITURE.fullmatch(line) is not None or (bool(learned) and _name(line) in learned)


def candidates(article: Article) -> tuple[str, ...]:
    """Names of the lines that may be its source's own: short ones, first and last in the body.

    Whoever counts them learns what the source repeats; a name is 12 hex digits.
    """
    lines = _LINE.findall(article.body)
    edges = lines[:EDGE_LINES] + lines[EDGE_LINES:][-EDGE_LINES:]
    if len(lines) < 2:  # a text in one paragraph has no edges
        return ()
    return tuple(dict.fromkeys(_name(line) for line in edges if len(line) <= LINE_CHARS))


def _name(line: str) -> str:
    folded = " ".join(line.casefold().split())
    return hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def agency(article: Article) -> str:
    """The agency whose text this is, by dateline, byline or credit; "" where none is named."""
    for author in article.authors:
        if found := AGENCIES.get(author.strip().lower()):
            return found
    for text in (article.dateline or "", article.body, article.summary):
        found_ = _DATELINED.match(text.lstrip()[:160]) or _CREDITED.search(text[-_TAIL_CHARS:])
        if found_:
            return AGENCIES[found_[1].lower()]
    return ""
