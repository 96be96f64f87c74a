"""How it goes, gathered: what `wirewatch status` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitor import __version__
from monitor.cli.watch import WATCHING, state_of
from monitor.model import JOBS, Alert, GatherReason
from monitor.poller.report import FeedReport, reports
from monitor.settings import Settings
from monitor.store import Beat, DeadLetter, Leader, Present, QueueDepth, Store
from monitor.store.beats import Sample, done_since
from monitor.store.retrying import Retrying
from monitor.store.server import Server

JUDGED: Final = tuple(f"articles.{word}" for word in ("new", "copy", "revision", "repeat"))
SENT: Final = ("deliveries.sent",)
LATELY: Final = timedelta(minutes=5)
HOUR: Final = timedelta(hours=1)
ALERTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How fast: articles judged a minute, of the last 5 minutes and the last hour; alerts raised in
    the last hour and day; deliveries sent in the last hour. None while too little is known.
    """

    articles_min: float | None
    articles_min_hour: float | None
    alerts_hour: int
    alerts_day: int
    sent_hour: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that has said within the hour that it is here. `config` is the version of its
    configuration; of several pollers one `leads`; `refused` is what Redis does not let it do,
    `config_refused` whether it refuses what the files of its configuration say by now.
    """

    service: str
    host: str
    pid: int
    version: str
    state: str
    up_s: float
    behind_s: float
    ended: Mapping[str, int]
    config: str
    leads: bool
    refused: str
    config_refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Alerts that wait to be told together: for which channel, of one watch or ("") of all, why,
    how many, until when.
    """

    channel: str
    watch: str
    reason: GatherReason
    alerts: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything at a glance. `refuses` is why Redis takes no writes, "" where it does;
    `lag_s` is how long the oldest unjudged article has waited;
    `gathered` is in the order in which it will be told, of so many alerts.
    """

    version: str
    server: Server
    refuses: str
    services: tuple[Service, ...]
    workers: Mapping[str, int]
    lag_s: float
    rates: Rates
    queues: Mapping[str, QueueDepth]
    feeds: Mapping[str, int]
    failing: tuple[FeedReport, ...]
    dead: tuple[DeadLetter, ...]
    disabled: tuple[str, ...]
    resting: Mapping[str, str]
    counts: Mapping[str, int]
    alerts: tuple[Alert, ...]
    gathered: tuple[Waiting, ...]
    gathered_alerts: int
    retrying: tuple[Retrying, ...]


def overview(store: Store, settings: Settings, now: datetime) -> Overview:
    """How it goes now. Raises StoreUnavailable."""
    view, present, samples = store.view, store.beats.present(), store.beats.samples()
    leader = store.leaders.now()
    counts, queues = dict(view.counts()), {queue: view.depth(queue) for queue in JOBS}
    feeds = reports(store, settings.sources, now)
    paused = store.paused_watches.all()
    states = {watch.id: state_of(watch, paused.get(watch.id), now) for watch in settings.watches}
    gatherings = store.gatherings.all()
    return Overview(
        version=__version__,
        server=view.server(),
        refuses=view.refuses_writes(),
        services=tuple(_service(present, beat, leader) for beat in present.awaited),
        workers={queue: len(view.workers(queue)) for queue in JOBS},
        lag_s=round(queues["articles"].oldest_s, 1),
        rates=Rates(
            articles_min=_per_minute(samples, counts, present.now, LATELY),
            articles_min_hour=_per_minute(samples, counts, present.now, HOUR),
            alerts_hour=view.raised_within(HOUR, now),
            alerts_day=view.raised_within(timedelta(days=1), now),
            sent_hour=_in(samples, counts, present.now, HOUR),
        ),
        queues=queues,
        feeds={state: sum(f.state == state for f in feeds) for state in {f.state for f in feeds}},
        failing=tuple(feed for feed in feeds if feed.state in ("failing", "gone")),
        dead=store.letters.all(),
        disabled=tuple(view.disabled()),
        resting={watch: state for watch, state in states.items() if state != WATCHING},
        counts=counts,
        alerts=view.alerts(ALERTS),
        retrying=view.retrying(),
        gathered_alerts=store.gatherings.alerts(gatherings),
        gathered=tuple(
            Waiting(
                channel=each.channel,
                watch=each.watch,
                reason=each.reason,
                alerts=each.count,
                until=each.due,
            )
            for each in gatherings
            if each.count
        ),
    )


def _service(present: Present, beat: Beat, leader: Leader | None) -> Service:
    silent_s = present.age_s(beat)
    state = "here" if present.is_fresh(beat) else f"not heard of for {silent_s:.0f} s"
    return Service(
        service=beat.service,
        host=beat.host,
        pid=beat.pid,
        version=beat.version,
        state=state,
        up_s=round(max(0.0, beat.clock - beat.started), 1),
        behind_s=round(beat.behind_s, 1),
        ended=beat.ended,
        config=beat.config,
        refused=beat.refused,
        config_refused=bool(beat.config_refused),
        leads=beat.service == "poller"
        and leader is not None
        and (leader.host, leader.pid) == (beat.host, beat.pid),
    )


def _per_minute(
    samples: Sequence[Sample], counts: Mapping[str, int], now: float, span: timedelta
) -> float | None:
    done, in_s = done_since(samples, counts, now=now, names=JUDGED, span_s=span.total_seconds())
    return round(done / in_s * 60, 1) if in_s else None


def _in(
    samples: Sequence[Sample], counts: Mapping[str, int], now: float, span: timedelta
) -> int | None:
    done, in_s = done_since(samples, counts, now=now, names=SENT, span_s=span.total_seconds())
    return done if in_s else None
