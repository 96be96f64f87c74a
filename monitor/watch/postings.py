"""Postings: which watches are worth deciding, now that an article shows these keys?

A watch is posted under its first key. Where it has a second one it is let through only when the
article shows that, too: looked up in the set of the article's words, subjects and topics, a
beginning such as b" terror" in the line.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias, TypeVar

from monitor.lexicon import Mentions
from monitor.model import Topic
from monitor.text import Reading, folded
from monitor.watch.anchors import Key, SubjectKey, Way

_FEW = 10
"""Second words up to which each is looked for in the line: cheaper than the set of all words."""

_Row: TypeAlias = tuple[int, ...]
_Gate = TypeVar("_Gate", bytes, SubjectKey)
_NONE: dict[Any, _Row] = {}
_NOBODY: set[SubjectKey] = set()


class Posting(NamedTuple):
    """Watches by number under one first key: those let through at once, and by second key."""

    at_once: _Row
    by_word: dict[bytes, _Row]
    by_subject: dict[SubjectKey, _Row]
    by_pattern: dict[bytes, _Row]


class Postings:
    """All postings. `anchors` are the first keys that the lexicon must look for."""

    def __init__(self, ways: Iterable[tuple[int, Way]]) -> None:
        self._postings = _built(ways)
        self.anchors = frozenset(key for key in self._postings if isinstance(key, bytes))
        self._subjects = self._postings.keys() - self.anchors
        self._asks_subjects = bool(self._subjects) or any(
            posting.by_subject for posting in self._postings.values()
        )

    def candidates(
        self, reading: Reading, mentions: Mentions, topics: tuple[Topic, ...]
    ) -> set[int]:
        """The numbers of the watches that an article may satisfy."""
        found: set[int] = set()
        here = mentions.perhaps.union(_topic_keys(topics)) if self._asks_subjects else _NOBODY
        by_word: list[dict[bytes, _Row]] = []
        for posting in self._shown(mentions, here):
            if posting.at_once:
                found.update(posting.at_once)
            if posting.by_word:
                by_word.append(posting.by_word)
            if posting.by_subject:
                _open(posting.by_subject, here, found)
            if posting.by_pattern:
                _search(posting.by_pattern, reading.line, found)
        _open_words(by_word, reading, found)
        return found

    def _shown(self, mentions: Mentions, here: set[SubjectKey]) -> list[Posting]:
        postings = self._postings
        shown = [postings[key] for key in mentions.anchors if key in postings]
        if here:
            shown += [postings[key] for key in self._subjects & here]
        return shown


def _open_words(gates: list[dict[bytes, _Row]], reading: Reading, found: set[int]) -> None:
    if sum(map(len, gates)) <= _FEW:
        for gate in gates:
            _search({b" %b " % word: gate[word] for word in gate}, reading.line, found)
        return
    for gate in gates:
        _open(gate, reading.words, found)


def _open(gate: dict[_Gate, _Row], here: set[_Gate], found: set[int]) -> None:
    if not here.isdisjoint(gate):
        for key in gate.keys() & here:
            found.update(gate[key])


def _search(gate: dict[bytes, _Row], line: bytes, found: set[int]) -> None:
    for pattern, numbers in gate.items():
        if pattern in line:
            found.update(numbers)


def _topic_keys(topics: tuple[Topic, ...]) -> list[SubjectKey]:
    return [("topic", name) for topic in topics for name in (topic.key, folded(topic.label))]


class _Draft:
    """A posting while it is filled."""

    __slots__ = ("at_once", "by_pattern", "by_subject", "by_word")

    def __init__(self) -> None:
        self.at_once: list[int] = []
        self.by_word: dict[bytes, list[int]] = {}
        self.by_subject: dict[SubjectKey, list[int]] = {}
        self.by_pattern: dict[bytes, list[int]] = {}

    def add(self, number: int, way: Way) -> None:
        if not way.second and not way.patterns:
            self.at_once.append(number)
        for key in way.second:
            if isinstance(key, bytes):
                self.by_word.setdefault(key, []).append(number)
            else:
                self.by_subject.setdefault(key, []).append(number)
        for pattern in way.patterns:
            self.by_pattern.setdefault(pattern, []).append(number)

    def finished(self) -> Posting:
        return Posting(
            tuple(self.at_once),
            {key: tuple(numbers) for key, numbers in self.by_word.items()} or _NONE,
            {key: tuple(numbers) for key, numbers in self.by_subject.items()} or _NONE,
            {key: tuple(numbers) for key, numbers in self.by_pattern.items()} or _NONE,
        )


def _built(ways: Iterable[tuple[int, Way]]) -> dict[Key, Posting]:
    drafts: dict[Key, _Draft] = {}
    for number, way in ways:
        for first in way.first:
            draft = drafts.get(first)
            if draft is None:
                draft = drafts[first] = _Draft()
            draft.add(number, way)
    return {key: draft.finished() for key, draft in drafts.items()}
