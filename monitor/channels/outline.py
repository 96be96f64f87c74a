"""The order a digest is told in: by watch, and within it by event; what there is no room for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from monitor.channels.render import watch_title
from monitor.model import SEVERITIES

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

    `count` is how many alerts of it the digest holds, `left_out` how many of their events have no
    room here, in alerts.
    """

    watch: str
    title: str
    count: int
    happenings: tuple[Happening, ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A digest in the order it is told in. `unseen` counts what stands in none of its sections."""

    sections: tuple[Section, ...]
    unseen: int


def outline(digest: Digest) -> Outline:
    """The digest's alerts by watch and event: the most severe first, then in order of time.

    An alert and its update are one, as it was told last. Where there is no room for all, watches
    take turns, so that one which floods hides no other.
    """
    told = {alert.id: alert for alert in digest.alerts}
    watches = [_by_event(alerts) for alerts in _grouped(told.values(), watch_of)]
    watches.sort(key=lambda events: _gravity(events[0][0]))
    room = _room(watches)
    sections = [
        _section(events, places) for events, places in zip(watches, room, strict=True) if places
    ]
    return Outline(
        sections=tuple(sections),
        unseen=total(digest) - sum(section.count for section in sections),
    )


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


def _section(events: list[list[Alert]], places: int) -> Section:
    first = events[0][0]
    return Section(
        watch=watch_of(first),
        title=watch_title(first),
        count=sum(map(len, events)),
        happenings=tuple(map(_happening, events[:places])),
        left_out=sum(map(len, events[places:])),
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
    about_source = alert.trouble is not None and alert.trouble.kind != "quiet"
    return "" if about_source else alert.watch


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
