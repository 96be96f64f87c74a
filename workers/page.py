"""Pages: an article whose feed gives a teaser has its page read before it is judged.

take_page -> robots.txt -> page -> hand_on. The article is on the queue of pages or on that of
articles at any time, never on neither. Whatever its page does, it goes on within `PATIENCE`: with
the page's text, or with the feed's own and a note why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from structlog.typing import FilteringBoundLogger

from monitor.errors import Bug, ParseError, SourceError
from monitor.hosts import host_of, shown_address
from monitor.model import PLAIN, Access, Article, PageNote, PageOutcome
from monitor.net import Client
from monitor.sources.childpage import PageReader
from monitor.sources.page import PageBytes, fetch_page, fetch_robots, with_page
from monitor.sources.robots import Leave, origin_of
from monitor.store import PageTaken, Store
from workers.hand_on import HandOn, hop
from workers.page_outcome import DEATHS, HOPS, Done, Guard, Wait, failed, followed, kept, late
from workers.under_way import UnderWay

AT_ONCE = 32
"""Pages a process has under way, each of another host."""

TOTAL_S = 30.0


def page(articles: dict[str, object]) -> None:
    """The job's name in RQ. RQ's own worker cannot run it: it has no leases and knows no hosts."""
    raise Bug("pages are read by `wirewatch worker`; `rq requeue` gives them back to it")


def way_to_pages(access: Access) -> Access:
    """How a source's pages are reached: as its feed, but nobody is told who we are there."""
    return replace(access, headers=(), authorization="")


@dataclass(slots=True, kw_only=True)
class ReadPages:
    """The pages of one process, concurrently.

    `guard` answers what a page raised; `access` is how the servers of a source's pages are reached,
    where that takes more than an address.
    """

    store: Store
    client: Client
    reader: PageReader
    worker: str
    now: Callable[[], datetime]
    guard: Guard
    log: FilteringBoundLogger
    access: Mapping[str, Access] = field(default_factory=dict)
    under_way: UnderWay = field(default_factory=lambda: UnderWay(AT_ONCE))
    takes: int = 0
    next_s: float | None = None

    @property
    def hand_on(self) -> HandOn:
        """Where articles go from here."""
        return HandOn(store=self.store, worker=self.worker, now=self.now, log=self.log)

    async def fill(self) -> bool:
        """Take as many pages as there are places; False when none was taken. `next_s` then says in
        how many seconds the next one's turn may come."""
        places = self.under_way.places
        if places <= 0:
            return False
        token = f"{self.worker}/{self.takes}"
        taken, self.next_s = await asyncio.to_thread(
            self.store.pages.take_turns, self.worker, token, places
        )
        self.takes += 1
        for job in (job for job in taken if not self.under_way.has(job.id)):
            self.under_way.start(job.id, self._serve(job))
        return bool(taken)

    async def _serve(self, job: PageTaken) -> None:
        article = await asyncio.to_thread(self.hand_on.article_of, job)
        if article is None:
            return
        outcome = await self._outcome(job, article)
        match outcome:
            case Done():
                await asyncio.to_thread(self.hand_on, job, article, outcome)
            case Wait():
                await asyncio.to_thread(self._postpone, job, article, outcome)
            case _:
                assert_never(outcome)

    async def _outcome(self, job: PageTaken, article: Article) -> Done | Wait:
        if job.turn != "go" or job.deaths >= DEATHS:
            return late(job, article)
        read = await self.guard(self._read(job, article, job.url or article.url or ""))
        return failed(job, article, read) if isinstance(read, Exception) else read

    async def _read(self, job: PageTaken, article: Article, url: str) -> Done | Wait:
        """Ask robots.txt, then the page. A fresh robots.txt was a request to the host, too."""
        origin = origin_of(url)
        rules = await asyncio.to_thread(self.store.pages.robots, origin)
        if rules is None:
            way = self.access.get(article.source, PLAIN)
            rules = await fetch_robots(self.client, origin, now=self.now(), access=way)
            await asyncio.to_thread(self.store.pages.keep_robots, origin, rules)
            if job.room_s:
                return Wait(after_s=job.room_s, url=job.url, why="", tries=job.tries, hops=job.hops)
        return await self._allowed(job, article, rules, url)

    async def _allowed(self, job: PageTaken, article: Article, rules: str, url: str) -> Done | Wait:
        """Ask for the page as far as these rules allow, and where it moved to on its own site."""
        way = self.access.get(article.source, PLAIN)
        for _ in range(HOPS + 1):
            leave = await self._leave(article, rules, url)
            if not leave.granted:
                said = f"robots.txt of {host_of(url)} does not allow it"
                return kept(article, PageOutcome.REFUSED, said)
            try:
                total_s = min(TOTAL_S, max(job.left_s, 1.0))
                found = await fetch_page(self.client, url, total_s=total_s, access=way)
                if isinstance(found, PageBytes):
                    return await self._text(article, found, leave)
            except SourceError as error:
                return failed(job, article, error, room_s=leave.delay_s)
            if origin_of(found.url) != origin_of(url):
                return followed(job, article, found.url)
            url = found.url
        said = f"redirected more than {HOPS} times on {host_of(url)}"
        return kept(article, PageOutcome.FAILED, said)

    async def _leave(self, article: Article, rules: str, url: str) -> Leave:
        """What the rules say of this address; those that cannot be read in time allow nothing."""
        try:
            return await self.reader.leave(rules, url, source=article.source)
        except ParseError:
            return Leave(granted=False)

    async def _text(self, article: Article, found: PageBytes, leave: Leave) -> Done:
        page_ = await self.reader.article(
            found.body, source=article.source, fetched=article.fetched
        )
        merged = with_page(article, page_)
        if merged is None:
            said = "the page holds no more text than the feed gives"
            return kept(article, PageOutcome.EMPTY, said, park_s=leave.delay_s)
        return Done(article=merged, note=PageNote(outcome=PageOutcome.READ), park_s=leave.delay_s)

    def _postpone(self, job: PageTaken, article: Article, wait: Wait) -> None:
        asked = hop(job.url or article.url or "", park_s=wait.park_s)
        self.store.pages.postpone(
            self.worker,
            job,
            after_s=wait.after_s,
            at=asked,
            then=hop(wait.url) if wait.url else replace(asked, url=""),
            tries=wait.tries,
            hops=wait.hops,
            why=wait.why,
        )
        if wait.why:
            self.log.info(
                "page.delayed",
                article=article.id,
                source=article.source,
                url=shown_address(article.url or ""),
                reason=wait.why,
                again_in_s=round(wait.after_s, 1),
            )
