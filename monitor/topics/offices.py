"""Offices: who held which office of which country on a day? Made once per knowledge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from monitor.lexicon import Knowledge
from monitor.model import Role

_ALIKE = {"premier": "prime minister", "prime minister": "premier", "king": "queen"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices:
    """The roles of all listed people, by country and office."""

    held: Mapping[tuple[str, str], tuple[tuple[str, Role], ...]]
    names: frozenset[str]

    @classmethod
    def of(cls, knowledge: Knowledge) -> Offices:
        """Those of this knowledge; kept for as long as it is the one in use."""
        return _of(Same(knowledge))

    def holder(self, country: str, office: str, day: date | None) -> str | None:
        """Who held it on that day; None when nobody listed did, or two did."""
        for spelling in (office, _ALIKE.get(office, office)):
            found = {
                actor
                for actor, role in self.held.get((country, spelling), ())
                if role.holds_on(day)
            }
            if len(found) == 1:
                return found.pop()
        return None

    def knows(self, name: str) -> bool:
        """Whether it is the name of a listed person."""
        return name in self.names


class Same:
    """Knowledge, told from other knowledge by being the same object."""

    __slots__ = ("knowledge",)

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def __hash__(self) -> int:
        return id(self.knowledge)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.knowledge is self.knowledge


@lru_cache(maxsize=4)
def _of(same: Same) -> Offices:
    held: dict[tuple[str, str], tuple[tuple[str, Role], ...]] = {}
    names: set[str] = set()
    for actor in same.knowledge.actors.values():
        if actor.kind == "person":
            names.update((actor.name, *actor.aliases))
        for role in actor.roles:
            key = role.country, role.office
            held[key] = (*held.get(key, ()), (actor.id, role))
    return Offices(held=held, names=frozenset(names))
