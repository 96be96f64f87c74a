"""Lanes: which source may be polled now? One at a time a host, with room between two starts.

A heap of sources per host and a heap of hosts, so that a step costs the logarithm of what waits:
nothing ever looks at all sources, and a slow host keeps only its own waiting. What is due moves to
a second heap of either kind, in which the more important come first: rank, then time. Times are
seconds since 1970; pure, the clock comes in. An entry that was overtaken by a newer one stays in
its heap until it comes up, and is passed over by its number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heappop, heappush
from ipaddress import ip_address
from typing import Final

SPACING_S: Final = 5.0
"""Between two starts on one host (research: mediacloud's figure, which hosts put up with)."""


@lru_cache(maxsize=16_384)
def spacing_s(host: str) -> float:
    """The room between two starts on a host; none on this machine's own."""
    try:
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        loopback = False
    return 0.0 if loopback else SPACING_S


@dataclass(slots=True)
class _Lane:
    """One host. `opens_s` is when it may be asked again: spacing, or parked by its own word.
    `waiting` is in order of time, `due` in order of rank.
    """

    waiting: list[tuple[float, int, str]] = field(default_factory=list)
    due: list[tuple[int, float, int, str]] = field(default_factory=list)
    busy: bool = False
    opens_s: float = 0.0
    number: int = 0


class Lanes:
    """What waits to be polled. `spacing_s` says how much room a host wants between two starts,
    `rank` which sources come first among those due at once: the lower.
    """

    def __init__(
        self, spacing_s: Callable[[str], float], rank: Callable[[str], int] = lambda _: 0
    ) -> None:
        self._spacing_s, self._rank = spacing_s, rank
        self._lanes: dict[str, _Lane] = {}
        self._ready: list[tuple[float, int, str]] = []
        self._open: list[tuple[int, float, int, str]] = []
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

    def leave(self, source: str) -> tuple[str, float] | None:
        """Take one source out; returns its host and when it was due, None if it does not wait."""
        found = self._waiting.pop(source, None)
        return None if found is None else (found[2], found[1])

    def take(self, now_s: float) -> tuple[str, str] | None:
        """A source whose turn it is, and its host, or None. Its lane is closed until `free`."""
        while self._ready and self._ready[0][0] <= now_s:
            _, number, host = heappop(self._ready)
            self._open_up(number, host, now_s)
        while self._open:
            _, _, number, host = heappop(self._open)
            lane = self._lanes[host]
            if number != lane.number or lane.busy:
                continue
            self._drop_overtaken(lane)
            if not lane.due:
                self._announce(host, lane)
                continue
            _, _, _, source = heappop(lane.due)
            del self._waiting[source]
            lane.busy = True
            lane.opens_s = max(lane.opens_s, now_s + self._spacing_s(host))
            return source, host
        return None

    def _open_up(self, number: int, host: str, now_s: float) -> None:
        """A host's turn has come: its place among those whose turn it is, by its first source."""
        lane = self._lanes[host]
        if number != lane.number or lane.busy:
            return
        self._drop_overtaken(lane)
        while lane.waiting and lane.waiting[0][0] <= now_s:
            due_s, mark, source = heappop(lane.waiting)
            heappush(lane.due, (self._rank(source), due_s, mark, source))
        self._drop_overtaken(lane)
        if lane.due:
            rank, due_s, _, _ = lane.due[0]
            heappush(self._open, (rank, max(due_s, lane.opens_s), number, host))
        if lane.waiting:  # one that comes due before this lane is taken may be of a better rank
            heappush(self._ready, (max(lane.waiting[0][0], lane.opens_s), number, host))

    def free(self, host: str) -> None:
        """The poll of this host's lane is over."""
        lane = self._lanes[host]
        lane.busy = False
        self._announce(host, lane)

    def next_s(self) -> float | None:
        """When it is worth looking again; None where nothing waits for time alone."""
        if self._open:
            return self._open[0][1]
        return self._ready[0][0] if self._ready else None

    def _announce(self, host: str, lane: _Lane) -> None:
        """The lane's place among the hosts, anew."""
        if lane.busy:
            return
        self._drop_overtaken(lane)
        firsts = [row[0] for row in lane.waiting[:1]] + [row[1] for row in lane.due[:1]]
        if firsts:
            lane.number = self._next()
            heappush(self._ready, (max(min(firsts), lane.opens_s), lane.number, host))

    def _drop_overtaken(self, lane: _Lane) -> None:
        while lane.waiting and not self._stands(lane.waiting[0][2], lane.waiting[0][1]):
            heappop(lane.waiting)
        while lane.due and not self._stands(lane.due[0][3], lane.due[0][2]):
            heappop(lane.due)

    def _stands(self, source: str, number: int) -> bool:
        """Whether the entry of this number is where the source waits."""
        return self._waiting.get(source, (0,))[0] == number

    def _next(self) -> int:
        self._number += 1
        return self._number
