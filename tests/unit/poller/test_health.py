"""What the operators are told of a source, and when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import BadStatus, ParseError, SourceError, Unreachable
from monitor.model import Alert, Hints, Source
from monitor.poller.health import Ops, span, told
from monitor.poller.progress import Document, after_failure, after_success
from monitor.poller.record import Came, Outcome, Record
from monitor.sources.fetch import Fetched, NotModified, Validators

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOURCE = Source(id="harbour", url="https://me:pw@harbour.example/feed?key=1", name="Harbour")
OPS = Ops(notify=("desk",), failing_for=6 * HOUR, parse_problems_above=0.5)
DOWN = Unreachable("no connection to harbour.example: connection refused")


class Life:
    """A source's polls, one after the other, and what was told."""

    def __init__(self, ops: Ops = OPS) -> None:
        self.record, self.at, self.ops = Record(), NOON, ops
        self.alerts: list[Alert] = []

    def failed(self, after: timedelta, error: SourceError = DOWN) -> list[str]:
        self.at += after
        return self._told(after_failure(self.record, error, began=self.at))

    def well(self, after: timedelta, *, fresh: int = 1, moved: str = "") -> list[str]:
        self.at += after
        validators = Validators(body_hash=str(self.at))
        url = moved or SOURCE.url
        permanent = bool(moved)
        answer: Fetched | NotModified = NotModified(
            url=url, validators=validators, permanent=permanent
        )
        document = None
        if fresh:
            answer = Fetched(
                body=b"", content_type=None, url=url, validators=validators, permanent=permanent
            )
            document = Document(entries=10, fresh=fresh, put=fresh, hints=Hints())
        return self._told(
            after_success(
                self.record,
                replace(SOURCE, url="https://harbour.example/feed") if moved else SOURCE,
                answer,
                document,
                asked=Validators(),
                began=self.at,
            )
        )

    def _told(self, record: Record) -> list[str]:
        self.record, alerts = told(record, SOURCE, self.at, self.ops)
        self.alerts += alerts
        return [alert.article.title for alert in alerts]


def test_a_source_that_fails_for_hours_is_told_once_and_again_when_it_answers() -> None:
    life = Life()
    life.well(HOUR)

    assert [life.failed(HOUR) for _ in range(6)] == [[]] * 6
    assert life.failed(HOUR) == ["Harbour has failed for 6 hours"]
    assert [life.failed(HOUR) for _ in range(3)] == [[]] * 3
    assert life.well(HOUR) == ["Harbour answers again"]
    assert life.well(HOUR) == []
    # and: it is one story, told under two ids that do not depend on when they are asked for
    began, over = life.alerts
    assert began.story == over.story
    assert began.id != over.id
    assert began.notify == ("desk",)
    assert began.lead == f"The last time: {DOWN.message}."
    assert began.article.url == "https://harbour.example/feed"
    assert (began.severity, over.severity) == ("normal", "low")
    assert began.trouble
    assert over.trouble
    assert began.trouble.since == NOON + 2 * HOUR
    assert (began.trouble.until, over.trouble.until) == (None, life.at - HOUR)


def test_the_next_failure_is_another_story() -> None:
    life = Life()
    for _ in range(2):
        life.failed(HOUR)
        life.failed(7 * HOUR)
        life.well(HOUR)

    assert len({alert.story for alert in life.alerts}) == 2
    assert len({alert.id for alert in life.alerts}) == 4


def test_nobody_to_tell_is_told_nothing_and_hears_of_it_when_there_is() -> None:
    life = Life(replace(OPS, notify=()))
    life.failed(HOUR)
    assert life.failed(7 * HOUR) == []
    assert life.record.told == ()

    life.ops = OPS
    assert life.failed(HOUR) == ["Harbour has failed for 8 hours"]


def test_a_source_that_is_gone_is_told_and_told_when_it_is_back() -> None:
    life, gone = Life(), BadStatus("410", status=410)
    life.failed(HOUR, gone)

    assert life.failed(DAY, gone) == ["Harbour has failed for 24 hours"]
    assert life.failed(DAY, gone) == ["Harbour is gone (410)", "Harbour is gone (410)"]
    assert life.alerts[-2].severity == "high"
    assert life.failed(30 * DAY, gone) == []
    assert life.well(30 * DAY) == ["Harbour is back"]


def test_a_source_that_has_moved_is_told_once_with_its_new_address() -> None:
    life = Life()
    there = "https://harbour.example/new"

    assert [life.well(3 * DAY, moved=there) for _ in range(3)] == [[], [], []]
    assert life.well(3 * DAY, moved=there) == ["Harbour has moved for good"]
    assert there in life.alerts[0].lead
    assert life.well(HOUR) == []
    # and: where the new address fails the old one is asked again
    life.failed(HOUR)
    life.failed(HOUR)
    assert life.failed(HOUR) == ["Harbour is polled at its old address again"]


def test_silence_is_measured_by_the_sources_own_pauses() -> None:
    # given: something new each hour, but for nights of ten
    life = Life()
    life.well(HOUR)
    for _ in range(4):
        for _ in range(5):
            assert life.well(HOUR) == []
        assert life.well(10 * HOUR) == []
    # when / then: twice its longest pause is less than a day, so a day it is
    assert life.well(24 * HOUR, fresh=0) == []
    assert life.well(HOUR, fresh=0) == ["Harbour has been silent for 25 hours"]
    assert "10 hours" in life.alerts[0].lead
    assert life.well(DAY, fresh=0) == []
    assert life.well(DAY) == ["Harbour has something new again"]
    # and: what it has done once it may do again
    assert life.well(4 * DAY, fresh=0) == []
    assert life.well(3 * DAY, fresh=0) == ["Harbour has been silent for 7 days"]
    life.failed(HOUR)
    assert life.failed(7 * HOUR) == ["Harbour has failed for 7 hours", "Harbour is failing"]


def test_a_source_of_which_little_is_known_is_not_called_silent() -> None:
    life = Life()
    for _ in range(5):
        life.well(HOUR)

    assert life.well(60 * DAY, fresh=0) == []


def test_a_source_that_sends_pages_now_and_then_is_told_though_it_never_fails_for_long() -> None:
    page = ParseError("this is an HTML page, not a feed")
    life = Life()
    life.failed(HOUR, page)
    life.failed(HOUR, page)
    assert life.well(HOUR) == []
    assert life.failed(HOUR, page) == []
    # when: five documents, three of them pages; what is unchanged or unreachable does not count
    assert life.well(HOUR, fresh=0) == []
    assert life.failed(HOUR) == []
    assert life.well(HOUR) == ["Harbour sends what is no feed: 60% of its last documents"]
    assert life.alerts[0].lead == "The last of them: this is an HTML page, not a feed."
    # then: over when half of the share is left
    assert [life.well(HOUR) for _ in range(6)] == [[]] * 6
    assert life.well(HOUR, fresh=2) == ["Harbour can be read again"]


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=2), "2 seconds"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=7.4), "7 hours"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_a_time_is_as_exact_as_it_needs_to_be(time: timedelta, words: str) -> None:
    assert span(time) == words


def test_a_retired_source_of_which_nothing_more_is_known_is_told_from_now() -> None:
    record = Record(retired=True, outcomes=(Outcome(at=NOON, came=Came.FAILED),))

    _, (alert,) = told(record, SOURCE, NOON, OPS)

    assert alert.article.published == NOON
