"""What two configurations do not share: said when one takes the place of the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from monitor.lexicon.knowledge import Knowledge
from monitor.model import Watch
from monitor.settings import Settings

MOST_NAMED: Final = 20
"""Ids in a line of the log."""

NAMED: Final = ("sources", "watches", "channels", "timings", "knowledge", "remarks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The ids of one kind of thing that two configurations do not share, or not alike."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def said(self) -> dict[str, list[str]]:
        """What there is of it, for the log: no more than a line can hold."""
        kinds = (("added", self.added), ("changed", self.changed), ("removed", self.removed))
        return {word: _listed(ids) for word, ids in kinds if ids}


def _listed(ids: tuple[str, ...]) -> list[str]:
    rest = len(ids) - MOST_NAMED
    return [*ids[:MOST_NAMED], f"and {rest} more"] if rest > 0 else [*ids]


def difference(before: Mapping[str, object], after: Mapping[str, object]) -> Difference:
    """What is different, in the order of the files."""
    return Difference(
        added=tuple(name for name in after if name not in before),
        changed=tuple(name for name in after if name in before and after[name] != before[name]),
        removed=tuple(name for name in before if name not in after),
    )


def differences(before: Settings, after: Settings) -> dict[str, Difference]:
    """What is different of each kind of thing that has ids."""
    return {
        "feeds": difference(
            {source.id: source for source in before.sources},
            {source.id: source for source in after.sources},
        ),
        "watches": difference(
            {watch.id: watch for watch in before.watches},
            {watch.id: watch for watch in after.watches},
        ),
        "channels": difference(_channels(before), _channels(after)),
        "names": difference(_names(before.knowledge), _names(after.knowledge)),
    }


def _channels(settings: Settings) -> dict[str, object]:
    return {name: (each, settings.timings.get(name)) for name, each in settings.channels.items()}


def _names(knowledge: Knowledge) -> dict[str, object]:
    return {
        **{f"actor:{name}": each for name, each in knowledge.actors.items()},
        **{f"place:{name}": each for name, each in knowledge.places.items()},
        **{f"theme:{name}": each for name, each in knowledge.themes.items()},
    }


def tables_changed(before: Settings, after: Settings) -> tuple[str, ...]:
    """The fields of Settings, without what has ids, that are different."""
    return tuple(
        each.name
        for each in fields(Settings)
        if each.name not in NAMED and getattr(before, each.name) != getattr(after, each.name)
    )


def to_be_tried(before: Settings, after: Settings) -> tuple[Watch, ...]:
    """The new and changed watches with examples: they must do what those say."""
    known = {watch.id: watch for watch in before.watches}
    return tuple(
        watch
        for watch in after.watches
        if known.get(watch.id) != watch and (watch.must_match or watch.must_not_match)
    )
