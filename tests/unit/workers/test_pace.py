"""What is done now and then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from workers.pace import Pace

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_it_is_done_at_once_and_then_once_in_each_span() -> None:
    pace = Pace()

    done = [pace.is_time(NOON + timedelta(seconds=s), MINUTE) for s in (0, 0, 59, 60, 61, 119, 120)]

    assert done == [True, False, False, True, False, False, True]


def test_a_clock_that_is_put_back_keeps_nothing_from_being_done() -> None:
    pace = Pace()
    assert pace.is_time(NOON, MINUTE)

    assert pace.is_time(NOON - timedelta(hours=1), MINUTE)
    assert not pace.is_time(NOON - timedelta(hours=1) + timedelta(seconds=59), MINUTE)
