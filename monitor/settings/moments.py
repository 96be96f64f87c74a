"""How config/ writes rates, hours and times: "5 per hour", "Mon-Fri 08:00-18:00", "07:30"."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated

from pydantic import BeforeValidator

from monitor.model import Hours, Rate

_RATE = re.compile(r"(\d+)\s*(?:per|/|an?)\s*(minute|hour|day|week)")
_SPANS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"(?:([a-z, -]+?)\s+)?(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)")


def _rate(value: object) -> Rate:
    if isinstance(value, Rate):
        return value
    found = _RATE.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if found is not None and int(found[1]) < 1:
        raise ValueError('a rate above 0, such as "1 per hour"')
    if found is None:
        raise ValueError('a rate such as "5 per hour" (minute, hour, day, week)')
    return Rate(most=int(found[1]), span=_SPANS[found[2]])


def _time(value: object) -> time:
    if isinstance(value, time):
        return value
    try:
        hour, minute = map(int, str(value).split(":"))
        return time(hour, minute)
    except ValueError:
        raise ValueError('a time of the day such as "07:30"') from None


def _weekday(value: object) -> int:
    found = _day(str(value).strip().lower())
    if found is None:
        raise ValueError('a day of the week such as "monday"')
    return found


def _day(word: str) -> int | None:
    matching = [at for at, day in enumerate(WEEKDAYS) if len(word) > 1 and day.startswith(word)]
    return matching[0] if len(matching) == 1 else None


def _hours(value: object) -> Hours:
    if isinstance(value, Hours):
        return value
    found = _HOURS.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    days = _days(found[1]) if found else None
    if found is None or days is None:
        raise ValueError('hours such as "22:00-07:00" or "Mon-Fri 08:00-18:00"')
    return Hours(begin=_time(found[2]), end=_time(found[3]), days=days)


def _days(written: str | None) -> tuple[int, ...] | None:
    """The days of "mon-fri" or "sat, sun"; all where nothing is written, None where it is wrong."""
    if written is None:
        return tuple(range(7))
    days: list[int] = []
    for part in written.split(","):
        ends = [_day(word.strip()) for word in part.split("-")]
        match ends:
            case [int(first)]:
                days.append(first)
            case [int(first), int(last)]:
                days += [(first + ahead) % 7 for ahead in range((last - first) % 7 + 1)]
            case _:
                return None
    return tuple(sorted(set(days)))


RateText = Annotated[Rate, BeforeValidator(_rate)]
HoursText = Annotated[Hours, BeforeValidator(_hours)]
TimeText = Annotated[time, BeforeValidator(_time)]
WeekdayText = Annotated[int, BeforeValidator(_weekday)]
