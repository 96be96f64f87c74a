"""What is tried again, and when: a table each for articles, pages and deliveries."""

from __future__ import annotations

from datetime import timedelta

from monitor.errors import (
    AddressRefused,
    BadStatus,
    Bug,
    FetchError,
    ParseError,
    TimedOut,
    TooLarge,
    Unreachable,
)
from monitor.model import digest

ARTICLE: tuple[tuple[type[BaseException], tuple[float, ...]], ...] = (
    (ParseError, ()),  # the article will not get better
    (Bug, ()),  # nor will the code, by waiting
    (MemoryError, (5, 60, 600)),
    (RecursionError, ()),
    (Exception, (2, 30, 300)),
)
"""Error class -> seconds until each next try; after the last one the article is set aside. The
first class that fits counts."""

PAGE: tuple[tuple[type[BaseException], tuple[float, ...]], ...] = (
    (ParseError, ()),
    (AddressRefused, ()),
    (TooLarge, ()),
    (TimedOut, (30, 120, 300)),
    (Unreachable, (30, 120, 300)),
    (BadStatus, (30, 120, 300)),
    (FetchError, ()),  # nothing that can be asked for
    (Exception, ()),
)
"""The same for a page. After the last try, or when the next would come later than an article may
wait, the article goes on with its feed's text."""

PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses of a page that may be others the next time; the rest will not."""

CROWDED_S = 300.0
"""After a 429 that does not say how long; the poller leaves a host alone as long."""

DELIVERY: tuple[float, ...] = (
    1.5,
    5,
    15,
    45,
    120,
    300,
    600,
    1200,
    1800,
    *(3600,) * 6,
    *(7200,) * 8,
)
"""Seconds until each next try of a delivery: about 24 hours in all, then it is parked."""

GIVE_UP_S = 28 * 3600.0
"""So long a delivery waits in all, between its tries and for its channel to work at all: about a
day, and what the jitter adds."""

JITTER = 0.2


def article_again(error: BaseException, failures: int) -> timedelta | None:
    """When an article is tried again after its `failures`-th failure (1 is the first), or None."""
    for kind, waits in ARTICLE:
        if isinstance(error, kind):
            return timedelta(seconds=waits[failures - 1]) if failures <= len(waits) else None
    return None


def page_again(error: BaseException, tries: int) -> timedelta | None:
    """When a page is tried again after its `tries`-th failure (1 is the first), or None.

    Never earlier than the server's Retry-After asks for; a 429 that does not say means minutes.
    """
    if isinstance(error, BadStatus) and error.status not in PASSING_STATUS:
        return None
    waits = next(waits for kind, waits in PAGE if isinstance(error, kind))
    if tries > len(waits):
        return None
    return timedelta(seconds=max(waits[tries - 1], _asked_s(error)))


def _asked_s(error: BaseException) -> float:
    if not isinstance(error, BadStatus):
        return 0.0
    asked_s = CROWDED_S if error.status == 429 and error.retry_after_s is None else 0.0
    return error.retry_after_s or asked_s


def delivery_again(
    delivery: str, attempts: int, asked: timedelta | None, waited: timedelta = timedelta()
) -> timedelta | None:
    """When a delivery is tried again after `attempts` attempts, or None: park it.

    `asked` is what the channel asked for (Retry-After): never earlier than that, but not for longer
    than it may wait in all, of which it has `waited`. The jitter is derived from delivery and
    attempt, so that many at once do not come back at once.
    """
    if attempts > len(DELIVERY):
        return None
    share = int(digest("again", delivery, str(attempts))[:8], 16) / 0xFFFFFFFF
    wait = timedelta(seconds=DELIVERY[attempts - 1] * (1 + JITTER * share))
    wait = max(wait, asked) if asked is not None else wait
    return wait if (waited + wait).total_seconds() <= GIVE_UP_S else None
