"""Hours of the week and times of digests on the clock of a place, through changes of its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from datetime import date, time, tzinfo

    from monitor.model import Hours, Timing

_DAY = timedelta(days=1)
_A_MOMENT = timedelta(microseconds=1)

_MOST_BEFORE = 8 * 24
"""Quiet hours that leave a minute of the week hold back no more digests than are in a week."""


def next_digest(timing: Timing, now: datetime) -> datetime:
    """When the channel's next digest is due, in UTC: always after `now`."""
    here = now.astimezone(timing.zone)
    match timing.every:
        case "hour":
            # counted in UTC: an hour that the clock repeats or leaves out is an hour all the same
            past = timedelta(
                minutes=here.minute, seconds=here.second, microseconds=here.microsecond
            )
            return now.astimezone(UTC) - past + timedelta(hours=1)
        case "day":
            days = (here.date() + _DAY * ahead for ahead in range(3))
        case "week":
            first = here.date() + _DAY * ((timing.weekday - here.weekday()) % 7)
            days = (first + 7 * _DAY * ahead for ahead in range(3))
        case _:
            assert_never(timing.every)
    return next(at for day in days if (at := _moment(day, timing.at, timing.zone)) > now)


def digest_due(timing: Timing, now: datetime) -> datetime:
    """When the channel's next digest is told: one that falls into quiet hours, at their end."""
    waiting = _told(timing, _digest_before(timing, now))
    return waiting if waiting > now else _told(timing, next_digest(timing, now))


def digest_before(timing: Timing, due: datetime) -> datetime:
    """When the digest before the one that is told at `due` was told, by the same clock: after a
    night of quiet hours on the evening before, on the day the clock goes back 25 hours ago.
    """
    at = due
    for _ in range(_MOST_BEFORE):
        at = _digest_before(timing, at)
        if (told := _told(timing, at)) < due:
            return told
    return at


def _digest_before(timing: Timing, now: datetime) -> datetime:
    """When the last digest fell due, in UTC, be it in quiet hours: always before `now`."""
    here = (now - _A_MOMENT).astimezone(timing.zone)
    match timing.every:
        case "hour":
            past = timedelta(
                minutes=here.minute, seconds=here.second, microseconds=here.microsecond
            )
            return here.astimezone(UTC) - past
        case "day":
            days = (here.date() - _DAY * back for back in range(3))
        case "week":
            last = here.date() - _DAY * ((here.weekday() - timing.weekday) % 7)
            days = (last - 7 * _DAY * back for back in range(3))
        case _:
            assert_never(timing.every)
    return next(at for day in days if (at := _moment(day, timing.at, timing.zone)) < now)


def _told(timing: Timing, due: datetime) -> datetime:
    return (timing.quiet and closes(timing.quiet, timing.zone, due)) or due


def closes(hours: Hours, zone: tzinfo, now: datetime) -> datetime | None:
    """When the hours that it is now in are over, in UTC; None outside of them. Days that join are
    one: what ends as the next begins is not over.
    """
    end = None
    for _ in range(8):
        after = _end(hours, zone, end or now)
        if after is None:
            return end
        end = after
    return end


def _end(hours: Hours, zone: tzinfo, now: datetime) -> datetime | None:
    today = now.astimezone(zone).date()
    for day in (today - _DAY, today):
        begin, end = _span(hours, day, zone)
        if day.weekday() in hours.days and begin <= now < end:
            return end
    return None


def opens(hours: Hours, zone: tzinfo, now: datetime) -> datetime | None:
    """When the hours begin that it is not yet in, in UTC; None within them."""
    if closes(hours, zone, now) is not None:
        return None
    today = now.astimezone(zone).date()
    begins = (
        _moment(day, hours.begin, zone)
        for ahead in range(9)
        if (day := today + _DAY * ahead).weekday() in hours.days
    )
    return next(begin for begin in begins if begin > now)


def _span(hours: Hours, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    last = day if hours.end > hours.begin else day + _DAY
    return _moment(day, hours.begin, zone), _moment(last, hours.end, zone)


def _moment(day: date, at: time, zone: tzinfo) -> datetime:
    """A time that the clock leaves out is as late after the gap; of two alike it is the first."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
