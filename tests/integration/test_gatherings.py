"""Alerts that wait and are told together: nothing is lost, and nobody hears a thing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest
from newsroom import NOON, TEXTS, TWO_AN_HOUR, WATCH, House, kinds, paper, titles

from monitor import telemetry
from monitor.model import (
    DELIVERIES,
    Alert,
    Article,
    Delivery,
    DeliveryState,
    Digest,
    Hours,
    Rate,
    Threshold,
    Timing,
)
from monitor.store import Store, keys


@pytest.fixture
def house(store: Store) -> House:
    telemetry.set_up(level="error", format_="json")
    return House(store=store)


def test_what_is_beyond_the_allowance_comes_as_one_summary(house: House) -> None:
    house.watch = replace(WATCH, at_most=TWO_AN_HOUR)
    house.stories(0)
    house.later(minutes=10)
    house.stories(1, 2, 3)
    assert [titles(each) for each in house.mail()] == [["0"], ["1"]]
    house.release()
    assert house.mail() == []

    house.later(minutes=50)  # the first one is an hour old
    house.release()

    (summary,) = house.mail()
    assert isinstance(summary, Digest)
    assert (titles(summary), summary.count, summary.reason) == (["2", "3"], 2, "at_most")
    assert (summary.watch, summary.title) == ("drones", "Drones")
    assert summary.until == NOON + timedelta(hours=1)


def test_a_summary_is_one_of_those_that_the_watch_may_tell(house: House) -> None:
    house.watch = replace(WATCH, at_most=TWO_AN_HOUR)
    house.stories(0, 1, 2)
    house.later(hours=1)
    house.release()
    house.stories(3, 4)

    assert kinds(house.mail()) == ["alert", "alert", "at_most", "alert"]


def test_while_a_summary_is_open_later_alerts_join_it(house: House) -> None:
    house.watch = replace(WATCH, cooldown=timedelta(hours=6))
    house.stories(0)
    house.later(hours=1)
    house.stories(1)
    house.later(hours=4)
    house.stories(2)
    house.later(hours=1)
    house.release()

    first, summary = house.mail()
    assert titles(first) == ["0"]
    assert (kinds([summary]), titles(summary)) == (["cooldown"], ["1", "2"])
    house.later(hours=5)
    house.stories(3)  # it rests again after the summary
    assert house.mail() == []


def test_a_digest_is_sent_at_its_time_with_all_since(house: House) -> None:
    house.timing = Timing(mode="digest", every="day", at=time(18, 0))
    house.release()
    house.stories(0)
    house.later(hours=2)
    house.stories(1)
    house.later(hours=3, minutes=59)
    house.release()
    assert house.mail() == []

    house.later(minutes=1)
    house.release()

    (digest,) = house.mail()
    assert isinstance(digest, Digest)
    assert titles(digest) == ["0", "1"]
    assert (digest.since, digest.until) == (
        NOON,  # the first one
        NOON + timedelta(hours=6),
    )


def test_quiet_hours_end_with_what_came_in_them(house: House) -> None:
    house.timing = Timing(quiet=Hours(begin=time(11, 0), end=time(13, 0)))
    house.stories(0, 1)
    house.later(hours=1)
    house.release()
    house.stories(2)

    assert kinds(house.mail()) == ["quiet", "alert"]


def test_nothing_is_sent_empty_unless_asked(house: House) -> None:
    house.timing = Timing(mode="digest", every="hour")
    house.release()
    house.later(hours=3)
    house.release()
    assert house.mail() == []

    house.timing = replace(house.timing, empty=True)
    house.release()
    house.later(hours=1)
    house.release()

    (digest,) = house.mail()
    assert isinstance(digest, Digest)
    assert (digest.count, digest.alerts) == (0, ())


def test_a_flood_is_an_allowance_and_one_summary(house: House) -> None:
    house.watch = replace(WATCH, at_most=Rate(most=20, span=timedelta(hours=1)))
    house.stories(*range(60))
    assert kinds(house.mail()) == ["alert"] * 20

    house.later(hours=1)
    house.release()

    (summary,) = house.mail()
    assert isinstance(summary, Digest)
    counts = house.store.view.counts()
    assert summary.count == len(summary.alerts) == counts["alerts.raised"] - 20
    assert (counts["digests"], counts["deliveries.sent"]) == (1, 21)


def test_a_gathered_alert_says_where_it_waits_and_then_what_became_of_it(house: House) -> None:
    house.watch = replace(WATCH, cooldown=timedelta(hours=6))
    house.stories(0, 1)
    second = next(a for a in house.store.view.alerts(2) if a.article.title.endswith("1"))

    (told,) = house.store.outbox.told(second)
    assert told.state is DeliveryState.GATHERED
    assert (told.reason, told.due) == ("cooldown", NOON + timedelta(hours=6))

    house.mail()
    house.later(hours=6)
    house.release()
    house.mail()
    (told,) = house.store.outbox.told(second)
    assert (told.state, told.reason) == (DeliveryState.SENT, "cooldown")


def three_by_two(house: House) -> None:
    house.watch = replace(
        WATCH, threshold=Threshold(stories=3, sources=2, within=timedelta(hours=6))
    )


def why_silent(house: House, number: int, source: str = "") -> str:
    found = house.store.view.article(paper(number, source).ref)
    assert found is not None
    return found[1]["silenced"]


def test_below_its_threshold_a_watch_is_silent_and_says_so(house: House) -> None:
    three_by_two(house)
    house.stories(0, 1, source="star")

    assert house.mail() == []
    assert "2 of 3 stories, 1 of 2 independent sources within 6 h" in why_silent(house, 1, "star")


def test_the_story_that_reaches_the_threshold_tells_of_those_before(house: House) -> None:
    three_by_two(house)
    house.stories(0, 1, source="star")
    house.stories(2, source="star")
    assert house.mail() == []
    house.stories(3, source="sun")

    (alert,) = house.mail()
    assert isinstance(alert, Alert)
    assert alert.article.title.endswith("3")
    assert sorted(each.article.title[-1] for each in alert.counted) == ["0", "1", "2"]


def test_stories_that_were_told_of_count_no_more(house: House) -> None:
    three_by_two(house)
    house.stories(0, 1, source="star")
    house.stories(2, 3, source="sun")  # 2 is the third; 3 counts anew
    assert len(house.mail()) == 1

    house.stories(4, source="star")
    assert house.mail() == []
    assert "2 of 3 stories" in why_silent(house, 4, "star")
    house.come(replace(paper(0, "moon"), id="copy"))  # a copy of one that was told of
    assert house.mail() == []
    house.stories(5, source="moon")
    assert len(house.mail()) == 1


def test_what_was_published_too_long_ago_does_not_count(house: House) -> None:
    three_by_two(house)
    old = [replace(paper(n, "star"), published=NOON - timedelta(hours=7)) for n in (0, 1)]
    house.come(*old)
    house.stories(2, source="sun")

    assert house.mail() == []
    assert "1 of 3 stories" in why_silent(house, 2, "sun")


EVENT = "Admiral Novak of the Baltic Fleet spoke of the drone off Gdansk to Mayor Brekke."


def of_the_event(number: int, more: str) -> Article:
    text = f"{EVENT} {more} {TEXTS[number]}"
    return replace(paper(number), body=text, title="Drone off Gdansk, says Admiral Novak")


def test_clauses_may_be_satisfied_by_two_articles_of_one_event(house: House) -> None:
    house.watch = replace(
        WATCH, when="zeppelin AND trawler NOT film", scope="event", once_per="event"
    )
    house.come(of_the_event(0, "A zeppelin went out."))
    assert house.mail() == []
    found = house.store.view.article(of_the_event(0, "A zeppelin went out.").ref)
    assert found is not None
    assert "1 of 2 clauses found in this event" in found[1]["silenced"]

    house.come(of_the_event(7, "A trawler in a film saw it."))  # excluded
    house.come(of_the_event(1, "A trawler came back."))
    (alert,) = house.mail()
    assert isinstance(alert, Alert)
    assert [each.text for each in alert.evidence] == ["trawler"]
    (other,) = alert.elsewhere
    assert [each.text for each in other.evidence] == ["zeppelin"]
    assert other.article.source == "paper-0"

    house.come(of_the_event(2, "Another trawler."), of_the_event(3, "Zeppelin and trawler."))
    assert house.mail() == []


def test_clauses_in_articles_of_different_events_do_not_count_together(house: House) -> None:
    house.watch = replace(WATCH, when="zeppelin AND trawler", scope="event", once_per="event")
    house.come(of_the_event(0, "A zeppelin went out."))
    house.come(replace(paper(1), body=f"A trawler sank. {TEXTS[1]}"))

    assert house.mail() == []


def test_a_gathering_is_released_once_however_often_it_is_sent(house: House) -> None:
    house.watch = replace(WATCH, cooldown=timedelta(hours=1))
    house.stories(0, 1)
    house.later(hours=1)
    (gathering,) = house.store.gatherings.due(house.now)

    answers = [house.store.gatherings.release(gathering, house.now) for _ in range(3)]

    assert answers == ["told", "void", "void"]
    assert house.store.view.depth(DELIVERIES).waiting == 2
    assert house.store.gatherings.all() == ()
    delivery = Delivery.id_for(gathering.digest, "desk")
    assert house.store.client.hget(f"ww:1:delivery:{delivery}", "kind") == b"digest"


def test_an_alert_that_comes_to_a_gathering_just_released_is_a_digest_of_its_own(
    house: House,
) -> None:
    house.timing = Timing(mode="digest", every="hour")
    house.stories(0)
    due = house.now + timedelta(hours=1)
    house.later(hours=1)
    house.release()
    house.now = due - timedelta(seconds=1)  # another machine's clock, or a slow commit
    house.stories(1)
    house.now = due
    house.release()

    first, second = house.mail()
    assert isinstance(first, Digest)
    assert isinstance(second, Digest)
    assert (titles(first), titles(second)) == (["0"], ["1"])
    assert first.id != second.id


def test_digests_that_come_more_often_from_now_on_wait_no_longer_than_that(house: House) -> None:
    house.timing = Timing(mode="digest", every="week")
    house.stories(0)
    house.timing = Timing(mode="digest", every="hour")
    house.later(seconds=1)
    house.stories(1)
    house.later(hours=1)
    house.release()

    (digest,) = house.mail()
    assert titles(digest) == ["0", "1"]


def test_a_clock_that_was_ahead_holds_up_nobody_when_it_is_right_again(house: House) -> None:
    house.watch = replace(WATCH, cooldown=timedelta(hours=1))
    house.later(days=300)
    house.stories(0)
    house.mail()
    house.later(days=-300)
    house.stories(1)

    assert kinds(house.mail()) == ["alert"]


def test_a_threshold_of_sources_bears_thousands_of_stories_by_one(house: House) -> None:
    house.watch = replace(
        WATCH, threshold=Threshold(stories=1, sources=2, within=timedelta(days=9))
    )
    house.stories(0, source="star")
    key, at = keys.tally("drones", house.watch.asks), int(NOON.timestamp() * 1000)
    known = house.store.client.hgetall(key)
    about = next(iter(known.values())).partition(b" ")[2]
    house.store.client.hset(
        key, mapping={f"s{n}": b"%d %b" % (at - n, about) for n in range(9_000)}
    )
    house.stories(1, source="sun")

    (alert,) = house.mail()
    assert isinstance(alert, Alert)
    assert 0 < len(alert.counted) <= 300


def test_no_key_of_gathering_is_kept_for_ever(house: House) -> None:
    house.watch = replace(WATCH, cooldown=timedelta(hours=1))
    house.stories(0, 1)
    house.later(hours=1)
    house.release()

    lasting = [
        key
        for part in ("digest", "allowance", "tally", "delivery", "gathering")
        for key in house.store.client.keys(f"ww:1:{part}:*")
        if house.store.client.ttl(key) < 0
    ]
    assert lasting == []


def test_what_was_found_for_another_query_does_not_count_for_the_one_that_took_its_place(
    house: House,
) -> None:
    house.watch = replace(WATCH, when="zeppelin AND trawler", scope="event", once_per="event")
    house.come(of_the_event(0, "A zeppelin went out."))
    house.watch = replace(house.watch, when="submarine AND trawler")
    house.come(of_the_event(1, "A trawler came back."))
    assert house.mail() == []

    house.come(of_the_event(2, "A submarine came up."))
    assert len(house.mail()) == 1


def test_a_threshold_counts_anew_for_another_query(house: House) -> None:
    three = Threshold(stories=3, sources=1, within=timedelta(hours=6))
    house.watch = replace(WATCH, threshold=three)
    house.stories(0, 1)
    house.watch = replace(house.watch, when="drone AND harbour")
    house.stories(2)
    assert house.mail() == []

    house.stories(3, 4)
    (alert,) = house.mail()
    assert isinstance(alert, Alert)
    assert [each.article.title[-1] for each in alert.counted] == ["2", "3"]
