"""Which texts a query holds for, and what is shown for it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from monitor.errors import Bug
from monitor.lexicon import Knowledge, Lexicon
from monitor.model import Article, Field, Match, Topic, TopicEvidence, Watch
from monitor.text import read
from monitor.watch import Watchlist, compile_watchlist

Judge = Callable[..., tuple[Match, ...]]

STORY = (
    "US and Iranian officials met in Mosul. They spoke of drones.\n\n"
    "An air-strike followed, let us note. Al Qaeda\u2019s bomb killed women.\n\n"
    "The Islamic State denied it. A third bomb was found."
)


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("drones", True),
        ("drone", False),
        ("DRONES", True),
        ("drone*", True),
        ("dron?s", True),
        ("dron?", False),
        ("d\u00e9nied", True),
        ('"air strike"', True),
        ('"strike air"', False),
        ('"mosul they"', False),
        ('"Qaeda bomb"', True),
        ("US", True),
        ("us", True),
        ("atleast(2, US)", False),
        ("atleast(2, us)", True),
        ('atleast(2, anycase("US"))', True),
        ('"us note"', True),
        ('"US note"', False),
        ('"LET US"', True),
        ('exact("Mosul")', True),
        ('exact("mosul")', False),
        ("drones AND strike", True),
        ("drones AND tanks", False),
        ("drones AND NOT tanks", True),
        ("drones AND NOT strike", False),
        ("tanks OR drones", True),
        ("(tanks OR drones) AND (bomb OR ship)", True),
        ("air NEAR/1 strike", True),
        ("air NEAR/1 followed", False),
        ("air NEAR/2 followed", True),
        ("followed NEAR/2 air", True),
        ("air THEN/2 followed", True),
        ("followed THEN/2 air", False),
        ("mosul NEAR/1 they", True),
        ("drones NEAR/1 an", True),
        ("drones NEAR/S mosul", False),
        ("drones NEAR/P mosul", True),
        ("mosul THEN/P drones", True),
        ("drones THEN/P mosul", False),
        ("mosul THEN/S officials", False),
        ("officials THEN/S mosul", True),
        ('(tanks OR "air strike") NEAR/1 followed', True),
        ("bomb NOT NEAR/2 killed", True),
        ("killed NOT NEAR/2 bomb", False),
        ("bomb NOT NEAR/P women", True),
        ("women NOT NEAR/P bomb", False),
        ("women NOT NEAR/S tanks", True),
        ("tanks NOT NEAR/3 bomb", False),
        ("title:drones", False),
        ("body:drones", True),
        ("lead:bomb", True),
        ("lead:found", False),
        ("body:(drones AND NOT tanks)", True),
        ("lead:(third NEAR/1 bomb)", False),
        ("actor:us", True),
        ("actor:us AND actor:iran", True),
        ("actor:us NEAR/2 actor:iran", True),
        ("actor:us NEAR/P actor:iran AND place:iraq", True),
        ("place:iraq", True),
        ("place:mosul-iq", True),
        ("place:us AND place:iran", True),
        ("actor:isil", True),
        ("lead:(actor:isil)", False),
        ("theme:violence", True),
        ("theme:violence AND actor:isil", True),
        ("title:(theme:violence)", False),
        ("atleast(2, bomb)", True),
        ("atleast(3, bomb)", False),
        ("atleast(3, bomb OR drones)", True),
        ("drones AND lang:en", True),
        ("drones AND lang:de", False),
        ("drones AND country:gb", True),
        ('drones AND source:"Example Wire"', True),
        ("drones AND source:wire", True),
        ("drones AND source:other", False),
        ('drones AND tag:"Middle East"', True),
        ("drones AND NOT tag:sport", True),
    ],
)
def test_a_query_holds_or_does_not(judge: Judge, query: str, holds: bool) -> None:
    matches = judge(
        query,
        STORY,
        language="en-GB",
        country="GB",
        source_name="Example Wire",
        tags=("middle east",),
    )

    assert bool(matches) is holds


def test_proximity_does_not_cross_fields(judge: Judge) -> None:
    fields = {"title": "Drone", "summary": "strike", "body": "again"}

    assert judge("drone AND strike AND again", **fields)
    assert not judge("drone NEAR/255 strike", **fields)
    assert not judge("strike NEAR/P again", **fields)
    assert judge("title:drone AND lead:again", **fields)


def test_a_theme_needs_more_for_it_than_against(judge: Judge) -> None:
    assert not judge("theme:violence", "He had a heart attack.")
    assert judge("theme:violence", "A heart attack, an attack, then attacks.")
    assert not judge("theme:violence AND he", "He had a heart attack and an attack.")


def test_topics_match_by_label_or_key(judge: Judge) -> None:
    topic = Topic(
        key="actor_in_place:isil+IQ",
        label="ISIL in Iraq",
        shape="actor_in_place",
        score=0.9,
        evidence=(TopicEvidence(sentence="ISIL in Mosul.", field=Field.BODY, start=0, end=14),),
    )
    body = "ISIL in Mosul. A drone."

    (match,) = judge('topic:"isil in iraq" AND drone', body, topics=(topic,))
    assert [(e.term, e.text) for e in match.evidence] == [
        ('topic:"isil in iraq"', "ISIL in Mosul."),
        ("drone", "drone"),
    ]
    assert judge('topic:"actor_in_place:isil+IQ"', body, topics=(topic,))
    assert not judge('topic:"ISIL in Syria"', body, topics=(topic,))


@pytest.mark.parametrize(
    ("together", "within", "holds"),
    [
        (("actor:us", "actor:iran"), "sentence", True),
        (("actor:us", "drones"), "sentence", False),
        (("actor:us", "drones"), "paragraph", True),
        (("actor:us", "bomb"), "paragraph", False),
        (("actor:us", "bomb"), "article", True),
        (("air strike", "followed"), 3, True),
        (("air strike", "followed"), 2, False),
        (("women", "note", "bomb"), 6, True),
        (("women", "note", "bomb"), 5, False),
        (("women", "theme:violence"), "sentence", True),
        (("drones OR tanks", "they"), "sentence", True),
        (("women", "tanks"), "sentence", False),
        (("denied",), "sentence", True),
    ],
)
def test_the_plain_form(
    judge: Judge, together: tuple[str, ...], within: object, holds: bool
) -> None:
    watch = Watch(id="w", title="W", together=together, within=within)  # type: ignore[arg-type]  # any

    assert bool(judge((watch,), STORY)) is holds


def test_matches_come_by_watch_id(judge: Judge) -> None:
    watches = tuple(
        Watch(id=name, title=name, when=when)
        for name, when in (("c", "bomb"), ("a", "actor:us"), ("b", "tanks"))
    )

    assert [match.watch for match in judge(watches, STORY)] == ["a", "c"]


def test_evidence_quotes_the_article_and_its_sentence(judge: Judge) -> None:
    (match,) = judge('"air strike" AND lead:mosul', STORY)

    shown = [(e.field, e.start, e.text, e.term, e.sentence) for e in match.evidence]
    assert shown == [
        (Field.BODY, 32, "Mosul", "mosul", "US and Iranian officials met in Mosul."),
        (Field.BODY, 65, "air-strike", "air strike", "An air-strike followed, let us note."),
    ]
    assert [e.sentence_start for e in match.evidence] == [0, 62]


def test_evidence_prefers_places_close_together(judge: Judge) -> None:
    body = "A bomb.\n\nThe US left.\n\nIn May a bomb hit a US base. US again."

    (match,) = judge("bomb AND actor:us", body)
    assert [e.sentence for e in match.evidence] == ["In May a bomb hit a US base."] * 2

    (near,) = judge("actor:us NEAR/20 bomb", body)
    assert [e.start for e in near.evidence] == [2, 13]

    (ordered,) = judge("bomb THEN/5 actor:us", body)
    assert [e.start for e in ordered.evidence] == [2, 13]


def test_of_near_pairs_the_closest_is_shown(judge: Judge) -> None:
    (near,) = judge("drone NEAR/10 bomb", "A drone was far from that bomb. The drone bomb fell.")
    assert [e.start for e in near.evidence] == [36, 42]

    long = '(tank OR "one two three four five six") NEAR/1 bomb'
    (near,) = judge(long, "A tank and a bomb. Then one two three four five six bomb.")
    assert [e.text for e in near.evidence] == ["one two three four five six", "bomb"]


def test_of_several_pairs_the_closest_and_of_lonely_places_the_first_is_shown(
    judge: Judge,
) -> None:
    (both,) = judge("bomb AND actor:us", "The US saw one and two and a bomb. Then came a US bomb.")
    assert [e.start for e in both.evidence] == [47, 50]

    (lonely,) = judge("drone NOT NEAR/1 toy", "A drone flew. A toy drone fell. A drone rose.")
    assert [e.start for e in lonely.evidence] == [2]


def test_long_places_are_measured_from_where_they_begin_and_end(judge: Judge) -> None:
    assert judge('"one two three four" NEAR/2 bomb', "A bomb then one two three four.")
    assert not judge('"one two three four" NEAR/2 bomb', "A bomb and then one two three four.")
    nested = Watch(id="w", title="W", together=('"two three four" OR three', "two"), within=2)
    assert judge((nested,), "One two three four.")


def test_evidence_is_bounded_and_holds_nothing_twice(judge: Judge) -> None:
    words = [f"word{number}" for number in range(12)]
    (match,) = judge(" AND ".join(words), " ".join(words))
    assert len(match.evidence) == 8

    (match,) = judge("(bomb OR ship) AND (bomb OR tank)", "A bomb.")
    assert len(match.evidence) == 1


def test_refused_watches_are_left_out_and_told(knowledge: Knowledge) -> None:
    watchlist = compile_watchlist(
        (
            Watch(id="good", title="G", when="drone"),
            Watch(id="bad", title="B", when="a b"),
            Watch(id="worse", title="W", when="actor:nobody"),
        ),
        knowledge,
    )

    assert watchlist.watches == ("good",)
    assert [problem.ids for problem in watchlist.problems] == [
        {"watch": "bad"},
        {"watch": "worse"},
    ]
    with pytest.raises(type(watchlist.problems[0])):
        Watchlist.compile(Watch(id="bad", title="B", when="a b"), knowledge)
    assert Watchlist.compile(Watch(id="w", title="W", when="a"), knowledge).anchors == {b" a "}


def test_a_lexicon_without_the_anchors_is_a_bug(knowledge: Knowledge) -> None:
    article = Article(id="1", source="s", title="A drone", fetched=datetime(2026, 1, 1, tzinfo=UTC))
    reading = read(article)
    watchlist = Watchlist.compile(Watch(id="w", title="W", when="drone"), knowledge)

    with pytest.raises(Bug):
        watchlist.judge(reading, Lexicon.compile(knowledge).scan(reading))


def test_the_lexicon_looks_for_the_two_rarest_clauses_only(knowledge: Knowledge) -> None:
    watchlist = compile_watchlist(
        (
            Watch(id="a", title="A", when="the AND hypersonic AND NOT drone"),
            Watch(id="b", title="B", when='government AND "air strike" AND war'),
            Watch(id="c", title="C", when="actor:us AND the AND lang:en"),
            Watch(id="d", title="D", when="(tank OR ship) AND the"),
            Watch(id="e", title="E", when="the NEAR/3 terror* AND theme:violence"),
            Watch(id="f", title="F", when="title:(the NOT NEAR/3 war)"),
            Watch(id="g", title="G", when="atleast(2, (missile OR rocket))"),
            Watch(id="h", title="H", when='unprecedented AND "foggy harbour quay"'),
        ),
        knowledge,
    )

    assert watchlist.anchors == {
        *(b" hypersonic ",),
        *(b" air strike ", b" government "),
        *(b" tank ", b" ship "),
        *(b" terror",),
        *(b" the ",),
        *(b" missile ", b" rocket "),
        *(b" unprecedented ", b" harbour "),
    }


def test_scripts_without_blanks(judge: Judge) -> None:
    assert judge("北京 NEAR/3 下雨", "今天北京市下雨。明天上海")
    assert judge("北京 THEN/3 下雨", "今天北京市下雨。明天上海")
    assert not judge("下雨 THEN/3 北京", "今天北京市下雨。明天上海")
    assert judge("서울", "서울에서 열린")
    assert judge("القاهرة", "بالقاهرة")
    assert judge("росси*", "В России")
