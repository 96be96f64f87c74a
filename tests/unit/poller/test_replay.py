"""How old files are replayed: what the options mean, and when an article came in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Article
from monitor.poller.replay import Replay, as_of, rate_of

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
THEN = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "per_s"),
    [("5/s", 5), ("0.5/sec", 0.5), ("30/min", 0.5), (" 90 / m ", 1.5), ("36/h", 0.01)],
)
def test_a_rate_is_articles_a_second(text: str, per_s: float) -> None:
    assert rate_of(text) == pytest.approx(per_s)


@pytest.mark.parametrize("text", ["", "5", "0/s", "-1/s", "5/d", "five/s", "1e9/s"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a rate such as"):
        rate_of(text)


def test_a_moment_is_utc_unless_it_says_so() -> None:
    assert as_of("published") == "published"
    assert as_of("2025-03-01T08:00") == as_of("2025-03-01T09:00+01:00") == THEN
    assert as_of("2025-03-01") == THEN.replace(hour=0)
    with pytest.raises(ValueError, match="published"):
        as_of("last year")


def test_a_chunk_is_a_second_of_articles() -> None:
    assert [Replay(per_s=per_s).chunk(50) for per_s in (None, 0.1, 7.5, 900)] == [50, 1, 7, 50]


def test_without_a_word_an_article_came_in_when_it_was_read(
    article: Callable[..., Article],
) -> None:
    assert Replay().came_in(article(), NOW) == article()


def test_a_clock_that_stood_elsewhere_goes_on_like_any(article: Callable[..., Article]) -> None:
    replay = Replay(as_of=THEN)
    assert replay.came_in(article(), NOW).fetched == THEN
    assert replay.came_in(article(), NOW + timedelta(hours=1)).fetched == THEN + timedelta(hours=1)


def test_each_came_in_when_it_was_published_and_never_later_than_now(
    article: Callable[..., Article],
) -> None:
    replay = Replay(as_of="published")
    dates = (None, THEN, None, NOW + timedelta(days=1))
    came = [replay.came_in(article(published=date), NOW).fetched for date in dates]
    assert came == [NOW, THEN, THEN, NOW]


def test_what_ends_does_not_wait() -> None:
    replay = Replay(per_s=0.01)
    assert replay.wait(1)
    replay.ending.set()
    assert not replay.wait(1)
    assert not Replay(ending=replay.ending).wait(1)
