"""The shipped files -> knowledge: `places.tsv`, `actors.toml`, `roles.tsv`, `themes.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from monitor.lexicon import Knowledge
from monitor.model import Actor, Place, PlaceKind, Role, Theme

if TYPE_CHECKING:
    from monitor.model import ActorKind

_Row: TypeAlias = list[str]
_COLUMNS = 11
SOURCES = ("places.tsv", "actors.toml", "actor_names.tsv", "roles.tsv", "themes.toml")
_LANGUAGES = ("de", "fr", "es", "ar")


def source(name: str) -> bytes:
    """A shipped file as it is."""
    return files("monitor.topics.knowledge").joinpath(name).read_bytes()


def read_knowledge(sources: Mapping[str, bytes]) -> Knowledge:
    """The knowledge in the shipped files. A third of a second: see compiled.py."""
    text = {name: content.decode("utf-8") for name, content in sources.items()}
    rows = tuple(rows_of(text["places.tsv"], _COLUMNS))
    states = {actor.id: actor for actor in _states(rows)}
    roles = _roles(text["roles.tsv"])
    named = _languages(text["actor_names.tsv"])
    written = tuple(
        _actor(id_, table, roles.get(id_, ()), named.get(id_, ()))
        for id_, table in _tables(text["actors.toml"], "actor")
    )
    added = (joined(states.get(actor.id), actor) for actor in written)
    return Knowledge.of(
        actors=(*states.values(), *added),
        places=(_place(row) for row in rows),
        themes=(_theme(id_, table) for id_, table in _tables(text["themes.toml"], "theme")),
    )


def rows_of(text: str, columns: int) -> Iterator[_Row]:
    """The rows of a tab-separated file without its remarks, padded to `columns` cells."""
    for line in text.splitlines():
        if line and line[0] != "#":
            cells = line.split("\t")
            yield cells + [""] * (columns - len(cells))


def _roles(text: str) -> dict[str, tuple[Role, ...]]:
    roles: dict[str, tuple[Role, ...]] = {}
    for actor, country, office, begins, ends in rows_of(text, 5):
        role = Role(country=country, office=office, begins=_day(begins), ends=_day(ends))
        roles[actor] = (*roles.get(actor, ()), role)
    return roles


def _languages(text: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Id of an actor -> (language, name) for each name it has elsewhere."""
    return {
        id_: tuple((tongue, name) for tongue, name in zip(_LANGUAGES, names, strict=True) if name)
        for id_, *names in rows_of(text, 1 + len(_LANGUAGES))
    }


def _place(row: _Row) -> Place:
    id_, name, kind, country, inside, short, aliases, exact, demonyms, people, _ = row
    return Place(
        id=id_,
        name=name,
        kind=cast("PlaceKind", kind),
        country=country,
        inside=inside or None,
        short=short or None,
        aliases=_names(aliases),
        exact=_names(exact),
        demonyms=_names(demonyms),
        population=int(people or 0),
    )


def _states(rows: Iterable[_Row]) -> Iterator[Actor]:
    for row in rows:
        id_, name, kind, _, _, short, aliases, exact, demonyms, _, state = row
        if kind == "country" and state:
            yield Actor(
                id=state,
                name=name,
                kind="state",
                short=short or None,
                aliases=_names(aliases),
                exact=_names(exact),
                demonyms=_names(demonyms),
                home=(id_,),
            )


def _names(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _tables(text: str, kind: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    tables: Mapping[str, Mapping[str, Any]] = tomllib.loads(text)[kind]
    return tables.items()


def _actor(
    id_: str,
    table: Mapping[str, Any],
    roles: tuple[Role, ...],
    languages: tuple[tuple[str, str], ...],
) -> Actor:
    begins, ends = table.get("active", ("", ""))
    names = dict.fromkeys((*table.get("aliases", ()), *(name for _, name in languages)))
    return Actor(
        id=id_,
        name=table["name"],
        kind=cast("ActorKind", table["kind"]),
        short=table.get("short"),
        aliases=tuple(names),
        exact=tuple(table.get("exact", ())),
        demonyms=tuple(table.get("demonyms", ())),
        home=tuple(table.get("home", ())),
        active=(_day(begins), _day(ends)),
        roles=roles,
        languages=languages,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def joined(state: Actor | None, actor: Actor) -> Actor:
    """A listed actor; where it has a state's id, the state with the names listed added."""
    if state is None:
        return actor
    return replace(
        state,
        aliases=state.aliases + actor.aliases,
        exact=state.exact + actor.exact,
        demonyms=state.demonyms + actor.demonyms,
    )


def _theme(id_: str, table: Mapping[str, Any]) -> Theme:
    return Theme(
        id=id_,
        label=table["label"],
        terms=_weighted(table["terms"]),
        negative=_weighted(table.get("negative", {})),
        iptc=tuple(table.get("iptc", ())),
        composable=table.get("composable", False),
        min_sentences=table.get("min_sentences", 2),
    )


def _weighted(table: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple((term, float(weight)) for term, weight in table.items())
