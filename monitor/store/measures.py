"""What is measured of deliveries: attempts by channel and outcome, and how long news takes.

Counted in the step that settles an attempt, as everything is: a resent or repeated settlement adds
nothing, and no process that dies takes its numbers with it. Kept in Redis, they are the same
whoever is asked, and none of them ever falls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import redis

from monitor.model import Digest, Message
from monitor.store import keys
from monitor.store.damage import Damage
from monitor.store.redis import translated

Latency = Literal["published_to_sent", "fetched_to_sent"]
LATENCIES: Final[tuple[Latency, ...]] = ("published_to_sent", "fetched_to_sent")

BOUNDS_S: Final = (
    *(0.5, 1.0, 2.0, 5.0, 10.0, 30.0),
    *(60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 21600.0, 86400.0),
)
"""Upper bounds of the buckets, from half a second to a day: deliveries are retried for a day."""

NEWS: Final = timedelta(hours=48)
"""What is older when it is sent was no news: replayed, or a first poll's. It is not measured."""

_ABOVE: Final = "inf"


def latencies(message: Message, sent: datetime) -> Mapping[str, float]:
    """What the histograms grow by when this is sent; nothing for updates and troubles, nor for what
    was gathered, which is late because somebody wants it so.
    """
    if isinstance(message, Digest) or message.update is not None or message.trouble is not None:
        return {}
    since = {
        "published_to_sent": message.article.published,
        "fetched_to_sent": message.article.fetched,
    }
    grown: dict[str, float] = {}
    for name, began in since.items():
        if began is None or sent - began > NEWS:
            continue
        took_s = max(0.0, (sent - began).total_seconds())  # a publisher's clock may be ahead
        grown |= {f"{name}|le|{_bucket(took_s)}": 1, f"{name}|sum": round(took_s, 3)}
    return grown


def _bucket(seconds: float) -> str:
    return next((f"{bound:g}" for bound in BOUNDS_S if seconds <= bound), _ABOVE)


def attempt(channel: str, outcome: str) -> str:
    """The field that counts the attempts of a channel with this outcome."""
    return f"attempt|{outcome}|{channel}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """How many were at most so long, for each bound and for all ("+Inf"), and their sum."""

    buckets: tuple[tuple[str, int], ...]
    sum_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """All that was measured. `attempts` are (channel, outcome, how many)."""

    attempts: tuple[tuple[str, str, int], ...]
    latencies: Mapping[Latency, Histogram]


def read_measures(client: redis.Redis, damage: Damage) -> Measures:
    """What was measured so far. Raises StoreUnavailable."""
    with translated(keys.measures()):
        raw = client.hgetall(keys.measures())
    values = dict(damage.readable(keys.measures(), raw.items(), lambda n, v: (n, float(v))))
    attempts = [
        (channel, outcome, int(number))
        for name, number in sorted(values.items())
        for word, _, rest in (name.partition("|"),)
        if word == "attempt"
        for outcome, _, channel in (rest.partition("|"),)
    ]
    return Measures(
        attempts=tuple(attempts),
        latencies={name: _histogram(name, values) for name in LATENCIES},
    )


def _histogram(name: str, values: Mapping[str, float]) -> Histogram:
    bounds: Iterable[str] = (*(f"{bound:g}" for bound in BOUNDS_S), _ABOVE)
    buckets, so_far = [], 0
    for bound in bounds:
        so_far += int(values.get(f"{name}|le|{bound}", 0))
        buckets.append(("+Inf" if bound == _ABOVE else bound, so_far))
    return Histogram(buckets=tuple(buckets), sum_s=values.get(f"{name}|sum", 0.0))
