"""Which channels have deliveries that are to be tried again: how many, when next, what was said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import redis

from monitor.model import DELIVERIES
from monitor.store import keys
from monitor.store.damage import Damage
from monitor.store.redis import text_of, translated

MOST: Final = 1_000
"""Deliveries that are looked at, those due first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrying:
    """`answer` is what the channel said last to any of them, "" where none was tried yet."""

    channel: str
    deliveries: int
    next: datetime
    answer: str


def retrying_of(client: redis.Redis, damage: Damage) -> tuple[Retrying, ...]:
    """Of each channel, the one that is tried first before the others; those most due are counted,
    1,000 in all.
    """
    with translated(keys.later(DELIVERIES)):
        due: list[Any] = client.zrange(keys.later(DELIVERIES), 0, MOST - 1, withscores=True)
    names = [keys.delivery(text_of(name)) for name, _ in due]
    with client.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.hmget(name, ["channel", "answer"])
        known = damage.answers(pipe, names)
    return tuple(
        _by_channel(
            (text_of(row[0]), text_of(row[1] or b""), at)
            for (_, at), row in zip(due, known, strict=True)
            if row is not None and row[0] is not None
        )
    )


def _by_channel(rows: Iterable[tuple[str, str, float]]) -> Iterable[Retrying]:
    grouped: dict[str, list[tuple[str, float]]] = {}
    for channel, answer, at in rows:
        grouped.setdefault(channel, []).append((answer, at))
    for channel, some in grouped.items():
        yield Retrying(
            channel=channel,
            deliveries=len(some),
            next=datetime.fromtimestamp(some[0][1], UTC),
            answer=next((answer for answer, _ in some if answer), ""),
        )
