"""A record in Redis that is not ours is its own failure: nothing else waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import count

import pytest
import structlog
from newsroom import NOON, WATCH, House, paper
from outbox_filled import wait_in_line
from structlog.testing import capture_logs
from test_deliver import Silent, delivering

from monitor import telemetry
from monitor.channels.digest_letter import plain_text
from monitor.model import ARTICLES, Delivery, Digest, Message, Receipt, Sent, Timing
from monitor.store import Store, keys
from workers.deliver import Deliver
from workers.release import Release

HOUR = timedelta(hours=1)
EVENING = Timing(mode="digest", at=time(18))
WORKERS = count()


@pytest.fixture
def house(store: Store) -> House:
    telemetry.set_up(level="critical", format_="json")
    return House(store=store)


class Taking(Silent):
    """A channel that takes everything, and keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self.took: list[Message] = []

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        self.took.append(message)
        return Sent(answer="ok")


async def _all(deliver: Deliver) -> None:
    while await deliver.fill() or deliver.under_way:
        await deliver.under_way.reap(1)


def deliver_all(store: Store, name: str = "hook", now: datetime | None = None) -> list[Message]:
    channel = Taking()

    async def go() -> None:
        deliver = delivering(store, **{name: channel})
        deliver.worker = f"d{next(WORKERS)}"
        if now is not None:
            deliver.now = lambda: now
        await asyncio.wait_for(_all(deliver), 20)

    asyncio.run(go())
    return channel.took


def spoil(field: str) -> Callable[[Store, str], None]:
    return lambda store, id_: store.client.hset(keys.delivery(id_), field, "x?")  # type: ignore[return-value]


def of_another_type(key: Callable[[str], str]) -> Callable[[Store, str], None]:
    def harm(store: Store, id_: str) -> None:
        store.client.delete(key(id_))
        store.client.set(key(id_), "x?")

    return harm


def spoil_attempts(store: Store, id_: str) -> None:
    store.client.hset(keys.attempts(id_), "begun", "x?")


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("harm", "place"),
    [
        pytest.param(spoil("state"), "delivery:{}, field state", id="state"),
        pytest.param(spoil("page"), "delivery:{}, field page", id="page"),
        pytest.param(spoil("attempts"), "delivery:{}, field attempts", id="attempts"),
        pytest.param(spoil_attempts, "delivery:{}:attempts, field begun", id="begun"),
        pytest.param(of_another_type(keys.attempts), "delivery:{}:attempts", id="of attempts"),
        pytest.param(of_another_type(keys.delivery), "delivery:{}", id="of delivery"),
        pytest.param(of_another_type(keys.rq_job), "", id="of job"),
    ],
)
def test_a_delivery_that_cannot_be_read_is_parked_and_the_others_are_sent(
    store: Store, harm: Callable[[Store, str], None], place: str
) -> None:
    # given
    ids = wait_in_line(store, "hook", 6)
    harm(store, ids[3])
    # when
    took = deliver_all(store)
    # then
    assert len(took) == 5
    (letter,) = store.letters.all()
    assert letter.id == ids[3]
    assert place.format(ids[3]) in letter.reason
    counts = store.view.counts()
    assert (counts["deliveries.sent"], counts["deliveries.parked"]) == (5, 1)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("field", ["state", "attempts"])
def test_it_begins_anew_when_a_person_tries_it_again(store: Store, field: str) -> None:
    (id_,) = wait_in_line(store, "hook", 1)
    spoil(field)(store, id_)
    deliver_all(store)
    (letter,) = store.letters.all()
    assert letter.kind == "delivery"
    assert store.client.hget(keys.delivery(id_), "state") == b"parked"

    assert store.letters.retry(letter, datetime.now(UTC))

    assert len(deliver_all(store)) == 1
    assert store.view.counts() == {"deliveries.sent": 1, "deliveries.parked": 0}
    assert store.letters.all() == ()


@pytest.mark.usefixtures("quiet")
def test_numbers_that_somebody_has_spoilt_hold_up_no_delivery(store: Store) -> None:
    ids = wait_in_line(store, "hook", 2)
    store.client.hset(keys.counts(), "deliveries.sent", "x?")
    store.client.hset(keys.measures(), "attempts hook sent", "x?")
    store.client.hset(keys.rq_job(ids[0]), "waited", "x?")

    assert len(deliver_all(store)) == 2

    assert {store.client.hget(keys.delivery(id_), "state") for id_ in ids} == {b"sent"}


@pytest.mark.usefixtures("quiet")
def test_a_job_of_another_type_is_given_back_with_the_others(store: Store) -> None:
    ids = wait_in_line(store, "hook", 3)
    of_another_type(keys.rq_job)(store, ids[1])
    assert len(store.deliveries.take("lost", "t1", 3)) == 3

    back = store.deliveries.give_back("lost", "crash", NOON).back

    assert set(back) == set(ids)
    assert len(deliver_all(store)) == 2


