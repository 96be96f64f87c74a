"""The table of metrics: what Prometheus is told, in which unit, and what it means.

Nearly all are of the whole installation and stand in Redis: whichever service is asked answers the
same, and none of its processes needs to gather what the others count. So take `max by (…)` of them
where several services are scraped, never `sum`. The few that are of the service asked say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["counter", "gauge", "histogram"]
Of = Literal["all", "poller", "service"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One metric. `of`: the whole installation, told by every service (all) or by pollers only
    (poller); or the service that is asked.
    """

    name: str
    kind: Kind
    unit: str
    labels: tuple[str, ...] = ()
    of: Of = "all"
    meaning: str


METRICS: Final = (
    Listed(
        name="wirewatch_articles_admitted_total",
        kind="counter",
        unit="articles",
        meaning="put on a queue by pollers, from feeds and seed files",
    ),
    Listed(
        name="wirewatch_articles_total",
        kind="counter",
        unit="articles",
        labels=("outcome",),
        meaning="judged: `new`, `copy`, `revision`, or `repeat` (judged before)",
    ),
    Listed(
        name="wirewatch_pages_total",
        kind="counter",
        unit="articles",
        labels=("outcome",),
        meaning="whose page was wanted: `read`, `refused`, `gone`, `empty`, `failed`, `late`",
    ),
    Listed(
        name="wirewatch_alerts_total",
        kind="counter",
        unit="alerts",
        labels=("kind",),
        meaning="`raised`, and `updated` (told again as the story spreads)",
    ),
    Listed(
        name="wirewatch_digests_total",
        kind="counter",
        unit="digests",
        meaning="in which gathered alerts were told together",
    ),
    Listed(
        name="wirewatch_delivery_attempts_total",
        kind="counter",
        unit="attempts",
        labels=("channel", "outcome"),
        meaning="`sent`, `later` (will be tried again) or `parked` (waits for a person)",
    ),
    Listed(
        name="wirewatch_published_to_sent_seconds",
        kind="histogram",
        unit="seconds",
        meaning="from the publisher's date to the receipt of a channel; news of the last 48 h",
    ),
    Listed(
        name="wirewatch_fetched_to_sent_seconds",
        kind="histogram",
        unit="seconds",
        meaning="from our fetching an article to the receipt of a channel; the same news",
    ),
    Listed(
        name="wirewatch_queue_jobs",
        kind="gauge",
        unit="jobs",
        labels=("queue", "state"),
        meaning="on a queue: `waiting`, `leased` (under way), `later` (to be tried again)",
    ),
    Listed(
        name="wirewatch_queue_oldest_seconds",
        kind="gauge",
        unit="seconds",
        labels=("queue",),
        meaning="how long the oldest unfinished job is there; of deliveries, the first waiting",
    ),
    Listed(
        name="wirewatch_dead_letters",
        kind="gauge",
        unit="letters",
        labels=("kind",),
        meaning="set aside for a person: `article`, `delivery`, `job`",
    ),
    Listed(
        name="wirewatch_dead_letters_expired_total",
        kind="counter",
        unit="letters",
        meaning="that nobody looked after in time, and that were forgotten",
    ),
    Listed(
        name="wirewatch_channels_disabled",
        kind="gauge",
        unit="channels",
        meaning="that have said they are gone for good (410)",
    ),
    Listed(
        name="wirewatch_feeds",
        kind="gauge",
        unit="feeds",
        labels=("state",),
        of="poller",
        meaning="`new`, `ok`, `failing`, `gone`, `paused`, `off`; as of a minute ago",
    ),
    Listed(
        name="wirewatch_feed_gaps_total",
        kind="counter",
        unit="polls",
        meaning="that shared no entry with the one before: news may have gone unseen",
    ),
    Listed(
        name="wirewatch_last_poll_timestamp_seconds",
        kind="gauge",
        unit="seconds since 1970",
        meaning="when the last poll of a feed ended; nothing while no poller is here",
    ),
    Listed(
        name="wirewatch_last_commit_timestamp_seconds",
        kind="gauge",
        unit="seconds since 1970",
        meaning="when the last bundle of articles was committed; nothing while no worker is here",
    ),
    Listed(
        name="wirewatch_services",
        kind="gauge",
        unit="services",
        labels=("service", "version"),
        meaning="that have said within 15 s that they are here: `poller`, `worker`",
    ),
    Listed(
        name="wirewatch_service_behind_seconds",
        kind="gauge",
        unit="seconds",
        labels=("instance_name",),
        meaning="how late a poller is with the first poll that is due",
    ),
    Listed(
        name="wirewatch_process_restarts_total",
        kind="counter",
        unit="processes",
        labels=("instance_name", "queue", "reason"),
        meaning="of a worker that ended and were replaced: `crash`, or `recycle` (as configured)",
    ),
    Listed(
        name="wirewatch_process_still_seconds",
        kind="gauge",
        unit="seconds",
        labels=("instance_name",),
        meaning="how long the stillest process of a worker has not gone round its loop, or not run"
        " at all; one bundle may take a minute",
    ),
    Listed(
        name="wirewatch_queue_processes",
        kind="gauge",
        unit="processes",
        labels=("queue",),
        meaning="that serve a queue, on all machines; one that was killed for a minute more",
    ),
    Listed(
        name="wirewatch_config_info",
        kind="gauge",
        unit="1",
        labels=("instance_name", "config"),
        meaning="the version of the configuration that a service has in force",
    ),
    Listed(
        name="wirewatch_config_refused_timestamp_seconds",
        kind="gauge",
        unit="seconds since 1970",
        labels=("instance_name",),
        meaning="since when a service refuses what the files of its configuration say; 0: it does"
        " not",
    ),
    Listed(
        name="wirewatch_clock_skew_seconds",
        kind="gauge",
        unit="seconds",
        labels=("instance_name",),
        meaning="how far the clock of a service's machine is ahead of Redis'",
    ),
    Listed(
        name="wirewatch_redis_memory_bytes",
        kind="gauge",
        unit="bytes",
        meaning="in use by Redis",
    ),
    Listed(
        name="wirewatch_redis_memory_limit_bytes",
        kind="gauge",
        unit="bytes",
        meaning="its maxmemory; 0 for none",
    ),
    Listed(
        name="wirewatch_redis_up",
        kind="gauge",
        unit="0 or 1",
        of="service",
        meaning="whether Redis answers the service that is asked; if not, little else is told",
    ),
    Listed(
        name="wirewatch_redis_writable",
        kind="gauge",
        unit="0 or 1",
        of="service",
        meaning="whether Redis takes writes of the service that is asked: it is not full, its disk"
        " neither, and no replica",
    ),
    Listed(
        name="wirewatch_loop_age_seconds",
        kind="gauge",
        unit="seconds",
        labels=("service",),
        of="service",
        meaning="how long ago the loop of the service that is asked last came round",
    ),
    Listed(
        name="wirewatch_build_info",
        kind="gauge",
        unit="1",
        labels=("service", "version"),
        of="service",
        meaning="the version of the service that is asked",
    ),
)

BY_NAME: Final[Mapping[str, Listed]] = {listed.name: listed for listed in METRICS}

ARTICLES: Final = ("new", "copy", "revision", "repeat")
PAGES: Final = ("read", "refused", "gone", "empty", "failed", "late")
OUTCOMES: Final = ("sent", "later", "parked")
LETTERS: Final = ("article", "delivery", "job")


def table() -> str:
    """The table as Markdown, as docs/operations.md has it."""
    of = {"all": "all", "poller": "all, by pollers", "service": "the service asked"}
    rows = [
        f"| `{m.name}` | {m.kind} | {m.unit} | {', '.join(f'`{n}`' for n in m.labels)} "
        f"| {of[m.of]} | {m.meaning} |"
        for m in METRICS
    ]
    head = ["| metric | type | unit | labels | of | meaning |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *rows])
