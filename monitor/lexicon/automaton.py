"""Lexicon: all names and all anchors of watches in one automaton, run once over an article."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import ahocorasick_rs

from monitor.lexicon.knowledge import Knowledge
from monitor.lexicon.meanings import Meanings, bearers_of
from monitor.lexicon.mentions import Compiled, Mentions
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
            bearers = bearers_of(knowledge)
            # names first: the number of a pattern then tells whether it is one
            patterns = [*sorted(bearers), *sorted(anchors - bearers.keys())]
            self._compiled = Compiled(
                knowledge=knowledge,
                anchors=[pattern if pattern in anchors else None for pattern in patterns],
                meanings=Meanings(patterns, bearers, knowledge),
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