def test_a_bundle_of_another_type_is_set_aside_and_the_others_are_judged(house: House) -> None:
    put = house.store.sources.put
    put("first", version=0, state={}, seen=(), articles=(paper(0),), now=NOON)
    (broken,) = house.store.client.lrange(keys.rq_queue(ARTICLES), 0, -1)
    of_another_type(keys.rq_job)(house.store, broken.decode())

    house.stories(1)

    assert len(house.mail()) == 1
    (letter,) = house.store.letters.all()
    assert letter.id == broken.decode()


def test_what_is_set_aside_is_parked_once_however_often_it_is_sent(store: Store) -> None:
    # given: an attempt was begun
    (id_,) = wait_in_line(store, "hook", 1)
    store.deliveries.take("d1", "t1", 1)
    store.outbox.begin("d1", id_, "a", delivery=id_, about="hook-0", now=NOON)
    # when
    for _ in range(2):
        store.deliveries.bury("d1", id_, "it cannot be read", NOON)
    # then
    assert store.view.counts() == {"deliveries.parked": 1}
    record = store.client.hgetall(keys.delivery(id_))
    assert (record[b"state"], record[b"answer"]) == (b"parked", b"it cannot be read")
    assert b'"ending":"parked"' in (store.client.hget(keys.attempts(id_), "1") or b"")
    (letter,) = store.letters.all()
    assert (letter.kind, letter.reason) == ("delivery", "it cannot be read")


@pytest.mark.parametrize("harm", ["value", "type"])
def test_a_digest_is_told_without_the_alert_that_cannot_be_read_and_says_so(
    house: House, harm: str
) -> None:
    # given
    house.timing = EVENING
    house.stories(*range(20))
    alerts = house.store.view.alerts(100)
    broken = keys.alert(alerts[7].id)
    if harm == "value":
        house.store.client.hset(broken, "alert", b"\x00broken")
    else:
        house.store.client.delete(broken)
        house.store.client.rpush(broken, "x?")
    house.now = NOON + 6 * HOUR
    house.release()
    # when
    (digest,) = deliver_all(house.store, "desk", house.now)
    # then
    assert isinstance(digest, Digest)
    assert (digest.count, len(digest.alerts)) == (len(alerts), len(alerts) - 1)
    said = "and 1 more that cannot be shown: what was kept of it is gone, or cannot be read"
    assert said in plain_text(digest, UTC)
    assert house.store.letters.all() == ()


def test_a_digest_that_cannot_be_read_is_parked_and_counted(house: House) -> None:
    house.timing = EVENING
    house.stories(0)
    house.now = NOON + 6 * HOUR
    house.release()
    names = house.store.client.keys(keys.digest("*"))
    (name,) = (each for each in names if not each.endswith(b":alerts"))
    house.store.client.hset(name, "until", "x?")

    assert deliver_all(house.store, "desk", house.now) == []

    (letter,) = house.store.letters.all()
    assert house.store.view.counts()["deliveries.parked"] == 1
    assert house.store.client.hget(keys.delivery(letter.id), "state") == b"parked"


def a_summary_waits(house: House) -> None:
    house.watch = replace(WATCH, cooldown=HOUR)
    house.stories(0, 1, 2)
    assert len(house.mail()) == 1


def no_reason(house: House) -> None:
    house.store.client.zadd(keys.gathered(), {f"desk gone x{n}": 1.0 for n in range(60)})


def another_type(house: House) -> None:
    house.store.client.zadd(keys.gathered(), {f"other{n} quiet ": 1.0 for n in range(60)})
    for number in range(60):
        house.store.client.set(keys.gathering(f"other{number} quiet "), "x?")


def alerts_of_another_type(house: House) -> None:
    house.store.client.zadd(keys.gathered(), {"other quiet ": 1.0})
    house.store.client.set(keys.gathering_alerts("other quiet "), "x?")


@pytest.mark.parametrize("harm", [no_reason, another_type, alerts_of_another_type])
def test_a_gathering_that_cannot_be_read_holds_up_no_other(
    house: House, harm: Callable[[House], None]
) -> None:
    # given
    a_summary_waits(house)
    harm(house)
    before = house.store.client.zcard(keys.gathered())
    # when
    house.later(hours=2)
    house.release()
    # then: it was told, and what was broken is left as it was
    (summary,) = house.mail()
    assert isinstance(summary, Digest)
    assert summary.count == 2
    assert house.store.client.zcard(keys.gathered()) == before - 1


def test_one_that_cannot_be_told_is_named_and_tried_again_in_a_minute(house: House) -> None:
    # given
    a_summary_waits(house)
    alerts_of_another_type(house)
    house.later(hours=2)
    structlog.reset_defaults()
    release = Release(
        store=house.store,
        timings={"desk": house.timing},
        sources=(),
        watches={house.watch.id: house.watch},
        now=lambda: house.now,
        log=structlog.get_logger(),
    )

    def said() -> list[str]:
        with capture_logs() as logs:
            release.run()
        return [f"{each['event']} {each['channel']}" for each in logs]

    # then
    assert said() == ["gathering.refused other", "digest.released desk"]
    house.later(seconds=30)
    assert said() == []
    # when: somebody has removed what it cannot be
    house.store.client.delete(keys.gathering_alerts("other quiet "))
    house.later(seconds=31)
    assert said() == []
    assert house.store.client.zcard(keys.gathered()) == 0
