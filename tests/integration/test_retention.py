"""Nothing is kept for ever: dead letters, sources that are gone, workers that were lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from structlog.testing import capture_logs
from test_store import claim, deliverable, finished, put, take_one

from monitor.alerts import deliveries
from monitor.model import ARTICLES, DELIVERIES, PAGES, Article, DeliveryState, Source
from monitor.poller.keeping import SAY_EVERY, Keeping
from monitor.poller.seeds import SeedReader
from monitor.queues import rq_queue
from monitor.store import DeadLetter, Failed, Outcome, Store, keys
from monitor.store.sources import KNOWN_FOR
from workers.upkeep import Upkeep

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY, MOMENT = timedelta(days=1), timedelta(milliseconds=1)

Make = Callable[..., Article]


def set_aside(store: Store, make: Make, at: datetime = NOON) -> DeadLetter:
    """A dead article."""
    put(store, make())
    job = take_one(store)
    failed = Failed(article=make(), failures=4, reason="odd", after=None)
    store.judging.commit("w1", Outcome(jobs=finished(job), failed=(failed,)), at)
    (letter,) = store.letters.all()
    return letter


# -- dead letters


def test_a_dead_letter_goes_when_its_time_is_over_and_is_counted_once(
    store: Store, article: Make
) -> None:
    # given
    letter = set_aside(store, article)
    over = NOON + store.letters.kept
    assert store.letters.expire(over) == ()
    # when: two supervisors look, one after the other
    gone = [store.letters.expire(over + MOMENT) for _ in range(2)]
    # then
    assert gone == [(letter,), ()]
    assert store.letters.all() == ()
    assert not store.client.exists(keys.rq_job(letter.id))
    assert rq_queue(store.client, ARTICLES).failed_job_registry.get_job_ids() == []
    counts = store.view.counts()
    assert (counts["letters.expired"], counts["articles.set_aside"]) == (1, 1)


def test_the_transition_sent_twice_forgets_once(store: Store, article: Make) -> None:
    # given
    letter = set_aside(store, article)
    names = [keys.dead(), keys.counts(), keys.rq_failed(ARTICLES)]
    before = int(NOON.timestamp() * 1000) + 1
    # when
    answers = [
        store.letters._scripts("expire", names, [before, keys.rq_job(""), letter.id])
        for _ in range(2)
    ]
    # then
    assert answers == [[letter.id.encode()], []]
    assert store.view.counts()["letters.expired"] == 1


def test_a_letter_that_somebody_works_on_stays_however_old(store: Store, article: Make) -> None:
    # given: RQ's tools have put it back on its queue
    letter = set_aside(store, article)
    rq_queue(store.client, ARTICLES).failed_job_registry.requeue(letter.id)
    # when
    assert store.letters.expire(NOON + 900 * DAY) == ()
    # then
    assert take_one(store, "w2", "t2").id == letter.id


def test_one_that_was_set_aside_again_begins_anew(store: Store, article: Make) -> None:
    # given: tried again, and failed again
    letter = set_aside(store, article)
    store.letters.retry(letter, NOON + 80 * DAY)
    job = take_one(store, "w1", "t2")
    failed = Failed(article=article(), failures=4, reason="odd again", after=None)
    at = NOON + 81 * DAY
    store.judging.commit("w1", Outcome(jobs=finished(job), failed=(failed,)), at)
    # then
    assert store.letters.expire(NOON + 100 * DAY) == ()
    assert [gone.reason for gone in store.letters.expire(at + 91 * DAY)] == ["odd again"]


def test_a_parked_delivery_goes_too_and_the_log_says_so(store: Store, article: Make) -> None:
    # given
    alert, job = deliverable(store, article)
    (delivery,) = deliveries(alert)
    store.outbox.begin("d1", job.id, "a1", delivery=delivery.id, about=alert.id, now=NOON)
    parked = DeliveryState.PARKED
    store.outbox.settle(
        "d1", job.id, delivery.id, token="a1", channel="desk", state=parked, answer="no", now=NOON
    )
    store.letters.kept = 7 * DAY
    clock = NOON + 7 * DAY
    upkeep = Upkeep(store=store, now=lambda: clock, log=structlog.get_logger())
    # when: an hour goes by between two looks
    with capture_logs() as logs:
        for after in (timedelta(0), MOMENT, timedelta(hours=1)):
            clock = NOON + 7 * DAY + after
            upkeep.run()
    # then
    (said,) = [log for log in logs if log["event"] == "letter.expired"]
    assert (said["letter"], said["kind"], said["reason"]) == (delivery.id, "delivery", "no")
    assert said["set_aside"] == "2026-03-01T12:00:00+00:00"
    assert rq_queue(store.client, DELIVERIES).failed_job_registry.get_job_ids() == []


# -- sources


def test_what_is_known_of_a_source_goes_sixty_days_after_it_was_last_there(store: Store) -> None:
    # given: a feed that shows something, has a hub and is paused
    store.sources.put("harbour", version=0, state={"a": "b"}, seen=("r:t",), articles=(), now=NOON)
    store.paused_sources.pause("harbour", NOON)
    store.sources.hurry("harbour", NOON)
    store.client.hset(keys.subscription("harbour"), "state", "active")
    # when: in time, and then too late, said twice
    assert store.sources.keep((), NOON + KNOWN_FOR) == ()
    assert store.sources.state("harbour").version == 1
    gone = [store.sources.keep((), NOON + KNOWN_FOR + MOMENT) for _ in range(2)]
    # then
    assert gone == [("harbour",), ()]
    assert store.client.keys("*") == []


def test_a_source_that_is_put_back_in_time_tells_nothing_anew(store: Store) -> None:
    # given: it was gone for 59 days
    store.sources.put("harbour", version=0, state={}, seen=("r:t",), articles=(), now=NOON)
    assert store.sources.keep(("other",), NOON + 59 * DAY) == ()
    # when
    back = NOON + 60 * DAY
    for at in (back, back + 50 * DAY):
        assert "harbour" not in store.sources.keep(("harbour", "other"), at)
    # then
    assert store.sources.unseen("harbour", ("r:t",)) == (False,)


def test_nothing_is_forgotten_of_what_is_there_after_a_year_of_rest(
    store: Store, tmp_path: Path, article: Make
) -> None:
    # given: a feed that was polled and a file that was read; then nobody ran for a year
    (tmp_path / "news.jsonl").write_text('{"id": "1", "title": "A", "body": "A kite."}\n')
    clock, log = NOON, structlog.get_logger()

    def looked() -> int:
        """A poller starts, and looks at its files and feeds."""
        reader = SeedReader(store=store, now=lambda: clock, room=lambda: None, log=log)
        put = reader.read_all([tmp_path])
        keeping = Keeping(store=store, now=lambda: clock, log=log)
        keeping.run((Source(id="harbour", url="https://example.org/"),), reader.lying)
        return put

    store.sources.put("harbour", version=0, state={}, seen=("r:t",), articles=(), now=NOON)
    assert looked() == 1
    # when
    clock = NOON + 365 * DAY
    # then
    assert looked() == 0
    assert store.sources.unseen("harbour", ("r:t",)) == (False,)
    # and when: the file has gone
    (tmp_path / "news.jsonl").unlink()
    clock += KNOWN_FOR + MOMENT
    with capture_logs() as logs:
        looked()
    (said,) = [log for log in logs if log["event"] == "source.forgotten"]
    assert said["sources"] == 1
    assert said["named"][0].startswith("seed:")
    assert [name for name in store.client.keys("*source*") if b"seed" in name] == []


def test_a_running_poller_says_once_a_day_what_there_is(store: Store) -> None:
    # given
    clock = NOON
    keeping = Keeping(store=store, now=lambda: clock, log=structlog.get_logger())
    source = Source(id="harbour", url="https://example.org/")

    def told() -> float | None:
        keeping.run((source,), tuple)
        return store.client.zscore(keys.known(), "harbour")

    first = told()
    # when / then
    clock = NOON + SAY_EVERY - MOMENT
    assert told() == first
    clock = NOON + SAY_EVERY
    assert told() == clock.timestamp() * 1000


# -- workers


def test_workers_lost_with_their_host_are_forgotten_but_not_what_they_hold(
    store: Store, article: Make
) -> None:
    # given: one that lives, one that is lost and holds a job, one that is lost and holds none
    put(store, article(1))
    put(store, article(2), version=1)
    for worker in ("alive", "holds", "idle"):
        store.articles.attend(worker, host="h", pid=1, state="idle", now=NOON)
    store.articles.take("idle", "t", 1)
    store.articles.give_back("idle", "crash", NOON)
    store.client.hset(keys.took(ARTICLES), "idle", '{"token": "t", "jobs": []}')
    store.articles.take("alive", "t", 1)
    held = store.articles.take("holds", "t", 1)
    for lost in ("holds", "idle"):
        store.client.delete(keys.rq_worker(lost))
    # when: sent twice
    assert [store.articles.dismiss() for _ in range(2)] == [2, 0]
    # then: a resent take answers the same
    assert store.articles.take("holds", "t", 1) == held
    assert store.client.hkeys(keys.took(ARTICLES)) == [b"alive", b"holds"]
    assert store.view.workers(ARTICLES) == ("alive",)
    names = {keys.rq_worker("alive").encode()}
    assert store.client.smembers(keys.rq_workers()) == names
    assert store.client.smembers(keys.rq_workers_of(ARTICLES)) == names


def test_upkeep_forgets_them_on_all_queues(store: Store) -> None:
    for work in (store.articles, store.pages, store.deliveries):
        work.attend("lost", host="h", pid=1, state="idle", now=NOON)
    store.client.delete(keys.rq_worker("lost"))

    Upkeep(store=store, now=lambda: NOON, log=structlog.get_logger()).run()

    for queue in (ARTICLES, PAGES, DELIVERIES):
        assert store.client.scard(keys.rq_workers_of(queue)) == 0
    assert store.client.scard(keys.rq_workers()) == 0


# -- what would come back, or grow


def test_a_delivery_that_has_run_out_does_not_come_back_without_an_end(
    store: Store, article: Make
) -> None:
    # given: it expires while it is under way
    alert, job = deliverable(store, article)
    (delivery,) = deliveries(alert)
    store.outbox.begin("d1", job.id, "a1", delivery=delivery.id, about=alert.id, now=NOON)
    store.client.delete(keys.delivery(delivery.id))
    # when
    pending = DeliveryState.PENDING
    store.outbox.settle(
        "d1", job.id, delivery.id, token="a1", channel="desk", state=pending, answer="no", now=NOON
    )
    # then
    assert not store.client.exists(keys.delivery(delivery.id))


def test_an_article_that_changes_for_ever_stays_small(store: Store, article: Make) -> None:
    # given: a ticker, and one whose texts are short
    ticker = article(1, body="The harbour has counted so many ships since the year began. " * 9)
    short = article(2, body="Ships")
    # when
    for number in range(400):
        for each in (ticker, short):
            claim(store, replace(each, body=f"{number} {each.body}"))
    # then
    last = claim(store, replace(short, body="399 Ships"))
    assert last.relation == "revision"
    for each in (ticker, short):
        assert store.client.hlen(keys.claim(each.ref)) <= 301
    assert store.client.hlen(keys.story(last.story)) <= 310


def test_old_alerts_leave_the_index_also_where_only_troubles_are_told(
    store: Store, article: Make
) -> None:
    alert, _ = deliverable(store, article)
    later = NOON + store.sources.retention.alerts + DAY
    trouble = replace(alert, id="trouble", raised=later)

    store.sources.put("s", version=0, state={}, seen=(), articles=(), now=later, alerts=(trouble,))

    assert store.client.zrange(keys.alerts(), 0, -1) == [b"trouble"]
