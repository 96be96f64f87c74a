"""One entry of a feed, whatever the format: what it says, and what is odd about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from monitor.model import digest
from monitor.sources.markup import line

LONGEST_NAME: Final = 300
MOST_NAMES: Final = 100
"""Of authors and tags; and characters of each, and of what a feed calls itself. A feed says them
once, but every article of it bears them: half a megabyte of title would be one of articles."""

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,4}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry, before it is known whether its guid is its own.

    `guid` and `dated` are as given, "" for none; `odd` says what is wrong with it, in words for a
    problem.
    """

    guid: str
    link: str | None
    title: str
    summary: str
    body: str
    dated: str
    published: datetime | None
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    language: str | None
    odd: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What may name it, the surest first: guid, link, and its text."""
        text = digest("entry", self.title, self.dated, self.summary or self.body)
        return tuple(name for name in (self.guid, self.link, text) if name)

    @property
    def says(self) -> tuple[str, str]:
        """What tells it from another entry, whatever either is called."""
        return self.title, self.summary or self.body

    @property
    def says_nothing(self) -> bool:
        """Whether there is no text in it."""
        return not (self.title or self.summary or self.body)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it at all."""
        known = self.guid or self.link or self.dated or self.authors or self.tags
        return self.says_nothing and not known


def with_oddities(entry: Entry, given_link: str, *more: str) -> Entry:
    """The entry, and in words what is wrong with it; `given_link` is its link as it was written."""
    return replace(entry, odd=(*_oddities(entry, given_link), *more))


def _oddities(entry: Entry, given_link: str) -> Iterable[str]:
    if entry.says_nothing:
        yield "has neither title nor text"
    if not entry.guid:
        yield f"has no guid; named by its {'link' if entry.link else 'text'}"
    if given_link and not entry.link:
        yield f"links to {given_link[:100]!r}, which is not http; kept without link"
    if entry.dated and not entry.published:
        yield f"is dated {entry.dated[:60]!r}, which is no date news can have"


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts as names: plain lines, each once, empty ones left out; so many and so long."""
    shown = (line(text)[:LONGEST_NAME].rstrip() for text in texts)
    return tuple(islice(dict.fromkeys(name for name in shown if name), MOST_NAMES))


def language_of(given: object) -> str | None:
    """BCP 47 for what a feed calls its language, or None: `en_us` is en-US."""
    if not isinstance(given, str) or not _LANGUAGE.fullmatch(given.strip()):
        return None
    first, *rest = re.split("[-_]", given.strip())
    cased = (part.upper() if len(part) == 2 else part.title() for part in rest)
    return "-".join((first.lower(), *cased))
