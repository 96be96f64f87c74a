"""Redis: every key, every transition. Nothing else in Wirewatch speaks to it."""

from __future__ import annotations

from structlog.typing import FilteringBoundLogger

from monitor import __version__
from monitor.errors import SchemaMismatch
from monitor.model import ARTICLES, DELIVERIES, PAGES
from monitor.store import keys
from monitor.store.beats import Absence, Beat, Beats, Present, beat_of
from monitor.store.connecting import connect
from monitor.store.damage import Damage, reading
from monitor.store.expectations import Expectations
from monitor.store.gatherings import Gatherings, Open
from monitor.store.judging import Judging
from monitor.store.leaders import LEAD_S, Leader, Leaders, Standing
from monitor.store.letters import DeadLetter, Letters, Moved
from monitor.store.order import Order
from monitor.store.outbox import Begun, Outbox
from monitor.store.outcome import Failed, Judged, Outcome, Raised, Retention
from monitor.store.pages import PATIENCE, Hop, Pages, PageTaken, PageWanted
from monitor.store.pauses import Pauses
from monitor.store.redis import Scripts, text_of, translated
from monitor.store.sources import SEEN_FOR, Sources, SourceState, seen_member, written
from monitor.store.states import State, States
from monitor.store.stories import Asked
from monitor.store.subscriptions import Subscriptions
from monitor.store.trends import Trend, TrendCount, Trends
from monitor.store.view import QueueDepth, View
from monitor.store.work import FAILURES, LEASE_S, Returned, Taken, Work


class Store:
    """All of it over one connection pool; each process opens its own."""

    def __init__(
        self,
        url: str,
        retention: Retention | None = None,
        *,
        within_s: float | None = None,
        log: FilteringBoundLogger | None = None,
    ) -> None:
        """`within_s` is for who does not wait for a Redis that may not be there. What cannot be
        read there is noted in `damage`, and told to the log.
        """
        self._url, self._retention = url, retention or Retention()
        self.client = connect(url, within_s)
        scripts, retention = Scripts(self.client), self._retention
        self._scripts, self._log = scripts, log
        self.damage = damage = Damage(log)
        self.sources = Sources(self.client, scripts, retention)
        self.paused_sources = Pauses(self.client, scripts, keys.paused("source"), damage)
        self.paused_watches = Pauses(self.client, scripts, keys.paused("watch"), damage)
        self.articles = Work(self.client, scripts, ARTICLES)
        self.pages = Pages(self.client, scripts)
        self.deliveries = Work(self.client, scripts, DELIVERIES)
        self.judging = Judging(self.client, scripts, retention, damage)
        self.outbox = Outbox(scripts, retention.alerts, damage)
        self.leaders = Leaders(self.client, scripts, damage)
        self.expectations = Expectations(self.client, scripts)
        self.gatherings = Gatherings(self.client, scripts, retention.alerts, damage)
        self.subscriptions = Subscriptions(self.client, scripts, damage)
        self.order = Order(self.client, damage)
        self.letters = Letters(self.client, scripts, retention.dead_letters, damage)
        self.trends = Trends(self.client, damage)
        self.beats = Beats(self.client, scripts, damage)
        self.view = View(self.client, damage)

    def work(self, queue: str) -> Work:
        """The leases of one queue."""
        return {ARTICLES: self.articles, PAGES: self.pages, DELIVERIES: self.deliveries}[queue]

    def era(self, candidate: str) -> str:
        """The name of this Redis's state; `candidate` becomes it where there is none yet.

        Another answer than the last one means that all state is gone (or another's).
        """
        with translated():
            self.client.set(keys.era(), candidate, nx=True)
            return text_of(self.client.get(keys.era()))

    def another(self, within_s: float | None = None) -> Store:
        """One on the same Redis, with connections of its own."""
        return Store(self._url, self._retention, within_s=within_s, log=self._log)

    def retain(self, retention: Retention) -> None:
        """From now on keep things for so long."""
        self._retention = self.sources.retention = self.judging.retention = retention
        self.gatherings.kept = self.outbox.kept = retention.alerts
        self.letters.kept = retention.dead_letters

    def check_schema(self) -> None:
        """Raises SchemaMismatch where the keys in this Redis are of another version of Wirewatch,
        StoreUnavailable where it does not answer.
        """
        found = self._scripts("schema", [keys.schema(), keys.FIRST_ERA], [keys.SCHEMA])
        with reading(keys.schema()):
            _refuse(int(found))

    def look_at_schema(self) -> None:
        """The same for who only looks: nothing is written where there is no data yet."""
        with translated(keys.schema()):
            found = self.client.get(keys.schema())
        with reading(keys.schema()):
            _refuse(keys.SCHEMA if found is None else int(found))

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


def _refuse(found: int) -> None:
    if found != keys.SCHEMA:
        word = "newer" if found > keys.SCHEMA else "older"
        does = "install that version again" if found > keys.SCHEMA else "run that version"
        raise SchemaMismatch(
            f"this Redis holds the data of a {word} Wirewatch (schema {found}; this one,"
            f" {__version__}, knows schema {keys.SCHEMA}): nothing was touched; {does}, restore"
            " a backup from before, or name another database in [redis] url"
        )


__all__ = [
    "FAILURES",
    "LEAD_S",
    "LEASE_S",
    "PATIENCE",
    "SEEN_FOR",
    "Absence",
    "Asked",
    "Beat",
    "Begun",
    "DeadLetter",
    "Failed",
    "Hop",
    "Judged",
    "Leader",
    "Moved",
    "Open",
    "Outcome",
    "PageTaken",
    "PageWanted",
    "Present",
    "QueueDepth",
    "Raised",
    "Retention",
    "Returned",
    "SourceState",
    "Standing",
    "State",
    "States",
    "Store",
    "Taken",
    "Trend",
    "TrendCount",
    "Work",
    "beat_of",
    "seen_member",
    "written",
]
