"""The outbox: deliveries from pending over sending to sent, or parked for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from monitor import codec
from monitor.model import DELIVERIES, Alert, Delivery, DeliveryState
from monitor.store import keys
from monitor.store.measures import attempt
from monitor.store.redis import Scripts, text_of, translated

UNMEASURED: Final[Mapping[str, float]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An attempt that may now be made. `before` is the state it was found in: `sending` means that
    an earlier attempt may or may not have arrived."""

    delivery: Delivery
    alert: Alert
    before: DeliveryState
    disabled: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of telling a channel of an alert, or of its update at `update` sources."""

    channel: str
    update: int
    state: DeliveryState
    answer: str


class Outbox:
    """Attempts of deliveries, each fenced by the lease of its job."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    def begin(
        self, worker: str, job: str, token: str, *, delivery: str, alert: str
    ) -> Begun | Literal["void", "gone"]:
        """pending -> sending. `void`: the job is not ours; `gone`: no longer kept.

        Raises ParseError when the alert kept is not what we write.
        """
        answer = self._scripts(
            "begin",
            [
                keys.delivery(delivery),
                keys.holders(DELIVERIES),
                keys.alert(alert),
                keys.disabled(),
                keys.counts(),
                keys.dead(),
            ],
            [worker, job, token, delivery],
        )
        if answer == [b"void"]:
            return "void"
        if answer == [b"gone"]:
            return "gone"
        before, attempts, packed, channel, disabled = answer
        return Begun(
            delivery=Delivery(
                id=delivery,
                alert=alert,
                channel=text_of(channel),
                state=DeliveryState.SENDING,
                attempts=int(attempts),
            ),
            alert=codec.decode_alert(packed),
            before=DeliveryState(text_of(before)),
            disabled=text_of(disabled),
        )

    def told(self, alert: Alert) -> tuple[Told, ...]:
        """Every delivery of an alert and its updates, in the order they were asked for."""
        client = self._scripts.client
        with translated():
            fields = [text_of(field) for field in client.hkeys(keys.alert(alert.id))]
        steps = sorted(int(field.partition(":")[2] or 0) for field in fields)
        asked = [(step, channel) for step in steps for channel in alert.notify]
        with translated(), client.pipeline(transaction=False) as pipe:
            for step, channel in asked:
                delivery = Delivery.id_for(alert.id, channel, step)
                pipe.hmget(keys.delivery(delivery), "state", "answer")
            answers = pipe.execute()
        return tuple(
            Told(
                channel=channel,
                update=step,
                state=DeliveryState(text_of(state)),
                answer=text_of(answer or b""),
            )
            for (step, channel), (state, answer) in zip(asked, answers, strict=True)
            if state is not None
        )

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
            ],
        )
