"""The outbox: deliveries from pending over sending to sent, or parked for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from monitor import codec
from monitor.errors import ParseError
from monitor.model import DELIVERIES, Alert, Delivery, DeliveryState, Digest, Message
from monitor.store import keys
from monitor.store.attempts import MOST
from monitor.store.by_now import Telling, as_told, heard
from monitor.store.damage import Damage, reading
from monitor.store.digests import digest_of, page_of
from monitor.store.measures import attempt
from monitor.store.redis import Scripts, text_of, translated
from monitor.store.told import Told, told_of

MOST_SHOWN: Final = 80
"""Characters that are shown of a value that is not ours."""

UNMEASURED: Final[Mapping[str, float]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An attempt that may now be made. `before` is the state it was found in: `sending` means that
    an earlier attempt may or may not have arrived. `page` is that of a digest which a channel that
    keeps all of it has to be given next. `token` is what it is known by when it is settled,
    `waited` how long it was let wait since it was first to go.
    """

    delivery: Delivery
    message: Message
    before: DeliveryState
    disabled: str
    token: str
    page: int = 0
    waited: timedelta = timedelta()


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
                keys.rq_job(job),
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
        before, attempts, packed, channel, disabled, page, unheard, waited = answer
        return Begun(
            delivery=Delivery(
                id=delivery,
                alert=about,
                channel=text_of(channel),
                state=DeliveryState.SENDING,
                attempts=int(attempts),
            ),
            message=(
                self._digest(about, packed, text_of(channel))
                if isinstance(packed, list)
                else heard(codec.decode_alert(packed), text_of(unheard))
            ),
            before=DeliveryState(text_of(before)),
            disabled=text_of(disabled),
            token=token,
            page=int(page),
            waited=timedelta(seconds=float(waited)),
        )

    def digest(self, digest_id: str) -> Digest | None:
        """A digest that was released, or None when it is not kept (any more). Raises Unreadable."""
        client = self._scripts.client
        with translated(keys.digest(digest_id)):
            found = client.hgetall(keys.digest(digest_id))
        fields = [each for pair in found.items() for each in pair]
        with reading(keys.digest(digest_id)):
            if not fields:
                return None
            digest = digest_of(client, digest_id, fields, self._damage)
            return replace(digest, alerts=as_told(client, digest_id, digest.alerts, self._damage))

    def page(self, digest: str, number: int, channel: str) -> tuple[Alert, ...] | None:
        """One page of a digest's alerts, as the channel is told of them, from 0 on; None behind the
        last.
        """
        alerts = page_of(self._scripts.client, digest, number, self._damage)
        return None if alerts is None else self._telling(digest, channel).told(alerts)

    def _digest(self, digest_id: str, fields: list[object], channel: str) -> Digest:
        found = digest_of(self._scripts.client, digest_id, fields, self._damage)
        return replace(found, alerts=self._telling(digest_id, channel).told(found.alerts))

    def _telling(self, digest: str, channel: str) -> Telling:
        return Telling(
            scripts=self._scripts,
            damage=self._damage,
            kept=self.kept,
            digest=digest,
            channel=channel,
        )

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
        return told_of(self._scripts.client, alert, self._damage)

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
        about: str = "",
    ) -> bool:
        """Say what became of the attempt: SENT, PARKED, or PENDING for again in `after`.

        `disables` is the fingerprint of a channel's configuration that is gone for good, `took` how
        long the alert took (`measures.latencies`), `about` the id of the alert or digest, which is
        kept longer where it has to wait. `token` is that of the attempt: it counts though
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
                keys.alert(about),
                keys.digest(about),
                keys.digest_alerts(about),
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
                int(self.kept.total_seconds()),
            ],
        )
        return bool(said != b"void")
