"""The outbox: deliveries from pending over sending to sent, or parked for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from monitor import codec
from monitor.errors import ParseError
from monitor.model import DELIVERIES, Alert, Delivery, DeliveryState, Digest, Message
from monitor.store import keys
from monitor.store.attempts import MOST, Attempt, attempts_of
from monitor.store.damage import Damage, reading
from monitor.store.digests import digest_of, page_of
from monitor.store.measures import attempt
from monitor.store.redis import Scripts, text_of, translated

MOST_JOINED: Final = 5
"""Gatherings that one may have been put into, each into the next, before it was told."""

MOST_SHOWN: Final = 80
"""Characters that are shown of a value that is not ours."""

UNMEASURED: Final[Mapping[str, float]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An attempt that may now be made. `before` is the state it was found in: `sending` means that
    an earlier attempt may or may not have arrived. `page` is that of a digest which a channel that
    keeps all of it has to be given next. `token` is what it is known by when it is settled.
    """

    delivery: Delivery
    message: Message
    before: DeliveryState
    disabled: str
    token: str
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of telling a channel of an alert, or of its update with the mark `update`.

    Of one that was gathered, `reason` says why, `due` when it is told or was to be, `released` when
    it was, and `digest` in what: its state and attempts are those of the digest as soon as there is
    one.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Came:
    """A delivery with its record; of what was gathered the id of the digest, too."""

    delivery: str
    digest: str
    record: Mapping[str, str]


