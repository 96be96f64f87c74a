"""That a loop goes round: written by the loop, read by whoever is asked whether it lives.

The numbers stand in a page of memory that forked processes share, so that a process of its own can
answer for a loop, also while Redis is away. Each is one aligned store of eight bytes.
"""

from __future__ import annotations

import mmap
import struct
import time
from typing import Final

_TICKED, _BEHIND, _DID, _HEARD = 0, 8, 16, 24

SILENT_S: Final = 15.0
"""A process that a loop keeps, and that has not run for so long, is told: soon it is replaced."""


class Pulse:
    """The pulse of one loop; made before any fork. A loop that has not begun yet counts as alive
    from the moment its pulse was made.
    """

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self.started = time.time()
        self.tick()

    def tick(self, behind_s: float = 0.0) -> None:
        """The loop has come round; the first thing it has yet to do was due so long ago."""
        self._put(_BEHIND, behind_s)
        self._put(_TICKED, time.monotonic())

    def did(self, at: float | None = None) -> None:
        """What the loop is there for has been done: a poll, a commit."""
        self._put(_DID, time.time() if at is None else at)

    def hears(self, silent_s: float) -> None:
        """Of the processes that the loop keeps the most silent has not run for so long."""
        self._put(_HEARD, time.monotonic() - silent_s)

    @property
    def silent_s(self) -> float:
        """How long the most silent of the processes that the loop keeps has not run, as it last
        came round; 0 where it keeps none.
        """
        heard = self._get(_HEARD)
        return max(0.0, self._get(_TICKED) - heard) if heard else 0.0

    @property
    def age_s(self) -> float:
        """How long ago the loop last came round."""
        return max(0.0, time.monotonic() - self._get(_TICKED))

    @property
    def behind_s(self) -> float:
        """How late it was then with what is due."""
        return self._get(_BEHIND)

    @property
    def last(self) -> float:
        """When it last did what it is there for, in seconds since 1970; 0 for not yet."""
        return self._get(_DID)

    def _put(self, place: int, value: float) -> None:
        struct.pack_into("d", self._page, place, value)

    def _get(self, place: int) -> float:
        (value,) = struct.unpack_from("d", self._page, place)
        return float(value)
