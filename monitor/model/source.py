"""Source: a feed URL or a seed file, and what was read from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from monitor.model.article import Article

Interval = timedelta | Literal["auto"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed to poll. `tier` 1 is the most trusted; `interval` is the time between two polls.

    `respect_hints` is whether the publisher's wishes for fewer polls hold; `backfill` how many
    entries of the first poll become articles, the newest ones (None: all).
    """

    id: str
    url: str
    name: str | None = None
    language: str | None = None
    country: str | None = None
    tier: int = 2
    interval: Interval = "auto"
    tags: tuple[str, ...] = ()
    respect_hints: bool = True
    backfill: int | None = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a feed asks of those who poll it, in its own document.

    `every_s` is the time it wants between two polls (ttl, sy:updatePeriod), 0 for no wish. Hours
    are 0 to 23 and days 0 (Monday) to 6, both in UTC: not then.
    """

    every_s: float = 0.0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceProblem:
    """Something odd about a source that did not stop the rest: where, and what was found."""

    source: str
    where: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSource:
    """What a document held: its articles in document order, and its problems.

    `title`, `language` and `hints` are what the document says of itself.
    """

    articles: tuple[Article, ...]
    problems: tuple[SourceProblem, ...] = ()
    title: str | None = None
    language: str | None = None
    hints: Hints = Hints()
