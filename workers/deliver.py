"""Sending: each alert to each channel apart from the others, until it is received or parked.

begin (pending -> sending) -> send -> settle. A process that dies between the last two leaves the
delivery `sending`: it may have arrived. Then the channel's `on_doubt` decides: `resend` under the
same id, or `hold` for a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import TypeVar

from structlog.typing import FilteringBoundLogger

from monitor.channels.channel import Channel, Keeper
from monitor.channels.outline import counted_only
from monitor.errors import Bug, ParseError
from monitor.model import (
    DeliveryState,
    Digest,
    Later,
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
from workers.receipts import EVENT, channel_of, outcome, said_of
from workers.retry import GIVE_UP_S
from workers.under_way import UnderWay

UNKNOWN_TRIES = 4
"""Tries, some two minutes in all, that a channel has to become known here after a change of
channels.toml."""

TAKE = 200
"""Deliveries looked at in one go: those of a channel that has its share are put off, however long
their row is, and hold up none behind them."""

THREADS = 8
"""For what Redis is asked: of their own, as whoever resolves a name or loads a library may hang in
those that all may use."""

NEVER_ITS_TURN = "the channel is down, and has been for a day"

Guard = Callable[[Awaitable[Receipt]], Awaitable[Receipt]]
Answered = TypeVar("Answered")


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
    under_way: UnderWay = field(default_factory=UnderWay)
    takes: int = 0
    patience: Patience = field(default_factory=lambda: Patience("receipts"))
    threads: Executor = field(
        default_factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="outbox")
    )
    breakers: Breakers = field(init=False)

    def __post_init__(self) -> None:
        self.breakers = Breakers(log=self.log)

    async def fill(self) -> bool:
        """Take deliveries, and begin those whose channel may have one more; False when there were
        none.
        """
        take = partial(self.store.deliveries.take, self.worker, f"{self.worker}/{self.takes}", TAKE)
        taken = await self._once(take)
        mine = [job for job in taken if not self.under_way.has(job.id)]
        early = await self._once(partial(self._early, mine)) if mine else {}
        self.takes += 1
        down: dict[str, float] = {}
        for job in (job for job in mine if job.id not in early):
            wait_s = self.breakers.wait_s(channel := channel_of(job))
            if wait_s is None:
                self.under_way.start(job.id, self._in_turn(job, channel))
            else:
                (down if self.breakers.is_down(channel) else early)[job.id] = wait_s
        await self._put_off(mine, early, down)
        return bool(taken)

    def _early(self, jobs: Sequence[Taken]) -> dict[str, float]:
        """Those whose turn has not come, as something older about the same alert is still to go to
        the same channel, and how long they wait.
        """
        known = {}
        for job in jobs:
            with suppress(ParseError):
                known[job.id] = delivery_of(job.data)
        return dict(self.store.order.early(known))

    async def wait(self, seconds: int) -> None:
        """Until there is something to take, at most so long."""
        await self._once(partial(self.store.deliveries.wait, seconds))

    async def _once(self, ask: Callable[[], Answered]) -> Answered:
        return await asyncio.get_running_loop().run_in_executor(self.threads, ask)

    async def _surely(self, ask: Callable[[], Answered]) -> Answered:
        return await self.patience.answer(ask, self.threads)

    async def _put_off(
        self, jobs: Sequence[Taken], early: Mapping[str, float], down: Mapping[str, float]
    ) -> None:
        """Let those come back later whose turn has not come or whose channel has its share, and
        those whose channel is left alone: no try of them.

        Of the latter, those that have waited for a day are given up.
        """
        put_off = partial(self.store.deliveries.put_off, self.worker)
        if early:
            await self._once(partial(put_off, early))
        if not down:
            return
        late = await self._once(partial(put_off, down, longest_s=GIVE_UP_S))
        for job in (job for job in jobs if job.id in late):
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
            begun = await self._surely(
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
            await self._surely(bury)
        except Bug:  # nothing was done: its lease runs out, and it comes again
            self.log.exception("delivery.failed", delivery=job.id, reason="it cannot be set aside")
            return
        self.log.error(
            "delivery.parked",
            delivery=job.id,
            alert=alert,
            channel=channel_of(job) or None,
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
            read = partial(self.store.outbox.page, message.id, number, delivery_.channel)
            page = await self._surely(read)
            if page is None:
                break
            receipt = await self.guard(channel.keep(delivery_, page))
            if not isinstance(receipt, Sent):
                return receipt
            turn = partial(self.store.outbox.turn, self.worker, job.id, delivery_.id, number + 1)
            await self._surely(turn)
        return await self.guard(channel.send(delivery_, counted_only(message)))

    async def _settle(self, job: Taken, begun: Begun, receipt: Receipt) -> None:
        """Have it noted what came of the attempt: a receipt in hand is not dropped while Redis is
        away, or the alert would go out a second time.
        """
        delivery_, name = begun.delivery, begun.delivery.channel
        state, after = outcome(receipt, delivery_, begun.waited)
        gone = isinstance(receipt, Refused) and receipt.disables
        disables = self.settings[name].fingerprint if gone else ""
        counts = await self._surely(
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
                about=delivery_.alert,
            )
        )
        say = self.log.info if counts and state is DeliveryState.SENT else self.log.warning
        say(
            EVENT[state] if counts else "delivery.overtaken",
            delivery=delivery_.id,
            **said_of(begun.message),
            channel=name,
            attempt=delivery_.attempts,
            answer=receipt.answer,
            again_in_s=None if after is None else round(after.total_seconds(), 1),
        )
        if counts and disables:
            self.log.error("channel.disabled", channel=name, reason=receipt.answer)
