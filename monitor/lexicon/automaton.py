"""Lexicon: all names and all anchors of watches in one automaton, run once over an article."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import ahocorasick_rs

from monitor.lexicon.knowledge import Knowledge
from monitor.lexicon.mentions import Compiled, Meaning, Mentions
from monitor.lexicon.names import Case, Name, names_of
from monitor.model import SubjectKind
from monitor.text import Reading


@contextmanager
def uncollected() -> Iterator[None]:
    """While much is built that stays: the collector would look at it in vain."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class Lexicon:
    """The compiled form of knowledge and anchors. Made once per configuration, shared by forks.

    Aho and Corasick, "Efficient string matching", CACM 18 (1975): the cost of the pass grows with
    the text, hardly with the number of names.
    """

    def __init__(self, knowledge: Knowledge, anchors: frozenset[bytes]) -> None:
        self.knowledge = knowledge
        with uncollected():
            patterns, meanings = _compiled(knowledge, anchors)
        self._compiled = Compiled(
            knowledge=knowledge,
            anchors=[pattern if pattern in anchors else None for pattern in patterns],
            meanings=meanings,
            named=frozenset(at for at, meaning in enumerate(meanings) if meaning is not None),
        )
        self._scan = ahocorasick_rs.BytesAhoCorasick(patterns).find_matches_as_indexes

    @property
    def anchor_by_pattern(self) -> list[bytes | None]:
        """The anchor that each pattern of the automaton is, by number."""
        return self._compiled.anchors

    @classmethod
    def compile(cls, knowledge: Knowledge, anchors: Iterable[bytes] = ()) -> Lexicon:
        """The lexicon of `knowledge` that also looks for `anchors` (`Watchlist.anchors`)."""
        known = anchors if isinstance(anchors, frozenset) else frozenset(anchors)
        return cls(knowledge, known)

    def scan(self, reading: Reading) -> Mentions:
        """What an article names: one pass over its line; what is found is decided when asked."""
        return Mentions(reading, self._compiled, self._scan(reading.line, overlapping=True))


def _compiled(
    knowledge: Knowledge, anchors: frozenset[bytes]
) -> tuple[list[bytes], list[Meaning | None]]:
    named: dict[bytes, dict[Name, None]] = {}
    for pattern, name in names_of(knowledge):
        named.setdefault(pattern, {})[name] = None
    patterns = sorted(named.keys() | anchors)
    return patterns, [
        _meaning(pattern, tuple(named[pattern]), knowledge) if pattern in named else None
        for pattern in patterns
    ]


def _meaning(pattern: bytes, all_names: tuple[Name, ...], knowledge: Knowledge) -> Meaning:
    names = tuple(name for name in all_names if name.kind != "theme")
    begins = pattern[:1] == b" "
    keys: dict[tuple[SubjectKind, str], None] = {}
    for name in all_names:
        ids = knowledge.around(name.id) if name.kind == "place" else (name.id,)
        keys.update(((name.kind, id_), None) for id_ in ids)
    return Meaning(
        names=names,
        terms=tuple(name for name in all_names if name.kind == "theme"),
        front=int(begins),
        # a beginning is widened to the end of its word, a piece of unspaced script is not
        back=1 if pattern[-1:] == b" " else (-1 if begins else 0),
        is_phrase=b" " in pattern.strip(),
        is_capital=bool(names) and all(name.needs_capital for name in names),
        is_sure=all(name.case is Case.ANY or len(name.capitals) == 1 for name in names),
        keys=tuple(keys),
    )
