"""Source: a feed URL or a seed file, and what was read from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from monitor.model.article import Article

Interval = timedelta | Literal["auto"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed to poll. `tier` 1 is the most trusted; `interval` is the time between two polls."""

    id: str
    url: str
    name: str | None = None
    language: str | None = None
    country: str | None = None
    tier: int = 2
    interval: Interval = "auto"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceProblem:
    """Something odd about a source that did not stop the rest: where, and what was found."""

    source: str
    where: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSource:
    """What a document held: its articles in document order, and its problems.

    `title` and `language` are what the document says of itself.
    """

    articles: tuple[Article, ...]
    problems: tuple[SourceProblem, ...] = ()
    title: str | None = None
    language: str | None = None
