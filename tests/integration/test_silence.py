"""Watches that are expected to find something, and do not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor import telemetry
from monitor.alerts import ABOUT_SILENCE
from monitor.model import Rate, Watch
from monitor.store import Outcome, Store, keys
from workers.silence import Silence

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WATCH = Watch(
    id="river",
    title="River levels",
    when="river",
    notify=("desk",),
    expect=Rate(most=1, span=timedelta(days=1)),
)


@dataclass
class Look:
    """Looks of two supervisors at one moment."""

    store: Store

    def at(self, hours: float, *watches: Watch) -> list[str]:
        """The titles of all alerts so far."""
        for number in range(2):
            Silence(
                store=self.store,
                watches=watches,
                timings={},
                sources=(),
                worker=f"w{number}",
                now=lambda: NOON + timedelta(hours=hours),
                log=telemetry.logger(),
            ).run()
        return [alert.article.title for alert in self.store.view.alerts(100)]

    def heard(self, hours: float) -> None:
        at = int((NOON + timedelta(hours=hours)).timestamp() * 1000)
        self.store.client.zadd(keys.heard("river"), {f"s{at}": at})


@pytest.fixture
def look(store: Store) -> Look:
    telemetry.set_up(level="error", format_="json")
    return Look(store)


def test_it_is_told_once_when_a_whole_span_has_brought_nothing(look: Look) -> None:
    assert look.at(0, WATCH) == []
    assert look.at(23, WATCH) == []
    assert look.at(24, WATCH) == ["River levels has found no story in 1 day"]
    assert len(look.at(48, WATCH)) == 1


def test_what_it_finds_ends_a_silence_and_the_next_is_another_one(look: Look) -> None:
    look.at(0, WATCH)
    look.at(25, WATCH)
    look.heard(26)
    assert len(look.at(27, WATCH)) == 1
    assert len(look.at(49, WATCH)) == 1
    assert len(look.at(51, WATCH)) == 2


def test_an_expectation_that_was_taken_back_begins_anew(look: Look) -> None:
    look.at(0, WATCH)
    look.at(1, replace(WATCH, expect=None))
    assert look.at(800, WATCH) == []
    assert len(look.at(825, WATCH)) == 1


def test_nothing_is_expected_of_a_watch_that_rests(look: Look) -> None:
    look.at(0, WATCH)
    look.store.paused_watches.pause("river", NOON)
    assert look.at(100, WATCH) == []


def test_another_rate_begins_a_first_span_of_its_own(look: Look) -> None:
    week = replace(WATCH, expect=Rate(most=7, span=timedelta(days=7)))
    look.at(0, WATCH)
    for day in range(1, 10):  # what a day's span keeps is less than a week's
        look.heard(24 * day - 1)
        assert look.at(24 * day, WATCH) == []
    assert look.at(9 * 24, week) == []
    assert look.at(15 * 24, week) == []
    assert len(look.at(16 * 24, week)) == 1


def test_the_rate_of_an_expectation_sent_twice_is_noted_once(store: Store) -> None:
    assert WATCH.expect is not None
    begun = [
        store.expectations.finding("river", WATCH.expect, NOON + timedelta(hours=hours)).early
        for hours in (0, 0, 23, 24)
    ]
    assert begun == [True, True, True, False]


def test_a_silence_that_lasts_is_not_forgotten(look: Look, store: Store) -> None:
    key = keys.spoken("river", ABOUT_SILENCE)
    look.at(0, WATCH)
    look.at(25, WATCH)
    store.client.expire(key, 60)
    look.at(26, WATCH)
    assert store.client.ttl(key) > 13 * 86_400


def absent(store: Store, service: str, begin_h: float, end_h: float) -> None:
    begin, end = (int((NOON.timestamp() + 3600 * h) * 1000) for h in (begin_h, end_h))
    store.client.zadd(keys.absences(), {f"{service} {begin}": end})


@pytest.mark.parametrize("service", ["poller", "worker"])
def test_what_was_not_watched_does_not_count(look: Look, store: Store, service: str) -> None:
    look.at(0, WATCH)
    look.heard(23)
    absent(store, service, 24, 49)
    assert look.at(49, WATCH) == []
    assert look.at(72, WATCH) == []
    assert look.at(73, WATCH) == ["River levels has found no story in 1 day"]


def test_an_absence_that_goes_on_is_no_silence(look: Look, store: Store) -> None:
    look.at(0, WATCH)
    store.client.hset(keys.attended(), "poller", 1000)
    assert look.at(30, WATCH) == []


def test_after_a_short_absence_feeds_are_read_before_a_silence_is_told(
    look: Look, store: Store
) -> None:
    look.at(0, WATCH)
    absent(store, "worker", 23, 25)
    assert look.at(25.1, WATCH) == []
    assert len(look.at(25.25, WATCH)) == 1


def test_a_story_counts_when_it_is_new_to_the_span(store: Store) -> None:
    def heard(hours: float, worker: str) -> int:
        at = NOON + timedelta(hours=hours)
        outcome = Outcome(heard=(("river", "s1", timedelta(days=1)),), jobs=())
        store.judging.commit(worker, outcome, at)
        assert WATCH.expect is not None
        return store.expectations.finding("river", WATCH.expect, at).found

    # copies within the span prolong nothing; each that comes after it is found
    assert [heard(0, "a"), heard(20, "b")] == [1, 1]
    assert [heard(24, "c"), heard(47, "d"), heard(48, "e"), heard(72.5, "f")] == [1, 1, 1, 1]
