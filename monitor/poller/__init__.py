"""The poller: what is due -> fetch -> parse -> put. Feeds and seed files.

One connection a host at a time, room between two starts on it, and a source's failure is its own.
When the queue is longer than its bound, or Redis does not take writes, everyone waits and says so
once a minute; nothing is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from monitor.errors import StoreUnavailable
from monitor.model import ARTICLES, PAGES
from monitor.net import Client
from monitor.poller.feeds import FeedPoll, Polled
from monitor.poller.health import Ops
from monitor.poller.replay import Replay
from monitor.poller.seeds import SeedReader
from monitor.poller.traffic import LOOK_S, Traffic
from monitor.pulse import Pulse
from monitor.settings import Settings
from monitor.sources.childparse import Parser
from monitor.store import Store

__all__ = ["Polled", "Poller"]

READERS = 2
"""Documents read at a time, so that one that takes its five seconds does not hold up all others."""

SEEDS_EVERY_S = 2.0
SAY_EVERY_S = 60.0


@dataclass(slots=True, kw_only=True)
class Poller:
    """Polls every source when it is due, and reads seed files that appear."""

    settings: Settings
    store: Store
    log: FilteringBoundLogger
    now: Callable[[], datetime]
    replay: Replay = field(default_factory=Replay)
    pulse: Pulse = field(default_factory=Pulse)
    _said_s: dict[str, float] = field(default_factory=dict)
    _running: Traffic | None = None

    async def once(self) -> Polled:
        """Read every seed file and poll every feed once, due or not."""
        seeds = asyncio.create_task(asyncio.to_thread(self._read_seeds))
        try:
            async with self._client() as client, Parser(children=READERS) as parser:
                polled = await self._traffic(client, parser).once()
            return polled + await seeds
        finally:
            self.replay.ending.set()  # a thread that reads is not cancelled

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set."""
        self.log.info(
            "poller.started", sources=len(self.settings.sources), seeds=len(self.settings.seeds)
        )
        seeds = asyncio.create_task(self._watch_seeds(stop))
        async with self._client() as client, Parser(children=READERS) as parser:
            self._running = self._traffic(client, parser)
            await self._running.run(stop)
            self.replay.ending.set()
        await seeds

    def still_s(self) -> float:
        """How long it is since the loop that polls last went round, with Redis answering."""
        return 0.0 if self._running is None else time.monotonic() - self._running.turned_s

    def _client(self) -> Client:
        return Client(allow=self.settings.allow, contact=self.settings.contact)

    def _traffic(self, client: Client, parser: Parser) -> Traffic:
        return Traffic(
            sources=self.settings.sources,
            feeds=FeedPoll(
                store=self.store,
                client=client,
                parser=parser,
                now=self.now,
                log=self.log,
                ops=Ops(
                    notify=self.settings.ops.notify,
                    failing_for=self.settings.ops.failing_for,
                    parse_problems_above=self.settings.ops.parse_problems_above,
                ),
            ),
            store=self.store,
            log=self.log,
            now=self.now,
            crowded=self._crowded,
            waited=self._say,
            pulse=self.pulse,
        )

    # -- seeds

    def _reader(self) -> SeedReader:
        return SeedReader(
            store=self.store,
            now=self.now,
            room=self._wait_for_room,
            log=self.log,
            replay=self.replay,
        )

    def _read_seeds(self) -> Polled:
        reader = self._reader()
        put = reader.read_all(self.settings.seeds)
        return Polled(articles=put, problems=reader.problems)

    async def _watch_seeds(self, stop: asyncio.Event) -> None:
        reader = self._reader()
        while not stop.is_set():
            try:
                await asyncio.to_thread(reader.read_settled, self.settings.seeds)
            except StoreUnavailable as error:
                self._say("store.unavailable", error.message)
            except Exception:
                self.log.exception("seed.skipped", reason="bug")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), SEEDS_EVERY_S)

    # -- back-pressure

    def _crowded(self) -> bool:
        waiting = self.store.view.waiting(ARTICLES) + self.store.view.depth(PAGES).total
        if waiting <= self.settings.workers.queue_bound:
            return False
        self._say("poller.waited", "the queues are longer than [workers] queue_bound")
        return True

    def _wait_for_room(self) -> None:
        while self._crowded() and not self.replay.ending.wait(LOOK_S):
            pass

    def _say(self, event: str, reason: str) -> None:
        if time.monotonic() - self._said_s.get(event, float("-inf")) >= SAY_EVERY_S:
            self._said_s[event] = time.monotonic()
            self.log.warning(event, who="poller", reason=reason)
