"""Lexicon: all names and all anchors of watches in one automaton, run once over an article."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import ahocorasick_rs

from monitor.lexicon.knowledge import Knowledge
from monitor.lexicon.mentions import Hit, Mentions
from monitor.lexicon.names import Name, names_of
from monitor.text import Reading

_Meaning: TypeAlias = tuple[bytes | None, tuple[Name, ...], tuple[Name, ...], int, int]
"""What a pattern stands for: an anchor, names, theme terms; and its blanks (front, back)."""


class Lexicon:
    """The compiled form of knowledge and anchors. Made once per configuration, shared by forks.

    Aho and Corasick, "Efficient string matching", CACM 18 (1975): the cost of the pass grows with
    the text, hardly with the number of names.
    """

    def __init__(self, knowledge: Knowledge, anchors: frozenset[bytes]) -> None:
        self.knowledge = knowledge
        self.anchors = anchors
        patterns, self._meanings = _compiled(knowledge, anchors)
        self._scan = ahocorasick_rs.BytesAhoCorasick(patterns).find_matches_as_indexes

    @classmethod
    def compile(cls, knowledge: Knowledge, anchors: Iterable[bytes] = ()) -> Lexicon:
        """The lexicon of `knowledge` that also looks for `anchors` (`Watchlist.anchors`)."""
        return cls(knowledge, frozenset(anchors))

    def scan(self, reading: Reading) -> Mentions:
        """What an article names: one pass over its line."""
        names: list[Hit] = []
        terms: list[Hit] = []
        seen: set[bytes] = set()
        meanings, line = self._meanings, reading.line
        for pattern, start, end in self._scan(line, overlapping=True):
            anchor, named, themed, front, back = meanings[pattern]
            if anchor is not None:
                seen.add(anchor)
            if named:
                names.append(
                    (start + front, end - back if back >= 0 else line.index(b" ", end), named)
                )
            if themed:
                terms.append(
                    (start + front, end - back if back >= 0 else line.index(b" ", end), themed)
                )
        return Mentions(
            reading,
            self.knowledge,
            names=names,
            terms=terms,
            anchors=frozenset(seen),
            known_anchors=self.anchors,
        )


def _compiled(
    knowledge: Knowledge, anchors: frozenset[bytes]
) -> tuple[list[bytes], list[_Meaning]]:
    named: dict[bytes, dict[Name, None]] = {}
    for pattern, name in names_of(knowledge):
        named.setdefault(pattern, {})[name] = None
    patterns = sorted(named.keys() | anchors)
    meanings = []
    for pattern in patterns:
        names = tuple(named.get(pattern, ()))
        front = int(pattern[:1] == b" ")
        meanings.append(
            (
                pattern if pattern in anchors else None,
                tuple(name for name in names if name.kind != "theme"),
                tuple(name for name in names if name.kind == "theme"),
                front,
                # a beginning is widened to the end of its word, a piece of unspaced script is not
                1 if pattern[-1:] == b" " else (-1 if front else 0),
            )
        )
    return patterns, meanings
