"""Gathered alerts whose time has come become digests. Every supervisor may do it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from monitor.alerts import allowances, digest_before, digest_due, put_off
from monitor.errors import Bug
from monitor.model import Gap, Gathering, Source, Timing, Watch
from monitor.store import Open, Store, keys
from monitor.store.damage import reading
from workers.coverage import gaps
from workers.pace import Pace

LOOK_EVERY = timedelta(seconds=1)
REMEMBERED = timedelta(days=15)
"""What could not be seen is known for so long."""

RESTS = timedelta(minutes=1)
"""How long a gathering is left alone that could not be told."""


@dataclass(slots=True, kw_only=True)
class Release:
    """Looks every second for gatherings that are due, and tells those that may be told now.

    A summary of one watch is told neither in quiet hours nor outside the hours of the watch, and
    where the channel tells in digests by now, with the next of them.

    `met` says since when each channel is known to tell in digests, `rests` until when gatherings
    are left alone that could not be told.
    """

    store: Store
    timings: Mapping[str, Timing]
    sources: Sequence[Source]
    watches: Mapping[str, Watch] = field(default_factory=dict)
    now: Callable[[], datetime]
    log: FilteringBoundLogger
    pace: Pace = field(default_factory=Pace)
    met: Mapping[str, datetime] = field(default_factory=dict)
    rests: dict[str, datetime] = field(default_factory=dict)

    def run(self) -> None:
        """Release what is due; see to it that empty digests that are wanted become due."""
        at = self.now()
        if not self.pace.is_time(at, LOOK_EVERY):
            return
        digests = [name for name, timing in self.timings.items() if timing.mode == "digest"]
        if digests and not self.met:
            self.met = self.store.gatherings.met(digests, at)
        self.rests = {name: until for name, until in self.rests.items() if at < until}
        self._retime(at)
        due = self.store.gatherings.due(at, but=self.rests)
        paused = self.store.paused_watches.all() if due else {}
        for gathering in due:
            with self._guarded(gathering, at):
                if not self._put_off(gathering, at):
                    self._release(gathering, at, paused)
        for channel in digests:
            if self.timings[channel].empty:
                self.store.gatherings.expect(channel, digest_due(self.timings[channel], at))

    @contextmanager
    def _guarded(self, gathering: Open, at: datetime) -> Iterator[None]:
        """One that breaks what is done with it rests for a while, and holds up no other."""
        try:
            with reading(keys.gathering(gathering.name)):
                yield
        except Bug as error:
            self._refuse(gathering, at, error.message)

    def _refuse(self, gathering: Open, at: datetime, reason: str) -> None:
        self.rests[gathering.name] = at + RESTS
        self.log.error(
            "gathering.refused",
            channel=gathering.channel,
            gathered_for=gathering.reason,
            watch=gathering.watch or None,
            reason=reason,
        )

    def _retime(self, at: datetime) -> None:
        """What waits for the next digest of a channel that tells none any more waits no longer; of
        one that tells them at other times by now, it waits for the next of those.
        """
        for waiting in self.store.gatherings.digests(tuple(self.timings)):
            if waiting.name not in self.rests:
                with self._guarded(waiting, at):
                    self._retime_one(waiting, self.timings[waiting.channel], at)

    def _retime_one(self, waiting: Open, timing: Timing, at: datetime) -> None:
        if timing.mode == "digest":
            until = Gathering(reason="digest", due=digest_due(timing, at))
            moves = at < waiting.due != until.due
        else:
            waits = put_off("digest", None, timing, due=at, now=at)
            until = waits or Gathering(reason="digest", due=at)
            moves = waiting.due > until.due
        if moves:
            self.store.gatherings.put_off(waiting, until)

    def _before(self, channel: str, timing: Timing, due: datetime) -> datetime:
        """When the digest before was told: by the clock, where none is known of late; of the first
        it is since when the channel is known, as nobody watched for it before.
        """
        told = self.store.gatherings.told(channel)
        if told is not None and due - REMEMBERED <= told < due:
            return told
        before, met = digest_before(timing, due), self.met.get(channel, due)
        return met if before < met < due else before

    def _put_off(self, gathering: Open, at: datetime) -> bool:
        """Whether it has to wait still."""
        timing = self.timings.get(gathering.channel, Timing())
        watch = self.watches.get(gathering.watch)
        until = put_off(gathering.reason, watch, timing, due=gathering.due, now=at)
        if until is None or (gathering.urgent and gathering.reason != "digest"):
            return False
        if self.store.gatherings.put_off(gathering, until):
            self.log.info(
                "gathering.delayed",
                channel=gathering.channel,
                reason=gathering.reason,
                watch=gathering.watch or None,
                until=until.due.isoformat(),
                because=until.reason,
            )
        return True

    def _release(self, gathering: Open, at: datetime, paused: Mapping[str, datetime]) -> None:
        timing = self.timings.get(gathering.channel, Timing())
        since: datetime | None = None
        missed: tuple[Gap, ...] = ()
        if gathering.reason == "digest" and timing.mode == "digest":
            before = self._before(gathering.channel, timing, gathering.due)
            since = min(before, gathering.since or before)
            missed = gaps(self.store, self.sources, since, at)
        empty = timing.mode == "digest" and timing.empty
        watch = self.watches.get(gathering.watch)
        answer = self.store.gatherings.release(
            gathering,
            at,
            since=since,
            gaps=missed,
            empty=empty,
            allowances=tuple(allowances(watch, timing)) if watch else (),
            paused=paused,
        )
        if answer == "told":
            self.log.info(
                "digest.released",
                digest=gathering.digest,
                channel=gathering.channel,
                reason=gathering.reason,
                watch=gathering.watch or None,
            )
