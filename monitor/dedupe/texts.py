"""Do two articles carry one text? `shared_key` is equal where they do; `similarity`: how nearly.

Case, punctuation and white space do not count, nor a dateline or agency tag at the start, because
each paper sets its own on the same wire copy. Title and date do not count for a text of some
length: headlines are rewritten, dates are the paper's. Short texts are known by them instead: "The
match ended in a draw." is a sentence of many stories.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from monitor.dedupe.boilerplate import stripped
from monitor.model import digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.model import Article

# Texts under this many words are keyed with title, source and day too.
SHORT_WORDS = 50
# A title of so many words says what the text is about.
HEADLINE_WORDS = 3
# Shingles of three words: what the measured near-duplicate sketches use (docs/decisions.md).
SHINGLE_WORDS = 3

# Scripts without spaces (Thai, Lao, Burmese, Khmer, kana, Han): each letter counts as a word.
_SPACELESS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff" + (
    r"\U00020000-\U0003ffff"
)
# Marks that are written on a letter and belong to its word (Hebrew, Arabic, Indic scripts).
_MARKS = r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0970-\u0dff"
_WORD = re.compile(f"[{_SPACELESS}]|(?:[^\\W_{_SPACELESS}]|[{_MARKS}])+")
_PLAIN_WORD = re.compile(r"[^\W_]+")  # the same for text with neither, in half the time
_SPECIAL = re.compile(f"[{_SPACELESS}{_MARKS}]")
# Letters nobody sees: soft hyphen, zero-width spaces and joiners, direction marks, BOM.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")

# What stands before the first dash, colon or bar: "BAGHDAD, June 13 (Reuters) - ", "Baghdad - ",
# "(AP) — ". Either 60 characters at most that end in brackets (which agency is not asked: nobody
# has a list of all), or five words at most.
_DATELINE = re.compile(
    r"""
      [^!?\n()]{0,60} \([^()\n]{2,40}\) \s* (?: [-–—―]{1,2} | [:|] ) \s+
    | [^\W_] [\w.'’/]* ,? (?: \s+ [^\W_] [\w.'’/]* ,? ){0,4} \s* (?: \s [-–—―]{1,2} | [—|] ) \s+
    """,
    re.VERBOSE,
)
_DATELINE_CHARS = 160


def text_key(article: Article, words: Sequence[str] | None = None) -> str:
    """A digest of the words of a text; of its title where it has no words.

    The same article with another one is a revision. Words are joined without spaces, so lost or
    doubled white space does not count either. `words` are those of `words_of`, where known.
    """
    text = "".join(words_of(article) if words is None else words)
    return digest("text", text) if text else digest("title", "".join(_words(article.title)))


def shared_key(article: Article, words: Sequence[str] | None = None) -> str:
    """A digest that is equal for copies of one text, whoever prints it under whatever title.

    A text of fewer than `SHORT_WORDS` words is known by its title, source and day; under a title of
    fewer than `HEADLINE_WORDS`, which names a column ("In brief"), it has to be the same, too.
    """
    words = words_of(article) if words is None else words
    if len(words) >= SHORT_WORDS:
        return text_key(article, words)
    title = _words(article.title)
    day = article.published.date().isoformat() if article.published else ""
    text = "" if len(title) >= HEADLINE_WORDS else "".join(words)
    return digest("short text", text, "".join(title), article.source, day)


def words_of(article: Article) -> tuple[str, ...]:
    """The words by which the text of an article is compared: summary and body, folded.

    A summary that only repeats the body's beginning (or any part of it) does not count: some feeds
    give it, some do not, and the text is the same. Nor do credits and share lines.
    """
    summary = _words(stripped(undated(article.summary)))
    body = _words(stripped(undated(article.body)))
    return tuple(body if "".join(summary) in "".join(body) else summary + body)


def similarity(words: Sequence[str], founder: Sequence[str]) -> float:
    """The share of three-word shingles that two texts have in common, 0 to 1, to three digits.

    Resemblance after Broder 1997: shingles in both over shingles in either. 1.0 for equal words;
    a difference is never rounded up to 1.0.
    """
    if words == founder:
        return 1.0
    ours, theirs = _shingles(words), _shingles(founder)
    either = len(ours | theirs)
    return min(round(len(ours & theirs) / either, 3), 0.999) if either else 0.0


def _words(text: str) -> list[str]:
    """The words of a text in lower case, in one spelling of each letter (NFKC)."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    text = text.casefold()
    special = not text.isascii() and _SPECIAL.search(text)
    return (_WORD if special else _PLAIN_WORD).findall(text)


def undated(text: str) -> str:
    """Text without the datelines and agency tags it starts with.

    All of them, one after the other: whatever else looks like one ("Obama - who ...") then goes
    from every copy alike, also from the copy that had a real one before it.
    """
    text, start = text.lstrip(), 0
    while line := _DATELINE.match(text, start, start + _DATELINE_CHARS):
        start = line.end()
    return text[start:]


def _shingles(words: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """Every run of three words; a shorter text is one shingle, no text none."""
    last = max(len(words) - SHINGLE_WORDS, 0)
    return frozenset(
        tuple(words[first : first + SHINGLE_WORDS]) for first in range(last + 1) if words
    )
