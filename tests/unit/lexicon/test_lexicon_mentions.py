"""What an article mentions: the case rule, overlaps, places of one name, scripts."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.lexicon import (
    Knowledge,
    Lexicon,
    Mentions,
    is_initialism,
    patterns,
    spellings,
    written_of,
)
from monitor.model import Actor, Article, Field, Mention, Place, SubjectKind, Theme
from monitor.text import read
from monitor.topics.knowledge import load

Scan = Callable[..., Mentions]


def shown(mention: Mention, body: str) -> tuple[str, str, str]:
    return mention.kind, mention.id, body[mention.start : mention.end]


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("US troops", {"us"}),
        ("U.S. troops", {"us"}),
        ("let us go", set()),
        ("Us and them", set()),
        ("LET US GO", {"us"}),
        ("it cost US$5 a day", set()),
        ("it cost US$5, the US said", {"us"}),
        ("the WHO said", {"who"}),
        ("the man who said", set()),
        ("Who said so", set()),
        ("ISIL fighters", {"isil"}),
        ("Isil fighters", {"isil"}),
        ("iSIL fighters", {"isil"}),
        ("isil fighters", set()),
        ("the crisis", set()),
        ("Islamic State fighters", {"isil"}),
        ("ISLAMIC STATE fighters", {"isil"}),
        ("an Islamic state agency", set()),
        ("IS fighters", {"isil"}),
        ("It is Is", set()),
        ("I.S. fighters", set()),
        ("al-Qaeda", {"al-qaeda"}),
        ("Al Qaeda", {"al-qaeda"}),
        ("AL\u2011QAEDA\u2019s", {"al-qaeda"}),
        ("al-qaeda", set()),
        ("an al-Qaeda-linked group", {"al-qaeda"}),
        ("the Reds won", {"reds", "red-army"}),
        ("American and Iranian officials", {"us", "iran"}),
        ("Americans, Iranians and Iraqis", {"us", "iran", "iraq"}),
        ("americans", set()),
        ("Iran\u2019s army", {"iran"}),
        ("in Málaga CF", {"inter"}),
        ("in Malaga CF", set()),
        ("مقاتلو داعش", {"isil"}),
        ("وداعش", {"isil"}),
        ("بالقاعدة", {"al-qaeda"}),
    ],
)
def test_the_case_rule_for_actors(mentions: Scan, text: str, actors: set[str]) -> None:
    assert mentions(text).ids("actor") == actors


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("in Nice", {"nice-fr"}),
        ("a nice day", set()),
        ("the town of Reading", {"reading-gb"}),
        ("he was reading", set()),
        ("SAO PAULO", {"sao-paulo-br"}),
        ("in São\u00a0Paulo", {"sao-paulo-br"}),
        ("今天北京市下雨", {"beijing-cn"}),
        ("서울에서 열린", {"seoul-kr"}),
        ("It is new. York said. Sao. Paulo", set()),
        ("Lebanese and Georgians", {"LB", "GE"}),
    ],
)
def test_the_case_rule_for_places(mentions: Scan, text: str, places: set[str]) -> None:
    assert mentions(text).ids("place") == places


def test_the_longest_name_wins(mentions: Scan) -> None:
    body = "The Islamic State in Iraq and the Levant denied it."

    (found,) = mentions(body)

    assert shown(found, body) == ("actor", "isil", "Islamic State in Iraq and the Levant")
    assert found.term == "Islamic State in Iraq and the Levant"


def test_one_span_may_be_several_mentions(mentions: Scan) -> None:
    body = "The U.S. agreed."

    found = list(mentions(body))

    assert [shown(mention, body) for mention in found] == [
        ("actor", "us", "U.S."),
        ("place", "US", "U.S."),
    ]
    assert not any(mention.demonym for mention in found)


def test_a_demonym_says_that_it_is_one(mentions: Scan) -> None:
    assert {(m.kind, m.id, m.term, m.demonym) for m in mentions("Iraqis")} == {
        ("actor", "iraq", "Iraqis", True),
        ("place", "IQ", "Iraqis", True),
    }


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Tripoli", "tripoli-ly"),
        ("Tripoli, in northern Lebanon", "tripoli-lb"),
        ("Lebanese troops in Tripoli", "tripoli-lb"),
        ("Libya: Tripoli", "tripoli-ly"),
    ],
)
def test_a_place_of_two_is_in_the_country_that_is_named(
    mentions: Scan, text: str, place: str
) -> None:
    assert {id_ for id_ in mentions(text).ids("place") if id_.startswith("tripoli")} == {place}


def test_a_place_is_mentioned_by_the_places_inside_it(mentions: Scan) -> None:
    found = mentions("Fighting in Mosul. Iraqi troops in Nineveh.")

    assert [m.id for m in found.of("place", "IQ")] == ["mosul-iq", "IQ", "nineveh-iq"]
    assert [m.id for m in found.of("place", "nineveh-iq")] == ["mosul-iq", "nineveh-iq"]
    assert found.of("place", "IR") == ()
    assert found.of("actor", "iran") == ()
    assert len(found.spans("place", "IQ")) == 3
    assert found.ids("place") == {"mosul-iq", "IQ", "nineveh-iq"}


def test_theme_terms_ignore_case_and_may_weigh_against(mentions: Scan) -> None:
    body = "ATTACKERS struck; an air-strike. A heart attack. The trade war and the war."

    found = [(m.id, body[m.start : m.end], m.weight) for m in mentions(body)]

    assert found == [
        ("violence", "ATTACKERS", 1.0),
        ("violence", "air-strike", 2.0),
        ("violence", "heart attack", -1.5),
        ("trade", "trade war", 1.0),
        ("war", "war", 1.0),
    ]
    assert [weight for *_, weight in mentions(body).term_spans("violence")] == [1.0, 2.0, -1.5]


def test_mentions_know_their_sentence_and_paragraph(mentions: Scan) -> None:
    found = mentions("Iran spoke. Iraq heard.\n\nISIL did not.", title="US")

    assert [(m.id, m.field, m.sentence, m.paragraph) for m in found if m.kind == "actor"] == [
        ("us", Field.TITLE, 0, 0),
        ("iran", Field.BODY, 1, 1),
        ("iraq", Field.BODY, 2, 1),
        ("isil", Field.BODY, 3, 2),
    ]
    assert len(found) == 7


def test_names_of_a_context_are_not_names_in_another(mentions: Scan) -> None:
    assert mentions("see iran.us.com and uk.example").ids("actor") == set()


def test_anchors_are_found_in_the_same_pass(knowledge: Knowledge, mentions: Scan) -> None:
    reading = mentions("Iran built drones.").reading
    anchors = (b" iran ", b" drone", b" iraq ", "北京".encode())

    lexicon = Lexicon.compile(knowledge, anchors)
    found = lexicon.scan(reading)

    assert found.anchors == {b" iran ", b" drone"}
    assert found.anchor_by_pattern is lexicon.anchor_by_pattern
    assert set(anchors) == {anchor for anchor in lexicon.anchor_by_pattern if anchor}
    assert found.ids("actor") == {"iran"}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("US", True), ("U.S.", True), ("WHO", True), ("ISIL", False), ("Us", False), ("G7", False)],
)
def test_what_counts_as_an_initialism(text: str, is_one: bool) -> None:
    assert is_initialism(text) is is_one


def test_a_name_without_words_has_no_pattern() -> None:
    assert patterns("...") == ()
    assert patterns("terror*") == (b" terror",)
    assert patterns("لل") != ()


PIECES = (
    "US", "U.S.", "Iran", "Iranian's", "Islamic", "State", "in", "Iraq", "and", "the", "Levant",
    "Tripoli", "ß", "\u00ad", "São", "Paulo", "attack", "heart", ".", "\n\n", "北京", "IS", "us",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join))
def test_mentions_stand_where_they_say(mentions: Scan, body: str) -> None:
    found = mentions(body)
    starts = [mention.start for mention in found]
    assert starts == sorted(starts)
    for mention in found:
        assert 0 <= mention.start < mention.end <= len(body)
        assert mention.first <= mention.last
        sentence = found.reading.sentences[mention.sentence]
        assert sentence.start <= mention.start < mention.end <= sentence.end
        assert sentence.paragraph == mention.paragraph
        assert mention in found.of(mention.kind, mention.id)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("今天北京市下雨", "北京"),  # a piece of unspaced script is the name and no more
        ("서울에서 열린", "서울에서"),  # a beginning is widened to the end of its word
    ],
)
def test_where_a_name_of_another_script_ends(mentions: Scan, body: str, found: str) -> None:
    (mention,) = mentions(body)

    assert body[mention.start : mention.end] == found


def test_demonyms_have_a_plural_where_they_can() -> None:
    peoples = ("Iraqi", "Chinese", "Danish", "French", "U.S.")
    place = Place(id="xx", name="Nowhere", kind="country", country="XX", demonyms=peoples)

    plurals = {pattern for pattern, name in spellings(place) if name.text.endswith("s")}

    assert plurals == {b" iraqis "}


def test_the_automaton_looks_for_exactly_what_spells_a_known_subject() -> None:
    knowledge = load()
    kinds: tuple[SubjectKind, ...] = get_args(SubjectKind)
    for kind in kinds:
        for subject in knowledge.subjects(kind).values():
            spelled = {pattern for pattern, _ in spellings(subject)}
            sought = {pattern for text in written_of(subject) for pattern in patterns(text)}

            assert sought == spelled, subject.id


def test_of_overlapping_names_all_that_share_the_longest_span_stay() -> None:
    known = Knowledge.of(
        themes=(
            Theme(id="one", label="one", terms=(("air attack*", 1.0), ("air", 1.0))),
            Theme(id="two", label="two", terms=(("air attack", 1.0),)),
        )
    )
    article = Article(
        id="1", source="s", title="An air attack", fetched=datetime(2026, 1, 1, tzinfo=UTC)
    )

    found = Lexicon.compile(known).scan(read(article))

    assert [(m.id, m.term) for m in found] == [("one", "air attack*"), ("two", "air attack")]


def test_what_a_pattern_may_name_is_known_before_case_is_looked_at(mentions: Scan) -> None:
    found = mentions("let us go to mosul")

    spelled = {key for pattern in found.naming for key in found.spelled_by(pattern)}

    assert {("actor", "us"), ("place", "mosul-iq"), ("place", "IQ")} <= spelled
    assert found.ids("actor") == set()


def test_a_term_spelled_like_a_name_minds_no_capitals_of_its_own() -> None:
    cell = Actor(id="red-cell", name="Red Cell", kind="organisation")
    theme = Theme(id="prisons", label="prisons", terms=(("red cell", 1.0),))
    lexicon = Lexicon.compile(Knowledge.of((cell,), (), (theme,)))
    article = Article(
        id="1",
        source="s",
        title="",
        body="They sat in a red cell.",
        fetched=datetime(2026, 1, 1, tzinfo=UTC),
    )

    mentions = lexicon.scan(read(article))

    assert mentions.ids("theme") == {"prisons"}
    assert mentions.ids("actor") == frozenset()
