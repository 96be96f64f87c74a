"""When a source is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Hints, Source
from monitor.poller.record import Record
from monitor.poller.schedule import (
    DAY,
    LONGEST,
    MONTH,
    SHORTEST,
    awake_at,
    due_after_failure,
    due_after_success,
    due_at_start,
    first_rate,
    interval_of,
    next_rate,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)  # a Sunday
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


def source(name: str = "world", **given: Any) -> Source:
    return Source(id=name, url="https://example.org/feed", **({"interval": QUARTER} | given))


def wait(record: Record, **given: Any) -> timedelta:
    return due_after_success(source(**given), record, NOW).at - NOW


@given(name=st.text(min_size=1))
def test_nobody_is_polled_earlier_than_promised(name: str) -> None:
    due = due_after_success(source(name), Record(), NOW).at
    assert QUARTER <= due - NOW <= 1.1 * QUARTER


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(None, 10), (100.0, 5), (6.0, 5), (2.0, 15), (0.5, 60), (0.01, 360), (0.0, 360)],
)
def test_auto_expects_half_a_new_entry_a_poll_within_bounds(
    rate: float | None, expected: int
) -> None:
    interval, _ = interval_of(source(interval="auto"), Record(rate=rate))
    assert interval == timedelta(minutes=expected)


@given(rate=st.floats(0, 1e6), haste=st.integers(0, 5))
def test_auto_never_leaves_its_bounds(rate: float, haste: int) -> None:
    interval, _ = interval_of(source(interval="auto"), Record(rate=rate, haste=haste))
    assert SHORTEST <= interval <= LONGEST


def test_a_possible_gap_halves_the_interval_but_not_below_five_minutes() -> None:
    waits = [interval_of(source(), Record(haste=haste))[0] for haste in (0, 1, 2)]
    assert waits == [QUARTER, QUARTER / 2, SHORTEST]


def test_an_interval_below_five_minutes_was_asked_for_and_stays() -> None:
    quick = source(interval=timedelta(seconds=1))
    assert interval_of(quick, Record(haste=3))[0] == timedelta(seconds=1)


def test_the_publishers_longest_wish_holds_up_to_a_day() -> None:
    assert wait(Record(hints=Hints(every_s=3600), fresh_s=1800)) >= HOUR
    assert wait(Record(hints=Hints(every_s=3600), fresh_s=7200)) >= 2 * HOUR
    assert wait(Record(fresh_s=10 * 86_400.0)) <= 1.1 * DAY
    assert wait(Record(fresh_s=60)) < 1.1 * QUARTER


def test_a_source_may_pass_over_wishes_but_not_over_retry_after() -> None:
    # given
    rude = source(respect_hints=False)
    record = Record(hints=Hints(every_s=3600, skip_hours=tuple(range(24))), fresh_s=7200)
    # then
    assert due_after_success(rude, record, NOW).at - NOW <= 1.1 * QUARTER
    due = due_after_success(rude, record, NOW, retry_after=3 * HOUR)
    assert due.at - NOW >= 3 * HOUR
    assert "Retry-After" in due.reason


def test_hours_and_days_left_out_are_left_out() -> None:
    # given: Sunday noon; not from noon to three, not on Sundays
    assert awake_at(Hints(skip_hours=(12, 13, 14)), NOW) == NOW + 3 * HOUR
    assert awake_at(Hints(skip_days=(6,)), NOW) == NOW + 12 * HOUR
    assert awake_at(Hints(skip_days=(6,), skip_hours=(0,)), NOW) == NOW + 13 * HOUR
    assert awake_at(Hints(skip_hours=(3,)), NOW) == NOW


def test_a_feed_that_leaves_out_everything_means_nothing_by_it() -> None:
    assert awake_at(Hints(skip_hours=tuple(range(24))), NOW) == NOW
    assert awake_at(Hints(skip_days=tuple(range(7))), NOW) == NOW


def failed(strain: float, failing: timedelta = timedelta(0), **given: Any) -> timedelta:
    record = Record(strain=strain, failures=1, failing_since=NOW - failing)
    return due_after_failure(source(), record, NOW, **given).at - NOW


def test_each_strain_of_one_doubles_the_wait_up_to_a_day() -> None:
    waits = [failed(strain) for strain in (1, 2, 3, 50)]
    assert waits[1] == 2 * waits[0]
    assert waits[2] == 4 * waits[0]
    assert DAY <= waits[3] <= 1.1 * DAY


def test_what_looks_dead_is_asked_ever_more_rarely_but_never_given_up() -> None:
    assert failed(50, failing=timedelta(days=100)) >= timedelta(days=10)
    assert MONTH <= failed(50, failing=timedelta(days=9000)) <= 1.1 * MONTH


def test_a_server_that_asks_for_time_gets_it_up_to_a_day() -> None:
    assert failed(1, retry_after=3 * HOUR) >= 3 * HOUR
    assert DAY <= failed(1, retry_after=timedelta(days=9)) <= 1.1 * DAY


def test_what_is_gone_is_asked_once_a_month() -> None:
    due = due_after_failure(source(), Record(retired=True), NOW)
    assert MONTH <= due.at - NOW <= 1.1 * MONTH


def test_a_start_spreads_what_is_due_and_leaves_the_rest() -> None:
    # given: ten thousand sources, none of them polled before
    due = [due_at_start(str(n), None, now=NOW, sources=10_000) - NOW for n in range(1000)]
    # then: over 200 s, and for ten sources over a fifth of one
    assert timedelta(0) <= min(due) < timedelta(seconds=5)
    assert timedelta(seconds=195) < max(due) <= timedelta(seconds=200)
    assert due_at_start("a", None, now=NOW, sources=10) - NOW <= timedelta(seconds=0.2)
    # and: what is not due yet stays where it was
    soon = NOW + timedelta(seconds=1)
    assert {due_at_start(str(n), soon, now=NOW, sources=10_000) for n in range(99)} == {soon}


def test_the_first_rate_is_read_from_the_dates() -> None:
    hourly = [NOW - n * HOUR for n in range(1, 31)]
    assert first_rate(hourly, NOW) == pytest.approx(1.0)
    assert first_rate([None, NOW], NOW) is None
    assert first_rate([NOW + HOUR, *hourly], NOW) == pytest.approx(1.0)


def test_the_rate_follows_what_comes_with_a_half_life_of_three_days() -> None:
    # given: a feed that brought four an hour, silent for three days
    assert next_rate(4.0, new=0, since=timedelta(hours=72)) == pytest.approx(2.0)
    # and: in small steps as in one
    rate = 4.0
    for _ in range(72):
        rate = next_rate(rate, new=0, since=HOUR)
    assert rate == pytest.approx(2.0)


def test_a_feed_of_one_entry_an_hour_settles_near_half_an_hour() -> None:
    # given: no dates, so nothing is known
    record, clock, last = Record(), NOW, NOW
    # when: polled for two weeks, while an entry comes with every full hour
    while clock < NOW + timedelta(days=14):
        interval, _ = interval_of(source(interval="auto"), record)
        clock += interval
        new = int((clock - NOW) / HOUR) - int((last - NOW) / HOUR)
        record = replace(record, rate=next_rate(record.rate, new=new, since=clock - last))
        last = clock
    # then
    assert record.rate == pytest.approx(1.0, rel=0.2)