class Outbox:
    """Attempts of deliveries: begun by the lease of the job, settled by the attempt itself."""

    def __init__(self, scripts: Scripts, kept: timedelta, damage: Damage) -> None:
        self._scripts, self.kept, self._damage = scripts, kept, damage

    def begin(
        self, worker: str, job: str, token: str, *, delivery: str, about: str, now: datetime
    ) -> Begun | Literal["void", "gone"]:
        """pending -> sending. `void`: the job is not ours; `gone`: no longer kept.

        `about` is the id of the alert or digest it takes, `now` when the attempt begins. Raises
        ParseError when what is kept is not what we write.
        """
        answer = self._scripts(
            "begin",
            [
                keys.delivery(delivery),
                keys.holders(DELIVERIES),
                keys.alert(about),
                keys.disabled(),
                keys.counts(),
                keys.dead(),
                keys.digest(about),
                keys.attempts(delivery),
            ],
            [
                worker,
                job,
                token,
                delivery,
                int(now.timestamp() * 1000),
                int(self.kept.total_seconds()),
                MOST,
            ],
        )
        if answer == [b"void"]:
            return "void"
        if answer == [b"gone"]:
            return "gone"
        if answer[0] == b"broken":
            key, field, value = map(text_of, answer[1:])
            raise ParseError(f"{key}, field {field}: {value[:MOST_SHOWN]!r} is not what we write")
        before, attempts, packed, channel, disabled, page = answer
        return Begun(
            delivery=Delivery(
                id=delivery,
                alert=about,
                channel=text_of(channel),
                state=DeliveryState.SENDING,
                attempts=int(attempts),
            ),
            message=(
                digest_of(self._scripts.client, about, packed, self._damage)
                if isinstance(packed, list)
                else codec.decode_alert(packed)
            ),
            before=DeliveryState(text_of(before)),
            disabled=text_of(disabled),
            token=token,
            page=int(page),
        )

    def digest(self, digest_id: str) -> Digest | None:
        """A digest that was released, or None when it is not kept (any more). Raises Unreadable."""
        client = self._scripts.client
        with translated(keys.digest(digest_id)):
            found = client.hgetall(keys.digest(digest_id))
        fields = [each for pair in found.items() for each in pair]
        with reading(keys.digest(digest_id)):
            return digest_of(client, digest_id, fields, self._damage) if fields else None

    def page(self, digest: str, number: int) -> tuple[Alert, ...] | None:
        """One page of a digest's alerts, from 0 on; None behind the last."""
        return page_of(self._scripts.client, digest, number, self._damage)

    def turn(self, worker: str, job: str, delivery: str, page: int) -> bool:
        """The channel has all pages before that one; False where the lease is lost."""
        answer = self._scripts(
            "turn",
            [keys.delivery(delivery), keys.holders(DELIVERIES)],
            [worker, job, page],
        )
        return bool(answer == b"done")

    def told(self, alert: Alert) -> tuple[Told, ...]:
        """Every delivery of an alert and its updates, in the order they were asked for."""
        client = self._scripts.client
        with translated(keys.alert(alert.id)):
            fields = [text_of(field) for field in client.hkeys(keys.alert(alert.id))]
        told = (f for f in fields if f == "alert" or f.startswith("update:"))
        marks = sorted((f.partition(":")[2] for f in told), key=_in_order)
        asked = [(mark, channel) for mark in marks for channel in alert.notify]
        own = [Delivery.id_for(alert.id, channel, mark) for mark, channel in asked]
        records = self._hashes(map(keys.delivery, own))
        found = {
            pair: _Came(delivery=delivery, digest=record.get("digest", ""), record=record)
            for pair, delivery, record in zip(asked, own, records, strict=True)
            if record
        }
        came = [self._came(found, mark, channel) for mark, channel in found]
        names = [keys.attempts(each.delivery) for each in came]
        attempts = [
            attempts_of(name, record, self._damage)
            for name, record in zip(names, self._hashes(names), strict=True)
        ]
        rows = (
            (keys.delivery(last.delivery), "", (mark, channel, first.record, last, made))
            for ((mark, channel), first), last, made in zip(
                found.items(), came, attempts, strict=True
            )
        )
        return tuple(self._damage.each(rows, lambda _, row: _told(*row)))

    def _came(self, found: Mapping[tuple[str, str], _Came], mark: str, channel: str) -> _Came:
        """What took it there: an update that took its place, the digest it was gathered for, or the
        one that was put into.
        """
        came = found[mark, channel]
        for (other, name), each in found.items():
            if name == channel and other != mark and each.record.get("over") == _field(mark):
                return self._came(found, other, channel)
        for _ in range(MOST_JOINED):
            if not (into := came.record.get("digest")):
                break
            delivery = Delivery.id_for(into, channel)
            (record,) = self._hashes([keys.delivery(delivery)])
            if not record:
                break
            record = {"due": came.record.get("due", ""), **record}
            came = _Came(delivery=delivery, digest=into, record=record)
        return came

    def _hashes(self, names: Iterable[str]) -> list[dict[str, str]]:
        with translated(), self._scripts.client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hgetall(name)
            rows = pipe.execute()
        return [{text_of(name): text_of(value) for name, value in row.items()} for row in rows]

    def acknowledge(self, alert: str, now: datetime) -> datetime | None:
        """A person has seen the alert: no updates any more. Since when; None if it is not kept."""
        key = keys.alert(alert)
        ms = text_of(self._scripts("ack", [key], [int(now.timestamp() * 1000)]))
        with reading(key, "acked"):
            return datetime.fromtimestamp(int(ms) / 1000, UTC) if ms else None

    def settle(
        self,
        worker: str,
        job: str,
        delivery: str,
        *,
        token: str,
        channel: str,
        state: DeliveryState,
        answer: str,
        now: datetime,
        after: timedelta = timedelta(),
        disables: str = "",
        took: Mapping[str, float] = UNMEASURED,
    ) -> bool:
        """Say what became of the attempt: SENT, PARKED, or PENDING for again in `after`.

        `disables` is the fingerprint of a channel's configuration that is gone for good, `took` how
        long the alert took (`measures.latencies`). `token` is that of the attempt: it counts though
        the lease was lost meanwhile. False where another attempt has begun, which decides.
        """
        word = "later" if state is DeliveryState.PENDING else str(state)
        said = self._scripts(
            "settle",
            [
                keys.delivery(delivery),
                keys.rq_job(job),
                keys.leases(DELIVERIES),
                keys.holders(DELIVERIES),
                keys.later(DELIVERIES),
                keys.counts(),
                keys.dead(),
                keys.rq_failed(DELIVERIES),
                keys.disabled(),
                keys.measures(),
                keys.attempts(delivery),
                keys.rq_queue(DELIVERIES),
                keys.told_apart(),
            ],
            [
                worker,
                job,
                word,
                answer,
                after.total_seconds(),
                int(now.timestamp() * 1000),
                delivery,
                channel,
                disables,
                msgspec.json.encode({attempt(channel, word): 1}),
                msgspec.json.encode(dict(took)),
                int((now + after).timestamp() * 1000) if state is DeliveryState.PENDING else "",
                token,
            ],
        )
        return bool(said != b"void")


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
        due=_moment(came.get("due")),
        released=_moment(came.get("released")),
        digest=last.digest,
        attempts=attempts,
    )


def _moment(ms: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(ms) / 1000, UTC) if ms else None
