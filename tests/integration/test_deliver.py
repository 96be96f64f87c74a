"""Delivery with real parts: a channel that is dead or hangs costs the others nothing."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from delivering import Silent, delivering, until, webhook
from loopback import LoopbackHttp
from outbox_filled import wait_in_line

from monitor.app import now
from monitor.model import DELIVERIES, Delivery, Later, Message, Receipt, Sent
from monitor.store import Store, keys
from workers.breaker import AT_ONCE, SHARE, TRIPS
from workers.deliver import NEVER_ITS_TURN
from workers.retry import GIVE_UP_S

pytestmark = pytest.mark.usefixtures("quiet")


@asynccontextmanager
async def dead_host(connections: list[float]) -> AsyncIterator[str]:
    """A host where something listens, and hangs up on everybody."""

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(time.monotonic())
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, backlog=200)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"


def test_a_thousand_to_a_dead_host_hold_up_none_to_a_living_one(store: Store) -> None:
    # given
    connections: list[float] = []

    async def go(web: LoopbackHttp) -> float:
        async with dead_host(connections) as dead:
            deliver = delivering(
                store, dead=webhook("dead", dead), living=webhook("living", web.url("/hook"))
            )
            wait_in_line(store, "dead", 1000)
            wait_in_line(store, "living", 1)
            took_s = await until(deliver, lambda: len(web.requests) == 1)
            await until(deliver, lambda: store.client.zcard(keys.later(DELIVERIES)) == 1000)
            for channel in deliver.channels.values():
                await channel.close()
            return took_s

    # when
    with LoopbackHttp({"/hook": (204, {}, b"")}) as web:
        took_s = asyncio.run(go(web))

    # then: it had an answer behind all of them, and the dead host was left alone
    assert took_s < 5
    assert len(connections) <= TRIPS + SHARE
    states = Counter(
        store.client.hget(keys.delivery(Delivery.id_for(f"dead-{number}", "dead")), "attempts")
        for number in range(1000)
    )
    assert states[b"0"] >= 1000 - TRIPS - SHARE  # those that were put off were not tried


def test_a_channel_that_never_answers_takes_no_more_than_its_share(store: Store) -> None:
    async def go(web: LoopbackHttp) -> tuple[int, float]:
        silent = Silent()
        deliver = delivering(store, silent=silent, living=webhook("living", web.url("/hook")))
        wait_in_line(store, "silent", 200)
        wait_in_line(store, "living", 200)
        took_s = await until(deliver, lambda: len(web.requests) == 200)
        await deliver.under_way.end()
        await deliver.channels["living"].close()
        return silent.most, took_s

    # when
    with LoopbackHttp({"/hook": (204, {}, b"")}) as web:
        most, took_s = asyncio.run(go(web))

    # then
    assert most == SHARE < AT_ONCE
    assert took_s < 20
    assert len({request.headers["webhook-id"] for request in web.requests}) == 200


def _taken(store: Store) -> str:
    (id_,) = wait_in_line(store, "hook", 1)
    (job,) = store.deliveries.take("d1", "t1", 1)
    assert job.id == id_
    return id_


def test_what_is_put_off_comes_back_as_it_was(store: Store) -> None:
    # given
    id_ = _taken(store)
    before = store.client.hgetall(keys.delivery(id_))

    # when
    answers = [store.deliveries.put_off("d1", {id_: 0.0}, longest_s=60) for _ in range(2)]

    # then: sent twice, done once
    assert answers == [(), ()]
    assert store.client.hgetall(keys.delivery(id_)) == before
    assert store.view.depth(DELIVERIES).total == 1
    (again,) = store.deliveries.take("d2", "t1", 1)
    assert (again.id, again.alone, again.failures) == (id_, False, 0)


def test_only_the_holder_puts_off(store: Store) -> None:
    id_ = _taken(store)
    store.deliveries.put_off("d2", {id_: 5.0}, longest_s=60)
    assert store.view.depth(DELIVERIES).leased == 1
    store.deliveries.put_off("d1", {id_: 5.0}, longest_s=60)
    assert store.view.depth(DELIVERIES).leased == 0


def test_what_was_put_off_for_too_long_stays_with_its_holder_to_decide(store: Store) -> None:
    # given
    id_ = _taken(store)
    store.client.hset(keys.rq_job(id_), "waited", 56)

    # when
    answers = [store.deliveries.put_off("d1", {id_: 5.0}, longest_s=60) for _ in range(2)]

    # then
    assert answers == [(id_,), (id_,)]
    assert store.view.depth(DELIVERIES).leased == 1


def test_a_delivery_whose_channel_was_down_for_a_day_is_parked_untried(store: Store) -> None:
    # given
    (id_,) = wait_in_line(store, "hook", 1)
    store.client.hset(keys.rq_job(id_), "waited", GIVE_UP_S)

    async def go() -> None:
        silent = Silent()
        deliver = delivering(store, hook=silent)
        for _ in range(TRIPS):
            deliver.breakers.answered("hook", Later(answer="no connection", down=True))
        await until(deliver, lambda: bool(store.letters.all()))
        assert silent.called == 0

    # when
    asyncio.run(go())

    # then
    (letter,) = store.letters.all()
    assert (letter.id, letter.reason) == (id_, NEVER_ITS_TURN)

    # and: a person who tries it again gives it a day more
    assert store.letters.retry(letter, now())
    (job,) = store.deliveries.take("d2", "t1", 1)
    assert store.deliveries.put_off("d2", {job.id: 5.0}, longest_s=GIVE_UP_S) == ()


def test_what_a_channel_answers_opens_and_closes_it(store: Store) -> None:
    # given: a channel that is down and then is not
    class Moody(Silent):
        async def send(self, delivery: Delivery, message: Message) -> Receipt:
            self.called += 1
            if self.called <= TRIPS:
                return Later(answer="no connection", down=True)
            return Sent(answer="there")

    async def go() -> list[float | None]:
        deliver = delivering(store, hook=Moody())
        wait_in_line(store, "hook", TRIPS)
        await until(deliver, lambda: store.client.zcard(keys.later(DELIVERIES)) == TRIPS)
        await deliver.under_way.reap(1)
        waits = [deliver.breakers.wait_s("hook")]
        deliver.breakers.lines["hook"].until = 0.0
        wait_in_line(store, "hook", TRIPS + 1)
        await until(deliver, lambda: store.view.counts().get("deliveries.sent", 0) >= 1)
        waits.append(deliver.breakers.wait_s("hook"))
        await deliver.under_way.end()
        return waits

    # when
    tripped, recovered = asyncio.run(go())

    # then
    assert tripped
    assert recovered is None
