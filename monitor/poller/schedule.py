"""When is a source due, and why then? Pure: the record, the clock and the answer come in.

The interval of a feed without one of its own expects half a new entry a poll, between 5 minutes and
6 hours (research: Miniflux, rss-fetcher and lemon24/reader compared). The publisher's wishes can
only lengthen it, each up to a day. Jitter goes upwards only, so that nobody is polled earlier than
was promised, and comes from the source's id, so that restarts do not bunch feeds together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitor.model import Hints, Source, digest
from monitor.poller.record import Record

SHORTEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=6)
UNKNOWN: Final = timedelta(minutes=10)
"""Of a feed whose rate is not known yet."""

DAY: Final = timedelta(days=1)
MONTH: Final = timedelta(days=30)
JITTER: Final = 0.1
PER_POLL: Final = 0.5
HALF_LIFE_H: Final = 72.0
MOST_HASTE: Final = 5
STARTS_S: Final = 50
"""Polls a second, at the most, of what is due when the poller starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When to poll next, and why not earlier, in words."""

    at: datetime
    reason: str


# -- how much a feed brings


def first_rate(published: Iterable[datetime | None], now: datetime) -> float | None:
    """New entries an hour by the dates of the ten newest of a first poll; None where they have
    none.
    """
    dates = sorted((date for date in published if date is not None and date <= now), reverse=True)
    dates = dates[:10]
    if len(dates) < 2:
        return None
    return len(dates) / max((now - dates[-1]).total_seconds() / 3600, 1.0)


def next_rate(rate: float | None, *, new: int, since: timedelta) -> float:
    """The rate after a poll that brought `new` entries: a moving average, half-life three days."""
    hours = max(since.total_seconds(), 1.0) / 3600
    before = PER_POLL * 3600 / UNKNOWN.total_seconds() if rate is None else rate
    weight: float = 1 - 0.5 ** (hours / HALF_LIFE_H)
    return before + (new / hours - before) * weight


# -- how long to wait


def interval_of(source: Source, record: Record) -> tuple[timedelta, str]:
    """The time between two polls that go well, before anybody's wishes, and why so long."""
    if source.interval != "auto":
        wait, why = source.interval, "the interval you set"
    elif record.rate is None:
        wait, why = UNKNOWN, "how often it brings something is not known yet"
    else:
        wait = timedelta(hours=PER_POLL / record.rate) if record.rate > 0.01 else LONGEST
        wait = min(max(wait, SHORTEST), LONGEST)
        why = f"it brings {record.rate:.2g} new entries an hour"
    if record.haste:
        wait = max(wait / 2**record.haste, min(wait, SHORTEST))
        why += ", less after a possible gap"
    return wait, why


def due_after_success(
    source: Source, record: Record, now: datetime, *, retry_after: timedelta | None = None
) -> Due:
    """When to poll again after a poll that went well, whether or not something was new."""
    wait, why = interval_of(source, record)
    if source.respect_hints:
        for asked_s, who in (
            (record.hints.every_s, "the feed itself asks for that (ttl, sy:updatePeriod)"),
            (record.fresh_s, "the server calls its answer fresh (Cache-Control, Expires)"),
        ):
            if timedelta(seconds=asked_s) > wait:
                wait, why = min(timedelta(seconds=asked_s), DAY), who
    if retry_after is not None and retry_after > wait:
        wait, why = min(retry_after, DAY), "the server asks for that (Retry-After)"
    at = now + _jittered(source, wait)
    if not source.respect_hints:
        return Due(at=at, reason=why)
    awake = awake_at(record.hints, at)
    if awake > at:
        return Due(at=awake, reason="the feed asks not to be polled earlier (skipHours, skipDays)")
    return Due(at=at, reason=why)


def due_after_failure(
    source: Source, record: Record, now: datetime, *, retry_after: timedelta | None = None
) -> Due:
    """When to poll again after a failure. The wait doubles with every 1 of the record's strain.

    Up to a day; of what has failed for ten days or more, up to a tenth of that time, at most 30
    days: what looks dead comes back surprisingly often (mediacloud/rss-fetcher), so nothing is
    given up. A source that is gone for good is asked once a month.
    """
    if record.retired:
        return Due(at=now + _jittered(source, MONTH), reason="gone (410); asked once a month")
    failing = now - record.failing_since if record.failing_since else timedelta(0)
    interval, _ = interval_of(source, record)
    cap = max(min(max(failing / 10, DAY), MONTH), interval)
    seconds = interval.total_seconds() * 2 ** min(record.strain, 40.0)
    wait = timedelta(seconds=min(seconds, cap.total_seconds()))
    reason = f"failed {record.failures} times in a row" if record.failures > 1 else "it failed"
    if retry_after is not None and retry_after > wait:
        wait, reason = min(retry_after, DAY), "the server asks for that (Retry-After)"
    return Due(at=now + _jittered(source, wait), reason=reason)


def awake_at(hints: Hints, at: datetime) -> datetime:
    """The first moment from `at` on that the feed does not ask us to leave out (UTC).

    A feed that leaves out every hour of the week means nothing by it.
    """
    moment = at
    for _ in range(24 * 7 + 1):
        if moment.hour not in hints.skip_hours and moment.weekday() not in hints.skip_days:
            return moment
        moment = (moment + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    return at


def due_at_start(source: str, saved: datetime | None, *, now: datetime, sources: int) -> datetime:
    """When a source is due that the poller finds when it starts.

    What is overdue, or was never polled, is spread by its id over as much time as so many sources
    need: 10,000 take 200 s, ten a fifth of one.
    """
    if saved is not None and saved > now:
        return saved
    return now + timedelta(seconds=_share("phase", source) * sources / STARTS_S)


def _jittered(source: Source, wait: timedelta) -> timedelta:
    return wait * (1 + JITTER * _share("jitter", source.id))


def _share(purpose: str, source: str) -> float:
    return int(digest(purpose, source)[:8], 16) / 0xFFFFFFFF
