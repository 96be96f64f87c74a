"""In which order a channel is told of an alert: as it was told, the alert first, then its updates.

Looked at before a delivery begins, and only read. What is pending or sending has a job that brings
it to its end, so that whoever waits for it waits no longer than that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import redis

from monitor import codec
from monitor.errors import ParseError
from monitor.model import DELIVERIES, Delivery
from monitor.store import keys
from monitor.store.damage import Damage
from monitor.store.redis import bytes_of, text_of

SOON_S: Final = 0.5
"""How long one waits whose forerunner is being sent, or stands in the queue."""

_UPDATE: Final = "update:"
_UNSETTLED: Final = ("pending", "sending")


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """Of a delivery: whether it is still to go, how long until it is tried, its digest."""

    waits: bool
    due_s: float
    digest: str


class Order:
    """Which deliveries have to wait for an older one about the same alert to the same channel."""

    def __init__(self, client: redis.Redis, damage: Damage) -> None:
        self._client, self._damage = client, damage

    def early(self, jobs: Mapping[str, tuple[str, str, str]]) -> Mapping[str, float]:
        """Of these jobs (delivery, alert, channel of each), those that are too early, and how long
        they have to wait (s).
        """
        older = {
            job: (ids, jobs[job][2]) for job, ids in self._older(jobs).items() if ids
        }  # most are told once
        if not older:
            return {}
        states = self._states({each for ids, _ in older.values() for each in ids})
        digests = {
            (each, channel): Delivery.id_for(states[each].digest, channel)
            for ids, channel in older.values()
            for each in ids
            if states[each].digest
        }
        told = self._states(set(digests.values())) if digests else {}
        waits: dict[str, float] = {}
        for job, (ids, channel) in older.items():
            before = [states[each] for each in ids]
            before += [told[digests[each, channel]] for each in ids if states[each].digest]
            dues = [state.due_s for state in before if state.waits]
            if dues:
                waits[job] = max(SOON_S, *dues)
        return waits

    def _older(self, jobs: Mapping[str, tuple[str, str, str]]) -> Mapping[str, tuple[str, ...]]:
        """The ids of what was to be told before, of each that is an update."""
        names = [keys.delivery(delivery) for delivery, _, _ in jobs.values()]
        with self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hget(name, "field")
            fields = [text_of(field or b"") for field in self._damage.answers(pipe, names)]
        updates = {
            job: field for job, field in zip(jobs, fields, strict=True) if field.startswith(_UPDATE)
        }
        if not updates:
            return {}
        names = [keys.alert(jobs[job][1]) for job in updates]
        with self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hgetall(name)
            records = [record or {} for record in self._damage.answers(pipe, names)]
        return {
            job: tuple(
                Delivery.id_for(jobs[job][1], jobs[job][2], mark) for mark in _before(field, record)
            )
            for (job, field), record in zip(updates.items(), records, strict=True)
        }

    def _states(self, deliveries: Iterable[str]) -> Mapping[str, _State]:
        ids = sorted(deliveries)
        names = ["the time"]
        with self._client.pipeline(transaction=False) as pipe:
            pipe.time()
            for each in ids:
                pipe.hmget(keys.delivery(each), "state", "digest")
                pipe.hget(keys.rq_job(each), "status")
                pipe.exists(keys.rq_job(each))
                pipe.zscore(keys.later(DELIVERIES), each)
                names += (keys.delivery(each), *[keys.rq_job(each)] * 2, keys.later(DELIVERIES))
            (seconds, _), *rows = self._damage.answers(pipe, names)
        states = {}
        for at, each in enumerate(ids):
            known, status, there, due = rows[4 * at : 4 * at + 4]
            state, digest = known or (None, None)
            # one whose job is no more, or was set aside as it cannot be read, comes to no end
            waits = text_of(state or b"") in _UNSETTLED and bool(there) and status != b"failed"
            states[each] = _State(
                waits=waits,
                due_s=(due or 0.0) - seconds if due else 0.0,
                digest=text_of(digest or b""),
            )
        return states


def _before(own: str, record: Mapping[bytes, bytes]) -> tuple[str, ...]:
    """The marks of what was told of an alert before the update with this field; "" is the alert."""
    times: dict[str, float] = {}
    for name, value in record.items():
        if (field := text_of(name)).startswith(_UPDATE):
            try:
                update = codec.decode_alert(bytes_of(value)).update
            except ParseError:  # whoever begins it will say so
                continue
            times[field] = update.at.timestamp() if update else 0.0
    if own not in times:
        return ()
    ordered = sorted(times, key=lambda field: (times[field], field))
    marks = [field.removeprefix(_UPDATE) for field in ordered[: ordered.index(own)]]
    return ("", *marks)
