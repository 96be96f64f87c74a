"""Our poller: its traffic, its parser processes, and its store on a server of its own.

Counted is all of it: the poller, its parsers and the Redis they write to.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

from benchmarks.polling_peers.cost import Cost, Meter, cpu_s_of, memory_mib
from benchmarks.polling_peers.phases import FIRST, NOT_MODIFIED, ONE_NEW, SAME_BODY
from benchmarks.polling_peers.server import HOSTS, turn_to, url
from monitor import telemetry
from monitor.embedded import Embedded
from monitor.model import Source
from monitor.net import Client
from monitor.poller import READERS
from monitor.poller.feeds import FeedPoll, Turn
from monitor.poller.record import Record, fields_of, mark_of
from monitor.poller.traffic import Traffic
from monitor.sources.childparse import Parser
from monitor.store import Store, written

QUARTER = timedelta(minutes=15)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Desk:
    """The parts of a poller, as monitor.poller.Poller puts them together."""

    store: Store
    client: Client
    parser: Parser
    redis: int | None

    def feeds(self) -> FeedPoll:
        return FeedPoll(
            store=self.store,
            client=self.client,
            parser=self.parser,
            now=now,
            log=telemetry.logger(),
        )

    def traffic(self, sources: Sequence[Source], feeds: FeedPoll | None = None) -> Traffic:
        return Traffic(
            sources=tuple(sources),
            feeds=feeds or self.feeds(),
            store=self.store,
            log=telemetry.logger(),
            now=now,
            crowded=lambda: False,
            waited=lambda event, reason: None,
        )

    def others(self) -> tuple[int, ...]:
        return (*self.parser.pids, *(() if self.redis is None else (self.redis,)))


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    """A poller on an empty store."""
    telemetry.set_up(level="error", format_="json")
    with tempfile.TemporaryDirectory() as place, Embedded(Path(place)) as redis:
        store = Store(redis.url)
        async with (
            Client(allow=(ip_network("127.0.0.0/8"),)) as client,
            Parser(children=READERS) as parser,
        ):
            yield Desk(store=store, client=client, parser=parser, redis=redis.pid)
        store.close()


def with_wirewatch(port: int, feeds: int) -> dict[str, Cost]:
    """Each phase as the running poller does it: every feed once through its lane."""

    async def work() -> dict[str, Cost]:
        async with desk() as parts:
            meter, polls = Meter(feeds, parts.others), parts.feeds()

            async def poll(kind: str) -> None:
                await parts.traffic(
                    [
                        Source(id=f"{kind}{n}", url=url(port, kind, n), backfill=None)
                        for n in range(feeds)
                    ],
                    polls,
                ).once()

            await warm(parts, port)
            with meter.phase(FIRST):
                await poll("etag")
            with meter.phase(NOT_MODIFIED):
                await poll("etag")
            await poll("plain")
            with meter.phase(SAME_BODY):
                await poll("plain")
            turn_to(port, 1)
            with meter.phase(ONE_NEW):
                await poll("etag")
            return meter.costs

    return asyncio.run(work())


async def warm(parts: Desk, port: int) -> None:
    """Let the parsers start: they live for as long as the poller, not for one phase."""
    sources = [Source(id=f"warm{n}", url=url(port, "plain", n)) for n in range(8)]
    await parts.traffic(sources).once()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """10,000 feeds, each polled once in a quarter of an hour."""

    feeds: int
    polls: int
    core: float
    poller_mib: float
    peak_mib: float


def scheduled(port: int, feeds: int, watched_s: float) -> Schedule:
    """A part of that quarter of an hour. Memory is that of the poller with its parsers."""

    async def work() -> Schedule:
        async with desk() as parts:
            await warm(parts, port)
            sources = tuple(
                Source(id=f"s{n}", url=url(port, "etag", n), interval=QUARTER) for n in range(feeds)
            )
            spread(parts.store, sources)
            stop = asyncio.Event()
            asyncio.get_running_loop().call_later(watched_s, stop.set)
            pids = (os.getpid(), *parts.parser.pids)
            cpu_s, began = sum(map(cpu_s_of, pids)), time.monotonic()
            await parts.traffic(sources).run(stop)
            core = (sum(map(cpu_s_of, pids)) - cpu_s) / (time.monotonic() - began)
            rows = parts.store.sources.states([source.id for source in sources], ("version",))
            return Schedule(
                feeds=feeds,
                polls=sum(int(version) > 1 for _, (version,) in rows),
                core=core,
                poller_mib=memory_mib(os.getpid()),
                peak_mib=sum(memory_mib(pid, "VmHWM") for pid in pids),
            )

    return asyncio.run(work())


def spread(store: Store, sources: Sequence[Source]) -> None:
    """As if each had been polled before, one after the other over a quarter of an hour."""
    moment = now()
    for n, source in enumerate(sources):
        record = Record(
            of=mark_of(source.url), etag='"0"', asked_whole=moment, began=moment, well=moment
        )
        due = moment + timedelta(seconds=5) + QUARTER * n / len(sources)
        store.sources.put(
            source.id,
            version=0,
            state=fields_of(record) | {"next_due": written(due)},
            seen=(),
            articles=(),
            now=moment,
        )


@dataclass(slots=True, kw_only=True)
class Punctual:
    """A poll that notes how late it begins, by the due time it was given the last time."""

    feeds: FeedPoll
    due: dict[str, datetime] = field(default_factory=dict)
    late_s: list[float] = field(default_factory=list)

    async def poll(self, source: Source) -> Turn:
        due = self.due.get(source.id)
        if due is not None:
            self.late_s.append((now() - due).total_seconds())
        turn = await self.feeds.poll(source)
        if not source.id.startswith("slow"):
            self.due[source.id] = turn.due
        return turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """How late polls began, in seconds, without and with a slow host beside them."""

    polls: int
    without_s: float
    beside_s: float


def late(port: int, watched_s: float) -> Lateness:
    """Thirty hosts asked each second, and twenty feeds on a host that takes as long as it likes."""

    async def work() -> Lateness:
        async with desk() as parts:
            quick = [
                Source(id=f"q{n}", url=url(port, "etag", n), interval=timedelta(seconds=1))
                for n in range(30)
            ]
            slow = [
                Source(id=f"slow{n}", url=f"http://{HOSTS[40]}:{port}/slow/{n}", interval=QUARTER)
                for n in range(20)
            ]
            await parts.traffic(quick).once()
            without = await watched(parts, quick, min(watched_s, 10.0))
            beside = await watched(parts, [*slow, *quick], watched_s)
            return Lateness(polls=len(beside), without_s=max(without), beside_s=max(beside))

    return asyncio.run(work())


async def watched(parts: Desk, sources: Sequence[Source], seconds: float) -> list[float]:
    punctual, stop = Punctual(feeds=parts.feeds()), asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    await parts.traffic(sources, punctual).run(stop)  # type: ignore[arg-type]  # it polls
    return punctual.late_s
