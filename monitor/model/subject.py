"""What can be mentioned: actors (who), places (where), themes (what about)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

ActorKind = Literal[
    "state", "government", "armed_group", "military", "party", "person", "organisation", "company"
]
PlaceKind = Literal["country", "region", "city"]


def _covers(begins: date | None, ends: date | None, day: date | None) -> bool:
    return day is None or ((begins is None or begins <= day) and (ends is None or day <= ends))


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An office somebody holds: "president" of "US", from a day to a day, None for open.

    The first and the last day are included.
    """

    country: str
    office: str
    begins: date | None = None
    ends: date | None = None

    def holds_on(self, day: date | None) -> bool:
        """Whether it is held on a day; on an unknown day it is."""
        return _covers(self.begins, self.ends, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Someone who acts. Ids are lower-case words joined by hyphens: "isil", "revolutionary-guard".

    `name`, `aliases` and `demonyms` follow the case rule for names; `exact` match as written only.
    `short` is used in topic labels. `home` holds ISO 3166 country ids. `active` is (from, to), both
    inclusive, None for open. `roles` are the offices a person has held: outside of them the person
    speaks for no state. `languages` are (language, name): what it is called there, as an alias is.
    """

    id: str
    name: str
    kind: ActorKind
    short: str | None = None
    aliases: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    home: tuple[str, ...] = ()
    active: tuple[date | None, date | None] = (None, None)
    roles: tuple[Role, ...] = ()
    languages: tuple[tuple[str, str], ...] = ()

    def is_active_on(self, day: date | None) -> bool:
        """Whether it is active on a day; on an unknown day it is."""
        return _covers(*self.active, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere. A country's id is its ISO code ("IQ"); others are slug-country ("mosul-iq").

    `inside` is the id of the next larger place (city -> region or country -> None).
    """

    id: str
    name: str
    kind: PlaceKind
    country: str
    inside: str | None = None
    short: str | None = None
    aliases: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    population: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A matter that articles are about: terms with weights, and terms that speak against it.

    A term may end in `*` (any letters follow). `composable` themes join places: "Iraq violence".
    """

    id: str
    label: str
    terms: tuple[tuple[str, float], ...]
    negative: tuple[tuple[str, float], ...] = ()
    iptc: tuple[str, ...] = ()
    composable: bool = False
    min_sentences: int = 2
