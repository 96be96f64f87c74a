"""What is told of an article's matches, and what stays silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts import decide, deliveries
from monitor.errors import Bug
from monitor.model import (
    Alert,
    Article,
    Claim,
    Decision,
    Delivery,
    DeliveryState,
    Evidence,
    Field,
    Match,
    Origin,
    Relation,
    Spoken,
    Topic,
    Watch,
)

NOON = datetime(2024, 5, 14, 12, 0, tzinfo=UTC)
STORY = "story-of-the-bridge"
ARTICLE = Article(
    id="bridge-1", source="river-gazette", title="Bridge closed after flood", fetched=NOON
)
FLOODS = Watch(id="floods", title="Floods", when="flood", notify=("desk", "hook"), severity="high")
BRIDGES = Watch(id="bridges", title="Bridges", when="bridge")
WATCHES = {watch.id: watch for watch in (FLOODS, BRIDGES)}
EVIDENCE = Evidence(
    field=Field.TITLE,
    start=20,
    end=25,
    text="flood",
    term="flood",
    sentence="Bridge closed after flood",
    sentence_start=0,
)
FLOOD = Match(watch="floods", evidence=(EVIDENCE,))
BRIDGE = Match(watch="bridges", evidence=())
TOPIC = Topic(key="theme:flood", label="Flood", shape="theme", score=0.7, evidence=())

LEADS = {
    "the first line of the summary": ("A flood.\nIt came at night.", "Elsewhere.", "A flood."),
    "the first paragraph where no summary is": (" \n", "\nIt came.\n\nThen it went.", "It came."),
    "cut where it is long": ("", "x" * 500, "x" * 399 + "…"),
    "cut between words": ("", "river " * 100, "river " * 65 + "river…"),
    "the sentence that names what matched": (
        "Subscribe to our letters.",
        "It rained. The Flood came at night.\nIt went.",
        "The Flood came at night.",
    ),
    "that one, where the summary repeats the title": (
        "Bridge closed after flood",
        "It rained.\nThe flood came at night.",
        "The flood came at night.",
    ),
    "cut around what matched": (
        "",
        "mud " * 200 + "flood " + "sand " * 200,
        "…" + "mud " * 32 + "flood " + "sand " * 51 + "sand…",
    ),
    "a part of a word is no name": ("", "Rain. Floodlights shone.", "Rain. Floodlights shone."),
}


def asked(
    article: Article = ARTICLE,
    *,
    relation: Relation = Relation.NEW,
    matches: tuple[Match, ...] = (FLOOD,),
    spoken: dict[str, Spoken] | None = None,
    sources: tuple[str, ...] = ("river-gazette",),
    now: datetime = NOON,
    paused: dict[str, datetime] | None = None,
) -> Decision:
    return decide(
        article=article,
        claim=Claim(story=STORY, relation=relation, similarity=1.0),
        topics=(TOPIC,),
        matches=matches,
        watches=WATCHES,
        spoken=spoken or {},
        sources=sources,
        now=now,
        paused=paused or {},
    )


def test_a_paused_watch_is_silent_and_says_since_when() -> None:
    decision = asked(matches=(FLOOD, BRIDGE), paused={"floods": NOON - timedelta(hours=3)})

    assert [alert.watch for alert in decision.alerts] == ["bridges"]
    ((watch, reason),) = decision.silenced
    assert (watch, reason.partition(" (")[0]) == (
        "floods",
        "the watch is paused since 2024-05-14 09:00 UTC",
    )


def test_a_pause_does_not_take_back_what_the_article_has_told() -> None:
    told = Spoken(alert="a", article=ARTICLE.ref, at=NOON - timedelta(hours=1))

    decision = asked(spoken={"floods": told}, paused={"floods": NOON})

    assert [alert.watch for alert in decision.alerts] == ["floods"]


def test_a_match_raises_one_alert_that_says_everything() -> None:
    # when
    decision = asked(sources=("river-gazette", "evening-post"))

    # then
    (alert,) = decision.alerts
    assert decision.silenced == ()
    assert alert.id == Alert.id_for("floods", STORY)
    assert (alert.watch, alert.title, alert.severity) == ("floods", "Floods", "high")
    assert (alert.story, alert.raised) == (STORY, NOON)
    assert (alert.article.id, alert.article.ref) == ("bridge-1", ARTICLE.ref)
    assert alert.evidence == (EVIDENCE,)
    assert alert.topics == (TOPIC,)
    assert alert.sources == ("river-gazette", "evening-post")
    assert alert.notify == ("desk", "hook")


def test_two_watches_each_raise_an_alert_of_their_own() -> None:
    # when
    decision = asked(matches=(FLOOD, BRIDGE))

    # then
    assert [alert.watch for alert in decision.alerts] == ["floods", "bridges"]
    assert len({alert.id for alert in decision.alerts}) == 2


def test_an_article_without_a_match_says_nothing() -> None:
    assert asked(matches=()) == Decision(alerts=(), silenced=())


def test_what_was_old_at_the_first_poll_raises_nothing() -> None:
    # when
    decision = asked(replace(ARTICLE, origin=Origin.BACKFILL))

    # then
    assert decision.alerts == ()
    assert decision.silenced == (("floods", "older than 48 hours at the first poll"),)


def test_what_a_muted_source_says_raises_nothing_and_says_why() -> None:
    # when
    decision = asked(replace(ARTICLE, origin=Origin.MUTED))

    # then
    assert decision.alerts == ()
    assert decision.silenced == (("floods", "its source is muted (`mute` in feeds.toml)"),)


def test_an_old_seed_file_alerts_all_the_same() -> None:
    # given
    old = replace(ARTICLE, origin=Origin.SEED, published=NOON - timedelta(days=4000))

    # then
    assert len(asked(old).alerts) == 1


def test_a_copy_raises_no_second_alert() -> None:
    # given
    copy = replace(ARTICLE, id="bridge-9", source="evening-post")
    told = Spoken(alert="a1", article=ARTICLE.ref, at=NOON)

    # when
    decision = asked(copy, relation=Relation.COPY, spoken={"floods": told})

    # then
    assert decision.alerts == ()
    assert decision.silenced == (("floods", "copy of an alerted story: told by alert a1"),)


def test_a_copy_speaks_when_no_article_of_the_story_spoke_before() -> None:
    # given: the founder did not match, or was too old to be told
    copy = replace(ARTICLE, id="bridge-9", source="evening-post")

    # then
    assert len(asked(copy, relation=Relation.COPY).alerts) == 1


def test_the_founder_stays_silent_when_a_copy_was_told_first() -> None:
    # given
    told = Spoken(alert="a1", article="another article", at=NOON)

    # when
    decision = asked(spoken={"floods": told})

    # then
    assert decision.silenced == (("floods", "already told for this story by alert a1"),)


def test_a_watch_that_spoke_does_not_silence_another() -> None:
    # given
    told = Spoken(alert="a1", article="another article", at=NOON)

    # when
    decision = asked(matches=(FLOOD, BRIDGE), spoken={"floods": told})

    # then
    assert [alert.watch for alert in decision.alerts] == ["bridges"]
    assert [watch for watch, _ in decision.silenced] == ["floods"]


def test_a_repeated_job_gets_the_very_same_alert() -> None:
    # given
    first = asked().alerts[0]
    told = Spoken(alert=first.id, article=ARTICLE.ref, at=first.raised)

    # when
    again = asked(spoken={"floods": told}, now=NOON + timedelta(hours=3))

    # then
    assert again.alerts == (first,)


def test_a_watch_that_tells_nobody_is_raised_for_the_record() -> None:
    # when
    (alert,) = asked(matches=(BRIDGE,)).alerts

    # then
    assert alert.notify == ()
    assert deliveries(alert) == ()


def test_the_articles_own_source_is_always_among_the_sources() -> None:
    assert asked(sources=("evening-post",)).alerts[0].sources == ("evening-post", "river-gazette")


def test_a_match_of_an_unknown_watch_is_a_bug() -> None:
    with pytest.raises(Bug, match="not on the watchlist"):
        asked(matches=(Match(watch="gone", evidence=()),))


def test_each_channel_gets_one_pending_delivery_with_a_lasting_id() -> None:
    # given
    (alert,) = asked().alerts

    # when
    pending = deliveries(replace(alert, notify=("desk", "hook", "desk")))
    assert [each.id for each in pending] == [
        Delivery.id_for(alert.id, channel) for channel in ("desk", "hook")
    ]

    # then
    assert [delivery.channel for delivery in pending] == ["desk", "hook"]
    assert {delivery.state for delivery in pending} == {DeliveryState.PENDING}
    assert {delivery.alert for delivery in pending} == {alert.id}
    assert pending == deliveries(replace(alert, raised=NOON + timedelta(days=1)))


@given(
    origin=st.sampled_from(Origin),
    relation=st.sampled_from(Relation),
    teller=st.sampled_from([None, ARTICLE.ref, "another article"]),
    watched=st.sets(st.sampled_from([FLOOD, BRIDGE])),
)
def test_every_match_is_either_told_or_silenced_with_a_reason(
    origin: Origin, relation: Relation, teller: str | None, watched: set[Match]
) -> None:
    # given
    matches = tuple(sorted(watched, key=lambda match: match.watch))
    spoken = {
        match.watch: Spoken(alert="a1", article=teller, at=NOON)
        for match in matches
        if teller is not None
    }

    # when
    decision = asked(
        replace(ARTICLE, origin=origin), relation=relation, matches=matches, spoken=spoken
    )

    # then
    told = [alert.watch for alert in decision.alerts]
    silent = [watch for watch, _ in decision.silenced]
    assert sorted(told + silent) == [match.watch for match in matches]
    assert all(reason for _, reason in decision.silenced)


@pytest.mark.parametrize("case", LEADS)
def test_an_alert_says_how_the_article_begins(case: str) -> None:
    summary, body, lead = LEADS[case]

    (alert,) = asked(replace(ARTICLE, summary=summary, body=body)).alerts

    assert alert.lead == lead
