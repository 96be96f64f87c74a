"""What is tried again, and when."""

from __future__ import annotations

from datetime import timedelta

from monitor.errors import (
    AddressRefused,
    BadStatus,
    Bug,
    FetchError,
    ParseError,
    TimedOut,
)
from workers.retry import DELIVERY, article_again, delivery_again, page_again


def test_an_article_that_will_not_get_better_is_set_aside_at_once() -> None:
    assert article_again(ParseError("not JSON"), 1) is None
    assert article_again(Bug("ours"), 1) is None


def test_an_article_with_a_passing_trouble_gets_three_more_tries() -> None:
    waits = [article_again(ValueError("odd"), failures) for failures in (1, 2, 3, 4)]
    assert waits == [timedelta(seconds=2), timedelta(seconds=30), timedelta(seconds=300), None]


def test_a_delivery_is_tried_again_soon_then_for_about_a_day() -> None:
    waits = [delivery_again("d", attempt, None) for attempt in range(1, len(DELIVERY) + 2)]
    assert waits[-1] is None
    times = [wait for wait in waits if wait is not None]
    assert timedelta(seconds=1) <= times[0] <= timedelta(seconds=2)
    assert timedelta(hours=20) <= sum(times, timedelta()) <= timedelta(hours=32)


def test_a_channel_that_asks_for_time_gets_it() -> None:
    assert delivery_again("d", 1, timedelta(minutes=5)) == timedelta(minutes=5)


def test_many_deliveries_do_not_come_back_at_once() -> None:
    assert len({delivery_again(f"d{number}", 3, None) for number in range(20)}) > 15


def test_a_page_in_passing_trouble_is_asked_for_three_times_more() -> None:
    waits = [page_again(TimedOut("slow"), tries) for tries in (1, 2, 3, 4)]
    assert waits == [*(timedelta(seconds=s) for s in (30, 120, 300)), None]


def test_a_page_that_will_not_get_better_is_given_up_at_once() -> None:
    refused = [BadStatus("no", status=status) for status in (401, 403, 404, 410, 451)]
    for error in (
        *refused,
        ParseError("a PDF"),
        AddressRefused("private"),
        FetchError("no address"),
    ):
        assert page_again(error, 1) is None


def test_a_server_that_asks_for_time_gets_it() -> None:
    def again(status: int, asked_s: float | None = None) -> timedelta | None:
        return page_again(BadStatus("later", status=status, retry_after_s=asked_s), 1)

    assert again(503, 90) == timedelta(seconds=90)
    assert again(503, 5) == again(503) == again(500) == timedelta(seconds=30)
    assert again(429) == timedelta(minutes=5)
