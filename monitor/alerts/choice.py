"""Which of many alerts are shown, so that no loud watch hides another's only one. Pure."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from monitor.model import SEVERITIES, Rest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.model import Severity, TroubleKind

T = TypeVar("T")


class Standing(NamedTuple):
    """One of the alerts, as far as that decides whether it is shown; `ref` is what it is found by.

    `watch` is what `watch_of` says, `title` that of the watch.
    """

    ref: str
    watch: str
    title: str
    severity: Severity


@dataclass(slots=True)
class _Stand:
    """What is known of one watch: how many, and the best of them as (severity, place, ref)."""

    title: str = ""
    count: int = 0
    best: list[tuple[int, int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The refs of those that are shown, in the order they came; how many of which watch are not;
    and all the watches.
    """

    refs: tuple[str, ...]
    rest: tuple[Rest, ...]
    watches: frozenset[str]


def choose(standings: Iterable[Standing], most: int) -> Choice:
    """At most so many of the alerts, given in the order they came, a fair choice: watches take
    turns, and of each the most severe come first, then the newest.

    Holds no more than `most` of each watch at a time, however many there are.
    """
    stands: dict[str, _Stand] = {}
    for place, each in enumerate(standings):
        stand = stands.setdefault(each.watch, _Stand())
        stand.title, stand.count = each.title, stand.count + 1
        rank = (SEVERITIES.index(each.severity), place, each.ref)
        if len(stand.best) < most:
            heapq.heappush(stand.best, rank)
        else:
            heapq.heappushpop(stand.best, rank)
    ranked = {watch: sorted(stand.best, reverse=True) for watch, stand in stands.items()}
    turns = in_turns(sorted(ranked.values(), key=lambda ranks: ranks[0], reverse=True))
    chosen = sorted(((place, ref) for _, place, ref in turns[:most]))
    places = {place for place, _ in chosen}
    rest = (
        Rest(watch=watch, title=stand.title, count=left)
        for watch, stand in stands.items()
        if (left := stand.count - sum(place in places for _, place, _ in stand.best))
    )
    return Choice(
        refs=tuple(ref for _, ref in chosen),
        rest=tuple(sorted(rest, key=lambda each: (-each.count, each.watch))),
        watches=frozenset(stands),
    )


def in_turns(groups: Sequence[Sequence[T]]) -> list[T]:
    """The first of each group, then the second of each, and so on."""
    turns = range(max(map(len, groups), default=0))
    return [group[turn] for turn in turns for group in groups if turn < len(group)]


def watch_of(watch: str, trouble: TroubleKind | None) -> str:
    """The watch that an alert counts for; "" for the trouble of a source."""
    return "" if trouble is not None and trouble != "quiet" else watch
