"""Digests and hours on the clocks of real places, on the days when those are changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.clock import closes, digest_before, digest_due, next_digest, opens
from monitor.model import Hours, Timing

LONDON, LORD_HOWE = ZoneInfo("Europe/London"), ZoneInfo("Australia/Lord_Howe")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


DAILY = Timing(mode="digest", every="day", at=time(7, 30), zone=LONDON)
NIGHTLY = Timing(mode="digest", every="day", at=time(1, 30), zone=LONDON)
WEEKLY = Timing(mode="digest", every="week", at=time(9, 0), weekday=0, zone=LONDON)
HOURLY = Timing(mode="digest", every="hour", zone=LONDON)


@pytest.mark.parametrize(
    ("timing", "now", "due"),
    [
        (DAILY, "2026-01-10T07:29", "2026-01-10T07:30"),
        (DAILY, "2026-01-10T07:30", "2026-01-11T07:30"),  # at its time it is that of tomorrow
        (DAILY, "2026-07-10T05:00", "2026-07-10T06:30"),  # summer: an hour ahead of UTC
        (DAILY, "2026-03-28T08:00", "2026-03-29T06:30"),  # the night of the change
        (NIGHTLY, "2026-03-29T00:00", "2026-03-29T01:30"),  # 01:30 is left out: it is 02:30
        (NIGHTLY, "2026-10-25T00:00", "2026-10-25T00:30"),  # 01:30 comes twice: the first
        (NIGHTLY, "2026-10-25T00:30", "2026-10-26T01:30"),  # and not again an hour later
        (WEEKLY, "2026-11-25T10:00", "2026-11-30T09:00"),
        (WEEKLY, "2026-11-30T08:59", "2026-11-30T09:00"),
        (WEEKLY, "2026-11-30T09:00", "2026-12-07T09:00"),
        (HOURLY, "2026-01-10T07:29:59.5", "2026-01-10T08:00"),
        (HOURLY, "2026-01-10T08:00", "2026-01-10T09:00"),
        (HOURLY, "2026-10-25T00:59", "2026-10-25T01:00"),  # the hour that comes twice
        (HOURLY, "2026-10-25T01:00", "2026-10-25T02:00"),
    ],
)
def test_the_next_digest(timing: Timing, now: str, due: str) -> None:
    assert next_digest(timing, utc(now)) == utc(due)


def test_an_hourly_digest_comes_at_the_full_hour_of_a_half_hour_zone() -> None:
    howe = Timing(mode="digest", every="hour", zone=LORD_HOWE)  # +11:00 in summer, +10:30 else

    assert next_digest(howe, utc("2026-07-01T00:10")) == utc("2026-07-01T00:30")


NIGHT = Hours(begin=time(22, 0), end=time(7, 0))
OFFICE = Hours(begin=time(8, 0), end=time(18, 0), days=(0, 1, 2, 3, 4))
WEEKENDS = Hours(begin=time(0, 0), end=time(0, 0), days=(5, 6))
WEEKEND_NIGHTS = Hours(begin=time(22, 0), end=time(6, 0), days=(4, 5))


@pytest.mark.parametrize(
    ("hours", "now", "end"),
    [
        (NIGHT, "2026-01-10T21:59", None),
        (NIGHT, "2026-01-10T22:00", "2026-01-11T07:00"),
        (NIGHT, "2026-01-11T06:59", "2026-01-11T07:00"),
        (NIGHT, "2026-01-11T07:00", None),
        (NIGHT, "2026-03-28T23:00", "2026-03-29T06:00"),  # the short night
        (WEEKENDS, "2026-11-28T10:00", "2026-11-30T00:00"),  # two days that join
        (WEEKEND_NIGHTS, "2026-11-29T05:00", "2026-11-29T06:00"),  # Saturday's, on Sunday
        (WEEKEND_NIGHTS, "2026-11-29T23:00", None),  # Sunday's own night is none
    ],
)
def test_when_quiet_hours_close(hours: Hours, now: str, end: str | None) -> None:
    assert closes(hours, LONDON, utc(now)) == (utc(end) if end else None)


@pytest.mark.parametrize(
    ("now", "begin"),
    [
        ("2026-11-27T17:59", None),
        ("2026-11-27T18:00", "2026-11-30T08:00"),  # Friday evening: Monday
        ("2026-11-30T07:00", "2026-11-30T08:00"),
    ],
)
def test_when_a_watch_begins_to_speak(now: str, begin: str | None) -> None:
    assert opens(OFFICE, LONDON, utc(now)) == (utc(begin) if begin else None)


def test_hours_of_a_single_day_open_in_a_week() -> None:
    mondays = Hours(begin=time(8, 0), end=time(9, 0), days=(0,))

    assert opens(mondays, UTC, utc("2026-11-30T09:00")) == utc("2026-12-07T08:00")


def test_the_next_digest_is_always_ahead_and_within_its_period() -> None:
    now = utc("2026-01-01T00:00")
    while now < utc("2027-01-01T00:00"):
        for timing, most in ((DAILY, 25), (NIGHTLY, 26), (WEEKLY, 24 * 7 + 1), (HOURLY, 1)):
            assert now < next_digest(timing, now) <= now + timedelta(hours=most)
        now += timedelta(minutes=517)


@pytest.mark.parametrize(
    ("timing", "due", "before"),
    [
        (DAILY, "2026-01-10T07:30", "2026-01-09T07:30"),
        (DAILY, "2026-10-25T07:30", "2026-10-24T06:30"),  # the clock went back: 25 hours
        (DAILY, "2026-03-29T06:30", "2026-03-28T07:30"),  # and on: 23
        (WEEKLY, "2026-11-30T09:00", "2026-11-23T09:00"),
        (HOURLY, "2026-01-10T08:00", "2026-01-10T07:00"),
        (replace(HOURLY, quiet=NIGHT), "2026-01-10T07:00", "2026-01-09T21:00"),
        (replace(NIGHTLY, quiet=NIGHT), "2026-01-10T07:00", "2026-01-09T07:00"),
        (replace(HOURLY, quiet=WEEKENDS), "2026-11-30T00:00", "2026-11-27T23:00"),
    ],
)
def test_when_the_digest_before_was_told(timing: Timing, due: str, before: str) -> None:
    assert digest_before(timing, utc(due)) == utc(before)
    assert digest_due(timing, utc(before)) == utc(due)


def test_one_that_waits_for_the_end_of_quiet_hours_is_the_next() -> None:
    quietly = replace(NIGHTLY, quiet=NIGHT)

    assert digest_due(quietly, utc("2026-01-10T03:00")) == utc("2026-01-10T07:00")
    assert digest_due(quietly, utc("2026-01-10T07:00")) == utc("2026-01-11T07:00")
