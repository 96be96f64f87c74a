"""Watches of which something is expected: told once when they find less than that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from monitor.alerts import ABOUT_SILENCE, routes, silence
from monitor.errors import StoreConflict
from monitor.model import Source, Timing, Watch
from monitor.store import Outcome, Raised, Store
from workers.coverage import gaps

LOOK_EVERY = timedelta(seconds=30)


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
    looked: datetime | None = None

    def run(self) -> None:
        """Look at each of them, twice a minute."""
        at = self.now()
        if self.looked is not None and timedelta(0) <= at - self.looked < LOOK_EVERY:
            return
        self.looked = at
        expecting = [watch for watch in self.watches if watch.expect is not None]
        paused = self.store.paused_watches.all() if expecting else {}
        looked_at = [w for w in expecting if w.id not in paused and w.is_active(at.date())]
        self.store.expectations.keep({watch.id for watch in looked_at})
        for watch in looked_at:
            self._look(watch, at)

    def _look(self, watch: Watch, at: datetime) -> None:
        assert watch.expect is not None
        short = self.store.expectations.shortfall(watch.id, watch.expect, at)
        ((pair, told),) = self.store.judging.spoken([(watch.id, ABOUT_SILENCE)]).items()
        if short is None and told is not None:
            self.store.expectations.met(*pair)
        if short is None or told is not None:
            return
        found, since = short
        unseen = gaps(self.store, self.sources, since, at)
        alert = silence(watch, found=found, since=since, gaps=unseen, now=at)
        raised = Raised(
            alert=alert, routes=routes(alert, watch, self.timings, at), about=ABOUT_SILENCE
        )
        try:
            outcome = Outcome(raised=(raised,), expects=((*pair, None),))
            self.store.judging.commit(self.worker, outcome, at)
        except StoreConflict:  # another supervisor has told it
            return
        self.log.info("watch.silent", watch=watch.id, found=found, alert=alert.id)
