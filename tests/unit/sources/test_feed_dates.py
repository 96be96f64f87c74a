"""When was it published? Dates as feeds and pages write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.dates import AHEAD, EARLIEST, read_date, sane
from monitor.sources.months import MONTHS

NOW = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Tue, 03 Nov 2026 10:00:00 GMT", "2026-11-03T10:00:00"),
        ("Tue, 03 Nov 2026 10:00:00 +0100", "2026-11-03T09:00:00"),
        ("Tue, 03 Nov 2026 10:00:00 -01:30", "2026-11-03T11:30:00"),
        ("Tue, 03 Nov 2026 10:00:00 GMT+02:00", "2026-11-03T08:00:00"),
        ("Tue, 03 Nov 2026 10:00 EST", "2026-11-03T15:00:00"),
        ("Tue, 03 Nov 2026 10:00:00 +0100 (CET)", "2026-11-03T09:00:00"),
        ("Tue, 03 Nov 2026 1:00 PM", "2026-11-03T13:00:00"),
        ("Tue, 03 Nov 26 10:00:00 GMT", "2026-11-03T10:00:00"),
        ("Tue, 03 Nov 2026 10:00:00 IST", "2026-11-03T10:00:00"),
        ("Tue Nov  3 10:00:00 2026", "2026-11-03T10:00:00"),
        ("2026-11-03T10:00:00Z", "2026-11-03T10:00:00"),
        ("2026-11-03T10:00:00.123456+01:00", "2026-11-03T09:00:00"),
        ("2026-11-03 10:00:00 CEST", "2026-11-03T08:00:00"),
        ("2026-11-03T23:59:60Z", "2026-11-03T23:59:59"),
        ("20261103T100000Z", "2026-11-03T10:00:00"),
        ("2026-11-03", "2026-11-03T00:00:00"),
        ("20261103", "2026-11-03T00:00:00"),
        ("1793696400", "2026-11-03T09:00:00"),
        ("1793696400123", "2026-11-03T09:00:00"),
        ("2026年11月3日", "2026-11-03T00:00:00"),
        ("2026年11月3日 下午3:05", "2026-11-03T15:05:00"),
        ("2026년 11월 03일 오후 8:30", "2026-11-03T11:30:00"),
        ("3 novembre 2026 10:00", "2026-11-03T10:00:00"),
        ("mar., 3 nov. 2026 10:00:00 +0100", "2026-11-03T09:00:00"),
        ("Dienstag, 3. November 2026, 14.30 Uhr", "2026-11-03T14:30:00"),
        ("13 de junio de 2014", "2014-06-13T00:00:00"),
        ("вторник, 3 ноября 2026 г., 10:00", "2026-11-03T10:00:00"),
        ("3 Kasım 2026", "2026-11-03T00:00:00"),
        ("٣ نوفمبر 2026", "2026-11-03T00:00:00"),
        ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00"),
        ("November 3, 2026 at 4:05 pm EST", "2026-11-03T21:05:00"),
        ("November 3, 2026 at 12:05 a.m.", "2026-11-03T00:05:00"),
        ("June 13th, 2014", "2014-06-13T00:00:00"),
        ("3-Nov-2026", "2026-11-03T00:00:00"),
        ("2026/11/03 08:00", "2026-11-03T08:00:00"),
        ("3. 11. 2026", "2026-11-03T00:00:00"),
        ("25/10/2026", "2026-10-25T00:00:00"),
        ("10/25/2026", "2026-10-25T00:00:00"),
        ("11/11/2025 9:00", "2025-11-11T09:00:00"),
    ],
)
def test_a_date_names_one_moment(text: str, iso: str) -> None:
    assert read_date(text, now=NOW) == datetime.fromisoformat(iso).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "yesterday", "2026", "2026-11", "2026-11-31", "Tue, 31 Feb 2026 10:00:00 GMT",
        "0001-01-01T00:00:00Z", "2126-01-01", "Thu, 01 Jan 1970 00:00:00 GMT", "03/11/2026",
        "2026-11-03T25:00:00Z", "2026-11-03T10:00:00-99:00", "9" * 200, "3 Foo 2026", "2026-W45-2",
        "Sun, 31 Dec 9999 23:59:59 -9999", "99/99/2026", "1/1/1", "nov 2026",
    ],
)  # fmt: skip
def test_what_is_not_certain_is_no_date(text: str) -> None:
    assert read_date(text, now=NOW) is None


@pytest.mark.parametrize(
    ("language", "month"),
    [("fr", 11), ("en-GB", 11), ("en-US", 3), ("en", None), ("ja", None), (None, None)],
)
def test_numbers_are_a_date_where_the_language_tells_their_order(
    language: str | None, month: int | None
) -> None:
    moment = read_date("03/11/2026 10:00", now=NOW, language=language)

    assert (moment.month if moment else None) == month


def test_the_window_is_from_1990_to_two_days_ahead() -> None:
    assert sane(EARLIEST, now=NOW) == EARLIEST
    assert sane(EARLIEST - timedelta(seconds=1), now=NOW) is None
    assert sane(NOW + AHEAD, now=NOW) == NOW + AHEAD
    assert sane(NOW + AHEAD + timedelta(seconds=1), now=NOW) is None
    assert sane(None, now=NOW) is None


def test_a_moment_comes_out_in_utc() -> None:
    there = timezone(timedelta(hours=5, minutes=30))

    assert sane(datetime(2026, 1, 1, 10, tzinfo=there), now=NOW) == datetime(
        2026, 1, 1, 4, 30, tzinfo=UTC
    )
    assert sane(datetime(2026, 1, 1, 10), now=NOW) == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert sane(datetime.max.replace(tzinfo=timezone(-timedelta(hours=5))), now=NOW) is None


def test_no_month_is_called_by_the_name_of_another() -> None:
    assert set(MONTHS.values()) == set(range(1, 13))
    assert all(name == name.lower() for name in MONTHS)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    moment = read_date(text, now=NOW)

    assert moment is None or EARLIEST <= moment <= NOW + AHEAD


@given(st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2026, 11, 1)))
def test_the_two_standards_agree(moment: datetime) -> None:
    whole = moment.replace(microsecond=0, tzinfo=UTC)

    assert read_date(whole.isoformat(), now=NOW) == whole
    assert read_date(whole.strftime("%a, %d %b %Y %H:%M:%S GMT"), now=NOW) == whole
