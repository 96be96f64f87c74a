"""What polls teach: redirects, gone feeds, gaps, validators, failures. A clock on a string."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from monitor.errors import (
    AddressRefused,
    BadStatus,
    FetchError,
    ParseError,
    SourceError,
    TimedOut,
    TooLarge,
    Unreachable,
)
from monitor.model import Hints, Source
from monitor.poller.progress import (
    CROWDED,
    Document,
    after_failure,
    after_success,
    parked_for,
    strain_of,
    validators_to_send,
)
from monitor.poller.record import (
    LAST,
    Came,
    Outcome,
    Record,
    address_of,
    fields_of,
    host_of,
    mark_of,
    marks,
    record_of,
    shown_address,
)
from monitor.sources.fetch import Fetched, NotModified, Validators
from monitor.store import SourceState

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL, NEW_URL = "https://example.org/feed", "https://news.example.org/feed"
SOURCE = Source(id="world", url=URL)
OURS = Validators(etag='W/"1-gzip"', last_modified="Sun, 01 Mar 2026 11:00:00 GMT", body_hash="h")


def unchanged(url: str = URL, *, permanent: bool = False) -> NotModified:
    return NotModified(url=url, validators=OURS, permanent=permanent)


def fetched(url: str = URL, *, permanent: bool = False) -> Fetched:
    return Fetched(body=b"<rss/>", content_type=None, url=url, validators=OURS, permanent=permanent)


def document(entries: int = 10, fresh: int = 0, *, overlaps: bool = True) -> Document:
    return Document(entries=entries, fresh=fresh, put=fresh, hints=Hints(), overlaps=overlaps)


def polled(
    record: Record,
    at: datetime,
    answer: Fetched | NotModified | None = None,
    found: Document | None = None,
) -> Record:
    asked = validators_to_send(record, at)
    return after_success(record, SOURCE, answer or unchanged(), found, asked=asked, began=at)


def failing(record: Record, at: datetime, error: SourceError) -> Record:
    return after_failure(record, error, began=at)


def status(code: int, retry_after_s: float | None = None) -> BadStatus:
    return BadStatus(f"the server says {code}", status=code, retry_after_s=retry_after_s)


def days(count: int) -> Iterator[datetime]:
    return (NOW + n * DAY for n in range(count))


def test_validators_go_back_as_they_came_and_are_left_out_every_eight_days() -> None:
    # given
    record = polled(Record(), NOW, fetched(), document())
    assert validators_to_send(record, NOW + 7 * DAY) == OURS
    # when: eight days of 304 and nothing else
    for at in days(8):
        record = polled(record, at)
    # then: everything but our own digest is left out, once
    assert validators_to_send(record, NOW + 8 * DAY) == Validators(body_hash="h")
    record = polled(record, NOW + 8 * DAY)
    assert validators_to_send(record, NOW + 9 * DAY) == OURS


def test_a_permanent_redirect_is_believed_after_three_polls_over_a_week() -> None:
    record = Record()
    for at in days(7):
        record = polled(record, at, fetched(NEW_URL, permanent=True), document())
        assert address_of(record, SOURCE) == URL
    record = polled(record, NOW + 7 * DAY, unchanged(NEW_URL, permanent=True))
    assert address_of(record, SOURCE) == NEW_URL


def test_one_poll_without_the_redirect_begins_the_week_anew() -> None:
    record = Record()
    for at in days(6):
        record = polled(record, at, unchanged(NEW_URL, permanent=True))
    record = polled(record, NOW + 6 * DAY)
    for n in (7, 8):
        record = polled(record, NOW + n * DAY, unchanged(NEW_URL, permanent=True))
    assert address_of(record, SOURCE) == URL


def test_a_redirect_elsewhere_begins_anew_and_a_temporary_one_never_counts() -> None:
    record = Record()
    for n, at in enumerate(days(20)):
        record = polled(record, at, unchanged(f"{NEW_URL}/{n % 2}", permanent=True))
        assert address_of(record, SOURCE) == URL
    record = Record()
    for at in days(20):
        record = polled(record, at, unchanged(NEW_URL, permanent=False))
    assert address_of(record, SOURCE) == URL


def test_an_address_with_credentials_never_moves() -> None:
    secret, record = replace(SOURCE, url="https://me:word@example.org/feed"), Record()
    for at in days(20):
        answer = unchanged(NEW_URL, permanent=True)
        record = after_success(record, secret, answer, None, asked=Validators(), began=at)
    assert record.moved_to == ""


def test_a_new_address_that_fails_three_times_gives_the_old_one_back() -> None:
    # given
    record = replace(polled(Record(), NOW), moved_to=NEW_URL)
    # when
    for n in (1, 2):
        record = failing(record, NOW + n * HOUR, status(404))
        assert address_of(record, SOURCE) == NEW_URL
    record = failing(record, NOW + 3 * HOUR, status(404))
    # then
    assert address_of(record, SOURCE) == URL
    assert record.validators == Validators()


def test_gone_is_believed_after_three_answers_over_two_days_and_healed_by_one_document() -> None:
    # given: many answers within a day do not count as two days
    record = Record()
    for n in range(10):
        record = failing(record, NOW + n * HOUR, status(410))
    assert not record.retired
    # when
    record = failing(record, NOW + 2 * DAY, status(410))
    assert record.retired
    # then
    record = polled(record, NOW + 30 * DAY)
    assert (record.retired, record.gone, record.failures, record.strain) == (False, 0, 0, 0.0)


def test_gone_with_anything_between_is_not_gone() -> None:
    record = Record()
    for n in range(12):
        error = TimedOut("slow") if n % 3 == 2 else status(410)
        record = failing(record, NOW + n * DAY, error)
        assert not record.retired


def test_a_poll_that_shares_nothing_with_the_last_is_a_possible_gap() -> None:
    # given: a slow feed
    record = polled(Record(rate=0.1), NOW, fetched(), document())
    rate = record.rate or 0
    # when
    record = polled(record, NOW + HOUR, fetched(), document(10, 10, overlaps=False))
    # then: counted, kept among the outcomes, and the rate believed at once
    assert (record.gaps, record.gap_at, record.haste) == (1, NOW + HOUR, 1)
    assert record.outcomes[-1].came is Came.GAP
    assert record.rate == pytest.approx(10.0)
    assert rate < 1
    # and when: half of it is new, then little
    record = polled(record, NOW + 2 * HOUR, fetched(), document(10, 6))
    assert record.haste == 1
    record = polled(record, NOW + 3 * HOUR, fetched(), document(10, 2))
    # then
    assert (record.haste, record.gaps) == (0, 1)


def test_after_a_document_that_cannot_be_read_it_is_asked_for_in_full() -> None:
    record = polled(Record(), NOW, fetched(), document())
    kept = failing(record, NOW + HOUR, TimedOut("slow"))
    lost = failing(record, NOW + HOUR, ParseError("no feed"))
    assert kept.validators == OURS
    assert lost.validators == Validators()


@pytest.mark.parametrize(
    ("error", "weight"),
    [
        (TimedOut("slow"), 0.25),
        (Unreachable("no name"), 0.25),
        (status(500), 0.5),
        (status(503), 0.5),
        (status(404), 0.5),
        (status(429), 0.5),
        (status(403), 1.0),
        (status(410), 1.0),
        (ParseError("no feed"), 1.0),
        (TooLarge("much"), 1.0),
        (AddressRefused("private"), 1.0),
        (FetchError("odd"), 1.0),
    ],
)
def test_what_will_pass_weighs_less_than_what_will_not(error: SourceError, weight: float) -> None:
    assert strain_of(error) == weight
    twice = failing(failing(Record(), NOW, error), NOW, error)
    assert (twice.strain, twice.failures) == (2 * weight, 2)


def test_who_parks_a_host() -> None:
    assert parked_for(status(429, 90)) == timedelta(seconds=90)
    assert parked_for(status(503, 90)) == timedelta(seconds=90)
    assert parked_for(status(429)) == CROWDED
    assert parked_for(status(503)) is None
    assert parked_for(status(404, 90)) is None
    assert parked_for(TimedOut("slow")) is None


def test_a_record_comes_back_from_the_store_as_it_was() -> None:
    record = replace(polled(Record(of=mark_of(URL)), NOW, fetched(), document(3, 3)), rate=0.25)
    state = SourceState(version=3, fields=tuple(fields_of(record).items()))
    assert record_of(state, SOURCE) == record


def test_a_record_that_cannot_be_read_is_a_fresh_one() -> None:
    for text in ("", "{", "[]", '{"began": 7}', msgspec.json.encode(7).decode()):
        state = SourceState(version=3, fields=(("record", text),))
        assert record_of(state, SOURCE) == Record(of=mark_of(URL))


def test_a_changed_address_in_the_configuration_forgets_what_belonged_to_the_old() -> None:
    # given
    record = replace(polled(Record(of=mark_of(URL), rate=2.0), NOW), moved_to=NEW_URL, retired=True)
    state = SourceState(fields=tuple(fields_of(record).items()))
    # when
    found = record_of(state, replace(SOURCE, url="https://other.example/feed"))
    # then: what was learned of the source stays
    assert (found.validators, found.moved_to, found.retired) == (Validators(), "", False)
    assert (found.rate, found.well) == (record.rate, NOW)


def test_the_last_twenty_outcomes_are_kept() -> None:
    record = Record()
    for n in range(50):
        record = record.with_outcome(Outcome(at=NOW + n * HOUR, came=Came.SAME))
    assert [outcome.at for outcome in record.outcomes] == [
        NOW + n * HOUR for n in range(50 - LAST, 50)
    ]


def test_marks_keep_both_ends_of_a_long_document() -> None:
    refs = tuple(f"{n:012d}" for n in range(1000))
    kept = marks(refs).split()
    assert len(kept) == 200
    assert (kept[0], kept[-1]) == (refs[0][:10], refs[-1][:10])
    assert marks(()) == ""


def test_hosts_are_named_once_and_addresses_shown_without_secrets() -> None:
    assert host_of("https://News.Example.org.:8443/a") == "news.example.org"
    assert shown_address("https://me:word@example.org/feed?key=1") == "https://example.org/feed"
