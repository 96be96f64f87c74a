"""What comes of a page: its text, the feed's own, or another try."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from monitor.errors import AddressRefused, BadStatus, ParseError, SourceError, TimedOut
from monitor.model import Article, PageOutcome
from monitor.store import PageTaken
from workers.page_outcome import DEATHS, HOPS, Done, Wait, failed, followed, late

Make = Callable[..., Article]


def taken(**given: Any) -> PageTaken:
    values: dict[str, Any] = {
        "id": "j",
        "data": b"",
        "turn": "go",
        "left_s": 900.0,
        "deaths": 0,
        "tries": 0,
        "hops": 0,
        "url": "",
        "room_s": 5.0,
    }
    return PageTaken(**values | given)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (BadStatus("no", status=403), PageOutcome.REFUSED),
        (BadStatus("no", status=410), PageOutcome.GONE),
        (BadStatus("no", status=418), PageOutcome.FAILED),
        (ParseError("a PDF"), PageOutcome.EMPTY),
        (AddressRefused("private"), PageOutcome.FAILED),
        (KeyError("ours"), PageOutcome.FAILED),
    ],
)
def test_what_will_not_heal_leaves_the_feeds_text_at_once(
    article: Make, error: Exception, outcome: PageOutcome
) -> None:
    done = failed(taken(), article(), error, room_s=7)
    assert isinstance(done, Done)
    assert (done.note.outcome, done.park_s, done.article) == (outcome, 7, article())
    assert ("ours" in done.note.said) == (not isinstance(error, SourceError))


def test_what_may_heal_is_waited_for_as_long_as_the_article_may_wait(article: Make) -> None:
    # given
    error = TimedOut("no answer")
    # then
    first = failed(taken(), article(), error)
    assert first == Wait(after_s=30, url="", why="no answer", tries=1, hops=0, park_s=30)
    over = failed(taken(tries=1, left_s=60.0), article(), error)
    assert isinstance(over, Done)
    assert (over.note.outcome, over.park_s) == (PageOutcome.FAILED, 120)


def test_a_page_that_moves_is_followed_over_five_sites_and_no_further(article: Make) -> None:
    there = "https://there.example/a"
    assert followed(taken(hops=HOPS - 1, tries=1), article(), there) == Wait(
        after_s=0, url=there, why="", tries=1, hops=HOPS
    )
    end = followed(taken(hops=HOPS), article(), there)
    assert isinstance(end, Done)
    assert "last to there.example" in end.note.said


def test_why_an_article_waits_no_longer_is_said(article: Make) -> None:
    said = [
        late(taken(**given), article()).note
        for given in ({"turn": "late"}, {"turn": "crowded"}, {"deaths": DEATHS})
    ]
    assert [note.outcome for note in said] == [
        *(PageOutcome.LATE, PageOutcome.LATE, PageOutcome.FAILED)
    ]
    assert "turn on its host" in said[1].said
    assert "processes died" in said[2].said
