"""What emerging watches look for: every minute each supervisor looks at what rises, and says it.

Several supervisors see the same and say it once: an alert is committed only if the watch has not
spoken of the key since it was decided, and its mark that it has is written in the same step. So a
supervisor may die between any two lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from monitor.alerts import emerging_alert, is_new, routes, subject_of
from monitor.errors import StoreConflict
from monitor.model import AlertedArticle, Rising, Spoken, Timing, Watch
from monitor.store import Outcome, Raised, Store
from monitor.topics.rising import HOURS, Rise
from workers.pace import Pace

LOOK_EVERY = timedelta(minutes=1)
MOST_AT_ONCE = 20
"""Alerts of one watch from one look, the strongest first: where more rise, something is wrong with
the counts, and the rest has a minute to fall."""


@dataclass(slots=True, kw_only=True)
class Emergence:
    """Run by every supervisor that has the watchlist; any number of them do no harm."""

    store: Store
    watches: Callable[[], Iterable[Watch]]
    timings: Mapping[str, Timing]
    worker: str
    now: Callable[[], datetime]
    log: FilteringBoundLogger
    pace: Pace = field(default_factory=Pace)

    def run(self) -> None:
        """Look, if it is time to."""
        at = self.now()
        if not self.pace.is_time(at, LOOK_EVERY):
            return
        active = [w for w in self.watches() if w.emerging and w.is_active(at.date())]
        paused = self.store.paused_watches.all() if active else {}
        for watch in active:
            if watch.id not in paused:
                self._look(watch, at)

    def _look(self, watch: Watch, at: datetime) -> None:
        trend = self.store.trends.rising(at, scope=watch.trend_scope)
        if not trend.is_known or not trend.rises:
            return
        pairs = {rise.key: (watch.id, subject_of(watch, rise.key)) for rise in trend.rises}
        spoken = self.store.judging.spoken(pairs.values())
        fresh = [rise for rise in trend.rises if is_new(spoken[pairs[rise.key]], at)]
        for rise in fresh[:MOST_AT_ONCE]:
            self._raise(watch, rise, at, spoken[pairs[rise.key]])

    def _raise(self, watch: Watch, rise: Rise, at: datetime, before: Spoken | None) -> None:
        alert = emerging_alert(watch, rising_of(self.store, rise), at)
        raised = Raised(alert=alert, routes=routes(alert, watch, self.timings, at))
        expects = ((watch.id, subject_of(watch, rise.key), before),)
        try:
            outcome = Outcome(raised=(raised,), expects=expects)
            committed = self.store.judging.commit(self.worker, outcome, at)
        except StoreConflict:
            return  # another supervisor has said it
        if not committed.raised:
            return
        self.log.info(
            "alert.raised",
            alert=alert.id,
            watch=watch.id,
            story=alert.story,
            article=rise.key,
            sources=len(rise.sources),
            channels=list(alert.notify),
        )


def rising_of(store: Store, rise: Rise) -> Rising:
    """A rise with what is still kept of its newest articles."""
    return Rising(
        key=rise.key,
        label=rise.label,
        stories=rise.stories,
        usual=rise.usual,
        hours=HOURS,
        sources=rise.sources,
        articles=tuple(_kept(store, rise.articles)),
    )


def _kept(store: Store, refs: Iterable[str]) -> Iterator[AlertedArticle]:
    for ref in refs:
        if (found := store.view.article(ref)) is not None:
            yield AlertedArticle.of(found[0])
