"""When a source is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Source
from monitor.poller.schedule import (
    LONGEST,
    due_after_failure,
    due_after_success,
    interval_of,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def source(name: str = "world", interval: timedelta = timedelta(minutes=15)) -> Source:
    return Source(id=name, url="https://example.org/feed", interval=interval)


@given(name=st.text(min_size=1))
def test_nobody_is_polled_earlier_than_promised(name: str) -> None:
    wait = due_after_success(source(name), NOW) - NOW
    assert timedelta(minutes=15) <= wait <= timedelta(minutes=16.5)


def test_failures_double_the_wait_up_to_a_day() -> None:
    waits = [
        due_after_failure(source(), NOW, failures=failures, retry_after=None) - NOW
        for failures in (1, 2, 3, 50)
    ]
    assert waits == sorted(waits)
    assert waits[1] == waits[0] * 2
    assert LONGEST <= waits[-1] <= LONGEST * 1.1


def test_a_server_that_asks_for_time_gets_it() -> None:
    due = due_after_failure(source(), NOW, failures=1, retry_after=timedelta(hours=3))
    assert due - NOW >= timedelta(hours=3)


def test_auto_is_ten_minutes() -> None:
    assert interval_of(Source(id="a", url="https://example.org/a")) == timedelta(minutes=10)
