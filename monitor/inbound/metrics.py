"""The values of the metrics, gathered from Redis and from this process when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from monitor import __version__
from monitor.errors import StoreError
from monitor.inbound.metric_table import ARTICLES, BY_NAME, LETTERS, OUTCOMES, PAGES
from monitor.model import JOBS
from monitor.pulse import Pulse
from monitor.store import Present, Store
from monitor.store.measures import LATENCIES
from monitor.store.view import QueueDepth

Row = tuple[tuple[str, ...], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics(Collector):
    """Gathers all values when it is asked. `feeds` counts feeds by state, where that is known."""

    service: str
    store: Store
    pulse: Pulse
    channels: Callable[[], tuple[str, ...]] = tuple
    feeds: Callable[[], Mapping[str, int]] | None = None

    @property
    def own(self) -> Own:
        """What is told where Redis does not answer in time."""
        return Own(metrics=self)

    def describe(self) -> list[Metric]:
        """Nothing: to be asked for all values when registered would cost a trip to Redis."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All of the table. What Redis holds is left out while it does not answer."""
        try:
            writable = not self.store.view.refuses_writes()
            gathered = [*self._of_redis()]
        except StoreError:
            yield from self.own.collect()
            return
        yield from self.of_service()
        yield _family("wirewatch_redis_up", [((), 1)])
        yield _family("wirewatch_redis_writable", [((), writable)])
        yield from gathered

    def of_service(self) -> Iterator[Metric]:
        """What is known without Redis."""
        yield _family("wirewatch_build_info", [((self.service, __version__), 1)])
        yield _family("wirewatch_loop_age_seconds", [((self.service,), self.pulse.age_s)])

    def _of_redis(self) -> Iterator[Metric]:
        yield from self._counted()
        yield from self._deliveries()
        yield from self._waiting()
        yield from self._services(self.store.beats.present())
        server = self.store.view.server()
        yield _family("wirewatch_redis_memory_bytes", [((), server.used_bytes)])
        yield _family("wirewatch_redis_memory_limit_bytes", [((), server.limit_bytes)])
        if self.feeds is not None:
            states = self.feeds().items()
            yield _family("wirewatch_feeds", [((state,), number) for state, number in states])

    def _counted(self) -> Iterator[Metric]:
        counts = self.store.view.counts()

        def rows(noun: str, words: tuple[str, ...]) -> list[Row]:
            return [((word,), counts.get(f"{noun}.{word}", 0)) for word in words]

        admitted = counts.get("articles.admitted", 0)
        yield _family("wirewatch_articles_admitted_total", [((), admitted)])
        yield _family("wirewatch_articles_total", rows("articles", ARTICLES))
        yield _family("wirewatch_pages_total", rows("pages", PAGES))
        yield _family("wirewatch_alerts_total", rows("alerts", ("raised", "updated")))
        yield _family("wirewatch_digests_total", [((), counts.get("digests", 0))])
        expired = counts.get("letters.expired", 0)
        yield _family("wirewatch_dead_letters_expired_total", [((), expired)])
        yield _family("wirewatch_feed_gaps_total", [((), counts.get("feeds.gaps", 0))])

    def _deliveries(self) -> Iterator[Metric]:
        measures = self.store.view.measures()
        attempts = {(channel, word): 0 for channel in self.channels() for word in OUTCOMES}
        attempts |= {(channel, word): number for channel, word, number in measures.attempts}
        yield _family("wirewatch_delivery_attempts_total", list(attempts.items()))
        for name in LATENCIES:
            found = measures.latencies[name]
            listed = BY_NAME[f"wirewatch_{name}_seconds"]
            family = HistogramMetricFamily(listed.name, listed.meaning)
            family.add_metric((), [(le, n) for le, n in found.buckets], found.sum_s)
            yield family

    def _waiting(self) -> Iterator[Metric]:
        depths = {queue: self.store.view.depth(queue) for queue in JOBS}
        yield _family("wirewatch_queue_jobs", [*_jobs(depths)])
        ages: list[Row] = [((queue,), depth.oldest_s) for queue, depth in depths.items()]
        yield _family("wirewatch_queue_oldest_seconds", ages)
        serving: list[Row] = [((queue,), len(self.store.view.workers(queue))) for queue in JOBS]
        yield _family("wirewatch_queue_processes", serving)
        kinds = [letter.kind for letter in self.store.letters.all()]
        letters: list[Row] = [((kind,), kinds.count(kind)) for kind in LETTERS]
        yield _family("wirewatch_dead_letters", letters)
        disabled = len(self.store.view.disabled())
        yield _family("wirewatch_channels_disabled", [((), disabled)])

    def _services(self, present: Present) -> Iterator[Metric]:
        here = present.fresh
        numbers: dict[tuple[str, ...], float] = {}
        for beat in here:
            key = (beat.service, beat.version)
            numbers[key] = numbers.get(key, 0) + 1
        yield _family("wirewatch_services", list(numbers.items()))
        for service, name in (("poller", "poll"), ("worker", "commit")):
            latest = max((beat.last for beat in here if beat.service == service), default=0.0)
            rows: list[Row] = [((), latest)] if latest else []
            yield _family(f"wirewatch_last_{name}_timestamp_seconds", rows)
        behind: list[Row] = [
            ((beat.instance,), beat.behind_s) for beat in here if beat.service == "poller"
        ]
        yield _family("wirewatch_service_behind_seconds", behind)
        still: list[Row] = [
            ((beat.instance,), max(beat.silent_s, beat.still_s))
            for beat in here
            if beat.service == "worker"
        ]
        yield _family("wirewatch_process_still_seconds", still)
        info: list[Row] = [((beat.instance, beat.config), 1) for beat in here if beat.config]
        yield _family("wirewatch_config_info", info)
        refused: list[Row] = [((beat.instance,), beat.config_refused) for beat in here]
        yield _family("wirewatch_config_refused_timestamp_seconds", refused)
        skew: list[Row] = [((beat.instance,), beat.skew_s) for beat in here]
        yield _family("wirewatch_clock_skew_seconds", skew)
        restarts: list[Row] = [
            ((beat.instance, *ended.split(".")), number)
            for beat in here
            for ended, number in beat.ended.items()
        ]
        yield _family("wirewatch_process_restarts_total", restarts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own(Collector):
    """The few values that need no Redis, which is away."""

    metrics: Metrics

    def describe(self) -> list[Metric]:
        """Nothing, as above."""
        return []

    def collect(self) -> Iterator[Metric]:
        """What is known of the service, and that Redis does not answer."""
        yield from self.metrics.of_service()
        yield _family("wirewatch_redis_up", [((), 0)])
        yield _family("wirewatch_redis_writable", [((), 0)])


def registry_of(collector: Collector) -> CollectorRegistry:
    """A registry of ours only: Python's own metrics of this process are nobody's question."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return registry


def _jobs(depths: Mapping[str, QueueDepth]) -> Iterator[Row]:
    for queue, depth in depths.items():
        yield (queue, "waiting"), depth.waiting
        yield (queue, "leased"), depth.leased
        yield (queue, "later"), depth.later


def _family(name: str, rows: list[Row]) -> Metric:
    """The values of one line of the table."""
    listed = BY_NAME[name]
    kind = CounterMetricFamily if listed.kind == "counter" else GaugeMetricFamily
    family = kind(name, f"{listed.meaning} ({listed.unit})", labels=listed.labels)
    for labels, value in rows:
        family.add_metric(labels, value)
    return family
