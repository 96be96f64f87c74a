"""The poller: what is due -> fetch -> parse -> put. Feeds and seed files.

One connection a host at a time, and a source's failure is its own. When the queue is longer than
its bound, or Redis does not take writes, everyone waits and says so once a minute; nothing is
dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from structlog.typing import FilteringBoundLogger

from monitor.errors import StoreUnavailable
from monitor.model import ARTICLES, Source
from monitor.net import Client
from monitor.poller.feeds import FeedPoll, Polled
from monitor.poller.seeds import SeedReader
from monitor.settings import Settings
from monitor.sources.childparse import Parser
from monitor.store import Store

__all__ = ["Polled", "Poller"]

AT_ONCE = 50
"""Feeds under way at a time, each with a host of its own."""

LOOK_S = 0.25
SEEDS_EVERY_S = 2.0
SAY_EVERY_S = 60.0
PAUSE = timedelta(seconds=2)


@dataclass(slots=True, kw_only=True)
class Poller:
    """Polls every source when it is due, and reads seed files that appear."""

    settings: Settings
    store: Store
    log: FilteringBoundLogger
    now: Callable[[], datetime]
    _lanes: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )
    _said_s: float = float("-inf")
    _stopping: bool = False

    async def once(self) -> Polled:
        """Read every seed file and poll every feed once, due or not."""
        seeds = asyncio.create_task(asyncio.to_thread(self._read_seeds))
        async with self._client() as client, Parser() as parser:
            feeds = self._feeds(client, parser)
            done = await asyncio.gather(
                *(self._poll(feeds, source) for source in self.settings.sources)
            )
        return sum((polled for polled, _ in done), await seeds)

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set."""
        self.log.info(
            "poller.started", sources=len(self.settings.sources), seeds=len(self.settings.seeds)
        )
        seeds = asyncio.create_task(self._watch_seeds(stop))
        async with self._client() as client, Parser() as parser:
            await self._watch_feeds(self._feeds(client, parser), stop)
        self._stopping = True
        await seeds

    def _client(self) -> Client:
        return Client(allow=self.settings.allow, contact=self.settings.contact)

    def _feeds(self, client: Client, parser: Parser) -> FeedPoll:
        return FeedPoll(store=self.store, client=client, parser=parser, now=self.now, log=self.log)

    # -- feeds

    async def _watch_feeds(self, feeds: FeedPoll, stop: asyncio.Event) -> None:
        due: dict[str, datetime | None] = {}
        under_way: dict[asyncio.Task[tuple[Polled, datetime]], Source] = {}
        while not stop.is_set():
            for task in [task for task in under_way if task.done()]:
                due[under_way.pop(task).id] = task.result()[1]
            busy = {source.id for source in under_way.values()}
            for source in self.settings.sources:
                if source.id in busy or len(under_way) >= AT_ONCE:
                    continue
                if source.id not in due:
                    due[source.id] = await self._saved_due(feeds, source)
                at = due[source.id]
                if at is None or at <= self.now():
                    under_way[asyncio.create_task(self._poll(feeds, source))] = source
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_S)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _saved_due(self, feeds: FeedPoll, source: Source) -> datetime | None:
        try:
            return await feeds.due(source)
        except StoreUnavailable as error:
            self._say("store.unavailable", error.message)
            return self.now() + PAUSE

    async def _poll(self, feeds: FeedPoll, source: Source) -> tuple[Polled, datetime]:
        """One poll in its host's lane. Whatever goes wrong with one source is its own."""
        async with self._lanes[urlsplit(source.url).hostname or ""]:
            try:
                while await asyncio.to_thread(self._crowded):
                    await asyncio.sleep(LOOK_S)
                return await feeds.poll(source)
            except StoreUnavailable as error:
                self._say("store.unavailable", error.message)
                return Polled(), self.now() + PAUSE
            except Exception:
                self.log.exception("source.failed", source=source.id, kind="bug")
                return Polled(feeds=1, failed=1, problems=1), self.now() + timedelta(minutes=10)

    # -- seeds

    def _reader(self) -> SeedReader:
        return SeedReader(store=self.store, now=self.now, room=self._wait_for_room, log=self.log)

    def _read_seeds(self) -> Polled:
        reader = self._reader()
        put = reader.read_all(self.settings.seeds)
        return Polled(articles=put, problems=reader.problems)

    async def _watch_seeds(self, stop: asyncio.Event) -> None:
        reader, look = self._reader(), SeedReader.read_all
        while not stop.is_set():
            try:
                await asyncio.to_thread(look, reader, self.settings.seeds)
                look = SeedReader.read_settled
            except StoreUnavailable as error:
                self._say("store.unavailable", error.message)
            except Exception:
                self.log.exception("seed.skipped", reason="bug")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), SEEDS_EVERY_S)

    # -- back-pressure

    def _crowded(self) -> bool:
        if self.store.view.waiting(ARTICLES) <= self.settings.workers.queue_bound:
            return False
        self._say("poller.waited", "the queue is longer than [workers] queue_bound")
        return True

    def _wait_for_room(self) -> None:
        while self._crowded() and not self._stopping:
            time.sleep(LOOK_S)

    def _say(self, event: str, reason: str) -> None:
        if time.monotonic() - self._said_s >= SAY_EVERY_S:
            self._said_s = time.monotonic()
            self.log.warning(event, who="poller", reason=reason)
