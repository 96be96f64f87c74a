"""Postings: which watches are worth deciding, now that an article shows these keys?

A watch is posted under its first key. Where it has a second one it is let through only when the
article shows that, too. All keys are what one pass of the lexicon finds: numbers of patterns, and
subjects that may be named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from monitor.lexicon import Mentions
from monitor.model import Topic
from monitor.text import folded
from monitor.watch.anchors import Key, SubjectKey, Way

_Row: TypeAlias = tuple[int, ...]
_Second = TypeVar("_Second", int, SubjectKey)


class Gate(NamedTuple, Generic[_Second]):
    """Watches by number, let through by a second key.

    The keys stand beside their rows as a set, since two sets are compared by the hashes they keep;
    the keys of a dict would be fetched from all over the memory.
    """

    keys: frozenset[_Second]
    rows: Mapping[_Second, _Row]

    def open(self, here: set[_Second], found: set[int]) -> None:
        """Adds the watches whose second key is `here`."""
        if not here.isdisjoint(self.keys):
            for key in here & self.keys:
                found.update(self.rows[key])


class Posting(NamedTuple):
    """Watches by number under one first key: those let through at once, and by second key."""

    at_once: _Row
    by_pattern: Gate[int] | None
    by_subject: Gate[SubjectKey] | None


class Postings:
    """All postings. `anchors` are the keys that the lexicon must look for."""

    def __init__(self, ways: Iterable[tuple[int, Way]]) -> None:
        self._ways = tuple(ways)
        keys = {key for _, way in self._ways for key in (*way.first, *way.second)}
        self.anchors = frozenset(key for key in keys if isinstance(key, bytes))
        self._asks_subjects = len(self.anchors) < len(keys)
        self._by_pattern: dict[int, Posting] = {}
        self._first: frozenset[int] = frozenset()
        self._by_subject: dict[SubjectKey, Posting] = {}

    def bind(self, anchor_by_pattern: list[bytes | None]) -> None:
        """Lay the postings out by the numbers of a lexicon's patterns."""
        number_of = {key: at for at, key in enumerate(anchor_by_pattern) if key is not None}
        by_key = _laid_out(self._ways, number_of)
        self._by_pattern = {
            number: by_key[key] for key, number in number_of.items() if key in by_key
        }
        self._first = frozenset(self._by_pattern)
        self._by_subject = {
            key: posting for key, posting in by_key.items() if not isinstance(key, bytes)
        }

    def candidates(self, mentions: Mentions, topics: tuple[Topic, ...]) -> set[int]:
        """The numbers of the watches that an article may satisfy."""
        here: set[SubjectKey] = set()
        if self._asks_subjects:
            here = mentions.perhaps.union(_topic_keys(topics))
        patterns, by_pattern = mentions.patterns, self._by_pattern
        shown = [by_pattern[number] for number in patterns & self._first]
        if here:
            shown += [self._by_subject[key] for key in self._by_subject.keys() & here]
        found: set[int] = set()
        for at_once, patterns_gate, subjects_gate in shown:
            if at_once:
                found.update(at_once)
            if patterns_gate is not None:
                patterns_gate.open(patterns, found)
            if subjects_gate is not None:
                subjects_gate.open(here, found)
        return found


def _topic_keys(topics: tuple[Topic, ...]) -> list[SubjectKey]:
    return [("topic", name) for topic in topics for name in (topic.key, folded(topic.label))]


class _Draft:
    """A posting while it is filled."""

    __slots__ = ("at_once", "by_pattern", "by_subject")

    def __init__(self) -> None:
        self.at_once: list[int] = []
        self.by_pattern: dict[int, list[int]] = {}
        self.by_subject: dict[SubjectKey, list[int]] = {}

    def add(self, number: int, second: tuple[Key, ...], number_of: dict[bytes, int]) -> None:
        if not second:
            self.at_once.append(number)
        for key in second:
            if isinstance(key, bytes):
                self.by_pattern.setdefault(number_of[key], []).append(number)
            else:
                self.by_subject.setdefault(key, []).append(number)

    def finished(self) -> Posting:
        return Posting(
            tuple(self.at_once),
            _gate(self.by_pattern) if self.by_pattern else None,
            _gate(self.by_subject) if self.by_subject else None,
        )


def _gate(rows: dict[_Second, list[int]]) -> Gate[_Second]:
    return Gate(frozenset(rows), {key: tuple(numbers) for key, numbers in rows.items()})


def _laid_out(ways: Iterable[tuple[int, Way]], number_of: dict[bytes, int]) -> dict[Key, Posting]:
    drafts: dict[Key, _Draft] = {}
    for number, way in ways:
        for first in way.first:
            draft = drafts.get(first)
            if draft is None:
                draft = drafts[first] = _Draft()
            draft.add(number, way.second, number_of)
    return {key: draft.finished() for key, draft in drafts.items()}
