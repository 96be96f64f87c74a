"""How far from holding were a proximity, a count, a window whose sides all stand in the text?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from monitor.text import FIELD_STRIDE
from monitor.watch.clauses import Spotted
from monitor.watch.misses import Miss, placed, quoted
from monitor.watch.proximity import Place, extent, neighbours, places, smallest_window
from monitor.watch.scene import Scene
from monitor.watch.tree import Near, NotNear, Reach

_UNITS = {"S": "sentence", "P": "paragraph"}
_OTHER_FIELDS = "they stand in different fields only"


class Pair(NamedTuple):
    """Two places and the word positions between them: 1 is adjacent."""

    gap: int
    left: Place
    right: Place


def of_near(scene: Scene, left: Spotted, right: Spotted, near: Near) -> Miss:
    """Both sides stand somewhere, but not as NEAR or THEN wants them."""
    pair = _closest(scene, left, right)
    name = f"{'THEN' if near.ordered else 'NEAR'}/{near.reach}"
    spans = (pair.left[2], pair.right[2])
    if near.ordered and _reaches(scene, pair, near.reach):
        return Miss(f"{name}: they stand in the other order only, {_apart(pair)}", spans)
    if pair.gap > FIELD_STRIDE // 2:
        return Miss(f"{name}: {_OTHER_FIELDS}", spans)
    if isinstance(near.reach, int):
        return Miss(f"{name}: the closest pair is {_apart(pair)}", spans)
    unit = _UNITS[near.reach]
    between = _between(scene, pair, near.reach)
    return Miss(
        f"{name}: never in one {unit}; the closest pair is {_counted(between, unit)}"
        f" and {_apart(pair)}",
        spans,
    )


def of_not_near(scene: Scene, left: Spotted, right: Spotted, near: NotNear) -> Miss:
    """The left side stands somewhere, but always with the right one close by."""
    pair = _closest(scene, left, right)
    count = len(scene.spans(left))
    every = "the only one has" if count == 1 else f"each of the {count} has"
    where = (
        f"within {near.reach} words"
        if isinstance(near.reach, int)
        else f"in its {_UNITS[near.reach]}"
    )
    return Miss(f"NOT NEAR/{near.reach}: {every} one {where}", (pair.left[2], pair.right[2]))


def of_count(scene: Scene, part: Spotted, wanted: int) -> Miss:
    """Some mentions, but too few."""
    found = placed(scene.spans(part))
    return Miss(f"found {len(found)} of {wanted}", tuple(found))


def of_window(scene: Scene, parts: list[Spotted], labels: list[str], within: str | int) -> Miss:
    """All parts stand somewhere, but not close together."""
    rows = tuple(places(scene, part) for part in parts)
    window = smallest_window(rows)
    spans = tuple(place[2] for place in window)
    words = extent(window)
    if isinstance(within, int):
        if words > FIELD_STRIDE // 2:
            return Miss(_OTHER_FIELDS, spans)
        return Miss(f"the smallest window that holds them all has {words} words", spans)
    fullest = _fullest(scene, rows, within)
    absent = [label for at, label in enumerate(labels) if at not in fullest]
    return Miss(
        f"no {within} holds them all; the fullest holds {len(fullest)} of {len(labels)},"
        f" without {quoted(absent)}",
        spans,
    )


def _fullest(scene: Scene, rows: Iterable[list[Place]], within: str) -> set[int]:
    """Which rows stand in the sentence or paragraph that most of them stand in."""
    held: dict[int, set[int]] = {}
    for at, row in enumerate(rows):
        for place in row:
            sentence = scene.reading.sentence_of(place[2])
            unit = sentence.index if within == "sentence" else sentence.paragraph
            held.setdefault(unit, set()).add(at)
    return max(held.values(), key=len)


def _closest(scene: Scene, left: Spotted, right: Spotted) -> Pair:
    lefts, rights = places(scene, left), places(scene, right)
    return min(
        (Pair(max(b[0] - a[1], a[0] - b[1]), a, b) for a, b in neighbours(lefts, rights)),
        key=lambda pair: (pair.gap, pair.left[0]),
    )


def _reaches(scene: Scene, pair: Pair, reach: Reach) -> bool:
    if isinstance(reach, int):
        return pair.gap <= reach
    return _between(scene, pair, reach) == 0


def _between(scene: Scene, pair: Pair, unit: str) -> int:
    """How many sentences or paragraphs the one stands after the other."""
    first, second = (scene.reading.sentence_of(place[2]) for place in (pair.left, pair.right))
    if unit == "S":
        return abs(first.index - second.index)
    return abs(first.paragraph - second.paragraph)


def _apart(pair: Pair) -> str:
    return f"{_counted(pair.gap, 'word')} apart" if pair.gap > 0 else "overlapping"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
