"""Sending: each alert to each channel apart from the others, until it is received or parked.

begin (pending -> sending) -> send -> settle. A process that dies between the last two leaves the
delivery `sending`: it may have arrived. Then the channel's `on_doubt` decides: `resend` under the
same id, or `hold` for a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import assert_never

from structlog.typing import FilteringBoundLogger

from monitor.channels.channel import Channel, Keeper
from monitor.channels.outline import counted_only
from monitor.errors import Bug, ParseError
from monitor.model import (
    Alert,
    Delivery,
    DeliveryState,
    Digest,
    Later,
    Message,
    Receipt,
    Refused,
    Sent,
)
from monitor.queues import delivery_of
from monitor.settings import ChannelSettings
from monitor.store import Begun, Store, Taken
from monitor.store.measures import latencies
from workers.breaker import Breakers
from workers.patience import Patience
from workers.retry import GIVE_UP_S, delivery_again
from workers.under_way import UnderWay

UNKNOWN_TRIES = 4
"""Tries, some two minutes in all, that a channel has to become known here after a change of
channels.toml."""

AT_ONCE = 64
"""Deliveries a process has under way, over all channels."""

NEVER_ITS_TURN = "the channel has been down, or too slow, for a day"

Guard = Callable[[Awaitable[Receipt]], Awaitable[Receipt]]


EVENT = {
    DeliveryState.SENT: "delivery.sent",
    DeliveryState.PENDING: "delivery.delayed",
    DeliveryState.PARKED: "delivery.parked",
}


def delivery(delivery_id: str, alert: str, channel: str) -> None:
    """The job's name in RQ. RQ's own worker cannot run it: it has no leases and no outbox."""
    raise Bug("deliveries are made by `wirewatch worker`; `rq requeue` gives them back to it")


@dataclass(slots=True, kw_only=True)
class Deliver:
    """The deliveries of one process, concurrently. `guard` answers a receipt for any error."""

    store: Store
    channels: Mapping[str, Channel]
    settings: Mapping[str, ChannelSettings]
    worker: str
    now: Callable[[], datetime]
    guard: Guard
    log: FilteringBoundLogger
    under_way: UnderWay = field(default_factory=lambda: UnderWay(AT_ONCE))
    takes: int = 0
    patience: Patience = field(default_factory=lambda: Patience("receipts"))
    breakers: Breakers = field(init=False)

    def __post_init__(self) -> None:
        self.breakers = Breakers(log=self.log)

    async def fill(self) -> bool:
        """Take as many deliveries as there are places; False when none was taken."""
        places = self.under_way.places
        if places <= 0:
            return False
        token = f"{self.worker}/{self.takes}"
        taken = await asyncio.to_thread(self.store.deliveries.take, self.worker, token, places)
        self.takes += 1
        waits: dict[str, float] = {}
        for job in (job for job in taken if not self.under_way.has(job.id)):
            wait_s = self.breakers.wait_s(channel := _channel_of(job))
            if wait_s is None:
                self.under_way.start(job.id, self._in_turn(job, channel))
            else:
                waits[job.id] = wait_s
        await self._put_off(taken, waits)
        return bool(taken)

    async def _put_off(self, taken: tuple[Taken, ...], waits: Mapping[str, float]) -> None:
        """Let those come back later whose channel is left alone or has its share: no try of them.

        Those that have waited for a day are given up.
        """
        if not waits:
            return
        put_off = partial(self.store.deliveries.put_off, longest_s=GIVE_UP_S)
        late = await asyncio.to_thread(put_off, self.worker, waits)
        for job in (job for job in taken if job.id in late):
            refused = Refused(answer=NEVER_ITS_TURN)
            self.under_way.start(job.id, self._deliver(job, instead=refused))

    async def _in_turn(self, job: Taken, channel: str) -> None:
        began = self.breakers.clock()
        try:
            await self._deliver(job)
        finally:
            self.breakers.over(channel, self.breakers.clock() - began)

    async def _deliver(self, job: Taken, *, instead: Receipt | None = None) -> None:
        """What Redis cannot do for this one, however often it is asked, is its own failure."""
        try:
            await self._attempt(job, instead)
        except Bug as error:
            await self._bury(job, None, error.message)

    async def _attempt(self, job: Taken, instead: Receipt | None) -> None:
        try:
            delivery_id, about, _ = delivery_of(job.data)
        except ParseError as error:
            await self._bury(job, None, error.message)
            return
        try:
            begun = await self.patience.answer(
                partial(
                    self.store.outbox.begin,
                    self.worker,
                    job.id,
                    f"{self.worker}/{self.takes}",
                    delivery=delivery_id,
                    about=about,
                    now=self.now(),
                )
            )
        except ParseError as error:
            await self._bury(job, about, f"the alert or digest cannot be read: {error.message}")
            return
        match begun:
            case "void":
                return
            case "gone":
                await self._bury(job, about, "the alert, digest or its delivery is no longer kept")
            case Begun():
                await self._settle(job, begun, await self._receipt(job, begun, instead))

    async def _bury(self, job: Taken, alert: str | None, reason: str) -> None:
        bury = partial(self.store.deliveries.bury, self.worker, job.id, reason, self.now())
        try:
            await self.patience.answer(bury)
        except Bug:  # nothing was done: its lease runs out, and it comes again
            self.log.exception("delivery.failed", delivery=job.id, reason="it cannot be set aside")
            return
        self.log.error(
            "delivery.parked",
            delivery=job.id,
            alert=alert,
            channel=_channel_of(job) or None,
            answer=reason,
        )

    async def _receipt(self, job: Taken, begun: Begun, instead: Receipt | None) -> Receipt:
        name = begun.delivery.channel
        channel, settings = self.channels.get(name), self.settings.get(name)
        if channel is None or settings is None:
            answer = f"channels.toml has no channel {name!r} (any more)"
            # another process may have read a newer one: this one will have it in a moment
            early = begun.delivery.attempts <= UNKNOWN_TRIES
            return Later(answer=answer) if early else Refused(answer=answer)
        if begun.before is DeliveryState.SENT:
            return Sent(answer="sent before")
        if begun.disabled == settings.fingerprint:
            return Refused(answer="the channel said that it is gone for good (410)")
        if begun.before is DeliveryState.SENDING and settings.on_doubt == "hold":
            return Refused(answer="it may have arrived: an attempt was cut off (on_doubt = hold)")
        if instead is not None:
            return instead
        receipt = await self._sent(channel, job, begun)
        self.breakers.answered(name, receipt)
        return receipt

    async def _sent(self, channel: Channel, job: Taken, begun: Begun) -> Receipt:
        """Of a digest, a channel that keeps all gets every alert, page by page, then what it is of;
        another attempt goes on behind the last page that it has.
        """
        delivery_, message = begun.delivery, begun.message
        if not isinstance(message, Digest) or not isinstance(channel, Keeper):
            return await self.guard(channel.send(delivery_, message))
        for number in count(begun.page):
            page = await self.patience.answer(partial(self.store.outbox.page, message.id, number))
            if page is None:
                break
            receipt = await self.guard(channel.keep(delivery_, page))
            if not isinstance(receipt, Sent):
                return receipt
            turn = partial(self.store.outbox.turn, self.worker, job.id, delivery_.id, number + 1)
            await self.patience.answer(turn)
        return await self.guard(channel.send(delivery_, counted_only(message)))

    async def _settle(self, job: Taken, begun: Begun, receipt: Receipt) -> None:
        """Have it noted what came of the attempt: a receipt in hand is not dropped while Redis is
        away, or the alert would go out a second time.
        """
        delivery_, name = begun.delivery, begun.delivery.channel
        state, after = _outcome(receipt, delivery_)
        gone = isinstance(receipt, Refused) and receipt.disables
        disables = self.settings[name].fingerprint if gone else ""
        counts = await self.patience.answer(
            partial(
                self.store.outbox.settle,
                self.worker,
                job.id,
                delivery_.id,
                token=begun.token,
                channel=name,
                state=state,
                answer=receipt.answer,
                now=self.now(),
                disables=disables,
                after=after or timedelta(),
                took=latencies(begun.message, self.now()),
            )
        )
        say = self.log.info if counts and state is DeliveryState.SENT else self.log.warning
        say(
            EVENT[state] if counts else "delivery.overtaken",
            delivery=delivery_.id,
            **_about(begun.message),
            channel=name,
            attempt=delivery_.attempts,
            answer=receipt.answer,
            again_in_s=None if after is None else round(after.total_seconds(), 1),
        )
        if counts and disables:
            self.log.error("channel.disabled", channel=name, reason=receipt.answer)


def _channel_of(job: Taken) -> str:
    """The channel a job is for; "" where the job cannot be read: whoever begins it will say so."""
    try:
        return delivery_of(job.data)[2]
    except ParseError:
        return ""


def _about(message: Message) -> Mapping[str, object]:
    """What a line of the log says of what was sent."""
    match message:
        case Alert():
            return {
                "alert": message.id,
                "watch": message.watch,
                "story": message.story,
                "article": message.article.id,
                "source": message.article.source,
            }
        case Digest():
            return {
                "digest": message.id,
                "reason": message.reason,
                "alerts": message.count,
                "told": [alert.id for alert in message.alerts],
            }
        case _:
            assert_never(message)


def _outcome(receipt: Receipt, delivery_: Delivery) -> tuple[DeliveryState, timedelta | None]:
    """The state a delivery is in after this receipt, and when it is tried again if it is."""
    match receipt:
        case Sent():
            return DeliveryState.SENT, None
        case Later():
            after = delivery_again(delivery_.id, delivery_.attempts, receipt.after)
            return (DeliveryState.PARKED if after is None else DeliveryState.PENDING), after
        case Refused():
            return DeliveryState.PARKED, None
        case _:
            assert_never(receipt)
