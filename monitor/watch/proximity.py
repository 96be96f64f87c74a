"""The compiled forms of NEAR, THEN, NOT NEAR and of the plain form's windows.

Positions are (first, last) word positions; fields lie FIELD_STRIDE apart, so no distance crosses
them. All of it is linear in the number of places (times the reach, at most 255): each place looks
only at its neighbours.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Literal, TypeAlias

from monitor.model import Field
from monitor.text import Span
from monitor.watch.clauses import Proof, Spotted
from monitor.watch.scene import Scene
from monitor.watch.tree import Reach

Place: TypeAlias = tuple[int, int, Span]
"""First and last word position, and the span."""

Unit: TypeAlias = Literal["S", "P"]


class Nearby:
    """Both clauses, at most `reach` words apart, or in one sentence or paragraph."""

    __slots__ = ("_left", "_ordered", "_reach", "_right", "cost")

    def __init__(self, left: Spotted, right: Spotted, reach: Reach, *, ordered: bool) -> None:
        self._left, self._right = left, right
        self._reach, self._ordered = reach, ordered
        self.cost = 2 if isinstance(reach, int) else 3

    def holds(self, scene: Scene) -> bool:
        if not scene.spans(self._left) or not scene.spans(self._right):
            return False
        return next(self._pairs(scene), None) is not None

    def proof(self, scene: Scene) -> Proof:
        left, right = self._closest(scene)
        yield self._left.named(scene, left[2]), (left[2],)
        yield self._right.named(scene, right[2]), (right[2],)

    def _closest(self, scene: Scene) -> tuple[Place, Place]:
        """The pair to show. Of neighbours, as there may be 255 pairs for each place."""
        if not isinstance(self._reach, int):
            return min(self._pairs(scene), key=extent)
        lefts, rights = places(scene, self._left), places(scene, self._right)
        beside = _in_order(lefts, rights) if self._ordered else neighbours(lefts, rights)
        best = min(beside, key=extent, default=None)
        if best is not None and any(close_pairs([best[0]], [best[1]], self._reach, ordered=False)):
            return best
        return next(self._pairs(scene))

    def _pairs(self, scene: Scene) -> Iterator[tuple[Place, Place]]:
        lefts, rights = places(scene, self._left), places(scene, self._right)
        if isinstance(self._reach, int):
            yield from close_pairs(lefts, rights, self._reach, ordered=self._ordered)
            return
        for mine, theirs in shared_units(scene, (lefts, rights), self._reach):
            if self._ordered:
                yield from _in_order(mine, theirs)
            else:
                yield from neighbours(mine, theirs)


class Lonely:
    """Some place of the left clause with no right one within reach."""

    __slots__ = ("_left", "_reach", "_right", "cost")

    def __init__(self, left: Spotted, right: Spotted, reach: Reach) -> None:
        self._left, self._right, self._reach = left, right, reach
        self.cost = 2 if isinstance(reach, int) else 3

    def holds(self, scene: Scene) -> bool:
        return bool(scene.spans(self._left)) and bool(self._alone(scene))

    def proof(self, scene: Scene) -> Proof:
        span = self._alone(scene)[0]
        yield self._left.named(scene, span), (span,)

    def _alone(self, scene: Scene) -> list[Span]:
        lefts, rights = places(scene, self._left), places(scene, self._right)
        if isinstance(self._reach, int):
            pairs = close_pairs(lefts, rights, self._reach, ordered=False)
            near = {left[2] for left, _ in pairs}
        else:
            shared = shared_units(scene, (lefts, rights), self._reach)
            near = {place[2] for mine, _ in shared for place in mine}
        return [place[2] for place in lefts if place[2] not in near]


class Window:
    """All clauses in one sentence, one paragraph, or a window of that many words."""

    __slots__ = ("_parts", "_within", "cost")

    def __init__(self, parts: tuple[Spotted, ...], within: Unit | int) -> None:
        self._parts, self._within = parts, within
        self.cost = 2 if isinstance(within, int) else 3

    def holds(self, scene: Scene) -> bool:
        return all(scene.spans(part) for part in self._parts) and bool(self._smallest(scene))

    def proof(self, scene: Scene) -> Proof:
        for part, place in zip(self._parts, self._smallest(scene), strict=True):
            yield part.named(scene, place[2]), (place[2],)

    def _smallest(self, scene: Scene) -> tuple[Place, ...]:
        """One place of each clause, as close together as they stand; () when too far."""
        rows = tuple(places(scene, part) for part in self._parts)
        if isinstance(self._within, int):
            window = smallest_window(rows)
            return window if extent(window) <= self._within else ()
        windows = (smallest_window(unit) for unit in shared_units(scene, rows, self._within))
        return min(windows, key=extent, default=())


def places(scene: Scene, clause: Spotted) -> list[Place]:
    """The places of a clause in order of the text."""
    spans, positions = scene.spans(clause), scene.positions(clause)
    return [(first, last, span) for (first, last), span in zip(positions, spans, strict=True)]


def close_pairs(
    lefts: list[Place], rights: list[Place], reach: int, *, ordered: bool
) -> Iterator[tuple[Place, Place]]:
    """All pairs at most `reach` words apart: 1 is adjacent, places that overlap are 0 apart."""
    firsts = [place[0] for place in rights]
    longest = max((last - first for first, last, _ in rights), default=0)
    for left in lefts:
        lowest = left[0] if ordered else left[0] - reach - longest
        for at in range(bisect_left(firsts, lowest), len(rights)):
            right = rights[at]
            if right[0] - left[1] > reach:
                break
            if ordered:
                if right[2][0] >= left[2][1]:
                    yield left, right
            elif left[0] - right[1] <= reach:
                yield left, right


def shared_units(
    scene: Scene, rows: tuple[list[Place], ...], unit: Unit
) -> Iterator[tuple[list[Place], ...]]:
    """For each sentence or paragraph that holds places of every row: those places, row by row."""
    by_unit: list[dict[tuple[Field, int], list[Place]]] = []
    for row in rows:
        units: dict[tuple[Field, int], list[Place]] = {}
        for place in row:
            stands = scene.reading.place_of(place[2])
            start = stands.start if unit == "S" else stands.paragraph
            units.setdefault((stands.field, start), []).append(place)
        by_unit.append(units)
    shared = set(by_unit[0]).intersection(*by_unit[1:])
    for where in by_unit[0]:  # in order of the text
        if where in shared:
            yield tuple(units[where] for units in by_unit)


def smallest_window(rows: tuple[list[Place], ...]) -> tuple[Place, ...]:
    """One place of each row (none of them empty) so that the whole is as short as can be.

    For each place as the window's beginning, each row gives the one that ends first among those
    that begin no earlier.
    """
    soonest = [_soonest_ends(row) for row in rows]
    starts = sorted({place[0] for row in rows for place in row})
    at = [0] * len(rows)
    best: tuple[Place, ...] = ()
    for start in starts:
        for index, row in enumerate(rows):
            while at[index] < len(row) and row[at[index]][0] < start:
                at[index] += 1
            if at[index] == len(row):
                return best
        window = tuple(ends[where] for ends, where in zip(soonest, at, strict=True))
        if not best or extent(window) < extent(best):
            best = window
    return best


def _soonest_ends(row: list[Place]) -> list[Place]:
    """For each place of a row, of it and those behind it the one that ends first."""
    soonest = list(row)
    for at in range(len(row) - 2, -1, -1):
        if soonest[at + 1][1] < soonest[at][1]:
            soonest[at] = soonest[at + 1]
    return soonest


def neighbours(lefts: list[Place], rights: list[Place]) -> Iterator[tuple[Place, Place]]:
    """Each left place with the right ones next to it on either side."""
    firsts = [place[0] for place in rights]
    for left in lefts:
        at = bisect_left(firsts, left[0])
        if at < len(rights):
            yield left, rights[at]
        if at > 0:
            yield left, rights[at - 1]


def _in_order(lefts: list[Place], rights: list[Place]) -> Iterator[tuple[Place, Place]]:
    """Each left place with the first right one behind it."""
    begins = [place[2][0] for place in rights]
    for left in lefts:
        at = bisect_left(begins, left[2][1])
        if at < len(rights):
            yield left, rights[at]


def extent(window: tuple[Place, ...]) -> int:
    """How many words a window holds, from its first to its last."""
    return max(place[1] for place in window) - min(place[0] for place in window) + 1
