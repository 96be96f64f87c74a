"""Gathered alerts whose time has come become digests. Every supervisor may do it at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from monitor.alerts import next_digest
from monitor.model import Gap, Source, Timing
from monitor.store import Open, Store
from workers.coverage import gaps

LOOK_EVERY = timedelta(seconds=1)

PERIODS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


@dataclass(slots=True, kw_only=True)
class Release:
    """Looks every second for gatherings that are due."""

    store: Store
    timings: Mapping[str, Timing]
    sources: Sequence[Source]
    now: Callable[[], datetime]
    log: FilteringBoundLogger
    looked: datetime | None = None

    def run(self) -> None:
        """Release what is due; see to it that empty digests that are wanted become due."""
        at = self.now()
        if self.looked is not None and timedelta(0) <= at - self.looked < LOOK_EVERY:
            return
        self.looked = at
        for gathering in self.store.gatherings.due(at):
            self._release(gathering, at)
        for channel, timing in self.timings.items():
            if timing.mode == "digest" and timing.empty:
                self.store.gatherings.expect(channel, next_digest(timing, at))

    def _release(self, gathering: Open, at: datetime) -> None:
        timing = self.timings.get(gathering.channel, Timing())
        since: datetime | None = None
        missed: tuple[Gap, ...] = ()
        if gathering.reason == "digest":
            since = gathering.due - PERIODS[timing.every]
            missed = gaps(self.store, self.sources, since, at)
        empty = timing.mode == "digest" and timing.empty
        answer = self.store.gatherings.release(gathering, at, since=since, gaps=missed, empty=empty)
        if answer == "told":
            self.log.info(
                "digest.released",
                digest=gathering.digest,
                channel=gathering.channel,
                reason=gathering.reason,
                watch=gathering.watch or None,
            )
