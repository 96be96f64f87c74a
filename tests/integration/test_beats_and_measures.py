"""Services say that they are here; deliveries are measured once. On the real server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from monitor.alerts import deliveries
from monitor.channels.trial import trial
from monitor.model import DELIVERIES, Alert, Article, DeliveryState, Update
from monitor.store import Beat, Store, keys
from monitor.store.beats import KEPT_S, Sample, done_since
from monitor.store.measures import latencies
from tests.conftest import NOON

Make = Callable[..., Article]

BEAT = Beat(service="worker", host="h", pid=1, version="1", started=1.0, clock=2.0, ticked_s=0.1)


def alert_of(**article: object) -> Alert:
    _, alert = trial("desk", NOON)
    return replace(alert, article=replace(alert.article, **article))  # type: ignore[arg-type]  # a test's own


# -- beats


def test_a_service_is_here_until_it_says_that_it_ends(store: Store) -> None:
    # when: said twice, as after a lost reply
    for _ in range(2):
        store.beats.say(replace(BEAT, ended={"articles.crash": 2}))
    # then
    present = store.beats.present()
    (beat,) = present.fresh
    assert (beat.instance, beat.ended) == ("worker.h.1", {"articles.crash": 2})
    assert abs(present.now - beat.at) < 5
    # when
    for _ in range(2):
        store.beats.leave(BEAT)
    # then
    assert store.beats.present().beats == ()


def test_a_service_that_ended_without_a_word_is_shown_as_lost_and_then_forgotten(
    store: Store,
) -> None:
    # given: two services that were heard of a minute and more than an hour ago
    store.beats.say(BEAT)
    now = store.beats.present().now
    for pid, ago_s in ((2, 60.0), (3, KEPT_S + 60)):
        lost = msgspec.json.encode(replace(BEAT, pid=pid, at=now - ago_s))
        store.client.hset(keys.beats(), f"worker.h.{pid}", lost)
    # when
    store.beats.say(BEAT)
    # then
    present = store.beats.present()
    assert [(beat.pid, present.is_fresh(beat)) for beat in present.beats] == [(1, True), (2, False)]


def test_the_counts_are_sampled_once_a_minute_and_for_an_hour(store: Store) -> None:
    # given: counts, and an old sample
    store.client.hset(keys.counts(), "articles.new", 7)
    store.client.hset(keys.samples(), "1", msgspec.json.encode(Sample(at=60.0, counts={})))
    # when
    store.beats.say(BEAT)
    store.client.hset(keys.counts(), "articles.new", 9)
    store.beats.say(BEAT)
    # then
    assert len(store.beats.samples()) in (1, 2)  # two where a minute has just begun
    assert store.beats.samples()[0].counts == {"articles.new": 7}


def test_a_rate_is_told_from_the_sample_that_is_old_enough() -> None:
    samples = [Sample(at=at, counts={"n": count}) for at, count in ((0, 0), (100, 50), (400, 80))]
    names = ("n", "m")
    assert done_since(samples, {"n": 100}, now=420, names=names, span_s=300) == (50, 320)
    assert done_since(samples, {"n": 100}, now=420, names=names, span_s=3600) == (100, 420)
    assert done_since([], {"n": 100}, now=420, names=names, span_s=300) == (0, 0.0)
    assert done_since(samples, {}, now=420, names=names, span_s=300) == (0, 320)  # was emptied


# -- measures


def test_a_delivery_is_measured_once_however_often_it_is_settled(
    store: Store, article: Make
) -> None:
    # given: two attempts at one delivery, each settled twice
    alert = alert_of(published=NOON, fetched=NOON + timedelta(seconds=10))
    (delivery,) = deliveries(alert)
    sent = NOON + timedelta(seconds=12)
    store.sources.put("s", version=0, state={}, seen=(), articles=(), now=NOON, alerts=(alert,))
    for attempt, state in enumerate((DeliveryState.PENDING, DeliveryState.SENT)):
        (job,) = store.deliveries.take("d1", f"t{attempt}", 5)
        store.outbox.begin(
            "d1", job.id, f"a{attempt}", delivery=delivery.id, about=alert.id, now=NOON
        )
        for _ in range(2):
            store.outbox.settle(
                "d1",
                job.id,
                delivery.id,
                token=f"a{attempt}",
                channel="desk",
                state=state,
                answer="250 ok",
                now=sent,
                took=latencies(alert, sent),
            )
    # then
    found = store.view.measures()
    assert found.attempts == (("desk", "later", 1), ("desk", "sent", 1))
    published, fetched = found.latencies.values()
    assert dict(published.buckets)["10"] == 0
    assert dict(published.buckets)["30"] == dict(published.buckets)["+Inf"] == 1
    assert (published.sum_s, fetched.sum_s) == (12.0, 2.0)
    assert dict(fetched.buckets)["2"] == 1


@pytest.mark.parametrize(
    ("alert", "measured"),
    [
        (
            alert_of(published=NOON, fetched=None),
            {"published_to_sent|le|5", "published_to_sent|sum"},
        ),
        (alert_of(published=NOON - timedelta(days=3), fetched=None), set()),
        (
            alert_of(published=NOON + timedelta(hours=1), fetched=None),
            {"published_to_sent|le|0.5", "published_to_sent|sum"},
        ),
        (alert_of(published=None, fetched=None), set()),
    ],
    ids=["news", "old", "ahead", "undated"],
)
def test_only_news_is_measured(alert: Alert, measured: set[str]) -> None:
    assert set(latencies(alert, NOON + timedelta(seconds=3))) == measured


def test_what_is_told_again_is_not_measured() -> None:
    alert = alert_of(published=NOON, fetched=NOON)
    again = replace(alert, update=Update(step=2, at=NOON, copy=alert.article))
    assert latencies(again, NOON) == {}


def test_how_long_the_first_delivery_has_waited_is_known(store: Store) -> None:
    alert = alert_of(published=NOON)
    store.sources.put("s", version=0, state={}, seen=(), articles=(), now=NOON, alerts=(alert,))
    depth = store.view.depth(DELIVERIES)
    assert depth.waiting == 1
    assert abs(store.beats.present().now - NOON.timestamp() - depth.oldest_s) < 5
