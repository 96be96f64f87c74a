"""What `check` remarks on in watches that load."""

from dataclasses import replace

import pytest

from monitor.lexicon import Knowledge
from monitor.model import Place, Watch
from monitor.watch import lint, parse
from monitor.watch.implies import implies


def watch(when: str, watch_id: str = "w", **more: object) -> Watch:
    return replace(Watch(id=watch_id, title="W", when=when), **more)  # type: ignore[arg-type]


def codes(knowledge: Knowledge, *watches: Watch) -> list[str]:
    return [f"{remark.about} {remark.code}" for remark in lint(watches, knowledge)]


ODD = {
    "drone AND NOT drone": "W001",
    "drone AND NOT (toy OR drone*)": "W001",
    '"toy drone" AND bomb NOT drone': "W001",
    "drone AND lang:en AND lang:de": "W001",
    "drone AND country:GB AND country:US": "W001",
    '"He left. Strike"': "W001",
    "said": "W002",
    'bomb NEAR/3 anycase("US")': "W002",
    "title:(atleast(2, the))": "W002",
    "AI": "W003",
    "drone AND go2 AND g7": "W003",
}


@pytest.mark.parametrize("query", ODD)
def test_an_odd_query_is_remarked_on(knowledge: Knowledge, query: str) -> None:
    remarks = lint((watch(query),), knowledge)

    assert [remark.code for remark in remarks] == [ODD[query]]
    assert remarks[0].fix
    assert str(remarks[0]).startswith(f"[watch.w] {ODD[query]}: ")


@pytest.mark.parametrize(
    "query",
    [
        "NATO AND drone",
        "drone AND NOT drones",
        "drone AND lang:en AND lang:en-gb",
        "drone AND tag:a AND tag:b",
        '"the who"',
        "drone AND NOT the",
        "terror*",
        "dro?e",
        "北京",
        "drone NOT NEAR/3 toy",
        "theme:violence OR topic:war",
    ],
)
def test_a_sound_query_is_not(knowledge: Knowledge, query: str) -> None:
    assert codes(knowledge, watch(query)) == []


def test_a_short_name_of_an_actor_is_offered_as_the_actor(knowledge: Knowledge) -> None:
    (remark,) = lint((watch('anycase("US")'),), knowledge)

    assert remark.fix == "Write actor:us, which knows its other names, too"


def test_a_wildcard_that_covers_many_names_is_remarked_on(knowledge: Knowledge) -> None:
    places = tuple(
        Place(id=f"p{n}", name=f"Manor{n}", kind="city", country="GB") for n in range(40)
    )

    remarks = lint((watch("man*"),), knowledge.merged(places=places))

    assert [remark.code for remark in remarks] == ["W004"]
    assert "expands to" in remarks[0].sentence
    assert remarks[0].sentence.count(",") == 4, "four words and the dots"


def test_equal_and_contained_watches_are_remarked_on(knowledge: Knowledge) -> None:
    found = codes(
        knowledge,
        watch("drone AND place:iraq", "a"),
        watch("drone AND place:IQ", "b"),
        watch("drone AND place:mosul-iq", "c"),
    )

    assert found == ["watch.b W005", "watch.c W006"]


def test_a_watch_can_silence_a_remark(knowledge: Knowledge) -> None:
    assert codes(knowledge, watch("AI", lint_ignore=("W003",))) == []


def test_a_topic_that_no_article_has_is_remarked_on(knowledge: Knowledge) -> None:
    def odd_topic(name: str) -> tuple[str, str] | None:
        return None if name == "war" else (f"no article has a topic {name}", "Write war")

    remarks = lint(
        (watch("drone AND (topic:war OR topic:misspelt)"),), knowledge, odd_topic=odd_topic
    )

    assert [(r.code, r.sentence) for r in remarks] == [("W008", "no article has a topic misspelt")]


def test_an_actor_of_ones_own_that_nobody_asks_for_is_a_note(knowledge: Knowledge) -> None:
    remarks = lint((watch("actor:iran"),), knowledge, ("iran", "us"))

    assert [(r.about, r.code, r.is_note) for r in remarks] == [("actor.us", "W007", True)]


def test_of_very_many_watches_only_equal_ones_are_compared(knowledge: Knowledge) -> None:
    many = tuple(watch(f"drone AND bomb{n}", f"w{n}") for n in range(2_001))

    assert codes(knowledge, *many, watch("drone", "all"), watch("drone", "too")) == [
        "watch.too W005"
    ]


IMPLIED = [
    ("drone AND bomb", "drone", True),
    ("drone", "drone AND bomb", False),
    ("drone", "drone OR bomb", True),
    ("drone OR bomb", "bomb OR drone OR toy", True),
    ("drone OR bomb", "drone", False),
    ("drone NEAR/3 bomb", "drone NEAR/5 bomb", True),
    ("drone NEAR/5 bomb", "drone NEAR/3 bomb", False),
    ("drone THEN/3 bomb", "bomb NEAR/3 drone", True),
    ("drone NEAR/3 bomb", "drone THEN/3 bomb", False),
    ("drone NEAR/S bomb", "drone NEAR/P bomb", True),
    ("drone NEAR/3 bomb", "drone NEAR/S bomb", False),
    ("drone NEAR/3 bomb", "bomb", True),
    ("drone NEAR/3 bomb", "toy NEAR/3 bomb", False),
    ("drone NOT NEAR/3 toy", "drone", True),
    ("atleast(3, drone)", "atleast(2, drone)", True),
    ("atleast(2, drone)", "atleast(3, drone)", False),
    ("atleast(3, drone)", "drone", True),
    ("title:(drone)", "drone", True),
    ("title:(drone)", "lead:(drone)", True),
    ("lead:(drone)", "title:(drone)", False),
    ("title:(drone AND NOT toy)", "drone AND NOT toy", False),
    ("title:(drone NOT NEAR/3 toy)", "drone NOT NEAR/3 toy", False),
    ("drones", "drone*", True),
    ("drone*", "dro*", True),
    ("dro*", "drone*", False),
    ("wom?n", "wom*", False),
    ("women", "wom?n", True),
    ('"air strike"', "air", True),
    ("air", '"air strike"', False),
    ('"US air"', "US", False),
    ('exact("Turkey")', "turkey", True),
    ("turkey", 'exact("Turkey")', False),
    ("US", 'anycase("US")', True),
    ("place:mosul-iq", "place:iraq", True),
    ("drone AND lang:en-gb", "drone AND lang:en", True),
    ("drone AND lang:en", "drone AND lang:en-gb", False),
    ("drone AND NOT (toy OR bomb)", "drone AND NOT toy", True),
    ("drone AND NOT toy", "drone AND NOT (toy OR bomb)", False),
    ("actor:iran", "place:iran", False),
]


@pytest.mark.parametrize(("one", "other", "does"), IMPLIED)
def test_what_one_query_says_of_another(
    knowledge: Knowledge, one: str, other: str, does: bool
) -> None:
    assert implies(parse(one, knowledge), parse(other, knowledge), knowledge) is does
