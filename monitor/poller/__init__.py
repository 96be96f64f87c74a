"""The poller: what is due -> fetch -> parse -> put. Feeds and seed files.

One connection a host at a time, room between two starts on it, and a source's failure is its own.
When the queue is longer than its bound, or Redis does not take writes, everyone waits and says so
once a minute; nothing is dropped. Of several pollers one polls, and the others stand by.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from monitor.errors import Bug, StoreUnavailable
from monitor.model import ARTICLES, PAGES
from monitor.poller.candidate import Candidate, poller_name
from monitor.poller.feeds import Polled
from monitor.poller.replay import Replay
from monitor.poller.room import LOOK_S
from monitor.poller.term import Parts, Term
from monitor.poller.waiting import AWAY, REFUSED, event_of
from monitor.pulse import Pulse
from monitor.settings import Settings
from monitor.store import Store

__all__ = ["Polled", "Poller", "poller_name"]

SAY_EVERY_S = 60.0

REFUSED_S = 10.0
"""What Redis refused holds so long, unless it refuses it again."""


@dataclass(slots=True, kw_only=True)
class Poller:
    """Polls every source when it is due, and reads seed files that appear.

    With a `name` it is one of several, and polls while it leads. `version` is that of its
    configuration.
    """

    settings: Settings
    store: Store
    log: FilteringBoundLogger
    now: Callable[[], datetime]
    replay: Replay = field(default_factory=Replay)
    name: str = ""
    version: str = ""
    pulse: Pulse = field(default_factory=Pulse)
    _refused: tuple[str, float] = ("", float("-inf"))
    _said_s: dict[str, float] = field(default_factory=dict)
    _term: Term | None = None
    _candidate: Candidate | None = None

    async def once(self) -> Polled:
        """Read every seed file and poll every feed once, due or not, whoever leads."""
        await asyncio.to_thread(self.store.check_schema)
        async with Term(self.settings, self._parts(0)) as term:
            return await term.once()

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set; with a name, whenever this one leads. Raises SchemaMismatch."""
        await self._met(stop)
        if not self.name:
            await self._poll(0, stop, lambda: False)
            return
        candidate = self._candidate = Candidate(
            store=self.store.another(),
            name=self.name,
            log=self.log,
            waited=self._say,
            config=lambda: self.version,
        )
        candidate.start()
        try:
            while not stop.is_set():
                if term := candidate.term:
                    await self._lead(candidate, term, stop)
                else:
                    self.pulse.tick()  # to stand by is to live
                    await _or_after(stop, LOOK_S)
        finally:
            await asyncio.to_thread(candidate.close)

    async def _met(self, stop: asyncio.Event) -> None:
        """Wait until Redis answers, and has what we can read."""
        while not stop.is_set():
            try:
                await asyncio.to_thread(self.store.check_schema)
            except (StoreUnavailable, Bug) as error:
                self._say(event_of(error), error.message)
                self.pulse.tick()
                await _or_after(stop, 1.0)
            else:
                return

    def still_s(self) -> float:
        """How long it is since the loop that polls, or stands by, last went round, with Redis
        answering.
        """
        if self._term is not None:
            return time.monotonic() - self._term.turned_s
        return 0.0 if self._candidate is None else time.monotonic() - self._candidate.answered_s

    async def reload(self, settings: Settings, version: str) -> None:
        """Go on with another configuration: what is polled, and how. Raises StoreUnavailable: then
        nothing has changed.
        """
        if self._term is not None:
            await self._term.change(settings)
        self.store.retain(settings.retention)
        self.settings, self.version = settings, version

    async def _lead(self, candidate: Candidate, term: int, stop: asyncio.Event) -> None:
        """Poll until told to stop, or until this term may be another's."""
        over = asyncio.Event()
        watching = asyncio.create_task(_until_over(candidate, term, stop, over))
        self.log.info("leader.elected", leader=self.name, term=term)
        try:
            await self._poll(term, over, lambda: candidate.term != term)
        finally:
            watching.cancel()
        if not stop.is_set():
            self.log.warning(
                "leader.deposed", leader=self.name, term=term, reason=candidate.lost_by
            )

    async def _poll(self, number: int, over: asyncio.Event, hurried: Callable[[], bool]) -> None:
        self.replay.ending.clear()
        async with Term(self.settings, self._parts(number)) as self._term:
            await self._term.run(over, hurried=hurried)
        self._term = None

    def _parts(self, number: int) -> Parts:
        return Parts(
            store=self.store,
            log=self.log,
            now=self.now,
            replay=self.replay,
            number=number,
            crowded=self._crowded,
            room=self._wait_for_room,
            say=self._say,
            pulse=self.pulse,
        )

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

    @property
    def refused(self) -> str:
        """What Redis did not let us do within the last seconds, in words; "" for nothing."""
        reason, at_s = self._refused
        return reason if time.monotonic() - at_s < REFUSED_S else ""

    def away(self, error: StoreUnavailable) -> None:
        """A write has not gone through: say so, if it was not said within the minute."""
        self._say(event_of(error), error.message)

    def answered(self) -> None:
        """A write has gone through: say so where it was said that none does."""
        over = (AWAY,) if self.refused else (AWAY, REFUSED)  # what is said needs only some rights
        if [event for event in over if self._said_s.pop(event, None) is not None]:
            self.log.info("store.available", who="poller")

    def _say(self, event: str, reason: str) -> None:
        if event == REFUSED:
            self._refused = reason, time.monotonic()
        if time.monotonic() - self._said_s.get(event, float("-inf")) >= SAY_EVERY_S:
            self._said_s[event] = time.monotonic()
            self.log.warning(event, who="poller", reason=reason)


async def _until_over(
    candidate: Candidate, term: int, stop: asyncio.Event, over: asyncio.Event
) -> None:
    while not stop.is_set() and candidate.term == term:
        await _or_after(stop, LOOK_S)
    over.set()


async def _or_after(stop: asyncio.Event, wait_s: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), wait_s)
