"""What was not seen of a source, as its record remembers it: outages that are over, and entries
that came and went. Pure.

The record is saved in the step that admits what a poll found, so a poll that is done twice is
remembered once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar

KEPT_FOR: Final = timedelta(days=15)
"""Twice what the longest digest tells of."""

MOST: Final = 20
LEAST_S: Final = 300.0
"""A pace is measured over at least as long as there is between two polls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which a source could not be read: from the first poll that failed to the one that
    went well again."""

    kind: Literal["failing", "gone"]
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Two polls that share no entry: about how many came and went between them, 0 where nobody can
    know."""

    since: datetime
    until: datetime
    entries: int


Past = TypeVar("Past", bound=Outage | Missed)


def remembered(before: tuple[Past, ...], new: Past) -> tuple[Past, ...]:
    """These and a new one, without what is too old or too many."""
    first = new.until - KEPT_FOR
    return (*(each for each in before[1 - MOST :] if each.until >= first), new)


def missed_between(
    since: datetime,
    until: datetime,
    *,
    published: Iterable[datetime | None],
    fresh: int,
    rate: float | None,
    leap: float,
) -> Missed:
    """What came and went between two polls that share no entry; the second brought `fresh` ones.

    Counted by the dates of those it brought: at the pace at which they came, so many had come
    before the oldest of them. Where they have none, by the `rate` of the source (an hour). A pace
    is believed up to `leap` times that rate: what is published at once says nothing about before.
    """
    dates = [date for date in published if date is not None and date <= until]
    if not dates:
        came = 0.0 if rate is None else rate * _hours(until - since)
        return Missed(since=since, until=until, entries=max(0, round(came) - fresh))
    oldest = min(dates)
    pace = len(dates) / max(_hours(until - oldest), LEAST_S / 3600)
    pace = pace if rate is None else min(pace, leap * rate)
    entries = round(pace * _hours(oldest - since))
    return Missed(since=since, until=until, entries=max(0, entries))


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3600
