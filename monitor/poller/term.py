"""A term: all that one poller has under way from when it begins to poll until it ends.

It takes another configuration in place: what is new is polled, what is gone is not, and polls under
way end as they began.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from structlog.typing import FilteringBoundLogger

from monitor.errors import Deposed, StoreUnavailable
from monitor.net import Client
from monitor.poller.feeds import FeedPoll, Polled
from monitor.poller.health import Ops
from monitor.poller.keeping import Keeping
from monitor.poller.replay import Replay
from monitor.poller.seeds import SeedReader
from monitor.poller.traffic import Traffic
from monitor.poller.waiting import event_of
from monitor.pulse import Pulse
from monitor.settings import Settings
from monitor.sources.childparse import Parser
from monitor.store import Store

READERS: Final = 2
"""Documents read at a time, so that one that takes its five seconds does not hold up all others."""

SEEDS_EVERY_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a term works with. `number` is carried by all it puts, 0 for one that nobody elected;
    `crowded` is whether the queue is full, `room` waits until it is not, `say` is told why everyone
    waits, `pulse` that the loop goes round.
    """

    store: Store
    log: FilteringBoundLogger
    now: Callable[[], datetime]
    replay: Replay
    number: int
    crowded: Callable[[], bool]
    room: Callable[[], None]
    say: Callable[[str, str], None]
    pulse: Pulse


class Term:
    """One term. Used as `async with`."""

    def __init__(self, settings: Settings, parts: Parts) -> None:
        self._settings, self._parts = settings, parts
        self._open = AsyncExitStack()
        self._keeping = Keeping(store=parts.store, now=parts.now, log=parts.log)

    async def __aenter__(self) -> Self:
        parser = await self._open.enter_async_context(Parser(children=READERS))
        client = await self._open.enter_async_context(_client(self._settings))
        parts = self._parts
        self._feeds = FeedPoll(
            store=parts.store,
            client=client,
            parser=parser,
            now=parts.now,
            log=parts.log,
            ops=_ops(self._settings),
            term=parts.number,
        )
        self._traffic = Traffic(
            sources=self._settings.sources,
            feeds=self._feeds,
            store=parts.store,
            log=parts.log,
            now=parts.now,
            crowded=parts.crowded,
            waited=parts.say,
            pulse=parts.pulse,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    @property
    def turned_s(self) -> float:
        """When the loop last went round, with Redis answering."""
        return self._traffic.turned_s

    async def once(self) -> Polled:
        """Read every seed file and poll every feed once, due or not."""
        seeds = asyncio.create_task(asyncio.to_thread(self._read_seeds))
        try:
            return await self._traffic.once() + await seeds
        finally:
            self._parts.replay.ending.set()  # a thread that reads is not cancelled

    async def run(self, over: asyncio.Event, *, hurried: Callable[[], bool]) -> None:
        """Poll until `over` is set. Polls under way then have a moment to end, but where it is
        `hurried`.
        """
        self._parts.log.info(
            "poller.started", sources=len(self._settings.sources), seeds=len(self._settings.seeds)
        )
        seeds = asyncio.create_task(self._watch_seeds(over))
        await self._traffic.run(over, hurried=hurried)
        self._parts.replay.ending.set()
        await seeds

    async def change(self, settings: Settings) -> None:
        """Go on with another configuration. Raises StoreUnavailable: then nothing has changed."""
        before, feeds = self._settings, replace(self._feeds, ops=_ops(settings))
        async with AsyncExitStack() as opened:  # closed again where nothing changes
            if (before.allow, before.contact) != (settings.allow, settings.contact):
                client = await opened.enter_async_context(_client(settings))
                feeds = replace(feeds, client=client)
            await self._traffic.change(settings.sources, feeds)
            # The old one serves the polls under way; both are closed at the end of the term.
            self._open.push_async_exit(opened.pop_all())
        self._settings, self._feeds = settings, feeds

    def _read_seeds(self) -> Polled:
        reader = self._reader()
        put = reader.read_all(self._settings.seeds)
        self._keep(reader)
        return Polled(articles=put, problems=reader.problems)

    def _keep(self, reader: SeedReader) -> None:
        self._keeping.run(self._settings.sources, reader.lying)

    def _reader(self) -> SeedReader:
        parts = self._parts
        return SeedReader(
            store=parts.store,
            now=parts.now,
            room=parts.room,
            log=parts.log,
            replay=parts.replay,
            term=parts.number,
        )

    async def _watch_seeds(self, over: asyncio.Event) -> None:
        reader = self._reader()
        while not over.is_set():
            try:
                await asyncio.to_thread(reader.read_settled, self._settings.seeds)
                await asyncio.to_thread(self._keep, reader)
            except StoreUnavailable as error:
                self._parts.say(event_of(error), error.message)
            except Deposed:
                pass  # another poller leads: this term is over in a moment
            except Exception:
                self._parts.log.exception("seed.skipped", reason="bug")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), SEEDS_EVERY_S)


def _client(settings: Settings) -> Client:
    return Client(allow=settings.allow, contact=settings.contact)


def _ops(settings: Settings) -> Ops:
    return Ops(
        notify=settings.ops.notify,
        failing_for=settings.ops.failing_for,
        parse_problems_above=settings.ops.parse_problems_above,
    )
