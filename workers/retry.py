"""What is tried again, and when: one table for articles, one for deliveries."""

from __future__ import annotations

from datetime import timedelta

from monitor.errors import Bug, ParseError
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

JITTER = 0.2


def article_again(error: BaseException, failures: int) -> timedelta | None:
    """When an article is tried again after its `failures`-th failure (1 is the first), or None."""
    for kind, waits in ARTICLE:
        if isinstance(error, kind):
            return timedelta(seconds=waits[failures - 1]) if failures <= len(waits) else None
    return None


def delivery_again(delivery: str, attempts: int, asked: timedelta | None) -> timedelta | None:
    """When a delivery is tried again after `attempts` attempts, or None: park it.

    `asked` is what the channel asked for (Retry-After): never earlier than that. The jitter is
    derived from delivery and attempt, so that many at once do not come back at once.
    """
    if attempts > len(DELIVERY):
        return None
    share = int(digest("again", delivery, str(attempts))[:8], 16) / 0xFFFFFFFF
    wait = timedelta(seconds=DELIVERY[attempts - 1] * (1 + JITTER * share))
    return max(wait, asked) if asked is not None else wait
