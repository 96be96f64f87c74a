"""Knowledge: ids from names, places in places, merging."""

import gc
import pickle

import pytest

from monitor.lexicon import Knowledge, uncollected
from monitor.model import Actor, Place, SubjectKind, Theme


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("actor", "isil", "isil"),
        ("actor", "ISIS", "isil"),
        ("actor", "islamic state", "isil"),
        ("actor", "u.s.", "us"),
        ("actor", "American", "us"),
        ("actor", "al qaeda", "al-qaeda"),
        ("actor", "Al-Qaeda", "al-qaeda"),
        ("actor", "RED-ARMY", "red-army"),
        ("place", "iraq", "IQ"),
        ("place", "iq", "IQ"),
        ("place", "Sao Paulo", "sao-paulo-br"),
        ("place", "Tripoli", "tripoli-ly"),
        ("place", "Georgia", "GE"),
        ("theme", "Violence", "violence"),
        ("actor", "nobody", None),
        ("place", "isil", None),
    ],
)
def test_names_lead_to_ids(
    knowledge: Knowledge, kind: SubjectKind, name: str, expected: str | None
) -> None:
    assert knowledge.resolve(kind, name) == expected


def test_a_mistyped_name_is_met_with_a_suggestion(knowledge: Knowledge) -> None:
    assert knowledge.suggest("actor", "Islamik State") == ("isil",)
    assert knowledge.suggest("place", "Lybia") == ("LY",)
    assert knowledge.suggest("theme", "zzzz") == ()


def test_what_a_place_lies_in(knowledge: Knowledge) -> None:
    assert knowledge.around("mosul-iq") == ("mosul-iq", "nineveh-iq", "IQ")
    assert knowledge.around("tripoli-ly") == ("tripoli-ly", "LY")
    assert knowledge.around("nice-fr") == ("nice-fr",)  # France is not known here
    assert knowledge.around("IQ") == ("IQ",)


def test_places_in_a_circle_end() -> None:
    circle = Knowledge.of(
        places=(
            Place(id="a", name="A", kind="region", country="XX", inside="b"),
            Place(id="b", name="B", kind="region", country="XX", inside="a"),
        )
    )

    assert circle.around("a") == ("a", "b")


def test_merging_replaces_by_id(knowledge: Knowledge) -> None:
    merged = knowledge.merged(
        actors=(Actor(id="isil", name="The Group", kind="armed_group"),),
        themes=(Theme(id="space", label="space", terms=(("rocket*", 1.0),)),),
    )

    assert merged.resolve("actor", "the group") == "isil"
    assert merged.resolve("actor", "ISIS") is None
    assert set(merged.themes) == {*knowledge.themes, "space"}
    assert knowledge.resolve("actor", "ISIS") == "isil"


def test_versions_tell_content_apart(knowledge: Knowledge) -> None:
    same = Knowledge.of(
        reversed(knowledge.actors.values()),  # type: ignore[call-overload]  # dict values reverse
        knowledge.places.values(),
        knowledge.themes.values(),
    )

    assert same.version == knowledge.version
    assert knowledge.merged(themes=(Theme(id="x", label="x", terms=()),)).version != same.version


def test_knowledge_crosses_processes(knowledge: Knowledge) -> None:
    again = pickle.loads(pickle.dumps(knowledge))

    assert again.version == knowledge.version
    assert again.resolve("actor", "ISIS") == "isil"


def test_a_region_is_meant_before_a_larger_city_of_its_name() -> None:
    known = Knowledge.of(
        places=(
            Place(id="york-us", name="York", kind="city", country="US", population=9_000_000),
            Place(id="york-gb", name="York", kind="region", country="GB", population=10),
        )
    )

    assert known.resolve("place", "York") == "york-gb"


def test_three_names_are_suggested_at_most() -> None:
    known = Knowledge.of(
        actors=[Actor(id=f"a{n}", name=f"Harbour{n}", kind="party") for n in range(5)]
    )

    assert len(known.suggest("actor", "Harbour")) == 3


def test_all_that_bear_a_name_are_told(knowledge: Knowledge) -> None:
    assert knowledge.bearers("actor", "reds") == ("reds", "red-army")
    assert knowledge.bearers("place", "nowhere") == ()


def test_who_stopped_the_collector_starts_it_again() -> None:
    gc.disable()
    with uncollected():
        pass
    stays_off = not gc.isenabled()
    gc.enable()
    with uncollected():
        is_off = not gc.isenabled()

    assert stays_off
    assert is_off
    assert gc.isenabled()
