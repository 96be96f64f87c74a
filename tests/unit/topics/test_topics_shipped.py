"""Is the shipped knowledge sound?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from monitor.lexicon import Knowledge, is_initialism
from monitor.model import Actor, Place
from monitor.text import folded
from monitor.topics.knowledge import load, unsure_places
from monitor.topics.knowledge.files import SOURCES, read_knowledge, rows_of, source

HAND = Path(__file__).parents[3] / "scripts" / "places"
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

# Names that two actors bear on purpose: the longest name counts, so the shorter actor is named too.
SHARED = {
    frozenset(pair)
    for pair in (
        ("un", "un-security-council"),
        ("un", "un-human-rights"),
        ("un", "unhcr"),
        ("un", "unicef"),
        ("un", "iaea"),
        ("un", "peacekeepers"),
        ("eu", "european-commission"),
        ("obama", "obama-administration"),
        ("trump", "trump-administration"),
        ("biden", "biden-administration"),
        ("assad", "assad-government"),
        ("hdp", "pdp"),  # parties of one name in Turkey and Nigeria
    )
}
# Proper names of which their state's name is a part.
NAMED_AFTER_THEIR_STATE = {"palestinian-authority"}


def names(subject: Actor | Place) -> Iterator[str]:
    yield from (subject.name, *subject.aliases, *subject.demonyms)
    if subject.short:
        yield subject.short


def test_it_is_read_once() -> None:
    assert load() is load()


def test_actors_have_sound_ids_and_homes(shipped: Knowledge) -> None:
    for actor in shipped.actors.values():
        assert ID.fullmatch(actor.id), actor.id
        for home in actor.home:
            assert shipped.places[home].kind == "country", actor.id


def test_ids_of_the_files_are_not_given_twice() -> None:
    folder = files("monitor.topics.knowledge")
    rows = folder.joinpath("places.tsv").read_text(encoding="utf-8").splitlines()
    ids = [row.split("\t")[0] for row in rows if not row.startswith("#")]
    assert len(set(ids)) == len(ids)  # TOML refuses a key given twice by itself


def test_no_name_belongs_to_two_actors_unless_listed(shipped: Knowledge) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for actor in shipped.actors.values():
        for name in names(actor):
            owners[f"ALL {name}" if is_initialism(name) else folded(name)].add(actor.id)
        for name in actor.exact:
            owners[f"exact {name}"].add(actor.id)
    clashes = {name: ids for name, ids in owners.items() if len(ids) > 1}
    assert {name: ids for name, ids in clashes.items() if frozenset(ids) not in SHARED} == {}


def test_no_actor_hides_its_own_state(shipped: Knowledge) -> None:
    hidden = {}
    for actor in shipped.actors.values():
        if actor.kind not in ("government", "military") or actor.id in NAMED_AFTER_THEIR_STATE:
            continue
        own = {folded(name) for home in actor.home for name in names(shipped.places[home])}
        for name in names(actor):
            if any(f" {state} " in f" {folded(name)} " for state in own):
                hidden[actor.id] = name
    assert hidden == {}


def test_each_state_is_an_actor_with_the_names_of_its_country(shipped: Knowledge) -> None:
    states = {actor.id: actor for actor in shipped.actors.values() if actor.kind == "state"}
    assert {"us", "uk", "uae", "south-korea", "iran", "iraq", "dr-congo", "taiwan"} <= states.keys()
    for state in states.values():
        (home,) = state.home
        assert set(shipped.places[home].demonyms) <= set(state.demonyms)


def test_a_listed_state_adds_names(shipped: Knowledge) -> None:
    from monitor.topics.knowledge.files import joined

    added = Actor(id="iran", name="Iran", kind="state", aliases=("Pasteur Street",))
    state = joined(shipped.actors["iran"], added)
    assert state.aliases[-1] == "Pasteur Street"
    assert state.demonyms == shipped.actors["iran"].demonyms


def test_places_lie_in_places_that_exist(shipped: Knowledge) -> None:
    for place in shipped.places.values():
        if place.inside is not None:
            assert shipped.places[place.inside].kind != "city"
            assert shipped.places[place.inside].country == place.country
        elif place.kind != "country":
            assert place.country == "", place.id


@pytest.mark.parametrize(
    ("name", "place_id"),
    [
        ("Tikrit", "tikrit-iq"),
        ("Mosul", "mosul-iq"),
        ("Baghdad", "baghdad-iq"),
        ("Raqqa", "raqqa-sy"),
        ("Aleppo", "aleppo-sy"),
        ("Kyiv", "kyiv-ua"),
        ("Kiev", "kyiv-ua"),
        ("Gaza", "gaza-strip-ps"),
        ("Crimea", "crimea-ua"),
        ("Iraqi", "IQ"),
        ("العراق", "IQ"),
        ("Vereinigte Staaten", "US"),
        ("Paris", "paris-fr"),
        ("Georgia", "GE"),
    ],
)
def test_well_known_places_are_found_by_name(shipped: Knowledge, name: str, place_id: str) -> None:
    assert shipped.resolve("place", name) == place_id


def test_a_city_lies_in_its_region(shipped: Knowledge) -> None:
    assert shipped.around("tikrit-iq") == ("tikrit-iq", "saladin-iq", "IQ")
    assert shipped.around("donetsk-ua") == ("donetsk-ua", "donetsk-oblast-ua", "donbas-ua", "UA")


@pytest.mark.parametrize(
    "name", ["ISIS", "Islamic State of Iraq and Syria", "Daesh", "داعش", "IS", "ISIL"]
)
def test_isil_has_its_names(shipped: Knowledge, name: str) -> None:
    assert shipped.resolve("actor", name) == "isil"


def test_themes_speak_for_themselves(shipped: Knowledge) -> None:
    composable = [theme for theme in shipped.themes.values() if theme.composable]
    assert len(composable) >= 30
    for theme in shipped.themes.values():
        assert ID.fullmatch(theme.id)
        assert theme.terms
        assert all(weight > 0 for _, weight in (*theme.terms, *theme.negative)), theme.id
        assert all("*" not in term[:-1] for term, _ in (*theme.terms, *theme.negative)), theme.id
        assert all(re.fullmatch(r"medtop:\d{8}", code) for code in theme.iptc)


def test_unsure_names_are_names_of_places(shipped: Knowledge) -> None:
    known = {name for place in shipped.places.values() for name in names(place)}
    assert unsure_places() <= known


def test_each_file_says_where_it_comes_from() -> None:
    folder = files("monitor.topics.knowledge")
    for file in ("places.tsv", "actors.toml", "themes.toml", "unsure_places.txt"):
        head = "\n".join(folder.joinpath(file).read_text(encoding="utf-8").splitlines()[:6])
        assert "MIT" in head
    head = folder.joinpath("places.tsv").read_text(encoding="utf-8")[:800]
    assert "CC BY 4.0" in head
    assert "scripts/make_places.py" in head


def test_the_places_were_made_from_the_lists_as_they_are_now(shipped: Knowledge) -> None:
    def rows(file: str) -> list[list[str]]:
        lines = (HAND / file).read_text(encoding="utf-8").splitlines()
        return [line.split("\t") for line in lines if line and not line.startswith("#")]

    listed = {row[0]: row for row in rows("countries.tsv")}
    assert listed.keys() == {p.id for p in shipped.places.values() if p.kind == "country"}
    for place_id, row in listed.items():
        place = shipped.places[place_id]
        assert (place.name, place.short or "") == (row[1], row[2])
        assert [name for name in "".join(row[4:5]).split("|") if name] == list(
            place.aliases[: len([name for name in "".join(row[4:5]).split("|") if name])]
        )
    regions = {row[0] for row in rows("regions.tsv")}
    assert regions <= {p.name for p in shipped.places.values() if p.kind == "region"}


def test_the_next_process_reads_what_the_first_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shipped: Knowledge
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first, second = load.__wrapped__(), load.__wrapped__()
    assert [path.name for path in (tmp_path / "wirewatch").iterdir()] == ["knowledge.msgpack"]
    assert first == second == shipped


def test_what_was_compiled_is_what_the_files_say(shipped: Knowledge) -> None:
    assert read_knowledge({name: source(name) for name in SOURCES}) == shipped


def test_offices_are_of_listed_people_and_countries(shipped: Knowledge) -> None:
    for row in rows_of(source("roles.tsv").decode(), 5):
        assert shipped.actors[row[0]].kind == "person", row
        assert shipped.places[row[1]].kind == "country", row
    for actor in shipped.actors.values():
        for role in actor.roles:
            assert role.begins is None or role.ends is None or role.begins <= role.ends, actor.id
