"""Room: whether the queue has any for what polls bring, asked of Redis now and then."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from monitor.errors import Bug, StoreUnavailable
from monitor.poller.waiting import event_of

LOOK_S = 0.25
"""How often to see whether there is room in the queue."""


class Room:
    """`crowded` is whether the queue is full: it may ask Redis, and is called in a thread. `waited`
    is told when Redis is away. `answered_s` is when Redis last answered.
    """

    def __init__(self, crowded: Callable[[], bool], waited: Callable[[str, str], None]) -> None:
        self._crowded, self._waited = crowded, waited
        self._looked_s = float("-inf")
        self._was_full = False
        self.answered_s = time.monotonic()

    async def is_full(self) -> bool:
        """Whether the queue is full, or Redis away; asked four times a second at the most."""
        if time.monotonic() - self._looked_s >= LOOK_S:
            try:
                self._was_full = await asyncio.to_thread(self._crowded)
                self.answered_s = time.monotonic()
            except (StoreUnavailable, Bug) as error:
                self._waited(event_of(error), error.message)
                self._was_full = True
            self._looked_s = time.monotonic()
        return self._was_full
