"""Digests of more than can be shown: a fair choice for people, every alert for what is a record."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from outbox_filled import ENVOYS, gathered_for

from monitor import codec
from monitor.channels import CHANNELS, Channel
from monitor.channels.body import document
from monitor.model import (
    DELIVERIES,
    Alert,
    Delivery,
    DeliveryState,
    Digest,
    Later,
    Message,
    Receipt,
    Rest,
    Sent,
)
from monitor.settings import ChannelSettings
from monitor.store import Store, keys
from monitor.store.digests import PAGE, SHOWN
from workers.deliver import Deliver
from workers.runtime import guarded_send

pytestmark = pytest.mark.usefixtures("quiet")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOUD = 2_345


@dataclass
class Records:
    """A record that is what a channel keeps; it fails at the call with that number."""

    fails_at: int = -1
    calls: int = 0
    pages: list[tuple[str, ...]] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        self.sent.append(message)
        return Sent(answer="ok")

    async def keep(self, delivery: Delivery, alerts: tuple[Alert, ...]) -> Receipt:
        self.calls += 1
        if self.calls == self.fails_at:
            return Later(answer="full")
        self.pages.append(tuple(alert.id for alert in alerts))
        return Sent(answer="ok")

    def draft(self, delivery: Delivery, message: Message) -> str:
        return ""

    async def close(self) -> None:
        return None


@pytest.fixture
def flood(store: Store) -> list[Alert]:
    """A loud watch, and one alert of another before all of it; released for the channel."""
    envoys = codec.decode_alert(ENVOYS.read_bytes())
    loud = replace(envoys, watch="all", title="Everything", severity="normal", notify=("log",))
    alerts = [replace(loud, id=f"a{n}", story=f"s{n}", event="") for n in range(LOUD)]
    alerts = [replace(envoys, id="calm", notify=("log",), severity="low"), *alerts]
    gathering = gathered_for(store, "log", alerts, NOON)
    assert store.gatherings.release(gathering, NOON) == "told"
    return alerts


def deliver(store: Store, channel: Channel) -> None:
    """Until there is nothing left, whatever waits for another try."""

    async def go() -> None:
        config = CHANNELS["console"].config.model_validate({})
        settings = ChannelSettings(name="log", type="console", config=config, fingerprint="f")
        work = Deliver(
            store=store,
            channels={"log": channel},
            settings={"log": settings},
            worker="d1",
            now=lambda: NOON,
            guard=guarded_send,
            log=structlog.get_logger(),
        )
        for _ in range(3):
            store.client.zadd(
                keys.later(DELIVERIES),
                dict.fromkeys(store.client.zrange(keys.later(DELIVERIES), 0, -1), 0) or {"x": 0},
            )
            store.client.zrem(keys.later(DELIVERIES), "x")
            while await work.fill() or work.under_way:
                await work.under_way.reap(0.05)
        await channel.close()

    asyncio.run(go())


def file(path: Path) -> Channel:
    kind = CHANNELS["file"]
    config = kind.config.model_validate({"path": str(path), "max_mb": 1, "keep": 50})
    return kind.open_channel("log", config, allow=(), contact="")


def rows_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(row) for each in folder.iterdir() for row in each.read_text().splitlines()]


def test_people_are_shown_some_of_each_watch_and_told_how_many_more(
    store: Store, flood: list[Alert]
) -> None:
    digest = store.outbox.digest("d1")

    assert digest is not None
    assert digest.count == len(flood)
    assert [alert.id for alert in digest.alerts] == [
        "calm",
        *(f"a{number}" for number in range(LOUD - SHOWN + 1, LOUD)),
    ]
    assert digest.rest == (Rest(watch="all", title="Everything", count=LOUD - SHOWN + 1),)
    body = document(digest)["data"]
    assert (body["count"], len(body["alerts"])) == (len(flood), SHOWN)
    assert body["rest"] == [{"watch": "all", "title": "Everything", "count": LOUD - SHOWN + 1}]


def test_a_file_has_a_line_for_every_alert_and_then_one_for_the_digest(
    store: Store, flood: list[Alert], tmp_path: Path
) -> None:
    # when
    deliver(store, file(tmp_path / "alerts.jsonl"))

    # then
    kinds = Counter(row["type"] for row in rows_of(tmp_path))
    assert kinds == {"alert.raised": len(flood), "digest.ready": 1}
    newest = json.loads((tmp_path / "alerts.jsonl").read_text().splitlines()[-1])["data"]
    assert (newest["count"], newest["alerts"]) == (len(flood), [])
    assert sum(each["count"] for each in newest["rest"]) == len(flood)


def test_a_file_that_was_written_in_part_has_no_line_twice(
    store: Store, flood: list[Alert], tmp_path: Path
) -> None:
    # given: some pages were written, of the last of them nobody could say so any more
    channel = file(tmp_path / "alerts.jsonl")
    delivery = Delivery(id=Delivery.id_for("d1", "log"), alert="d1", channel="log", attempts=1)

    async def some() -> None:
        for number in range(3):
            page = store.outbox.page("d1", number, "desk")
            assert page is not None
            await channel.keep(delivery, page)  # type: ignore[attr-defined]  # a file keeps all

    asyncio.run(some())
    store.client.hset(keys.delivery(delivery.id), mapping={"page": 2, "attempts": 1})

    # when
    deliver(store, channel)

    # then
    told = Counter(
        row["data"]["alert"]  # type: ignore[index]  # a table
        for row in rows_of(tmp_path)
        if row["type"] == "alert.raised"
    )
    assert set(told) == {alert.id for alert in flood}
    assert set(told.values()) == {1}


def test_another_attempt_goes_on_behind_the_pages_that_are_there(
    store: Store, flood: list[Alert]
) -> None:
    # given
    channel = Records(fails_at=4)

    # when
    deliver(store, channel)

    # then
    assert [name for page in channel.pages for name in page] == [alert.id for alert in flood]
    assert max(map(len, channel.pages)) == PAGE
    (digest,) = channel.sent
    assert isinstance(digest, Digest)
    assert (digest.alerts, digest.count) == ((), len(flood))
    state = store.client.hget(keys.delivery(Delivery.id_for("d1", "log")), "state")
    assert state == str(DeliveryState.SENT).encode()


def test_that_a_page_is_there_is_noted_once_and_only_by_who_has_the_lease(
    store: Store, flood: list[Alert]
) -> None:
    (job,) = store.deliveries.take("d1", "t1", 1)
    turn = store.outbox.turn

    assert [turn("d1", job.id, job.id, 1), turn("d1", job.id, job.id, 1)] == [True, True]
    assert turn("d2", job.id, job.id, 9) is False
    begun = store.outbox.begin("d1", job.id, "t", delivery=job.id, about="d1", now=NOON)
    assert not isinstance(begun, str)
    assert begun.page == 1


def test_every_alert_of_a_digest_comes_into_the_feed_of_its_watch(
    store: Store, flood: list[Alert], tmp_path: Path
) -> None:
    kind = CHANNELS["atom"]
    config = kind.config.model_validate({"folder": str(tmp_path)})
    deliver(store, kind.open_channel("log", config, allow=(), contact=""))

    assert "calm" not in (tmp_path / "all.xml").read_text()
    assert (tmp_path / "all.xml").read_text().count("<entry") == 50
    assert (tmp_path / "us-iran-over-iraq.xml").read_text().count("<entry") == 1
