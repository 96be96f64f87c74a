"""Lanes: which source may be polled now? One at a time a host, with room between two starts.

A heap of sources per host and a heap of hosts, so that a step costs the logarithm of what waits:
nothing ever looks at all sources, and a slow host keeps only its own waiting. Times are seconds
since 1970; pure, the clock comes in. An entry that was overtaken by a newer one stays in its heap
until it comes up, and is passed over by its number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final

SPACING_S: Final = 5.0
"""Between two starts on one host (research: mediacloud's figure, which hosts put up with)."""


@dataclass(slots=True)
class _Lane:
    """One host. `opens_s` is when it may be asked again: spacing, or parked by its own word."""

    waiting: list[tuple[float, int, str]] = field(default_factory=list)
    busy: bool = False
    opens_s: float = 0.0
    number: int = 0


class Lanes:
    """What waits to be polled. `spacing_s` says how much room a host wants between two starts."""

    def __init__(self, spacing_s: Callable[[str], float]) -> None:
        self._spacing_s = spacing_s
        self._lanes: dict[str, _Lane] = {}
        self._ready: list[tuple[float, int, str]] = []
        self._waiting: dict[str, tuple[int, float, str]] = {}
        self._number = 0

    def __len__(self) -> int:
        """How many sources wait."""
        return len(self._waiting)

    def put(self, source: str, host: str, due_s: float) -> None:
        """The source waits in its host's lane until it is due; replaces what was said before."""
        lane = self._lanes.setdefault(host, _Lane())
        number = self._next()
        self._waiting[source] = (number, due_s, host)
        heappush(lane.waiting, (due_s, number, source))
        self._announce(host, lane)

    def hurry(self, source: str, now_s: float) -> bool:
        """Make a waiting source due now; False where it is due already or does not wait."""
        found = self._waiting.get(source)
        if found is None or found[1] <= now_s:
            return False
        self.put(source, found[2], now_s)
        return True

    def park(self, host: str, until_s: float) -> None:
        """Nobody asks this host before then."""
        lane = self._lanes.setdefault(host, _Lane())
        lane.opens_s = max(lane.opens_s, until_s)
        self._announce(host, lane)

    def opens_s(self, host: str) -> float:
        """From when on this host may be asked; 0 for always."""
        lane = self._lanes.get(host)
        return lane.opens_s if lane else 0.0

    def empty(self, host: str) -> tuple[str, ...]:
        """Take everything out of a lane; returns what waited in it."""
        gone = tuple(name for name, (_, _, where) in self._waiting.items() if where == host)
        for name in gone:
            del self._waiting[name]
        return gone

    def take(self, now_s: float) -> tuple[str, str] | None:
        """A source whose turn it is, and its host, or None. Its lane is closed until `free`."""
        while self._ready and self._ready[0][0] <= now_s:
            _, number, host = heappop(self._ready)
            lane = self._lanes[host]
            if number != lane.number or lane.busy:
                continue
            self._drop_overtaken(lane)
            if not lane.waiting or lane.waiting[0][0] > now_s:
                self._announce(host, lane)
                continue
            _, _, source = heappop(lane.waiting)
            del self._waiting[source]
            lane.busy = True
            lane.opens_s = max(lane.opens_s, now_s + self._spacing_s(host))
            return source, host
        return None

    def free(self, host: str) -> None:
        """The poll of this host's lane is over."""
        lane = self._lanes[host]
        lane.busy = False
        self._announce(host, lane)

    def next_s(self) -> float | None:
        """When it is worth looking again; None where nothing waits for time alone."""
        return self._ready[0][0] if self._ready else None

    def _announce(self, host: str, lane: _Lane) -> None:
        """The lane's place among the hosts, anew."""
        if lane.busy:
            return
        self._drop_overtaken(lane)
        if lane.waiting:
            lane.number = self._next()
            heappush(self._ready, (max(lane.waiting[0][0], lane.opens_s), lane.number, host))

    def _drop_overtaken(self, lane: _Lane) -> None:
        while lane.waiting:
            _, number, source = lane.waiting[0]
            if self._waiting.get(source, (0,))[0] == number:
                return
            heappop(lane.waiting)

    def _next(self) -> int:
        self._number += 1
        return self._number
