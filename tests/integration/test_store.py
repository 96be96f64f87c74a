"""The transitions, on the real server: each one whole or not at all, and harmless when repeated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

import pytest
from rq import Worker

from monitor.alerts import deliveries, routes
from monitor.dedupe import article_keys, marks_of
from monitor.errors import StoreConflict
from monitor.model import (
    ARTICLES,
    DELIVERIES,
    Alert,
    AlertedArticle,
    Article,
    Claim,
    Delivery,
    DeliveryState,
    Relation,
    Watch,
)
from monitor.queues import articles_of, rq_job, rq_queue
from monitor.store import (
    Asked,
    DeadLetter,
    Failed,
    Judged,
    Outcome,
    Raised,
    Store,
    Taken,
    keys,
)
from monitor.store.redis import text_of

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

Make = Callable[..., Article]


def put(store: Store, *articles: Article, version: int = 0) -> None:
    store.sources.put(
        "example", version=version, state={"etag": "x"}, seen=(), articles=articles, now=NOON
    )


def claim(store: Store, article: Article) -> Claim:
    asked = Asked(article=article, marks=marks_of(article))
    (claimed,) = store.judging.claims((asked,), NOON)
    return claimed


def judged(store: Store, job: Taken, article: Article) -> Judged:
    return Judged(
        article=article,
        job=job.id,
        text=article_keys(article).text,
        claim=claim(store, article),
        matched=(),
        topics=(),
        silenced=(),
    )


def finished(job: Taken) -> tuple[tuple[str, bytes], ...]:
    return ((job.id, job.data),)


def alert_for(article: Article, story: str) -> Alert:
    return Alert(
        id=Alert.id_for("watch", story),
        watch="watch",
        title="A watch",
        severity="normal",
        story=story,
        article=AlertedArticle.of(article),
        evidence=(),
        topics=(),
        sources=(article.source,),
        notify=("desk",),
        raised=NOON,
    )


def raised(alert: Alert) -> Raised:
    return Raised(alert=alert, routes=routes(alert, Watch(id=alert.watch, title=""), {}, NOON))


def take_one(store: Store, worker: str = "w1", token: str = "t1") -> Taken:
    (job,) = store.articles.take(worker, token, 10)
    return job


def deliverable(store: Store, make: Make) -> tuple[Alert, Taken]:
    """An alert raised for one article, its delivery taken by d1."""
    put(store, make())
    job = take_one(store)
    done = judged(store, job, make())
    alert = alert_for(make(), done.claim.story)
    store.judging.commit(
        "w1", Outcome(jobs=finished(job), judged=(done,), raised=(raised(alert),)), NOON
    )
    (delivery,) = store.deliveries.take("d1", "t1", 5)
    return alert, delivery


def settle(store: Store, job: Taken, delivery: Delivery, state: DeliveryState, answer: str) -> None:
    """End the first attempt of d1."""
    store.outbox.settle(
        "d1",
        job.id,
        delivery.id,
        token="a1",
        channel="desk",
        state=state,
        answer=answer,
        now=NOON,
    )


def set_aside(store: Store, article: Article) -> DeadLetter:
    """The dead letter of an article that could not be judged."""
    put(store, article)
    job = take_one(store)
    failed = Failed(article=article, failures=4, reason="odd", after=None)
    store.judging.commit("w1", Outcome(jobs=finished(job), failed=(failed,)), NOON)
    (letter,) = store.letters.all()
    return letter


def test_articles_put_come_out_of_the_queue_as_they_went_in(store: Store, article: Make) -> None:
    # given
    articles = tuple(article(number) for number in range(120))
    # when
    put(store, *articles)
    # then: bundles of at most 50, in order
    jobs = store.articles.take("w1", "t1", 10)
    assert [len(articles_of(job.data)) for job in jobs] == [50, 50, 20]
    assert tuple(found for job in jobs for found in articles_of(job.data)) == articles


def test_a_put_sent_twice_puts_once(store: Store, article: Make) -> None:
    # given: the same request, as a client repeats it after a lost reply
    put(store, article())
    # when
    put(store, article())
    # then
    assert store.view.depth(ARTICLES).waiting == 1
    assert store.view.counts() == {"articles.admitted": 1}


def test_two_pollers_of_one_source_do_not_both_put(store: Store, article: Make) -> None:
    # given: another poller was quicker
    put(store, article(1))
    # when / then
    with pytest.raises(StoreConflict):
        store.sources.put(
            "example",
            version=0,
            state={},
            seen=(),
            articles=(article(2),),
            now=NOON + timedelta(seconds=1),
        )
    assert store.view.counts() == {"articles.admitted": 1}


def test_what_a_source_has_shown_is_not_new(store: Store) -> None:
    store.sources.put("example", version=0, state={}, seen=["a", "b"], articles=(), now=NOON)
    assert store.sources.unseen("example", ["a", "c", "b"]) == (False, True, False)


def test_a_take_sent_twice_answers_the_same_jobs(store: Store, article: Make) -> None:
    # given
    put(store, *(article(number) for number in range(120)))
    first = store.articles.take("w1", "t1", 2)
    # when
    again = store.articles.take("w1", "t1", 2)
    # then
    assert again == first
    assert store.view.depth(ARTICLES).waiting == 1


def test_a_lease_that_ran_out_returns_its_job_to_be_run_alone(store: Store, article: Make) -> None:
    # given: the holder has not renewed
    put(store, article())
    job = take_one(store)
    store.client.zadd(keys.leases(ARTICLES), {job.id: 1})
    # when
    returned = store.articles.sweep(NOON)
    # then
    assert returned.back == (job.id,)
    assert take_one(store, "w2", "t9").alone


def test_a_dead_workers_commit_is_void(store: Store, article: Make) -> None:
    # given: w1 stalled, its lease ran out, w2 has the job
    put(store, article())
    job = take_one(store)
    store.articles.give_back("w1", "crash", NOON)
    take_one(store, "w2", "t2")
    # when
    answer = store.judging.commit(
        "w1", Outcome(jobs=finished(job), judged=(judged(store, job, article()),)), NOON
    )
    # then
    assert answer.answer == "void"
    assert "articles.new" not in store.view.counts()


def test_a_bundle_that_crashed_is_split_and_a_killer_becomes_a_dead_letter(
    store: Store, article: Make
) -> None:
    # given: a bundle whose worker died
    put(store, article(1), article(2))
    take_one(store)
    store.articles.give_back("w1", "crash", NOON)
    bundle = take_one(store, "w2", "t1")
    store.articles.split("w2", bundle, articles_of(bundle.data), NOON)
    # when: the first of its articles kills whoever reads it
    for attempt in range(6):
        single = take_one(store, "w3", f"t{attempt}")
        assert [found.id for found in articles_of(single.data)] == ["https://example.org/1"]
        returned = store.articles.give_back("w3", "crash", NOON)
    # then: it is set aside, its neighbour is next, and RQ sees it as failed
    assert returned.dead == (single.id,)
    neighbour = take_one(store, "w3", "t9")
    assert [found.id for found in articles_of(neighbour.data)] == ["https://example.org/2"]
    assert rq_queue(store.client, ARTICLES).failed_job_registry.get_job_ids(cleanup=False) == [
        single.id
    ]
    assert store.view.counts()["articles.set_aside"] == 1


def test_a_commit_sent_twice_counts_and_raises_once(store: Store, article: Make) -> None:
    # given
    put(store, article())
    job = take_one(store)
    done = judged(store, job, article())
    outcome = Outcome(
        jobs=finished(job),
        judged=(done,),
        raised=(raised(alert_for(article(), done.claim.story)),),
    )
    # when
    answers = [store.judging.commit("w1", outcome, NOON) for _ in range(2)]
    # then
    assert [each.answer for each in answers] == ["done", "done"]
    assert [each.raised for each in answers] == [outcome.raised] * 2
    assert store.view.counts() == {
        "articles.admitted": 1,
        "articles.new": 1,
        "alerts.raised": 1,
    }
    assert store.view.depth(DELIVERIES).total == 1
    assert store.view.depth(ARTICLES).total == 0


def test_two_workers_cannot_both_speak_for_a_story(store: Store, article: Make) -> None:
    # given: both decided before either committed
    put(store, article(1))
    put(store, article(2), version=1)
    mine, theirs = store.articles.take("w1", "t1", 1) + store.articles.take("w2", "t1", 1)
    first, second = judged(store, mine, article(1)), judged(store, theirs, article(2))
    alert = alert_for(article(1), first.claim.story)
    expects = (("watch", first.claim.story, None),)
    store.judging.commit(
        "w1",
        Outcome(jobs=finished(mine), judged=(first,), raised=(raised(alert),), expects=expects),
        NOON,
    )
    # when / then
    with pytest.raises(StoreConflict):
        store.judging.commit(
            "w2",
            Outcome(
                jobs=finished(theirs),
                judged=(second,),
                raised=(raised(alert),),
                expects=expects,
            ),
            NOON,
        )
    assert (
        store.judging.spoken([("watch", first.claim.story)])["watch", first.claim.story] is not None
    )


def test_a_failed_article_waits_alone_and_its_neighbours_go_through(
    store: Store, article: Make
) -> None:
    # given
    put(store, article(1), article(2))
    job = take_one(store)
    failed = Failed(article=article(1), failures=1, reason="odd", after=timedelta(0))
    # when
    store.judging.commit(
        "w1",
        Outcome(jobs=finished(job), judged=(judged(store, job, article(2)),), failed=(failed,)),
        NOON,
    )
    # then
    again = take_one(store, "w1", "t2")
    assert (again.alone, again.failures) == (True, 1)
    assert [found.id for found in articles_of(again.data)] == ["https://example.org/1"]
    assert store.view.counts()["articles.new"] == 1


def test_a_claim_answers_the_same_when_the_same_article_asks_again(
    store: Store, article: Make
) -> None:
    first = claim(store, article(1))
    assert first.relation is Relation.NEW
    assert claim(store, article(1)) == first


def test_a_copy_joins_the_story_and_a_changed_text_is_a_revision(
    store: Store, article: Make
) -> None:
    # given
    text = "One text that an agency sent to every paper in the land on the same day. " * 12
    founder = claim(store, article(1, body=text))
    # when
    copy = claim(store, article(2, body=text, source="other", url="https://example.com/2"))
    revision = claim(store, article(1, body=text + " The death toll has risen."))
    # then
    assert (copy.story, copy.relation) == (founder.story, Relation.COPY)
    assert copy.sources == ("example", "other")
    assert (revision.story, revision.relation) == (founder.story, Relation.REVISION)


def test_a_delivery_goes_from_pending_to_sent_once(store: Store, article: Make) -> None:
    # given
    alert, job = deliverable(store, article)
    (delivery,) = deliveries(alert)
    begun = [
        store.outbox.begin("d1", job.id, "a1", delivery=delivery.id, about=alert.id, now=NOON)
        for _ in range(2)
    ]
    assert begun[0] == begun[1]
    assert not isinstance(begun[0], str)
    assert (begun[0].delivery.attempts, begun[0].message) == (1, alert)
    # when: settled twice, as after a lost reply
    for _ in range(2):
        settle(store, job, delivery, DeliveryState.SENT, "250 ok")
    # then
    assert store.view.counts()["deliveries.sent"] == 1
    assert store.view.depth(DELIVERIES).total == 0


def test_a_delivery_cut_off_while_sending_is_known_to_be_in_doubt(
    store: Store, article: Make
) -> None:
    # given: d1 died between begin and settle
    alert, job = deliverable(store, article)
    (delivery,) = deliveries(alert)
    store.outbox.begin("d1", job.id, "a1", delivery=delivery.id, about=alert.id, now=NOON)
    store.deliveries.give_back("d1", "crash", NOON)
    # when
    (job,) = store.deliveries.take("d2", "t1", 5)
    begun = store.outbox.begin("d2", job.id, "a2", delivery=delivery.id, about=alert.id, now=NOON)
    # then
    assert not isinstance(begun, str)
    assert begun.before is DeliveryState.SENDING
    assert begun.delivery.attempts == 2


def test_a_parked_delivery_that_a_person_requeues_is_sent_after_all(
    store: Store, article: Make
) -> None:
    # given
    alert, job = deliverable(store, article)
    (delivery,) = deliveries(alert)
    store.outbox.begin("d1", job.id, "a1", delivery=delivery.id, about=alert.id, now=NOON)
    settle(store, job, delivery, DeliveryState.PARKED, "no")
    assert [letter.reason for letter in store.letters.all()] == ["no"]
    # when: `rq requeue`
    rq_queue(store.client, DELIVERIES).failed_job_registry.requeue(job.id)
    (job,) = store.deliveries.take("d1", "t2", 5)
    begun = store.outbox.begin("d1", job.id, "a2", delivery=delivery.id, about=alert.id, now=NOON)
    # then
    assert not isinstance(begun, str)
    assert begun.delivery.attempts == 1
    assert store.letters.all() == ()


def test_a_dead_letter_is_tried_again_with_a_clean_record(store: Store, article: Make) -> None:
    # given
    letter = set_aside(store, article())
    assert store.view.counts()["articles.set_aside"] == 1
    # when: asked twice, as after a lost reply
    assert [store.letters.retry(letter, NOON) for _ in range(2)] == [True, False]
    # then
    again = take_one(store, "w1", "t2")
    assert (again.id, again.failures) == (letter.id, 0)
    assert store.view.counts()["articles.set_aside"] == 0
    assert store.letters.all() == ()


def test_a_dead_letter_is_dropped_for_good(store: Store, article: Make) -> None:
    # given
    letter = set_aside(store, article())
    # when
    assert [store.letters.drop(letter) for _ in range(2)] == [True, False]
    # then
    assert store.letters.all() == ()
    assert not store.client.exists(keys.rq_job(letter.id))


def test_what_took_too_long_alone_is_set_aside_at_once(store: Store, article: Make) -> None:
    # given: a job that runs alone after its process was killed for taking too long
    put(store, article())
    take_one(store)
    store.articles.give_back("w1", "crash", NOON, blame="longer than 30 s")
    take_one(store, "w2", "t1")
    # when
    returned = store.articles.give_back("w2", "crash", NOON, blame="longer than 30 s")
    # then
    (letter,) = store.letters.all()
    assert returned.dead == (letter.id,)
    assert (letter.kind, letter.reason) == ("article", "longer than 30 s")


def test_rq_shows_our_workers(store: Store) -> None:
    # given
    for _ in range(2):
        store.articles.attend("w1", host="h", pid=7, state="busy", now=NOON)
    # then
    (worker,) = Worker.all(connection=store.client)
    assert (worker.name, worker.pid, worker.queue_names()) == ("w1", 7, ["articles"])
    # when
    store.articles.leave("w1")
    # then
    assert Worker.all(connection=store.client) == []


def test_the_ledger_finds_a_job_that_is_nowhere(store: Store, article: Make) -> None:
    # given: the queue lost its entry, as after a restart from a cut log
    put(store, article())
    store.client.delete(keys.rq_queue(ARTICLES))
    # when
    back = store.articles.recover(admitted_before=NOON)
    # then
    assert len(back) == 1
    assert take_one(store).id == back[0]
    assert store.articles.recover(admitted_before=NOON) == ()


def test_a_job_that_waits_grows_old_however_often_it_is_looked_for(
    store: Store, article: Make
) -> None:
    # given: it was admitted an hour ago, and waits in its queue
    admitted = datetime.now(UTC) - timedelta(hours=1)
    store.sources.put("s", version=0, state={}, seen=(), articles=(article(),), now=admitted)
    # when
    for _ in range(2):
        assert store.articles.recover(admitted_before=datetime.now(UTC)) == ()
    # then
    assert 3590 < store.view.depth(ARTICLES).oldest_s < 3610


def test_recovery_looks_at_a_long_ledger_bit_by_bit(store: Store, article: Make) -> None:
    # given: more jobs than it looks at a time, the last of them nowhere
    for number in range(5):
        put(store, article(number), version=number)
    lost = text_of(store.client.rpop(keys.rq_queue(ARTICLES)))
    # when
    back = [store.articles.recover(admitted_before=NOON, at_a_time=2) for _ in range(6)]
    # then: found once in its turn, and then seen where it is
    assert back.count((lost,)) == 1
    assert back.count(()) == 5
    assert store.view.depth(ARTICLES).waiting == 5


def test_what_a_failed_bundle_becomes_is_as_old_as_it(store: Store, article: Make) -> None:
    # given
    admitted = datetime.now(UTC) - timedelta(hours=1)
    articles = (article(1), article(2))
    store.sources.put("s", version=0, state={}, seen=(), articles=articles, now=admitted)
    # when
    job = take_one(store)
    for _ in range(2):
        store.articles.split("w1", job, articles, datetime.now(UTC))
    # then
    assert store.view.depth(ARTICLES).waiting == 2
    assert store.view.depth(ARTICLES).oldest_s > 3590


def test_an_article_and_its_outcome_are_kept(store: Store, article: Make) -> None:
    # given
    put(store, article(1), article(2))
    job = take_one(store)
    done = judged(store, job, article(2))
    store.judging.commit("w1", Outcome(jobs=finished(job), judged=(done,)), NOON)
    # when
    kept = store.view.article(article(2).ref)
    # then
    assert kept is not None
    assert kept[0] == article(2)
    assert (kept[1]["relation"], kept[1]["story"]) == ("new", done.claim.story)
    assert store.view.article("nobody") is None
    assert store.view.find(article(2).id) == article(2).ref
    assert store.view.find("nobody") is None


def test_rq_reads_our_jobs(store: Store, article: Make) -> None:
    # given
    put(store, article())
    # then
    (queued,) = rq_queue(store.client, ARTICLES).get_job_ids()
    job = rq_job(store.client, queued)
    assert job.func_name == "workers.process.bundle"
    assert job.get_status() == "queued"
    assert job.args[0]["articles"][0]["title"] == "Headline 1"


def test_every_transition_says_what_its_keys_are() -> None:
    folder = Path(keys.__file__).parent / "lua"
    for script in folder.glob("*.lua"):
        head = script.read_text().split("\n", 12)
        assert any(line.startswith("-- KEYS") for line in head), script.name
        comment = takewhile(lambda line: line.startswith("--"), script.read_text().split("\n"))
        assert any("Returns" in line for line in comment), script.name
