"""What became of telling the channels of an alert: read from the outbox, for who looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import redis

from monitor.model import Alert, Delivery, DeliveryState
from monitor.store import keys
from monitor.store.attempts import Attempt, attempts_of
from monitor.store.damage import Damage
from monitor.store.redis import text_of, translated

MOST_JOINED: Final = 5
"""Gatherings that one may have been put into, each into the next, before it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of telling a channel of an alert, or of its update with the mark `update`.

    Of one that was gathered, `reason` says why, `due` when it is told or was to be, `released` when
    it was, and `digest` in what: its state and attempts are those of the digest as soon as there is
    one. `along` is the mark of an update that took it along while it waited: state and attempts are
    that update's.
    """

    channel: str
    update: str
    state: DeliveryState
    answer: str
    reason: str = ""
    due: datetime | None = None
    released: datetime | None = None
    digest: str = ""
    attempts: tuple[Attempt, ...] = ()
    along: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Came:
    """A delivery with its record; of what was gathered the id of the digest, too; `along` is the
    mark of an update that took it along.
    """

    delivery: str
    digest: str
    record: Mapping[str, str]
    along: str | None = None


def told_of(client: redis.Redis, alert: Alert, damage: Damage) -> tuple[Told, ...]:
    """Every delivery of an alert and its updates, in the order they were asked for."""
    with translated(keys.alert(alert.id)):
        fields = [text_of(field) for field in client.hkeys(keys.alert(alert.id))]
    told = (f for f in fields if f == "alert" or f.startswith("update:"))
    marks = sorted((f.partition(":")[2] for f in told), key=_in_order)
    asked = [(mark, channel) for mark in marks for channel in alert.notify]
    own = [Delivery.id_for(alert.id, channel, mark) for mark, channel in asked]
    records = _hashes(client, map(keys.delivery, own))
    found = {
        pair: _Came(delivery=delivery, digest=record.get("digest", ""), record=record)
        for pair, delivery, record in zip(asked, own, records, strict=True)
        if record
    }
    came = [_came(client, found, mark, channel) for mark, channel in found]
    names = [keys.attempts(each.delivery) for each in came]
    attempts = [
        attempts_of(name, record, damage)
        for name, record in zip(names, _hashes(client, names), strict=True)
    ]
    rows = (
        (keys.delivery(last.delivery), "", (mark, channel, first.record, last, made))
        for ((mark, channel), first), last, made in zip(found.items(), came, attempts, strict=True)
    )
    return tuple(damage.each(rows, lambda _, row: _told(*row)))


def _came(
    client: redis.Redis, found: Mapping[tuple[str, str], _Came], mark: str, channel: str
) -> _Came:
    """What took it there: an update that took its place, the digest it was gathered for, or the
    one that was put into.
    """
    came = found[mark, channel]
    for (other, name), each in found.items():
        if name == channel and other != mark and each.record.get("over") == _field(mark):
            return replace(_came(client, found, other, channel), along=other)
    for _ in range(MOST_JOINED):
        if not (into := came.record.get("digest")):
            break
        delivery = Delivery.id_for(into, channel)
        (record,) = _hashes(client, [keys.delivery(delivery)])
        if not record:
            break
        record = {"due": came.record.get("due", ""), **record}
        came = _Came(delivery=delivery, digest=into, record=record)
    return came


def _hashes(client: redis.Redis, names: Iterable[str]) -> list[dict[str, str]]:
    with translated(), client.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.hgetall(name)
        rows = pipe.execute()
    return [{text_of(name): text_of(value) for name, value in row.items()} for row in rows]


def _in_order(mark: str) -> tuple[int, int, str]:
    """The alert itself, then its steps by their numbers, then revisions."""
    return (0, int(mark or 0), "") if mark.isdecimal() or not mark else (1, 0, mark)


def _field(mark: str) -> str:
    """The field of an alert's record that an update with this mark has; "" is the alert itself."""
    return f"update:{mark}" if mark else "alert"


def _told(
    mark: str,
    channel: str,
    first: Mapping[str, str],
    last: _Came,
    attempts: tuple[Attempt, ...],
) -> Told:
    came = last.record
    return Told(
        channel=came.get("channel", channel),
        update=mark,
        state=DeliveryState(came["state"]),
        answer=came["answer"],
        reason=first.get("reason", ""),
        due=_moment(came.get("due") if last.along is None else first.get("due")),
        released=_moment(came.get("released")),
        digest=last.digest,
        attempts=attempts,
        along=last.along,
    )


def _moment(ms: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(ms) / 1000, UTC) if ms else None
