"""A receipt in hand outlives what becomes of Redis: nothing is sent twice for it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from loopback import Answer, LoopbackHttp, Request
from outbox_filled import wait_in_line
from server import ManagedServer
from test_deliver import delivering, webhook

from monitor.channels import Channel
from monitor.errors import StoreUnavailable
from monitor.model import DELIVERIES, DeliveryState
from monitor.store import Begun, Store, keys
from workers.deliver import Deliver

Until = Callable[..., None]
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

PATIENCE_S = 3.0
"""For longer than redis-py has patience with a port where nobody listens."""


class Hook:
    """A webhook that answers when it may."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.asked = threading.Event()

    def __call__(self, _: Request) -> Answer:
        self.asked.set()
        assert self.may.wait(30)
        return 204, {}, b""


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.may.set()


def state(store: Store, delivery: str) -> bytes | None:
    found = store.client.hget(keys.delivery(delivery), "state")
    return None if found is None else bytes(found)


async def live(deliver: Deliver, over: threading.Event) -> None:
    """As the child that delivers: Redis may be away."""
    while not over.is_set():
        with contextlib.suppress(StoreUnavailable):
            if not await deliver.fill():
                await deliver.under_way.reap(0.05)
            await deliver.under_way.reap(0)
    await deliver.under_way.end()
    for channel in deliver.channels.values():
        await channel.close()


@contextlib.contextmanager
def alive(store: Store, **channels: Channel) -> Iterator[Deliver]:
    """A process that delivers, in a thread."""
    deliver, over = delivering(store, **channels), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(live(deliver, over)))
    thread.start()
    try:
        yield deliver
    finally:
        over.set()
        thread.join()


def test_redis_that_starts_anew_during_a_send_costs_no_second_one(
    server: ManagedServer, hook: Hook, until: Until
) -> None:
    # given: the webhook has the alert, and takes its time
    store = Store(server.url)
    with LoopbackHttp({"/hook": hook}) as web:
        (delivery,) = wait_in_line(store, "hook", 1)
        with alive(store, hook=webhook("hook", web.url("/hook"))) as deliver:
            assert hook.asked.wait(20)
            # when: it answers while Redis is away for longer than redis-py has patience
            server.kill()
            hook.may.set()
            back = time.monotonic() + PATIENCE_S
            until(lambda: time.monotonic() > back, what="the outage")
            assert deliver.under_way.held == (delivery,)  # so its lease is kept
            server.start()
            # then
            until(lambda: state(store, delivery) == b"sent", what="it counts as sent")
            until(lambda: not deliver.under_way.held, what="it is done with")
        assert len(web.requests) == 1
    assert store.view.counts()["deliveries.sent"] == 1
    assert store.view.depth(DELIVERIES).total == 0
    store.close()


def test_a_lease_that_ran_out_meanwhile_makes_no_second_send_in_the_same_process(
    store: Store, hook: Hook, until: Until
) -> None:
    # given: a process has a delivery under way, and its lease is gone
    with LoopbackHttp({"/hook": hook}) as web:
        (delivery,) = wait_in_line(store, "hook", 1)
        with alive(store, hook=webhook("hook", web.url("/hook"))) as deliver:
            assert hook.asked.wait(20)
            store.deliveries.give_back("d1", "crash", NOON)
            # when: it takes it again
            until(lambda: store.client.hget(keys.holders(DELIVERIES), delivery), what="retaken")
            until(lambda: deliver.takes > 3, what="it looks again")
            hook.may.set()
            until(lambda: state(store, delivery) == b"sent", what="it counts as sent")
            until(lambda: not deliver.under_way.held, what="it is done with")
        # then
        assert len(web.requests) == 1
    assert store.client.hget(keys.delivery(delivery), "attempts") == b"1"


BECAME = (DeliveryState.SENT, DeliveryState.PENDING, DeliveryState.PARKED)


def begun(store: Store, worker: str, token: str) -> tuple[str, Begun]:
    """An attempt at the only delivery there is."""
    (job,) = store.deliveries.take(worker, token, 5)
    found = store.outbox.begin(worker, job.id, token, delivery=job.id, about="hook-0", now=NOON)
    assert isinstance(found, Begun)
    return job.id, found


def settled(store: Store, worker: str, job: str, token: str, became: DeliveryState) -> bool:
    return store.outbox.settle(
        worker,
        job,
        job,
        token=token,
        channel="hook",
        state=became,
        answer="what it said",
        now=NOON,
        after=timedelta(hours=1),
    )


@pytest.mark.parametrize("became", BECAME)
@pytest.mark.parametrize("taken", [False, True])
def test_a_settlement_counts_though_the_lease_is_lost(
    store: Store, became: DeliveryState, *, taken: bool
) -> None:
    # given: the delivery is on the queue again, or another worker has it and has not begun
    wait_in_line(store, "hook", 1)
    job, _ = begun(store, "d1", "a1")
    store.deliveries.give_back("d1", "crash", NOON)
    if taken:
        store.deliveries.take("d2", "t2", 5)
    # when: said twice, as after a lost reply
    for _ in range(2):
        assert settled(store, "d1", job, "a1", became)
    # then: nobody sends it for now
    assert state(store, job) == became.encode()
    assert store.deliveries.take("d3", "t3", 5) == ()
    late = store.outbox.begin("d2", job, "a2", delivery=job, about="hook-0", now=NOON)
    assert late == "void"
    depth = store.view.depth(DELIVERIES)
    assert depth.total == (1 if became is DeliveryState.PENDING else 0)
    found = store.view.measures().attempts
    assert [count for _, _, count in found] == [1]


def test_a_settlement_is_void_when_another_attempt_has_begun(store: Store) -> None:
    # given: the same worker, even
    wait_in_line(store, "hook", 1)
    job, _ = begun(store, "d1", "a1")
    store.deliveries.give_back("d1", "crash", NOON)
    begun(store, "d1", "a2")
    # when / then
    assert not settled(store, "d1", job, "a1", DeliveryState.SENT)
    assert state(store, job) == b"sending"
    # but that of the other counts
    assert settled(store, "d1", job, "a2", DeliveryState.PARKED)
    assert state(store, job) == b"parked"
    assert not settled(store, "d1", job, "a1", DeliveryState.SENT)
    assert state(store, job) == b"parked"
