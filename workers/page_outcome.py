"""What comes of a page: its text, the feed's own with a note why, or another try. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from monitor.errors import BadStatus, ParseError, SourceError, TimedOut, Unreachable
from monitor.hosts import host_of
from monitor.model import Article, PageNote, PageOutcome
from monitor.store import PageTaken
from workers.retry import page_again

HOPS = 5
DEATHS = 3
"""Processes that may die while they work on a page; then its article goes on without it."""

REFUSING = frozenset({401, 402, 403, 407, 429, 451})
GONE = frozenset({404, 410})
TROUBLE = (TimedOut, Unreachable, BadStatus)

WAITED = {
    "late": "not read within the time an article may wait",
    "crowded": "its turn on its host would come later than an article may wait",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The article goes on with this note; its host is to be left alone so long."""

    article: Article
    note: PageNote
    park_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """The page is asked for again after so long, at this address."""

    after_s: float
    url: str
    why: str
    tries: int
    hops: int
    park_s: float = 0.0


Guard = Callable[[Awaitable[Done | Wait]], Awaitable[Done | Wait | Exception]]


def late(job: PageTaken, article: Article) -> Done:
    """What comes of a page that cannot be waited for any longer, or that processes die on."""
    if job.deaths >= DEATHS:
        said = f"{job.deaths} processes died while they read it"
        return kept(article, PageOutcome.FAILED, said)
    return kept(article, PageOutcome.LATE, WAITED.get(job.turn, WAITED["late"]))


def failed(
    job: PageTaken, article: Article, error: Exception, *, room_s: float = 0.0
) -> Done | Wait:
    """What comes of a page that could not be got: another try, or the feed's text.

    Trouble of a host is not that of one page: it is left alone meanwhile, so that its other pages
    do not ask in vain; and for `room_s` seconds in any case.
    """
    known = isinstance(error, SourceError)
    said = error.message if isinstance(error, SourceError) else "an error of ours; the log has it"
    tries = job.tries + 1
    again = page_again(error, tries) if known else None
    wait_s = 0.0 if again is None else again.total_seconds()
    park_s = max(wait_s if isinstance(error, TROUBLE) else 0.0, room_s)
    if again is None or wait_s > job.left_s:
        return kept(article, outcome_of(error), said, park_s=park_s)
    return Wait(after_s=wait_s, url=job.url, why=said, tries=tries, hops=job.hops, park_s=park_s)


def outcome_of(error: Exception) -> PageOutcome:
    if isinstance(error, BadStatus) and error.status in REFUSING:
        return PageOutcome.REFUSED
    if isinstance(error, BadStatus) and error.status in GONE:
        return PageOutcome.GONE
    return PageOutcome.EMPTY if isinstance(error, ParseError) else PageOutcome.FAILED


def followed(job: PageTaken, article: Article, url: str) -> Done | Wait:
    """A redirect to another origin: that one has its own lane and its own robots.txt."""
    if job.hops >= HOPS:
        said = f"redirected to more than {HOPS} hosts, last to {host_of(url)}"
        return kept(article, PageOutcome.FAILED, said)
    return Wait(after_s=0.0, url=url, why="", tries=job.tries, hops=job.hops + 1)


def kept(article: Article, outcome: PageOutcome, said: str, *, park_s: float = 0.0) -> Done:
    return Done(article=article, note=PageNote(outcome=outcome, said=said), park_s=park_s)
