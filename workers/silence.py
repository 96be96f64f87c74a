"""Watches of which something is expected: told once when they find less than that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from monitor.alerts import ABOUT_SILENCE, routes, silence
from monitor.errors import StoreConflict
from monitor.model import Rate, Source, Timing, Watch
from monitor.store import Outcome, Raised, Store
from workers.coverage import gaps
from workers.pace import Pace

LOOK_EVERY = timedelta(seconds=30)

GRACE = timedelta(minutes=15)
"""So long after an absence nothing is told: feeds are read, and judged, first."""

SHARE = 4
"""An absence is long from this part of a span on."""


@dataclass(slots=True, kw_only=True)
class Silence:
    """Run by every supervisor; of those that notice at once, one tells."""

    store: Store
    watches: Sequence[Watch]
    timings: Mapping[str, Timing]
    sources: Sequence[Source]
    worker: str
    now: Callable[[], datetime]
    log: FilteringBoundLogger
    grace: timedelta = GRACE
    pace: Pace = field(default_factory=Pace)

    def run(self) -> None:
        """Look at each of them, twice a minute."""
        at = self.now()
        if not self.pace.is_time(at, LOOK_EVERY):
            return
        expecting = [watch for watch in self.watches if watch.expect is not None]
        paused = self.store.paused_watches.all() if expecting else {}
        looked_at = [w for w in expecting if w.id not in paused and w.is_active(at.date())]
        self.store.expectations.keep({watch.id for watch in looked_at})
        for watch in looked_at:
            self._look(watch, at)

    def _look(self, watch: Watch, at: datetime) -> None:
        assert watch.expect is not None
        expectations = self.store.expectations
        finding = expectations.finding(watch.id, watch.expect, at)
        ((pair, told),) = self.store.judging.spoken([(watch.id, ABOUT_SILENCE)]).items()
        if finding.suffices or finding.early:
            if told is not None:
                expectations.met(*pair)
            return
        if told is not None:
            expectations.lasts(*pair, self.store.judging.retention.stories)
            return
        if not self._watched(watch.expect, at):
            return
        found, since = finding.found, finding.since
        unseen = gaps(self.store, self.sources, since, at)
        alert = silence(watch, found=found, since=since, gaps=unseen, now=at)
        raised = Raised(
            alert=alert, routes=routes(alert, watch, self.timings, at), about=ABOUT_SILENCE
        )
        try:
            outcome = Outcome(raised=(raised,), expects=((*pair, None),))
            committed = self.store.judging.commit(self.worker, outcome, at)
        except StoreConflict:  # another supervisor has told it
            return
        if not committed.raised:
            return
        self.log.info("watch.silent", watch=watch.id, found=found, alert=alert.id)

    def _watched(self, expect: Rate, at: datetime) -> bool:
        """Whether there were pollers and workers for long enough to say that nothing came.

        A span begins no earlier than the last absence that is long beside it ended: what came
        meanwhile may be lost. After a short one feeds still have what came, and are read first.
        """
        for absence in self.store.beats.absences():
            until = absence.until or at
            is_long = until - absence.since >= expect.span / SHARE
            if absence.until is None or at - until < (expect.span if is_long else self.grace):
                return False
        return True
