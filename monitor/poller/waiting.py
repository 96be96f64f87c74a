"""Why everyone waits for Redis, as an event of the log."""

from __future__ import annotations

from typing import Final

from monitor.errors import Bug, CommandRefused, StoreUnavailable

AWAY: Final = "store.unavailable"
REFUSED: Final = "store.refused"


def event_of(error: StoreUnavailable | Bug) -> str:
    """That Redis is away, or that our user lacks a right."""
    return REFUSED if isinstance(error, CommandRefused) else AWAY
