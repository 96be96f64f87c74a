"""Traffic: starts the poll of every feed whose turn it is, and puts it back into its lane.

What is due when comes from Redis when it starts, is kept in `Lanes` while it runs, and is written
to Redis by each poll: a restart polls nobody earlier.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from structlog.typing import FilteringBoundLogger

from monitor.errors import Bug, Deposed, StoreUnavailable
from monitor.hosts import spacing_s
from monitor.model import Source
from monitor.poller.feeds import FeedPoll, Polled, Turn
from monitor.poller.lanes import Lanes
from monitor.poller.record import host_of
from monitor.poller.room import LOOK_S, Room
from monitor.poller.schedule import due_at_start
from monitor.poller.waiting import event_of
from monitor.poller.waking import Wait, until_woken
from monitor.pulse import Pulse
from monitor.store import Store

AT_ONCE = 100
"""Feeds under way at a time, each with a host of its own."""

ASKED_EVERY_S = 1.0
"""How often to see what a person wants polled now."""

RANKS = {"high": 0, "normal": 1, "low": 2}

END_S = 3.0
"""How long polls under way may go on when the poller stops: what was fetched is put, not asked for
again by the next one."""

PAUSE = timedelta(seconds=2)
AFTER_BUG = timedelta(minutes=10)


class Traffic:
    """The feeds of a configuration under way. `crowded` is whether the queue is full: it may ask
    Redis, and is called in a thread. `waited` is told why everyone waits. `now` and `wait` are the
    clock.
    """

    def __init__(
        self,
        *,
        sources: tuple[Source, ...],
        feeds: FeedPoll,
        store: Store,
        log: FilteringBoundLogger,
        now: Callable[[], datetime],
        crowded: Callable[[], bool],
        waited: Callable[[str, str], None],
        wait: Wait = until_woken,
        pulse: Pulse | None = None,
    ) -> None:
        self._sources = {source.id: source for source in sources if source.enabled}
        self._feeds, self._store, self._log, self._now = feeds, store, log, now
        self._room = Room(crowded, waited)
        self._waited, self._until_woken = waited, wait
        self._lanes = Lanes(spacing_s, self._rank)
        self._pulse = pulse or Pulse()
        self._paused: frozenset[str] = frozenset()
        self._held: dict[str, tuple[str, float]] = {}
        self._under_way: set[asyncio.Task[Turn]] = set()
        self._wake, self._stop = asyncio.Event(), asyncio.Event()
        self._filling = asyncio.Lock()
        self._hurried: Callable[[], bool] = lambda: False
        self._polled = Polled()
        self._again = True

    @property
    def turned_s(self) -> float:
        """When it last went round its loop and had an answer of Redis."""
        return self._room.answered_s

    async def once(self) -> Polled:
        """Each feed once, due or not; but hosts that asked to be left alone are. Raises
        StoreUnavailable.
        """
        self._again = False
        await asyncio.to_thread(self._fill)
        while self._lanes or self._under_way:
            held_up = await self._start()
            await self._woken(held_up=held_up)
        return self._polled

    async def run(
        self, stop: asyncio.Event, *, hurried: Callable[[], bool] = lambda: False
    ) -> None:
        """Poll what is due until `stop` is set. Polls under way then have a moment to end, but
        where it is `hurried`: when another poller leads nothing of theirs is taken.
        """
        self._stop, self._hurried = stop, hurried
        stopped = asyncio.create_task(stop.wait())
        stopped.add_done_callback(lambda _: self._wake.set())
        await self._filled(stop)
        asked_s = time.monotonic()
        while not stop.is_set():
            if time.monotonic() - asked_s >= ASKED_EVERY_S:
                asked_s = time.monotonic()
                await self._heed()
            held_up = await self._start()
            self._pulse.tick(self._behind_s())
            await self._woken(held_up=held_up)
        await self._ended()
        stopped.cancel()

    async def _ended(self) -> None:
        """Wait for the polls under way, and cut off what takes too long."""
        until_s = time.monotonic() + END_S
        while self._under_way and time.monotonic() < until_s and not self._hurried():
            await asyncio.wait(self._under_way, timeout=LOOK_S)
        under_way = tuple(self._under_way)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def change(self, sources: tuple[Source, ...], feeds: FeedPoll) -> None:
        """Go on with other sources, polled by other parts: what is new is due as saved, or now;
        what has another address is due now; the rest stays in its lane. Raises StoreUnavailable:
        then nothing has changed.
        """
        async with self._filling:
            await self._changed(sources, feeds)

    async def _changed(self, sources: tuple[Source, ...], feeds: FeedPoll) -> None:
        before, after = self._sources, {each.id: each for each in sources if each.enabled}
        moved = {name for name in before.keys() & after if before[name].url != after[name].url}
        added = tuple(name for name in after if name not in before)
        saved = await asyncio.to_thread(self._saved, added)
        self._sources, self._feeds = after, feeds
        for name in (before.keys() - after.keys()) | moved:
            self._lanes.leave(name)
            self._held.pop(name, None)
        under_way = {task.get_name() for task in self._under_way}
        now = self._now()
        for name, due, until, host in saved:
            host = host or host_of(after[name].url)
            if until is not None:
                self._lanes.park(host, until.timestamp())
            if name not in under_way:
                at = due_at_start(name, due, now=now, sources=len(added))
                self._wait(name, host, at.timestamp())
        for name in moved - under_way:
            self._wait(name, host_of(after[name].url), now.timestamp())
        self._wake.set()

    def _saved(
        self, names: tuple[str, ...]
    ) -> list[tuple[str, datetime | None, datetime | None, str]]:
        """Of these: when they are due, until when their host is parked, and that host."""
        rows = self._store.sources.states(names, ("next_due", "parked_until", "host"))
        return [(name, _moment(due), _moment(until), host) for name, (due, until, host) in rows]

    async def _filled(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                async with self._filling:
                    await asyncio.to_thread(self._fill)
                break
            except (StoreUnavailable, Bug) as error:
                self._waited(event_of(error), error.message)
            self._pulse.tick()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PAUSE.total_seconds())

    def _fill(self) -> None:
        """Every source into its lane, due as saved, or now where each is polled once."""
        now, count = self._now(), len(self._sources)
        self._paused = frozenset(self._store.paused_sources.all())
        parked: dict[str, float] = {}
        for name, due, until, host in self._saved(tuple(self._sources)):
            host = host or host_of(self._sources[name].url)
            at = due_at_start(name, due, now=now, sources=count) if self._again else now
            self._wait(name, host, at.timestamp())
            if until is not None:
                parked[host] = max(parked.get(host, 0.0), until.timestamp())
        for host, until_s in parked.items():
            self._lanes.park(host, until_s)
            if not self._again and until_s > now.timestamp():
                self._skip(host)

    def _rank(self, name: str) -> int:
        """The place among those due at once; of one that is gone its lane may still ask."""
        source = self._sources.get(name)
        return RANKS["normal" if source is None else source.priority]

    def _skip(self, host: str) -> None:
        """Where each feed is polled once, nobody waits until a host may be asked again."""
        for name in self._lanes.empty(host):
            self._log.warning(
                "source.skipped", source=name, reason="its host asked to be left alone"
            )

    async def _heed(self) -> None:
        """Do what a person asked for: leave out what is paused, make due what is to be polled."""
        try:
            paused = await asyncio.to_thread(self._store.paused_sources.all)
            asked = await asyncio.to_thread(self._store.sources.asked)
        except (StoreUnavailable, Bug) as error:
            self._waited(event_of(error), error.message)
            return
        self._paused = frozenset(paused)
        for source in self._paused:
            place = self._lanes.leave(source)
            if place is not None:
                self._held[source] = place
                self._log.info("source.paused", source=source)
        for source in self._held.keys() - self._paused:
            self._lanes.put(source, *self._held.pop(source))
            self._log.info("source.resumed", source=source)
        for source in asked:
            self._lanes.hurry(source, self._now().timestamp())

    def _wait(self, source: str, host: str, due_s: float) -> None:
        """Into its lane; what is paused waits beside it, and where each is polled once, nowhere."""
        if source not in self._paused:
            self._lanes.put(source, host, due_s)
        elif self._again:
            self._held[source] = (host, due_s)
        else:
            self._log.warning("source.skipped", source=source, reason="it is paused")

    async def _start(self) -> bool:
        """Begin the polls whose turn it is. Returns whether there was no room for all of them."""
        while True:
            if len(self._under_way) >= AT_ONCE or await self._room.is_full():
                return True
            # Asking Redis can last, and a process can be stopped for as long as you like.
            if self._stop.is_set() or self._hurried():
                return False
            turn = self._lanes.take(self._now().timestamp())
            if turn is None:
                return False
            name, host = turn
            source = self._sources[name]
            task = asyncio.create_task(self._poll(source), name=name)
            self._under_way.add(task)
            task.add_done_callback(partial(self._over, source, host))

    async def _poll(self, source: Source) -> Turn:
        """One poll. Whatever goes wrong with one source is its own."""
        try:
            return await self._feeds.poll(source)
        except StoreUnavailable as error:
            self._waited(event_of(error), error.message)
            return Turn(polled=Polled(), due=self._now() + PAUSE, host=host_of(source.url))
        except Deposed:
            # Another poller leads, and polls this one, too; ours is over in a moment.
            return Turn(polled=Polled(), due=self._now() + AFTER_BUG, host=host_of(source.url))
        except Exception:  # noqa: BLE001  the guard: a bug met in one source ends no other's poll
            self._log.exception("source.failed", source=source.id, kind="bug")
            polled = Polled(feeds=1, failed=1, problems=1)
            return Turn(polled=polled, due=self._now() + AFTER_BUG, host=host_of(source.url))

    def _over(self, source: Source, host: str, task: asyncio.Task[Turn]) -> None:
        self._under_way.discard(task)
        self._wake.set()
        if task.cancelled():
            return
        if task.exception() is not None:  # a bug in the guard itself holds up no other feed
            self._lanes.free(host)
        turn = task.result()
        self._pulse.did()
        self._polled += turn.polled
        if turn.parked_until is not None:
            self._lanes.park(turn.host, turn.parked_until.timestamp())
            if not self._again:
                self._skip(turn.host)
        self._lanes.free(host)
        now = self._sources.get(source.id)
        if now is None or not self._again:
            return
        if now.url == source.url:
            self._wait(source.id, turn.host, turn.due.timestamp())
        else:  # it has another address since
            self._wait(source.id, host_of(now.url), self._now().timestamp())

    def _behind_s(self) -> float:
        """How long ago the first poll was due that has not been started."""
        next_s = self._lanes.next_s()
        return 0.0 if next_s is None else max(0.0, self._now().timestamp() - next_s)

    async def _woken(self, *, held_up: bool) -> None:
        """Until a poll is over, the next is due, or it is time to look around."""
        next_s = self._lanes.next_s()
        wait_s = LOOK_S if held_up else ASKED_EVERY_S
        if next_s is not None and not held_up:
            wait_s = min(max(next_s - self._now().timestamp(), 0.0), wait_s)
        await self._until_woken(self._wake, wait_s, bool(self._under_way))
        self._wake.clear()


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
