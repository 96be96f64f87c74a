"""When an alert is told again, and when its readers are left in peace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts import decide, deliveries, revised, step_reached, subject, updated
from monitor.model import (
    Alert,
    Article,
    Claim,
    Evidence,
    Field,
    Match,
    Origin,
    Relation,
    Spoken,
    Watch,
)

NOON = datetime(2024, 5, 14, 12, tzinfo=UTC)
COPY = Article(id="2", source="star", title="Flood", fetched=NOON)
WATCH = Watch(id="floods", title="Floods", when="flood", notify=("desk",), updates=(3, 10, 30))
TOLD = Spoken(alert="a1", article="another", at=NOON)
CLAIM = Claim(story="s1", relation=Relation.COPY, event="e1")


def reached(sources: int, told: Spoken = TOLD, watch: Watch = WATCH) -> int | None:
    return step_reached(article=COPY, watch=watch, told=told, carried=sources)


@pytest.mark.parametrize(
    ("sources", "step"), [(1, None), (2, None), (3, 3), (9, 3), (10, 10), (40, 30)]
)
def test_steps_are_told_when_reached_the_highest_only(sources: int, step: int | None) -> None:
    assert reached(sources) == step


def test_a_step_is_told_once() -> None:
    assert reached(9, replace(TOLD, sources=3)) is None
    assert reached(10, replace(TOLD, sources=9)) == 10
    assert reached(12, replace(TOLD, sources=12)) is None


def test_nobody_is_told_again_who_did_not_ask() -> None:
    assert reached(50, watch=replace(WATCH, updates=())) is None


def test_neither_the_article_that_was_told_nor_an_old_one_updates() -> None:
    itself = replace(TOLD, article=COPY.ref)
    old = replace(COPY, origin=Origin.BACKFILL)

    assert step_reached(article=COPY, watch=WATCH, told=itself, carried=3) is None
    assert step_reached(article=old, watch=WATCH, told=TOLD, carried=3) is None


def alert(watch: Watch = WATCH) -> Alert:
    (raised,) = decide(
        article=replace(COPY, id="1", source="wire"),
        claim=CLAIM,
        topics=(),
        matches=(Match(watch=watch.id, evidence=()),),
        watches={watch.id: watch},
        spoken={},
        sources=("wire",),
        now=NOON,
        paused={},
    ).alerts
    return raised


def test_an_update_is_the_same_alert_under_deliveries_of_its_own() -> None:
    later = NOON + timedelta(hours=1)
    first = alert()

    again = updated(
        first,
        step=3,
        article=COPY,
        sources=("wire", "star", "sun", "sun-sport"),
        claim=replace(CLAIM, publishers=("wire.example", "star.example", "sun.example")),
        severity="high",
        now=later,
    )

    assert (again.id, again.raised, again.sources) == (
        *(first.id, NOON),
        ("wire", "star", "sun", "sun-sport"),
    )
    assert again.carried == 3
    assert again.update is not None
    assert (again.update.step, again.update.at, again.update.copy.source) == (3, later, "star")
    (told,), (told_again,) = deliveries(first), deliveries(again)
    assert told.id != told_again.id
    assert told_again == deliveries(again)[0]


def evidence(*sentences: str) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            field=Field.BODY,
            start=at,
            end=at + 5,
            text="flood",
            term="flood",
            sentence=sentence,
            sentence_start=at,
        )
        for at, sentence in enumerate(sentences)
    )


def test_a_revision_shows_first_what_it_has_brought_and_later_steps_keep_it() -> None:
    first = replace(alert(), evidence=evidence("A flood came.", "The flood went."))
    text = replace(COPY, id="1", source="wire", title="Floods")

    again = revised(
        first,
        article=text,
        match=Match(watch="floods", evidence=evidence("The flood went.", "A new flood.")),
        text="t2",
        topics=(),
        sources=("wire",),
        claim=CLAIM,
        severity="normal",
        now=NOON,
    )
    assert [each.sentence for each in again.evidence] == ["A new flood.", "The flood went."]
    assert again.update
    assert again.update.fresh == 1

    for at in (3, 10):
        again = updated(
            again,
            step=at,
            article=COPY,
            sources=("wire", "star"),
            claim=CLAIM,
            severity="normal",
            now=NOON + timedelta(hours=at),
        )
        assert again.update
        assert (again.article.title, again.update.revised, again.update.fresh) == (
            "Floods",
            NOON,
            1,
        )


def test_a_watch_speaks_once_for_a_story_or_for_an_event() -> None:
    once = replace(WATCH, once_per="event")

    assert subject(WATCH, CLAIM) == "s1"
    assert subject(once, CLAIM) == "e1"
    assert subject(once, replace(CLAIM, event="")) == "s1"
    assert (alert().subject, alert(once).subject) == ("s1", "e1")
    assert alert(once).id == Alert.id_for("floods", "e1")


def test_an_event_that_was_told_silences_and_says_so() -> None:
    once = replace(WATCH, once_per="event")

    decision = decide(
        article=COPY,
        claim=replace(CLAIM, relation=Relation.NEW),
        topics=(),
        matches=(Match(watch="floods", evidence=()),),
        watches={"floods": once},
        spoken={"floods": TOLD},
        sources=("star",),
        now=NOON,
        paused={},
    )

    assert decision.alerts == ()
    assert decision.silenced == (("floods", "already told for this event by alert a1"),)
