"""The order a digest is told in: by watch, and within it by event; what there is no room for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from monitor.alerts import choice
from monitor.channels.render import titled, watch_title
from monitor.model import SEVERITIES, Rest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from monitor.model import Alert, Digest

MAX_SHOWN = 50
"""Alerts that are shown, further ones of an event among them: a page that can still be read."""
MAX_FURTHER = 4
"""Further alerts of one event that are shown, a line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What is told of one event: the alert to read, and further ones, told in a line each.

    `left_out` counts its alerts beyond those.
    """

    first: Alert
    further: tuple[Alert, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What is told of one watch. `watch` is its id, "" for troubles with sources.

    `count` is how many alerts of it there are, `left_out` how many of them are shown neither here
    nor as further ones of an event.
    """

    watch: str
    title: str
    count: int
    happenings: tuple[Happening, ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A digest in the order it is told in. `others` are the watches that have no section, `unseen`
    counts what is of none of all these.
    """

    sections: tuple[Section, ...]
    others: tuple[Rest, ...]
    unseen: int


def outline(digest: Digest) -> Outline:
    """The digest's alerts by watch and event: the most severe first, then the newest.

    An alert and its update are one, as it was told last. Where there is no room for all, watches
    take turns, so that one which floods hides no other.
    """
    watches = [_by_event(alerts) for alerts in _grouped(_newest_first(digest), watch_of)]
    watches.sort(key=lambda events: _gravity(events[0][0]))
    rest = {each.watch: each for each in digest.rest}
    sections, others = [], []
    for events, places in zip(watches, _room(watches), strict=True):
        left = rest.pop(watch_of(events[0][0]), None)
        section = _section(events, places, left.count if left else 0)
        if places:
            sections.append(section)
        else:
            others.append(Rest(watch=section.watch, title=section.title, count=section.count))
    others += [_named(each) for each in rest.values()]
    known = sum(section.count for section in sections) + sum(each.count for each in others)
    return Outline(
        sections=tuple(sections), others=tuple(others), unseen=max(total(digest) - known, 0)
    )


def in_turns(digest: Digest) -> list[Alert]:
    """The digest's alerts so that whoever shows the first of them only shows a fair choice."""
    watches = [sorted(each, key=_gravity) for each in _grouped(_newest_first(digest), watch_of)]
    watches.sort(key=lambda alerts: _gravity(alerts[0]))
    return choice.in_turns(watches)


def counted_only(digest: Digest) -> Digest:
    """The digest without its alerts, for who has them already: they are counted as the rest is."""
    counts = {each.watch: each for each in digest.rest}
    for alerts in _grouped(digest.alerts, watch_of):
        watch, title = watch_of(alerts[0]), watch_title(alerts[0])
        before = counts.get(watch, Rest(watch=watch, title=title, count=0))
        counts[watch] = replace(before, count=before.count + len(alerts))
    return replace(digest, alerts=(), rest=tuple(counts.values()))


def _newest_first(digest: Digest) -> list[Alert]:
    told: dict[str, Alert] = {}
    for alert in reversed(digest.alerts):
        told.setdefault(alert.id, alert)
    return list(told.values())


def _named(rest: Rest) -> Rest:
    """The rest by a title that can be shown."""
    return replace(rest, title=titled(rest.title, rest.watch))


def total(digest: Digest) -> int:
    """How many alerts it is of, an alert and its update being one where both are at hand."""
    return max(digest.count - len(digest.alerts), 0) + len({alert.id for alert in digest.alerts})


def _by_event(alerts: Iterable[Alert]) -> list[list[Alert]]:
    """The alerts of a watch by event, in each the most severe first."""
    events = [sorted(event, key=_gravity) for event in _grouped(alerts, _event_of)]
    return sorted(events, key=lambda event: _gravity(event[0]))


def _room(watches: list[list[list[Alert]]]) -> list[int]:
    """How many events of each watch are shown: one of each in turn, while there is room."""
    places = [0] * len(watches)
    left = MAX_SHOWN
    for turn in zip_longest(*watches):
        for number, event in enumerate(turn):
            if event is not None and left > 0:
                places[number] += 1
                left -= min(len(event), 1 + MAX_FURTHER)
    return places


def _section(events: list[list[Alert]], places: int, rest: int) -> Section:
    first = events[0][0]
    return Section(
        watch=watch_of(first),
        title=watch_title(first),
        count=sum(map(len, events)) + rest,
        happenings=tuple(map(_happening, events[:places])),
        left_out=sum(map(len, events[places:])) + rest,
    )


def _happening(event: list[Alert]) -> Happening:
    first, *rest = event
    return Happening(
        first=first,
        further=tuple(rest[:MAX_FURTHER]),
        left_out=len(rest[MAX_FURTHER:]),
    )


def watch_of(alert: Alert) -> str:
    """The watch an alert is of; "" for the trouble of a source."""
    return choice.watch_of(alert.watch, alert.trouble.kind if alert.trouble else None)


def _event_of(alert: Alert) -> str:
    return alert.event or alert.story


def _gravity(alert: Alert) -> int:
    return -SEVERITIES.index(alert.severity)


def _grouped(alerts: Iterable[Alert], by: Callable[[Alert], str]) -> Iterable[list[Alert]]:
    """The alerts that are one by this, in order of their first."""
    groups: dict[str, list[Alert]] = {}
    for alert in alerts:
        groups.setdefault(by(alert), []).append(alert)
    return groups.values()
