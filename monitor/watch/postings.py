"""Postings: which watches are worth deciding, now that an article shows these keys?

A watch is posted under its first key. Where it has a second one it is let through only when the
article shows that, too. All keys are what one pass of the lexicon finds, as numbers: those of its
patterns, and above them those of the subjects and topics that watches ask for.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from monitor.lexicon import Mentions
from monitor.model import Topic
from monitor.text import folded
from monitor.watch.anchors import Key, SubjectKey, Way

_Row: TypeAlias = tuple[int, ...]


class Posting(NamedTuple):
    """Watches by number under one first key: those let through at once, and those by second key.

    The second keys stand beside their rows as a set, since two sets are compared by the hashes they
    keep; the keys of a dict would be fetched from all over the memory.
    """

    at_once: _Row
    seconds: frozenset[int]
    rows: Mapping[int, _Row]


class Postings:
    """All postings. `anchors` are the keys that the lexicon must look for.

    By number in a list, which lies closer together than a dict: what costs is to fetch memory.
    """

    def __init__(self, ways: Iterable[tuple[int, Way]]) -> None:
        self._ways = tuple(ways)
        keys = dict.fromkeys(key for _, way in self._ways for key in (*way.first, *way.second))
        self.anchors = frozenset(key for key in keys if isinstance(key, bytes))
        self._subjects = tuple(key for key in keys if not isinstance(key, bytes))
        self._number_of: dict[Key, int] = {}
        self._by_first: list[Posting | None] = []
        self._spelled_by: dict[int, _Row] = {}

    def bind(self, anchor_by_pattern: list[bytes | None]) -> None:
        """Lay the postings out by the numbers of a lexicon's patterns."""
        number_of: dict[Key, int] = {
            key: at for at, key in enumerate(anchor_by_pattern) if key in self.anchors
        }
        number_of.update(zip(self._subjects, itertools.count(len(anchor_by_pattern))))
        self._number_of = number_of
        postings = _laid_out(self._ways, number_of)
        numbers = range(len(anchor_by_pattern) + len(self._subjects))
        self._by_first = [postings.get(number) for number in numbers]
        self._spelled_by = {}

    def candidates(self, mentions: Mentions, topics: tuple[Topic, ...]) -> set[int]:
        """The numbers of the watches that an article may satisfy."""
        shown = mentions.patterns
        if self._subjects:
            shown = shown.union(self._subjects_in(mentions), self._asked(_topic_keys(topics)))
        by_first = self._by_first
        found: set[int] = set()
        for at_once, seconds, rows in [p for number in shown if (p := by_first[number])]:
            if at_once:
                found.update(at_once)
            if seconds and not seconds.isdisjoint(shown):
                for second in seconds & shown:
                    found.update(rows[second])
        return found

    def _subjects_in(self, mentions: Mentions) -> set[int]:
        """The numbers of the subjects that are asked for and may be named."""
        spelled_by = self._spelled_by
        found: set[int] = set()
        for pattern in mentions.naming:
            numbers = spelled_by.get(pattern)
            if numbers is None:
                numbers = spelled_by[pattern] = self._asked(mentions.spelled_by(pattern))
            if numbers:
                found.update(numbers)
        return found

    def _asked(self, keys: Iterable[SubjectKey]) -> _Row:
        number_of = self._number_of
        return tuple([number_of[key] for key in keys if key in number_of])


def _topic_keys(topics: tuple[Topic, ...]) -> list[SubjectKey]:
    return [("topic", name) for topic in topics for name in (topic.key, folded(topic.label))]


def _laid_out(ways: Iterable[tuple[int, Way]], number_of: Mapping[Key, int]) -> dict[int, Posting]:
    at_once: dict[int, list[int]] = {}
    by_second: dict[int, dict[int, list[int]]] = {}
    for watch, way in ways:
        for first in map(number_of.__getitem__, way.first):
            if not way.second:
                at_once.setdefault(first, []).append(watch)
            for second in map(number_of.__getitem__, way.second):
                by_second.setdefault(first, {}).setdefault(second, []).append(watch)
    return {
        first: _posting(at_once.get(first, ()), by_second.get(first, {}))
        for first in at_once.keys() | by_second.keys()
    }


def _posting(at_once: Iterable[int], by_second: Mapping[int, list[int]]) -> Posting:
    rows = {second: tuple(watches) for second, watches in by_second.items()}
    return Posting(tuple(at_once), frozenset(rows), rows)
