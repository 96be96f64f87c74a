"""Mentions: what one article names, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from monitor.lexicon.knowledge import Knowledge
from monitor.lexicon.meanings import Meaning, Meanings, SubjectKey
from monitor.lexicon.names import Name
from monitor.model import Mention, SubjectKind
from monitor.text import Reading, Span

Hit: TypeAlias = tuple[int, int, tuple[Name, ...]]
"""Where in the line (start, end), and the names that are spelled so."""

Found: TypeAlias = tuple[int, int, Name]

_PATTERN = itemgetter(0)
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
    def _proper(self) -> dict[SubjectKind, dict[str, list[Found]]]:
        found = _longest(list(self._accepted_names()))
        return _by_id(_one_place_each(found, self.knowledge))

    @cached_property
    def _thematic(self) -> dict[SubjectKind, dict[str, list[Found]]]:
        return _by_id(_longest(list(self._accepted_terms())))

    def _subjects(self, kind: SubjectKind) -> dict[str, list[Found]]:
        return (self._thematic if kind == "theme" else self._proper)[kind]

    def _accepted_names(self) -> Iterator[Hit]:
        reading, written, line = self.reading, self.reading.written, self.reading.line
        for start, end, meaning in self._meant():
            names = meaning.names
            if not names or (meaning.is_capital and written[start:end] == line[start:end]):
                continue
            if not meaning.is_sure:
                span = start, end
                names = tuple([name for name in names if name.accepts(reading, span)])
            if names and (not meaning.is_phrase or reading.in_one_sentence((start, end))):
                yield start, end, names

    def _accepted_terms(self) -> Iterator[Hit]:
        reading = self.reading
        for start, end, meaning in self._meant():
            span = start, end
            kept = tuple([name for name in meaning.terms if name.accepts(reading, span)])
            if kept and (not meaning.is_phrase or reading.in_one_sentence(span)):
                yield start, end, kept

    def _meant(self) -> Iterator[tuple[int, int, Meaning]]:
        """Each hit that may name something, with its blanks off and its last word whole."""
        meanings, line = self._compiled.meanings, self.reading.line
        names = meanings.count
        for pattern, start, end in self._hits:
            if pattern < names:
                meaning = meanings[pattern]
                back = meaning.back
                whole = end - back if back >= 0 else line.index(b" ", end)
                yield start + meaning.front, whole, meaning

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


def _by_id(found: Iterable[Found]) -> dict[SubjectKind, dict[str, list[Found]]]:
    """Sorted by subject; a span that spells a subject twice counts once."""
    by_id: dict[SubjectKind, dict[str, list[Found]]] = {kind: {} for kind in _KINDS}
    for entry in found:
        name = entry[2]
        spans = by_id[name.kind].setdefault(name.id, [])
        if not spans or spans[-1][0] != entry[0]:
            spans.append(entry)
    return by_id


def _longest(hits: list[Hit]) -> list[Found]:
    """Of overlapping hits the longest, then the first; all that share one span stay."""
    found: list[Found] = []
    taken_to = -1
    group: list[Hit] = []
    for hit in sorted(hits, key=_start_then_longest):
        if hit[0] >= taken_to and group:
            found.extend(_settled(group))
            group = []
        group.append(hit)
        taken_to = max(taken_to, hit[1])
    found.extend(_settled(group))
    return found


def _start_then_longest(hit: Hit) -> tuple[int, int]:
    return hit[0], -hit[1]


def _settled(group: list[Hit]) -> list[Found]:
    if len(group) > 1:
        group = _without_overlaps(group)
    return [(start, end, name) for start, end, names in group for name in names]


def _without_overlaps(group: list[Hit]) -> list[Hit]:
    chosen: list[Hit] = []
    for hit in sorted(group, key=_longest_then_first):
        if all(
            hit[:2] == other[:2] or hit[1] <= other[0] or other[1] <= hit[0] for other in chosen
        ):
            chosen.append(hit)
    return sorted(chosen, key=_start_then_longest)


def _longest_then_first(hit: Hit) -> tuple[int, int]:
    return hit[0] - hit[1], hit[0]


def _one_place_each(found: list[Found], knowledge: Knowledge) -> list[Found]:
    """Leaves one place where a name has several: in the country named most, then the largest."""
    places: dict[Span, set[str]] = {}
    for start, end, name in found:
        if name.kind == "place":
            places.setdefault((start, end), set()).add(name.id)
    doubtful = {span: ids for span, ids in places.items() if len(ids) > 1}
    if not doubtful:
        return found
    countries = Counter(
        knowledge.places[next(iter(ids))].country for ids in places.values() if len(ids) == 1
    )

    def fitness(place_id: str) -> tuple[int, int, str]:
        place = knowledge.places[place_id]
        return countries[place.country], place.population, place_id

    meant = {span: max(ids, key=fitness) for span, ids in doubtful.items()}
    return [
        entry
        for entry in found
        if entry[2].kind != "place" or meant.get(entry[:2], entry[2].id) == entry[2].id
    ]
