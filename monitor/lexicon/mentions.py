"""Mentions: what one article names, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from monitor.lexicon.knowledge import Knowledge
from monitor.lexicon.meanings import Meanings, SubjectKey
from monitor.lexicon.names import Name
from monitor.model import Mention, SubjectKind
from monitor.text import Reading, Span

Hit: TypeAlias = tuple[int, int, tuple[Name, ...]]
"""Where in the line (start, end), and the names that are spelled so."""

Found: TypeAlias = tuple[int, int, Name]

_PATTERN = _START = itemgetter(0)
_KINDS: tuple[SubjectKind, ...] = ("actor", "place", "theme")


class Compiled(NamedTuple):
    """What a lexicon knows of each pattern of its automaton, by number."""

    knowledge: Knowledge
    anchors: list[bytes | None]
    meanings: Meanings


class Mentions:
    """All mentions of an article, in order of the text; and which anchors of watches it holds.

    Case rules, overlaps and places of one name are decided when first asked for: `patterns` and
    `naming` are cheap, `spans` and `ids` decide names, whole `Mention`s are made for topics and
    people.
    """

    def __init__(
        self, reading: Reading, compiled: Compiled, hits: list[tuple[int, int, int]]
    ) -> None:
        self.reading = reading
        self.knowledge = compiled.knowledge
        self._compiled, self._hits = compiled, hits
        self._of: dict[SubjectKey, tuple[Mention, ...]] = {}

    @property
    def anchor_by_pattern(self) -> list[bytes | None]:
        """The anchor that each pattern of the lexicon is, by number; the same list for all its
        articles."""
        return self._compiled.anchors

    @cached_property
    def patterns(self) -> set[int]:
        """Which patterns of the lexicon stand in the text, by number."""
        return set(map(_PATTERN, self._hits))

    @property
    def anchors(self) -> set[bytes]:
        """The anchors that stand in the text."""
        anchors = self._compiled.anchors
        return {anchor for number in self.patterns if (anchor := anchors[number]) is not None}

    @property
    def naming(self) -> list[int]:
        """Those of the patterns that spell a name, be it in the wrong case."""
        names = self._compiled.meanings.count
        return [number for number in self.patterns if number < names]

    def spelled_by(self, pattern: int) -> tuple[SubjectKey, ...]:
        """The subjects that a pattern may name; for a place what it lies in, too.

        All that an article mentions are spelled by one of `naming`.
        """
        return self._compiled.meanings[pattern].keys

    def __iter__(self) -> Iterator[Mention]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def of(self, kind: SubjectKind, subject_id: str) -> tuple[Mention, ...]:
        """Mentions of one subject; of a place also those of places inside it."""
        asked = (kind, subject_id)
        known = self._of.get(asked)
        if known is None:
            spans = set(self.spans(kind, subject_id))
            ids = self._inside(subject_id) if kind == "place" else (subject_id,)
            known = self._of[asked] = (
                tuple(m for m in self._all if m.kind == kind and m.id in ids) if spans else ()
            )
        return known

    def ids(self, kind: SubjectKind) -> frozenset[str]:
        """Which subjects of a kind are mentioned by a name of their own."""
        return frozenset(self._subjects(kind))

    def spans(self, kind: SubjectKind, subject_id: str) -> tuple[Span, ...]:
        """Where in the line a subject is mentioned, in order; for a place also places inside it."""
        own = self._subjects(kind)
        if kind != "place":
            return tuple((start, end) for start, end, _ in own.get(subject_id, ()))
        inside = self._inside(subject_id)
        if len(inside) == 1:
            return tuple((start, end) for start, end, _ in own[inside[0]])
        return tuple(sorted({(start, end) for id_ in inside for start, end, _ in own[id_]}))

    def term_spans(self, theme_id: str) -> tuple[tuple[int, int, float], ...]:
        """(start, end, weight) of each term of a theme, in order."""
        own = self._subjects("theme").get(theme_id, ())
        return tuple((start, end, name.weight) for start, end, name in own)

    def _inside(self, place_id: str) -> tuple[str, ...]:
        around = self.knowledge.around
        return tuple(id_ for id_ in self._subjects("place") if place_id in around(id_))

    # -- deciding ---------------------------------------------------------------------------------

    @cached_property
    def proper(self) -> tuple[Hit, ...]:
        """Where actors and places are named, in order of the text, the subjects sorted by kind."""
        names, _ = self._accepted
        return tuple(_one_place_each(_longest(names), self.knowledge))

    @cached_property
    def terms(self) -> tuple[Hit, ...]:
        """Where terms of themes stand, in order of the text."""
        _, terms = self._accepted
        return tuple(_longest(terms))

    @cached_property
    def _proper(self) -> dict[SubjectKind, dict[str, list[Found]]]:
        return _by_id(self.proper)

    @cached_property
    def _thematic(self) -> dict[SubjectKind, dict[str, list[Found]]]:
        return _by_id(self.terms)

    def _subjects(self, kind: SubjectKind) -> dict[str, list[Found]]:
        return (self._thematic if kind == "theme" else self._proper)[kind]

    @cached_property
    def _accepted(self) -> tuple[list[Hit], list[Hit]]:
        """The hits whose words are written as names, and those that are terms of themes.

        With their blanks off, and their last words whole.
        """
        reading, written, line = self.reading, self.reading.written, self.reading.line
        meanings = self._compiled.meanings
        named: list[Hit] = []
        thematic: list[Hit] = []
        known = meanings.count
        for pattern, start, end in self._hits:
            if pattern >= known:
                continue
            names, terms, front, back, is_phrase, is_capital, is_sure, _ = meanings[pattern]
            start += front
            end = end - back if back >= 0 else line.index(b" ", end)
            if is_capital and written[start:end] == line[start:end]:
                names = ()
            if not is_sure:
                span = start, end
                names = tuple([name for name in names if name.accepts(reading, span)])
                terms = tuple([name for name in terms if name.accepts(reading, span)])
            if is_phrase and (names or terms) and not reading.in_one_sentence((start, end)):
                continue
            if names:
                named.append((start, end, names if len(names) == 1 else _once(names)))
            if terms:
                thematic.append((start, end, terms if len(terms) == 1 else _once(terms)))
        return named, thematic

    @cached_property
    def _all(self) -> tuple[Mention, ...]:
        kept = [
            found for kind in _KINDS for spans in self._subjects(kind).values() for found in spans
        ]
        kept.sort(key=_text_order)
        positions = self.reading.positions(tuple((start, end) for start, end, _ in kept))
        return tuple(
            self._mention(found, first, last)
            for found, (first, last) in zip(kept, positions, strict=True)
        )

    def _mention(self, found: Found, first: int, last: int) -> Mention:
        start, end, name = found
        field, text_start, text_end = self.reading.where((start, end))
        sentence = self.reading.sentence_at(field, text_start)
        return Mention(
            kind=name.kind,
            id=name.id,
            field=field,
            start=text_start,
            end=text_end,
            first=first,
            last=last,
            sentence=sentence.index,
            paragraph=sentence.paragraph,
            term=name.text,
            weight=name.weight,
            demonym=name.demonym,
        )


def _text_order(found: Found) -> tuple[int, int, str, str]:
    return found[0], -found[1], found[2].kind, found[2].id


def _by_id(hits: Iterable[Hit]) -> dict[SubjectKind, dict[str, list[Found]]]:
    """Sorted by subject."""
    by_id: dict[SubjectKind, dict[str, list[Found]]] = {kind: {} for kind in _KINDS}
    for start, end, names in hits:
        for name in names:
            by_id[name.kind].setdefault(name.id, []).append((start, end, name))
    return by_id


def _once(names: tuple[Name, ...]) -> tuple[Name, ...]:
    """Each subject once, by the first of its names; by kind and id."""
    if len(names) == 2:  # most often a country and its state
        one, other = names
        if one.kind < other.kind:
            return names
    subjects = {(name.kind, name.id): name for name in reversed(names)}
    return tuple([subjects[key] for key in sorted(subjects)])


def _longest(hits: list[Hit]) -> list[Hit]:
    """Of overlapping hits the longest, then the first; all that share one span become one."""
    found: list[Hit] = []
    group: list[Hit] = []
    taken_to = 0
    hits.sort(key=_START)
    for hit in hits:
        if hit[0] >= taken_to:
            found += group if len(group) < 2 else _settled(group)
            group = [hit]
            taken_to = hit[1]
        else:
            group.append(hit)
            if hit[1] > taken_to:
                taken_to = hit[1]
    found += group if len(group) < 2 else _settled(group)
    return found


def _settled(group: list[Hit]) -> list[Hit]:
    chosen: dict[Span, tuple[Name, ...]] = {}
    for start, end, names in sorted(group, key=_longest_then_first):
        if (start, end) in chosen:
            chosen[start, end] = _once(chosen[start, end] + names)
        elif all(end <= other[0] or other[1] <= start for other in chosen):
            chosen[start, end] = names
    return [(start, end, chosen[start, end]) for start, end in sorted(chosen)]


def _longest_then_first(hit: Hit) -> tuple[int, int]:
    return hit[0] - hit[1], hit[0]


def _one_place_each(hits: list[Hit], knowledge: Knowledge) -> list[Hit]:
    """Leaves one place where a name has several: in the country named most, then the largest."""
    # names are sorted by kind: places come last
    doubtful = [
        number
        for number, (_, _, names) in enumerate(hits)
        if len(names) > 1 and names[-2].kind == "place"
    ]
    if not doubtful:
        return hits
    countries = Counter(
        knowledge.places[names[-1].id].country
        for _, _, names in hits
        if names[-1].kind == "place" and (len(names) == 1 or names[-2].kind != "place")
    )

    def fitness(name: Name) -> tuple[int, int, str]:
        place = knowledge.places[name.id]
        return countries[place.country], place.population, name.id

    for number in doubtful:
        start, end, names = hits[number]
        others = [name for name in names if name.kind != "place"]
        meant = max((name for name in names if name.kind == "place"), key=fitness)
        hits[number] = start, end, (*others, meant)
    return hits
