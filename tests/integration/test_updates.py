"""Updates through the real worker and the real store: told once, however often asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from arriving import Arriving

from benchmarks.matchbench.articles import World
from monitor.alerts import routes, updated
from monitor.codec import decode_alert
from monitor.errors import StoreConflict
from monitor.model import (
    DELIVERIES,
    Alert,
    Article,
    Claim,
    DeliveryState,
    Origin,
    Relation,
    Watch,
)
from monitor.store import Outcome, Raised, Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT, OTHER = (f"A drone fell into the harbour. {each.body}" for each in World().generated(2))
WATCH = Watch(id="drones", title="Drones", when="drone", notify=("desk",), updates=(2, 3))
TITLE_ONLY = Watch(id="titles", title="Titles", when="title:drone", notify=("desk",), updates=(2,))


def paper(name: str, text: str = TEXT, **given: object) -> Article:
    fields: dict[str, object] = {
        "id": name,
        "source": name,
        "title": f"Drone falls near {name}",
        "url": f"https://{name}.example/1",
        "body": text,
        "published": NOON,
        "fetched": NOON,
        "origin": Origin.SEED,
    }
    return Article(**(fields | given))  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def come(store: Store) -> Arriving:
    """Lets articles come in and be judged by a worker."""
    return Arriving(store, NOON, WATCH, tiers={"post": 1})


def told(store: Store, number: int = 0) -> list[tuple[str, DeliveryState]]:
    alert = store.view.alerts(10)[number]
    return [(each.update, each.state) for each in store.outbox.told(alert)]


PENDING = DeliveryState.PENDING


def test_a_story_that_spreads_is_told_again_at_each_step(store: Store, come: Arriving) -> None:
    come(paper("wire"))
    assert told(store) == [("", PENDING)]

    come(paper("star", "Read more here\n\n" + TEXT))
    assert told(store) == [("", PENDING), ("2", PENDING)]

    come(paper("star", TEXT + " The drone was empty.", id="again"))  # no source of its own
    come(paper("sun"))
    come(paper("post"))
    assert told(store) == [("", PENDING), ("2", PENDING), ("3", PENDING)]
    assert store.view.counts()["alerts.updated"] == 2
    # and each is delivered as what it is
    jobs = store.deliveries.take("d1", "t1", 10)
    begun = [
        store.outbox.begin("d1", job.id, f"t{job.id}", delivery=job.id, about=alert, now=NOON)
        for job in jobs
        for alert in (store.view.alerts(1)[0].id,)
    ]
    assert [
        each.message.update.step if isinstance(each.message, Alert) and each.message.update else 0
        for each in begun
        if not isinstance(each, str)
    ] == [0, 2, 3]


def test_copies_that_come_with_the_alert_are_told_by_it(store: Store, come: Arriving) -> None:
    come(paper("wire"), paper("star"), paper("sun"))

    (alert,) = store.view.alerts(10)
    assert alert.sources == ("wire", "star", "sun")
    assert told(store) == [("", PENDING)]


def test_without_steps_nobody_is_told_twice(store: Store, come: Arriving) -> None:
    quiet = (replace(WATCH, updates=()),)
    for name in ("wire", "star", "sun", "post"):
        come(paper(name), watches=quiet)

    assert told(store) == [("", PENDING)]
    assert store.view.depth(DELIVERIES).waiting == 1


def test_copies_that_do_not_match_themselves_count_too(store: Store, come: Arriving) -> None:
    come(paper("wire"), watches=(TITLE_ONLY,))
    come(paper("star", title="A fall in the harbour"), watches=(TITLE_ONLY,))

    assert told(store) == [("", PENDING), ("2", PENDING)]


def test_a_revision_may_raise_what_was_not_raised_and_repeats_nothing(
    store: Store, come: Arriving
) -> None:
    boats = Watch(id="boats", title="Boats", when="lifeboat", notify=("desk",))
    come(paper("wire"), watches=(WATCH, boats))
    come(paper("wire", TEXT + " A lifeboat went out."), watches=(WATCH, boats))

    assert {alert.watch for alert in store.view.alerts(10)} == {"drones", "boats"}
    assert store.view.counts().get("articles.revision") == 1, store.view.counts()
    assert store.view.depth(DELIVERIES).waiting == 2


def test_a_revision_is_told_to_those_who_want_it(store: Store, come: Arriving) -> None:
    keen = (replace(WATCH, updates=(), revisions=True),)
    corrected = paper("wire", TEXT + " A second drone came.", title="Drone, no, two, near wire")
    come(paper("wire"), watches=keen)
    come(paper("star"), watches=keen)  # a copy is no revision
    come(corrected, watches=keen)
    come(corrected, watches=keen)  # and tells nothing new a second time

    alert = store.view.alerts(10)[0]
    first, second = store.outbox.told(alert)
    assert (first.update, second.update[:1]) == ("", "r")
    raw = store.client.hget(f"ww:1:alert:{alert.id}", f"update:{second.update}")
    assert isinstance(raw, bytes)
    again = decode_alert(raw)
    assert again.update is not None
    assert again.update.revision
    assert again.article.title == again.evidence[0].sentence == "Drone, no, two, near wire"


def test_a_story_becomes_more_urgent_as_it_spreads(store: Store, come: Arriving) -> None:
    watches = (replace(WATCH, updates=(), escalate=((2, "high"), (3, "critical"))),)
    come(paper("wire"), watches=watches)
    come(paper("star"), watches=watches)
    come(paper("sun"), watches=watches)

    alert = store.view.alerts(10)[0]
    raw = store.client.hmget(f"ww:1:alert:{alert.id}", "alert", "update:2", "update:3")
    severities = [decode_alert(each).severity for each in raw if isinstance(each, bytes)]
    assert severities == ["normal", "high", "critical"]


def test_a_revision_keeps_what_the_story_has_become(store: Store, come: Arriving) -> None:
    watches = (replace(WATCH, updates=(), revisions=True, escalate=((2, "high"),)),)
    come(paper("wire"), watches=watches)
    come(paper("star"), watches=watches)
    come(paper("wire", TEXT + " A second drone came."), watches=watches)

    alert = store.view.alerts(1)[0]
    revision = store.outbox.told(alert)[-1]
    raw = store.client.hget(f"ww:1:alert:{alert.id}", f"update:{revision.update}")
    assert isinstance(raw, bytes)
    again = decode_alert(raw)
    assert (again.severity, again.sources) == ("high", ("wire", "star"))


def test_no_spread_makes_a_story_less_urgent() -> None:
    watch = replace(WATCH, severity="critical", escalate=((2, "high"),))

    assert watch.severity_at(5) == "critical"


def test_a_story_that_comes_with_many_copies_is_urgent_at_once(
    store: Store, come: Arriving
) -> None:
    come(paper("wire"), paper("star"), watches=(replace(WATCH, escalate=((2, "high"),)),))

    assert store.view.alerts(10)[0].severity == "high"


def test_once_per_event_other_stories_of_the_event_are_silent(store: Store, come: Arriving) -> None:
    once = (replace(WATCH, once_per="event", updates=()),)
    seen = "Admiral Novak of the Baltic Fleet saw the drone off Gdansk, said Mayor Brekke."
    title = "Drone falls into harbour at Gdansk, says Admiral Novak"
    come(paper("wire", f"{seen} {TEXT}", title=title), watches=once)
    come(paper("star", f"{seen} {OTHER}", title=title), watches=once)

    assert len(store.view.alerts(10)) == 1
    found = store.view.article(paper("star", f"{seen} {OTHER}", title=title).ref)
    assert found is not None
    assert found[1]["relation"] == Relation.NEW
    assert "already told for this event" in found[1]["silenced"]


def update(store: Store) -> tuple[Raised, Outcome]:
    """An update that a worker has decided and not yet committed."""
    alert = store.view.alerts(1)[0]
    again = updated(
        alert,
        step=2,
        article=paper("star"),
        sources=("wire", "star"),
        claim=Claim(
            story=alert.story, relation=Relation.COPY, publishers=("wire.example", "star.example")
        ),
        severity="normal",
        now=NOON,
    )
    raised = Raised(alert=again, routes=routes(again, WATCH, {}, NOON), follows=True)
    was = store.judging.spoken([("drones", alert.story)])
    return raised, Outcome(
        jobs=(), raised=(raised,), expects=tuple((*pair, spoken) for pair, spoken in was.items())
    )


def test_two_workers_cannot_both_tell_an_update(store: Store, come: Arriving) -> None:
    # given: both have decided
    come(paper("wire"))
    _, mine = update(store)
    _, theirs = update(store)
    # when
    assert store.judging.commit("w1", mine, NOON).answer == "done"
    assert store.judging.commit("w1", mine, NOON).answer == "done"  # sent twice
    with pytest.raises(StoreConflict):
        store.judging.commit("w2", theirs, NOON)
    # then
    assert told(store) == [("", PENDING), ("2", PENDING)]
    assert store.view.counts()["alerts.updated"] == 1


def test_two_feeds_of_one_publisher_reach_no_step_but_are_named(
    store: Store, come: Arriving
) -> None:
    come(paper("wire"))
    come(
        paper("wire-sport", "Read more here\n\n" + TEXT, url="https://sport.wire.example/2"),
        paper("wire-local", "Read more there\n\n" + TEXT, url="https://www.wire.example/3"),
    )
    assert told(store) == [("", PENDING)]
    story = store.view.story(store.view.alerts(1)[0].story)
    assert story is not None
    assert (len(story.sources), story.independent) == (3, 1)

    come(paper("star", "Read on\n\n" + TEXT))
    assert told(store) == [("", PENDING), ("2", PENDING)]
    (again,) = store.view.updates(store.view.alerts(1)[0].id)
    assert again.sources == ("wire", "wire-sport", "wire-local", "star")
    assert (again.carried, again.update and again.update.step) == (2, 2)


def test_a_claim_asked_for_again_counts_no_publisher_twice(store: Store, come: Arriving) -> None:
    for _ in range(3):
        come(paper("wire"), paper("star", "Read more here\n\n" + TEXT))
    story = store.view.story(store.view.alerts(1)[0].story)
    assert story is not None
    assert story.publishers == ("wire.example", "star.example")


def test_an_alert_no_longer_kept_is_not_updated(store: Store, come: Arriving) -> None:
    come(paper("wire"))
    raised, outcome = update(store)
    store.client.delete(f"ww:1:alert:{raised.alert.id}")

    assert store.judging.commit("w1", outcome, NOON).answer == "done"
    assert store.judging.state(raised.alert.id) is None
    assert "alerts.updated" not in store.view.counts()
    assert isinstance(raised.alert, Alert)


def test_a_text_of_an_agency_spreads_with_each_paper_that_prints_it(
    store: Store, come: Arriving
) -> None:
    come(paper("wire", f"HARBOUR (Reuters) - {TEXT}"))
    come(paper("star", f"HARBOUR (Reuters) - {TEXT}\n\nRead on"))
    assert told(store) == [("", PENDING), ("2", PENDING)]
    (again,) = store.view.updates(store.view.alerts(1)[0].id)
    assert (again.carried, again.independent) == (2, 1)
