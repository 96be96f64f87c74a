"""How long a delivery waits for its channel: a day that was really waited, and no other."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from delivering import Silent, delivering, until, webhook
from loopback import LoopbackHttp
from outbox_filled import wait_in_line

from monitor.app import now
from monitor.model import DELIVERIES, Delivery, DeliveryState, Later, Message, Receipt, Sent
from monitor.store import Store, keys
from workers.breaker import SHARE, TRIPS
from workers.retry import DELIVERY, GIVE_UP_S, JITTER, delivery_again

pytestmark = pytest.mark.usefixtures("quiet")

DAY = timedelta(days=1)


class Saying(Silent):
    """A channel that answers at once, always the same."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__()
        self.receipt = receipt

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        self.called += 1
        return self.receipt


def all_are_due(store: Store) -> None:
    """The time has come for whatever waits."""
    for job in store.client.zrange(keys.later(DELIVERIES), 0, -1):
        store.client.zadd(keys.later(DELIVERIES), {job: 1})


def day(store: Store, channel: Saying, count: int) -> None:
    """Until so many were sent, parked or let wait, and no more is under way."""

    async def go() -> None:
        deliver = delivering(store, hook=channel)
        deliver.worker = f"d{id(channel)}"  # no two processes have one name
        await until(deliver, lambda: channel.called >= count)
        while deliver.under_way:
            await deliver.under_way.reap(0.1)

    asyncio.run(go())


def test_waiting_for_a_share_is_no_sign_that_the_channel_is_down(store: Store) -> None:
    # given: a flood on Friday; its share is under way
    ids = wait_in_line(store, "hook", 60)

    async def friday() -> None:
        deliver = delivering(store, hook=Silent())
        for _ in range(SHARE):
            assert deliver.breakers.wait_s("hook") is None
        await until(deliver, lambda: store.client.zcard(keys.later(DELIVERIES)) == 60)

    asyncio.run(friday())

    # when: on Monday
    assert {store.client.hget(keys.rq_job(each), "waited") for each in ids} == {None}
    all_are_due(store)
    day(store, monday := Saying(Sent(answer="ok")), 60)

    # then
    assert monday.called == 60
    assert store.letters.all() == ()


def test_a_channel_that_asks_for_a_day_is_asked_once_more_after_it_and_no_third_time(
    store: Store,
) -> None:
    # given
    wait_in_line(store, "hook", 40)
    asks = Later(answer="429", after=DAY)

    # when
    day(store, Saying(asks), 40)
    all_are_due(store)
    day(store, again := Saying(asks), 40)

    # then: a day after the first attempt all were tried, and given up
    assert again.called == 40
    assert {letter.reason for letter in store.letters.all()} == {"429"}
    assert len(store.letters.all()) == 40


def test_only_a_channel_that_is_down_now_has_what_waited_for_a_day_parked(store: Store) -> None:
    # given
    ids = wait_in_line(store, "hook", 30)
    for each in ids:
        store.client.hset(keys.rq_job(each), "waited", GIVE_UP_S)

    # when
    day(store, works := Saying(Sent(answer="ok")), 30)

    # then
    assert works.called == 30
    assert store.letters.all() == ()


def test_all_waits_of_the_table_fit_into_what_a_delivery_may_wait() -> None:
    assert sum(DELIVERY) * (1 + JITTER) < GIVE_UP_S
    assert delivery_again("d", 1, DAY, timedelta()) == DAY
    assert delivery_again("d", 2, DAY, DAY) is None


def test_what_waits_is_kept_for_longer_than_it_waits(store: Store) -> None:
    # given: a record that is about to run out
    (id_,) = wait_in_line(store, "hook", 1)
    kept = [keys.delivery(id_), keys.alert("hook-0"), keys.attempts(id_)]
    store.deliveries.take("d1", "t1", 1)
    begun = store.outbox.begin("d1", id_, "a1", delivery=id_, about="hook-0", now=now())
    assert not isinstance(begun, str)
    for key in kept:
        store.client.expire(key, 60)

    # when: settled twice, as after a lost reply
    for _ in range(2):
        store.outbox.settle(
            "d1",
            id_,
            id_,
            token=begun.token,
            channel="hook",
            state=DeliveryState.PENDING,
            answer="503",
            now=now(),
            after=timedelta(hours=2),
            about="hook-0",
        )

    # then
    assert all(store.client.ttl(key) > DAY.total_seconds() for key in kept)
    assert float(store.client.hget(keys.rq_job(id_), "waited") or 0) == 7200


def test_a_date_that_is_none_breaks_no_breaker(store: Store) -> None:
    absurd = {"Retry-After": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}

    async def go(web: LoopbackHttp) -> bool:
        deliver = delivering(store, hook=webhook("hook", web.url("/hook")))
        wait_in_line(store, "hook", TRIPS)
        await until(deliver, lambda: store.client.zcard(keys.later(DELIVERIES)) == TRIPS)
        await deliver.under_way.reap(1)
        await deliver.channels["hook"].close()
        return deliver.breakers.is_down("hook")

    with LoopbackHttp({"/hook": (503, absurd, b"")}) as web:
        assert asyncio.run(go(web))
