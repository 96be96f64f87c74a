"""What articles were about, hour by hour: counted by `commit.lua`, looked at for what rises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec
import redis

from monitor.store import keys
from monitor.store.call import Call
from monitor.store.damage import Damage
from monitor.store.redis import translated
from monitor.topics.rising import (
    HOURS,
    KEPT_HOURS,
    Rise,
    Told,
    candidates,
    has_begun,
    hour_of,
    is_known,
    rises,
)

MOST_SOURCE_CHARS = 64
NEWEST = 5
_HOUR_S = 3600
_Kept = tuple[int, list[str | int], list[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendCount:
    """What one article adds to an hour: a story of this source for each of these keys.

    `scope` is "" for what is counted of all articles, else what stands for a query.
    """

    scope: str
    hour: int
    source: str
    counted: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """What rises, and whether enough was counted to know what is usual.

    `stories` are all of now, whatever the query; `since` is how many hours ago the first one was
    counted that satisfies it.
    """

    rises: tuple[Rise, ...]
    is_known: bool
    stories: int
    since: int


def count_of(call: Call, count: TrendCount, ref: str, now: datetime) -> Mapping[str, object]:
    """A count as `commit.lua` takes it."""
    return {
        "key": call.key(keys.trend(count.scope, count.hour)),
        "volume": call.key(keys.trend_volume(count.scope, count.hour)),
        "source": count.source[:MOST_SOURCE_CHARS],
        "ref": ref,
        "life": max(1, (count.hour + KEPT_HOURS + 1) * _HOUR_S - int(now.timestamp())),
        "names": [key for key, _ in count.counted],
        "labels": [label for _, label in count.counted],
    }


class Trends:
    """Reads the counts. Hours are those since 1970, as in `hour_of`."""

    def __init__(self, client: redis.Redis, damage: Damage) -> None:
        self._client, self._damage = client, damage

    def rising(self, now: datetime, *, scope: str = "", hours: int = HOURS) -> Trend:
        """What rises in the last `hours`, against the windows of the same length before."""
        last = hour_of(now)
        week = range(last - KEPT_HOURS + 1, last + 1)
        volumes = self._volumes(scope, week)
        everything = self._volumes("", week) if scope else volumes
        stories = sum(_summed(everything[-hours:]).values())
        near = candidates(
            self.told(scope, range(last - hours + 1, last + 1)), _summed(volumes[-hours:]), stories
        )
        before = self._before(scope, [told.key for told in near], week[:-hours])
        own, all_ = (_windows(map(_total, each[:-hours]), hours) for each in (volumes, everything))
        return Trend(
            rises=rises(
                near,
                {
                    # of hours in which nothing was read nobody knows what is usual
                    key: [n for n, read in zip(_windows(counts, hours), all_, strict=True) if read]
                    for key, counts in before.items()
                },
            ),
            is_known=is_known(all_, hours) and has_begun(own, hours),
            stories=stories,
            since=next((len(volumes) - at for at, each in enumerate(volumes) if each), 0),
        )

    def told(self, scope: str, hours: Iterable[int]) -> tuple[Told, ...]:
        """What was told in these hours, the oldest of them first, as of one."""
        names = [keys.trend(scope, hour) for hour in hours]
        with translated(), self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hgetall(name)
            answers = pipe.execute()
        found: dict[str, Told] = {}
        for name, answer in zip(names, answers, strict=True):
            for told in self._damage.readable(name, answer.items(), _told):
                found[told.key] = _joined(found.get(told.key), told)
        return tuple(found.values())

    def label(self, key: str, now: datetime) -> str | None:
        """How a key that was counted lately is written; None where none was."""
        last = hour_of(now)
        names = [keys.trend("", hour) for hour in range(last, last - KEPT_HOURS, -1)]
        with translated(), self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hget(name, key)
            answers = pipe.execute()
        rows = ((n, key, kept) for n, kept in zip(names, answers, strict=True) if kept is not None)
        return next((told.label for told in self._damage.each(rows, _told)), None)

    def _volumes(self, scope: str, hours: Sequence[int]) -> list[dict[str, int]]:
        names = [keys.trend_volume(scope, hour) for hour in hours]
        with translated(), self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hgetall(name)
            answers = pipe.execute()
        return [
            dict(self._damage.readable(name, each.items(), lambda who, count: (who, int(count))))
            for name, each in zip(names, answers, strict=True)
        ]

    def _before(
        self, scope: str, wanted: Sequence[str], hours: Sequence[int]
    ) -> dict[str, list[int]]:
        """Stories of each key in each hour."""
        if not wanted:
            return {}
        with translated(), self._client.pipeline(transaction=False) as pipe:
            for hour in hours:
                pipe.hmget(keys.trend(scope, hour), wanted)
            answers = pipe.execute()
        return {
            key: [
                sum(
                    told.stories
                    for told in self._damage.readable(
                        keys.trend(scope, hour), [(key, row[at])] if row[at] else [], _told
                    )
                )
                for hour, row in zip(hours, answers, strict=True)
            ]
            for at, key in enumerate(wanted)
        }


def _told(key: str, kept: bytes) -> Told:
    stories, flat, refs, label = msgspec.msgpack.decode(kept, type=_Kept)
    sources = {str(name): int(count) for name, count in zip(flat[::2], flat[1::2], strict=True)}
    return Told(
        key=key,
        label=label,
        sources=sources,
        others=stories - sum(sources.values()),
        articles=tuple(refs),
    )


def _joined(before: Told | None, told: Told) -> Told:
    if before is None:
        return told
    return replace(
        told,
        sources=_summed((before.sources, told.sources)),
        others=before.others + told.others,
        articles=(*told.articles, *before.articles)[:NEWEST],
    )


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for each in counts:
        for name, count in each.items():
            total[name] = total.get(name, 0) + count
    return total


def _total(counts: Mapping[str, int]) -> int:
    return sum(counts.values())


def _windows(counts: Iterable[int], hours: int) -> list[int]:
    """The counts of whole windows, the oldest first; what is left over at the front is left out."""
    hourly = list(counts)
    front = len(hourly) % hours
    return [sum(hourly[at : at + hours]) for at in range(front, len(hourly), hours)]
