"""When is a source due? Pure: the state in the store, the clock and the answer come in.

A feed without an interval of its own is polled every 10 minutes; failures double that up to a day;
Retry-After is honoured up to a day. Jitter goes upwards only, so that nobody is polled earlier than
was promised, and is derived from the source, so that restarts do not bunch feeds together.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.model import Source, digest

AUTO = timedelta(minutes=10)
LONGEST = timedelta(days=1)
JITTER = 0.1


def interval_of(source: Source) -> timedelta:
    """The time between two polls that go well."""
    return AUTO if source.interval == "auto" else source.interval


def due_after_success(source: Source, now: datetime) -> datetime:
    """When to poll again after a poll that went well, whether or not something was new."""
    return now + _jittered(source, interval_of(source))


def due_after_failure(
    source: Source, now: datetime, *, failures: int, retry_after: timedelta | None
) -> datetime:
    """When to poll again after the `failures`-th failure in a row (1 is the first)."""
    wait = min(interval_of(source) * 2 ** min(failures, 16), LONGEST)
    if retry_after is not None:
        wait = max(wait, min(retry_after, LONGEST))
    return now + _jittered(source, wait)


def _jittered(source: Source, wait: timedelta) -> timedelta:
    share = int(digest("jitter", source.id)[:8], 16) / 0xFFFFFFFF
    return wait * (1 + JITTER * share)
