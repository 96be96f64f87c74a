"""A channel is told of an alert in order: first the alert, then its updates."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from delivering import Silent, delivering, until
from outbox_filled import ENVOYS, wait_in_line

from monitor import codec
from monitor.model import (
    DELIVER,
    DELIVERIES,
    Alert,
    Delivery,
    Later,
    Message,
    Receipt,
    Sent,
    Update,
)
from monitor.store import Store, keys

pytestmark = pytest.mark.usefixtures("quiet")

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Telling(Silent):
    """A channel that is away for the first calls, then takes all; what it has, in that order."""

    def __init__(self, away: int = 0) -> None:
        super().__init__()
        self.away, self.told = away, list[str]()

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        self.called += 1
        if self.called <= self.away:
            return Later(answer="503")
        assert isinstance(message, Alert)
        self.told.append(message.update.mark if message.update else "")
        return Sent(answer="ok")


def updates(store: Store, channel: str, *marks: str) -> list[str]:
    """Updates of the channel's only alert, told in this order, as commit.lua leaves them."""
    envoys = codec.decode_alert(ENVOYS.read_bytes())
    ids = []
    for number, mark in enumerate(marks):
        step, revision = (int(mark), "") if mark.isdecimal() else (0, mark[1:])
        at = AT + timedelta(minutes=number)
        update = Update(step=step, at=at, copy=envoys.article, revision=revision)
        alert = replace(envoys, id=f"{channel}-0", notify=(channel,), update=update)
        id_ = Delivery.id_for(alert.id, channel, mark)
        waiting = {"alert": alert.id, "channel": channel, "state": "pending", "attempts": 0}
        job = {"data": codec.encode_job(DELIVER, id_, alert.id, channel), "origin": DELIVERIES}
        store.client.hset(keys.alert(alert.id), f"update:{mark}", codec.encode_alert(alert))
        store.client.hset(keys.delivery(id_), mapping={**waiting, "field": f"update:{mark}"})
        store.client.hset(keys.rq_job(id_), mapping=job)
        store.client.rpush(keys.rq_queue(DELIVERIES), id_)
        ids.append(id_)
    return ids


def told(store: Store, channel: Telling, done: Callable[[], bool]) -> list[str]:
    async def go() -> None:
        deliver = delivering(store, hook=channel)
        await until(deliver, done)
        while deliver.under_way:
            await deliver.under_way.reap(0.1)

    asyncio.run(go())
    return channel.told


def test_after_an_outage_updates_come_behind_their_alert_in_their_order(store: Store) -> None:
    # given: the alert waits for another try, its updates are first in the queue, the newest ahead
    wait_in_line(store, "hook", 1)
    told(store, Telling(away=1), lambda: store.client.zcard(keys.later(DELIVERIES)) == 1)
    newest_first = reversed(updates(store, "hook", "2", "10", "r5b1c"))
    store.client.delete(keys.rq_queue(DELIVERIES))
    store.client.rpush(keys.rq_queue(DELIVERIES), *newest_first)

    # when
    channel = Telling()
    assert told(store, channel, lambda: len(channel.told) == 4) == ["", "2", "10", "r5b1c"]


@pytest.mark.parametrize("end", ["parked", "sent", "lost", "buried"])
def test_what_is_over_holds_up_nothing(store: Store, end: str) -> None:
    # given: the alert has come to its end, one way or another
    (id_,) = wait_in_line(store, "hook", 1)
    updates(store, "hook", "2")
    store.client.lrem(keys.rq_queue(DELIVERIES), 0, id_)
    match end:
        case "lost":
            store.client.delete(keys.rq_job(id_))
        case "buried":
            store.client.hset(keys.rq_job(id_), "status", "failed")
        case _:
            store.client.hset(keys.delivery(id_), "state", end)

    # when
    channel = Telling()
    assert told(store, channel, lambda: len(channel.told) == 1) == ["2"]


def test_an_update_behind_a_digest_that_holds_its_alert_waits_for_that(store: Store) -> None:
    # given
    (id_,) = wait_in_line(store, "hook", 1)
    (update,) = updates(store, "hook", "2")
    store.client.hset(keys.delivery(id_), mapping={"state": "gathered", "digest": "d1"})
    of_digest = Delivery.id_for("d1", "hook")
    store.client.hset(keys.delivery(of_digest), mapping={"state": "pending"})
    store.client.hset(keys.rq_job(of_digest), mapping={"data": b"", "status": "scheduled"})
    job = {update: (update, "hook-0", "hook")}

    # then
    assert set(store.order.early(job)) == {update}
    store.client.hset(keys.delivery(of_digest), "state", "sent")
    assert store.order.early(job) == {}
