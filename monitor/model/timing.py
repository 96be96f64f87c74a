"""When a watch may speak and a channel may be told: rates, hours of the week, digests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, time, timedelta, tzinfo
from typing import Final, Literal

from monitor.model.severity import Severity

_UNITS: Final = (
    (604_800, "week", "a week"),
    (86_400, "day", "a day"),
    (3_600, "hour", "an hour"),
    (60, "minute", "a minute"),
    (1, "second", "a second"),
)


def spelled(span: timedelta) -> str:
    """ "1 day", "90 minutes", "6 hours" """
    seconds = int(span.total_seconds())
    size, unit, _ = next(each for each in _UNITS[1:] if seconds % each[0] == 0)
    number = seconds // size
    return f"{number} {unit}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most so many in any stretch of time that long."""

    most: int
    span: timedelta

    @property
    def words(self) -> str:
        """ "20 an hour", "5 in 90 minutes" """
        seconds = self.span.total_seconds()
        each = next((a for size, _, a in _UNITS if size == seconds), f"in {spelled(self.span)}")
        return f"{self.most:,} {each}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From `begin` to `end` (not included) on some days of the week, Monday is 0.

    They go over midnight where `end` is not after `begin`; the day is then that of the beginning.
    """

    begin: time
    end: time
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a channel is told.

    In a digest at the full hour, or at a time of the day, on `weekday` (Monday is 0) where it is
    weekly; an `empty` one, too, if wanted. In its `quiet` hours nothing is told that can wait.
    Alerts of the severity `urgent` and above are always told at once. `at_most` is the allowance
    of each watch that has none of its own.
    """

    mode: Literal["now", "digest"] = "now"
    every: Literal["hour", "day", "week"] = "day"
    at: time = time(8, 0)
    weekday: int = 0
    empty: bool = False
    quiet: Hours | None = None
    urgent: Severity = "critical"
    at_most: Rate | None = None
    zone: tzinfo = UTC
