"""Source: a feed URL or a seed file, and what was read from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Literal

from monitor.model.article import Article

Interval = timedelta | Literal["auto"]
Priority = Literal["high", "normal", "low"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a source's server is reached, where that takes more than its address. All of it may be
    secret, so none of it is in the repr.

    `headers` are sent with each request, as is `authorization` ("" for none). `proxy` is the
    address of an HTTP proxy, `ca` certificates in PEM that are trusted beside the system's.
    """

    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    authorization: str = field(default="", repr=False)
    proxy: str = field(default="", repr=False)
    ca: str = field(default="", repr=False)

    @property
    def is_private(self) -> bool:
        """Whether something is sent that no other server may see."""
        return bool(self.headers or self.authorization)


PLAIN = Access()


class FullText(StrEnum):
    """Which articles of a feed have their pages read for the whole text."""

    NEVER = "never"
    IF_SHORT = "if-short"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed to poll. `tier` 1 is the most trusted; `interval` is the time between two polls.

    `respect_hints` is whether the publisher's wishes for fewer polls hold; `backfill` how many
    entries of the first poll become articles, the newest ones (None: all); `full_text` which of
    them have their pages read. One that is not
    `enabled` is not polled; one that is `mute` is read, and raises no alert. `priority` is its
    place among feeds that are due at once. `distrusted` are guids that different entries bore
    before: who bears one is named by link or text.
    """

    id: str
    url: str = field(repr=False)  # it may hold a login, or be a secret as a whole
    name: str | None = None
    language: str | None = None
    country: str | None = None
    tier: int = 2
    interval: Interval = "auto"
    tags: tuple[str, ...] = ()
    respect_hints: bool = True
    backfill: int | None = 10
    access: Access = PLAIN
    enabled: bool = True
    mute: bool = False
    priority: Priority = "normal"
    distrusted: tuple[str, ...] = ()
    full_text: FullText = FullText.NEVER


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
class Part:
    """A document that another one lists: its address, and when it is said to have changed, as
    given, "" for nothing.
    """

    url: str
    changed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSource:
    """What a document held: its articles in document order, and its problems.

    `title`, `language` and `hints` are what the document says of itself. A list of sitemaps has
    `parts` instead of articles, the likeliest to bring news first. `shared_guids` are those
    that different entries bore, so that they name nothing.
    """

    articles: tuple[Article, ...]
    problems: tuple[SourceProblem, ...] = ()
    title: str | None = None
    language: str | None = None
    hints: Hints = Hints()
    parts: tuple[Part, ...] = ()
    shared_guids: tuple[str, ...] = ()
