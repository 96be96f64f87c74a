"""Handing articles on from the queue of pages to that of articles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from monitor.errors import ParseError
from monitor.hosts import host_of, shown_address, spacing_s
from monitor.model import Article, PageOutcome
from monitor.queues import page_of
from monitor.store import Hop, PageTaken, Store
from workers.page_outcome import Done, late

LATE_AT_A_TIME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOn:
    """Gives articles to the queue of articles, and says so."""

    store: Store
    worker: str
    now: Callable[[], datetime]
    log: FilteringBoundLogger

    def late(self, token: str) -> None:
        """Hand on the articles that have waited too long for a page, whoever serves the queue."""
        for job in self.store.pages.take_late(self.worker, token, LATE_AT_A_TIME):
            if (article := self.article_of(job)) is not None:
                self(job, article, late(job, article))

    def article_of(self, job: PageTaken) -> Article | None:
        """The article a page is wanted for; a job that holds none is set aside."""
        try:
            return page_of(job.data)
        except ParseError as error:
            reason = error.message
        self.store.pages.bury(self.worker, job.id, reason, self.now())
        self.log.error("article.set_aside", job=job.id, reason=reason)
        return None

    def __call__(self, job: PageTaken, article: Article, done: Done) -> None:
        """Hand one on."""
        at = hop(job.url or article.url or "", park_s=done.park_s)
        noted = replace(done.article, page=done.note)
        if not self.store.pages.hand_on(self.worker, job, noted, done.note, at=at, now=self.now()):
            self.log.warning("bundle.retaken", worker=self.worker, jobs=1)
            return
        self.log.info(
            "page.read" if done.note.outcome is PageOutcome.READ else "page.missed",
            article=article.id,
            source=article.source,
            url=shown_address(article.url or ""),
            outcome=str(done.note.outcome),
            reason=done.note.said or None,
        )


def hop(url: str, *, park_s: float = 0.0) -> Hop:
    """The host of this address as one on the way to a page."""
    host = host_of(url)
    return Hop(host=host, room_s=spacing_s(host), url=url, park_s=park_s)
