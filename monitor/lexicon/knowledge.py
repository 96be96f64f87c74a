"""Knowledge: which actors, places and themes there are, by id and by name."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import assert_never

from monitor.model import Actor, Place, SubjectKind, Theme
from monitor.text import folded

_PLACE_RANK = {"country": 0, "region": 1, "city": 2}


@dataclass(frozen=True, kw_only=True)  # no slots: what is worked out when first asked for is kept
class Knowledge:
    """Actors, places and themes by id. Never changed: `merged` gives a new one."""

    actors: Mapping[str, Actor]
    places: Mapping[str, Place]
    themes: Mapping[str, Theme]

    @classmethod
    def of(
        cls,
        actors: Iterable[Actor] = (),
        places: Iterable[Place] = (),
        themes: Iterable[Theme] = (),
    ) -> Knowledge:
        """Knowledge of these; of two with one id the later counts."""
        return cls(
            actors=MappingProxyType({actor.id: actor for actor in actors}),
            places=MappingProxyType({place.id: place for place in places}),
            themes=MappingProxyType({theme.id: theme for theme in themes}),
        )

    def merged(
        self,
        actors: Iterable[Actor] = (),
        places: Iterable[Place] = (),
        themes: Iterable[Theme] = (),
    ) -> Knowledge:
        """This knowledge with more; what is given takes the place of what has the same id."""
        return Knowledge.of(
            (*self.actors.values(), *actors),
            (*self.places.values(), *places),
            (*self.themes.values(), *themes),
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (
            Knowledge.of,
            (
                tuple(self.actors.values()),
                tuple(self.places.values()),
                tuple(self.themes.values()),
            ),
        )

    def subjects(self, kind: SubjectKind) -> Mapping[str, Actor | Place | Theme]:
        """All subjects of a kind by id."""
        match kind:
            case "actor":
                return self.actors
            case "place":
                return self.places
            case "theme":
                return self.themes
            case _:
                assert_never(kind)

    def resolve(self, kind: SubjectKind, name: str) -> str | None:
        """The id meant by an id or by any name, case and accents aside; None when there is none.

        Of several places with one name the country is meant, then the region, then the one with
        most people; of several actors the first.
        """
        subjects = self.subjects(kind)
        if name in subjects:
            return name
        found = self._by_name(kind).get(folded(name))
        if found:
            return found[0]
        return self._by_folded_id[kind].get(name.strip().casefold())

    def bearers(self, kind: SubjectKind, name: str) -> tuple[str, ...]:
        """All that bear a name, case and accents aside, in the order of `resolve`."""
        return tuple(self._by_name(kind).get(folded(name), ()))

    def suggest(self, kind: SubjectKind, name: str) -> tuple[str, ...]:
        """Up to three names or ids of that kind that look like `name`, best first."""
        known = self._by_name(kind)
        close = difflib.get_close_matches(folded(name), known, n=6, cutoff=0.6)
        ids = dict.fromkeys(known[spelling][0] for spelling in close)
        return tuple(list(ids)[:3])

    def around(self, place_id: str) -> tuple[str, ...]:
        """The place itself and everything it lies in, smallest first."""
        known = self._around.get(place_id)
        if known is None:
            known = self._around[place_id] = self._chain(place_id)
        return known

    def _chain(self, place_id: str) -> tuple[str, ...]:
        chain: dict[str, None] = {}
        at: str | None = place_id
        while at is not None and at not in chain:
            chain[at] = None
            place = self.places.get(at)
            if place is None:
                break
            at = place.inside
            if at is None and place.country not in chain and place.country in self.places:
                at = place.country
        return tuple(chain)

    @cached_property
    def _around(self) -> dict[str, tuple[str, ...]]:
        return {}

    @cached_property
    def version(self) -> str:
        """A digest of the content: equal for equal knowledge on every machine."""
        written = hashlib.blake2b(digest_size=10)
        for kind in _KINDS:
            subjects = self.subjects(kind)
            for subject_id in sorted(subjects):
                written.update(repr(subjects[subject_id]).encode("utf-8", "replace"))
        return written.hexdigest()

    def _by_name(self, kind: SubjectKind) -> dict[str, tuple[str, ...]]:
        known = self._indexes.get(kind)
        if known is None:
            known = self._indexes[kind] = self._names(kind)
        return known

    @cached_property
    def _indexes(self) -> dict[SubjectKind, dict[str, tuple[str, ...]]]:
        return {}

    @cached_property
    def _by_folded_id(self) -> dict[SubjectKind, dict[str, str]]:
        return {kind: {id_.casefold(): id_ for id_ in self.subjects(kind)} for kind in _KINDS}

    def _names(self, kind: SubjectKind) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for subject in self.subjects(kind).values():
            for name in _names_of(subject):
                found.setdefault(folded(name), {})[subject.id] = None
        return {
            name: tuple(sorted(ids, key=self._place_order) if kind == "place" else ids)
            for name, ids in found.items()
            if name
        }

    def _place_order(self, place_id: str) -> tuple[int, int, str]:
        place = self.places[place_id]
        return _PLACE_RANK[place.kind], -place.population, place_id


_KINDS: tuple[SubjectKind, ...] = ("actor", "place", "theme")


def _names_of(subject: Actor | Place | Theme) -> Iterator[str]:
    match subject:
        case Theme():
            yield subject.id
            yield subject.label
        case Actor() | Place():
            yield subject.name
            if subject.short:
                yield subject.short
            yield from subject.aliases
            yield from subject.exact
            yield from subject.demonyms
        case _:
            assert_never(subject)
