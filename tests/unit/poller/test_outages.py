"""What a record remembers: outages that are over, entries that came and went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.errors import BadStatus, TimedOut
from monitor.model import Hints, Source
from monitor.poller.outages import KEPT_FOR, MOST, Missed, Outage, missed_between, remembered
from monitor.poller.progress import Document, after_failure, after_success
from monitor.poller.record import Record, fields_of, mark_of, record_of
from monitor.sources.fetch import NotModified, Validators
from monitor.store import SourceState

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SOURCE = Source(id="world", url="https://example.org/feed")
DOWN = TimedOut("no answer within 20 s")


def well(record: Record, at: datetime, document: Document | None = None) -> Record:
    answer = NotModified(url=SOURCE.url, validators=Validators(), permanent=False)
    return after_success(record, SOURCE, answer, document, asked=Validators(), began=at)


def rolled_over(*ages: timedelta, at: datetime) -> Document:
    dates = tuple(at - age for age in ages)
    return Document(
        entries=len(dates),
        fresh=len(dates),
        put=len(dates),
        hints=Hints(),
        published=dates,
        overlaps=False,
    )


def test_an_outage_is_remembered_from_its_first_failure_to_the_poll_that_went_well() -> None:
    record = well(Record(), NOON - HOUR)
    for late in range(3):
        record = after_failure(record, DOWN, began=NOON + late * HOUR)
    record = well(record, NOON + 3 * HOUR)
    assert record.outages == (Outage(kind="failing", since=NOON, until=NOON + 3 * HOUR),)
    assert well(record, NOON + 4 * HOUR).outages == record.outages


def test_of_a_source_that_was_gone_and_is_back_that_is_remembered() -> None:
    record = well(Record(), NOON - HOUR)
    for day in range(3):
        gone = BadStatus("410", status=410)
        record = after_failure(record, gone, began=NOON + timedelta(days=day))
    (outage,) = well(record, NOON + timedelta(days=3)).outages
    assert outage.kind == "gone"


def test_what_is_remembered_is_bounded_in_time_and_number() -> None:
    outages: tuple[Outage, ...] = ()
    for hour in range(50):
        at = NOON + hour * HOUR
        outages = remembered(outages, Outage(kind="failing", since=at, until=at + MINUTE))
    assert len(outages) == MOST
    late = NOON + KEPT_FOR + 49 * HOUR + 2 * MINUTE
    new = Outage(kind="failing", since=late, until=late)
    assert remembered(outages, new) == (new,)


def test_it_outlives_the_store_and_a_change_of_address() -> None:
    at = NOON + HOUR
    record = well(after_failure(well(Record(), NOON), DOWN, began=NOON + MINUTE), at)
    record = well(record, at + HOUR, rolled_over(MINUTE, at=at + HOUR))
    assert record.outages
    assert record.missed
    state = SourceState(fields=tuple(fields_of(record).items()))
    assert record_of(state, SOURCE).missed == record.missed
    moved = Source(id="world", url="https://other.example/feed")
    state = SourceState(
        fields=tuple(fields_of(Record(of=mark_of(SOURCE.url), outages=record.outages)).items())
    )
    assert record_of(state, moved).outages == record.outages


# -- how many came and went


def test_entries_that_came_and_went_are_counted_at_the_pace_of_those_that_are_left() -> None:
    # given: polled five hours ago; ten entries are there, of the last hour
    dates = [NOON - MINUTE * 6 * each for each in range(1, 11)]
    missed = missed_between(NOON - 5 * HOUR, NOON, published=dates, fresh=10, rate=8.0, leap=4.0)
    # then: ten an hour, for the four hours before
    assert missed == Missed(since=NOON - 5 * HOUR, until=NOON, entries=40)


def test_a_pace_is_believed_up_to_some_times_the_usual_one() -> None:
    dates = [NOON - MINUTE] * 50  # fifty at once
    missed = missed_between(NOON - 2 * HOUR, NOON, published=dates, fresh=50, rate=1.0, leap=4.0)
    assert missed.entries == 8


def test_where_nothing_has_a_date_the_usual_pace_counts_less_what_was_seen() -> None:
    def entries(rate: float | None) -> int:
        undated = [None] * 20
        return missed_between(
            NOON - 10 * HOUR, NOON, published=undated, fresh=20, rate=rate, leap=4.0
        ).entries

    assert entries(5.0) == 30
    assert entries(1.0) == 0
    assert entries(None) == 0


def test_nothing_was_missed_where_what_is_there_is_older_than_the_last_poll() -> None:
    dates = [NOON - 3 * HOUR, NOON - HOUR]
    missed = missed_between(NOON - 2 * HOUR, NOON, published=dates, fresh=2, rate=1.0, leap=4.0)
    assert missed.entries == 0


def test_a_gap_is_remembered_with_the_poll_before_it() -> None:
    record = well(Record(), NOON)
    record = well(record, NOON + 5 * HOUR, rolled_over(MINUTE, HOUR, at=NOON + 5 * HOUR))
    (missed,) = record.missed
    assert (missed.since, missed.until) == (NOON, NOON + 5 * HOUR)
    assert missed.entries == 8  # two an hour, for four hours
