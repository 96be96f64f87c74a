"""actors.toml, places.toml, themes.toml -> what a user adds to the shipped knowledge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from monitor.lexicon.knowledge import Knowledge
from monitor.model import Actor, Place, Role, Theme
from monitor.settings.files import named_tables, read_toml
from monitor.settings.name_tables import ActorTable, PlaceTable, ThemeTable
from monitor.settings.problems import Problems, did_you_mean
from monitor.topics.knowledge import load as shipped_knowledge

ACTORS, PLACES, THEMES = "actors.toml", "places.toml", "themes.toml"

Table = TypeVar("Table", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What the three files of a folder hold."""

    actors: tuple[Actor, ...] = ()
    places: tuple[Place, ...] = ()
    themes: tuple[Theme, ...] = ()

    def over_shipped(self) -> Knowledge:
        """The shipped knowledge with these over it: the same id replaces, another adds."""
        shipped = shipped_knowledge()
        if not (self.actors or self.places or self.themes):
            return shipped
        return shipped.merged(actors=self.actors, places=self.places, themes=self.themes)


def read_own(folder: Path, problems: Problems) -> Own:
    """The actors, places and themes of the files in a folder; missing files are empty."""
    own = Own(
        actors=read_actors(folder / ACTORS, problems),
        places=read_places(folder / PLACES, problems),
        themes=read_themes(folder / THEMES, problems),
    )
    _check_places(own, problems)
    return own


def read_actors(path: Path, problems: Problems) -> tuple[Actor, ...]:
    """The actors of actors.toml."""
    return tuple(
        Actor(
            id=id_,
            name=table.name,
            kind=table.kind,
            short=table.short,
            aliases=(*table.aliases, *(w for words in table.languages.values() for w in words)),
            exact=table.exact,
            demonyms=table.demonyms,
            home=table.home,
            active=table.active,
            roles=tuple(
                Role(country=r.country, office=r.office, begins=r.held[0], ends=r.held[1])
                for r in table.roles
            ),
            languages=tuple(
                (tongue, words[0]) for tongue, words in table.languages.items() if words
            ),
        )
        for id_, table in _tables(path, "actor", ActorTable, problems)
    )


def read_places(path: Path, problems: Problems) -> tuple[Place, ...]:
    """The places of places.toml."""
    return tuple(
        Place(
            id=id_,
            name=table.name,
            kind=table.kind,
            country=table.country,
            inside=table.inside or (None if table.kind == "country" else table.country),
            short=table.short,
            aliases=table.aliases,
            exact=table.exact,
            demonyms=table.demonyms,
            population=table.population,
        )
        for id_, table in _tables(path, "place", PlaceTable, problems)
    )


def read_themes(path: Path, problems: Problems) -> tuple[Theme, ...]:
    """The themes of themes.toml."""
    return tuple(
        Theme(
            id=id_,
            label=table.label,
            terms=tuple(table.terms.items()),
            negative=tuple(table.negative.items()),
            iptc=table.iptc,
            composable=table.composable,
            min_sentences=table.min_sentences,
        )
        for id_, table in _tables(path, "theme", ThemeTable, problems)
    )


def _tables(
    path: Path, word: str, kind: type[Table], problems: Problems
) -> Iterator[tuple[str, Table]]:
    written = named_tables(read_toml(path, problems), word, path.name, problems)
    for id_, values in written.items():
        table = problems.model(kind, values, file=path.name, table=f"{word}.{id_}")
        if table is not None:
            yield id_, table


def _check_places(own: Own, problems: Problems) -> None:
    """A place must lie in one that is known."""
    known = shipped_knowledge().places.keys() | {place.id for place in own.places}
    for place in own.places:
        if place.inside is not None and place.inside not in known:
            problems.add(
                PLACES,
                f"place.{place.id}",
                "inside" if place.inside != place.country else "country",
                found=repr(place.inside),
                wanted="the id of a place that is known",
                fix=did_you_mean(place.inside, known),
            )
