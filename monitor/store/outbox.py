"""The outbox: deliveries from pending over sending to sent, or parked for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from monitor import codec
from monitor.model import DELIVERIES, Alert, Delivery, DeliveryState, Message
from monitor.store import keys
from monitor.store.attempts import MOST, Attempt, attempts_of
from monitor.store.gatherings import digest_of
from monitor.store.measures import attempt
from monitor.store.redis import Scripts, text_of, translated

UNMEASURED: Final[Mapping[str, float]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An attempt that may now be made. `before` is the state it was found in: `sending` means that
    an earlier attempt may or may not have arrived."""

    delivery: Delivery
    message: Message
    before: DeliveryState
    disabled: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of telling a channel of an alert, or of its update with the mark `update`.

    Of one that was gathered, `reason` says why, `due` when it is told or was, and `digest` in what:
    its state and attempts are those of the digest as soon as there is one.
    """

    channel: str
    update: str
    state: DeliveryState
    answer: str
    reason: str = ""
    due: datetime | None = None
    digest: str = ""
    attempts: tuple[Attempt, ...] = ()


class Outbox:
    """Attempts of deliveries, each fenced by the lease of its job."""

    def __init__(self, scripts: Scripts, kept: timedelta) -> None:
        self._scripts, self.kept = scripts, kept

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
        before, attempts, packed, channel, disabled = answer
        return Begun(
            delivery=Delivery(
                id=delivery,
                alert=about,
                channel=text_of(channel),
                state=DeliveryState.SENDING,
                attempts=int(attempts),
            ),
            message=(
                digest_of(self._scripts.client, about, packed)
                if isinstance(packed, list)
                else codec.decode_alert(packed)
            ),
            before=DeliveryState(text_of(before)),
            disabled=text_of(disabled),
        )

    def told(self, alert: Alert) -> tuple[Told, ...]:
        """Every delivery of an alert and its updates, in the order they were asked for."""
        client = self._scripts.client
        with translated():
            fields = [text_of(field) for field in client.hkeys(keys.alert(alert.id))]
        marks = sorted((f.partition(":")[2] for f in fields if f != "acked"), key=_in_order)
        asked = [(mark, channel) for mark in marks for channel in alert.notify]
        own = [Delivery.id_for(alert.id, channel, mark) for mark, channel in asked]
        records = self._hashes(map(keys.delivery, own))
        digests = [
            Delivery.id_for(record.get("digest", ""), channel)
            for (_, channel), record in zip(asked, records, strict=True)
        ]
        came = self._hashes(map(keys.delivery, digests))
        made_by = [
            digest if record.get("digest") else delivery
            for delivery, digest, record in zip(own, digests, records, strict=True)
        ]
        attempts = map(attempts_of, self._hashes(map(keys.attempts, made_by)))
        return tuple(
            _told(channel, mark, record, digest, made)
            for (mark, channel), record, digest, made in zip(
                asked, records, came, attempts, strict=True
            )
            if record
        )

    def _hashes(self, names: Iterable[str]) -> list[dict[str, str]]:
        with translated(), self._scripts.client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hgetall(name)
            rows = pipe.execute()
        return [{text_of(name): text_of(value) for name, value in row.items()} for row in rows]

    def acknowledge(self, alert: str, now: datetime) -> datetime | None:
        """A person has seen the alert: no updates any more. Since when; None if it is not kept."""
        ms = text_of(self._scripts("ack", [keys.alert(alert)], [int(now.timestamp() * 1000)]))
        return datetime.fromtimestamp(int(ms) / 1000, UTC) if ms else None

    def settle(
        self,
        worker: str,
        job: str,
        delivery: str,
        *,
        channel: str,
        state: DeliveryState,
        answer: str,
        now: datetime,
        after: timedelta = timedelta(),
        disables: str = "",
        took: Mapping[str, float] = UNMEASURED,
    ) -> None:
        """Say what became of the attempt: SENT, PARKED, or PENDING for again in `after`.

        `disables` is the fingerprint of a channel's configuration that is gone for good, `took` how
        long the alert took (`measures.latencies`). When the lease is lost nothing happens: whoever
        has the job now decides.
        """
        word = "later" if state is DeliveryState.PENDING else str(state)
        self._scripts(
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
            ],
        )


def _in_order(mark: str) -> tuple[int, int, str]:
    """The alert itself, then its steps by their numbers, then revisions."""
    return (0, int(mark or 0), "") if mark.isdigit() or not mark else (1, 0, mark)


def _told(
    channel: str,
    mark: str,
    record: dict[str, str],
    digest: dict[str, str],
    attempts: tuple[Attempt, ...],
) -> Told:
    came = digest or record
    due = record.get("due")
    return Told(
        channel=channel,
        update=mark,
        state=DeliveryState(came["state"]),
        answer=came["answer"],
        reason=record.get("reason", ""),
        due=datetime.fromtimestamp(int(due) / 1000, UTC) if due else None,
        digest=record.get("digest", ""),
        attempts=attempts,
    )
