"""Who wrote it and where: bylines ("By Jane Roe") and datelines ("Baghdad - ") of text pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from monitor.sources.dates import read_date

# "By", and what it is elsewhere. It has to be followed by a name, so that it may begin a sentence.
_BYLINE: Final = re.compile(
    r"(?:(?:written|posted|reported|story|words|report|text)\s+)?"
    r"(?:(?:by|von|par|por|di|door|av|autor|author|reporter|автор|بقلم)\b\s*[:：]?\s|(?:作者|文)\s*[:：])"
    r"\s*(.+)",
    re.IGNORECASE,
)
_BYLINE_WORDS: Final = 20
_AFTER_NAME: Final = re.compile(
    r"\s*[|•·;,/(]\s*|\s+[-–—]\s+|\s+(?:updated|published|posted|on|in|at|for)\b"
)
_AND: Final = re.compile(r"\s+(?:and|und|et|y|e|en|og|och|i|&|и|و)\s+")
# "Baghdad - ", "BAGHDAD, June 13 (Reuters) - ", "KIEV, Ukraine (AP) — ": one to four words with
# capitals (where the script has them), perhaps a day and an agency, a dash, then a sentence.
_DATELINE: Final = re.compile(
    r"(?P<place>[^\W\d_][\w.'’/-]*(?:,? [^\W\d_][\w.'’/-]*){0,3}?)"
    r"(?:, (?:[^\W\d_]+\.? \d{1,2}|\d{1,2}\.? [^\W\d_]+))?"
    r"(?: ?\([^()]{2,30}\))? ?(?: [-–—]{1,2}|—) (?=[^\Wa-z]|[\"“«„'‘])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """Who wrote it; `rest` is what the line says from the date on."""

    authors: tuple[str, ...]
    rest: str


def byline_of(line: str, fetched: datetime) -> Byline | None:
    """ "By Jane Roe Jun 13, 2014 in World" or the like; None if the line is none."""
    found = _BYLINE.fullmatch(line)
    if not found or len(line.split()) > _BYLINE_WORDS:
        return None
    words = found[1].split()
    date_at = _date_start(words, fetched)
    authors = names_in(" ".join(words[:date_at]))
    return Byline(authors=authors, rest=" ".join(words[date_at:])) if authors else None


def _date_start(words: Sequence[str], fetched: datetime) -> int:
    """Where the date in these words begins; behind the last one without any.

    A date is found wherever it stands in a text, so it begins at the last word from which on it is
    still found.
    """
    for place in range(len(words) - 1, -1, -1):
        if read_date(" ".join(words[place:]), now=fetched):
            return place
    return len(words)


def names_in(text: str) -> tuple[str, ...]:
    """The names in what follows "By"; none if it does not look like names."""
    several = _AND.split(text)
    if len(several) > 1:  # commas part names only where "and" does, too; "Roe, Staff Writer" is one
        several = [name for part in several for name in part.split(", ")]
    first, *others = [_AFTER_NAME.split(name)[0].strip(" -–—") for name in several]
    if not _is_name(first):
        return ()
    return (first, *(name for name in others if _is_name(name) and " " in name))


def _is_name(text: str) -> bool:
    """One to six words, the first and last with no small letter at the front ("Ana de la Cruz")."""
    words = text.split()
    if not 1 <= len(words) <= 6 or any(letter.isdigit() for letter in text):
        return False
    return not (words[0][0].islower() or words[-1][0].islower())


def without_dateline(body: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """The dateline at the body's start, and the body without it."""
    found = _DATELINE.match(body[0]) if body else None
    if not found or not _is_name(found["place"]):
        return None, body
    return found["place"], (body[0][found.end() :], *body[1:])
