"""Corners of the language that the other tests do not turn."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from monitor.errors import Bug, QueryError
from monitor.lexicon import Knowledge, Lexicon
from monitor.model import Actor, Article, Match, Place, Theme, Watch
from monitor.text import read
from monitor.watch import compile_watchlist, explain, parse, parse_watch, spell
from monitor.watch.implies import implies
from monitor.watch.importers import import_query

Judge = Callable[..., tuple[Match, ...]]


def article(body: str, title: str = "") -> Article:
    return Article(
        id="1", source="wire", title=title, body=body, fetched=datetime(2026, 1, 1, tzinfo=UTC)
    )


def test_the_plain_form_is_spelled_for_people(knowledge: Knowledge) -> None:
    window = Watch(id="w", title="W", together=("drone", "bomb"), within=20)
    sentence = Watch(id="w", title="W", together=("drone", "air strike"), within="sentence")

    assert spell(parse_watch(window, knowledge)) == "[drone, bomb] within 20 words"
    assert spell(parse_watch(sentence, knowledge)) == '[drone, "air strike"] within one sentence'
    assert implies(parse_watch(window, knowledge), parse("drone"), knowledge)


def test_the_closest_pair_is_shown_where_neighbours_do_not_reach(judge: Judge) -> None:
    (match,) = judge('("x y z" OR y) NEAR/2 b', "x y z w b")

    assert [shown.text for shown in match.evidence][-1] == "b"


def test_a_chosen_window_takes_the_place_that_ends_soonest(judge: Judge) -> None:
    watch = Watch(id="w", title="W", together=('("a b c" OR b)', "d"), within=4)

    assert judge((watch,), "a b c x d")


def test_a_colon_or_another_sign_alone_is_refused() -> None:
    for query in ("a : b", "a :", "“a"):
        with pytest.raises(QueryError) as refused:
            parse(query)
        assert refused.value.fix


def test_a_short_word_is_looked_for_among_its_forms(knowledge: Knowledge) -> None:
    reading = read(article("An ox."))
    mentions = Lexicon.compile(knowledge).scan(reading)

    assert explain(parse("teas", knowledge), reading, mentions).miss == "it does not occur"
    assert explain(parse("o", knowledge), reading, mentions).miss == "it does not occur"


def test_overlapping_mentions_are_counted_once_in_a_miss(knowledge: Knowledge) -> None:
    reading = read(article("air strike"))
    mentions = Lexicon.compile(knowledge).scan(reading)

    verdict = explain(parse('atleast(2, ("air strike" OR strike))'), reading, mentions)

    assert verdict.miss == "found 1 of 2"


def test_a_name_taken_by_one_that_only_overlaps_it_is_told() -> None:
    world = Knowledge.of(
        actors=(
            Actor(id="york-times", name="York Times Club", kind="company"),
            Actor(id="theme", name="Theme", kind="company"),
        ),
        places=(Place(id="ny", name="New York", kind="city", country="US"),),
    )
    reading = read(article("At the New York Times Club."))
    mentions = Lexicon.compile(world).scan(reading)

    verdict = explain(parse("place:ny", world), reading, mentions)

    assert verdict.miss == "a name that overlaps it is meant"


def test_a_place_in_a_country_that_is_not_known_lies_in_itself_alone() -> None:
    world = Knowledge.of(
        places=(Place(id="x-zz", name="X", kind="city", country="ZZ", inside="gone"),)
    )

    assert world.around("x-zz") == ("x-zz", "gone")


def test_many_watches_on_one_article_are_told_apart_by_their_second_word(
    knowledge: Knowledge,
) -> None:
    watches = [Watch(id=f"w{n:02}", title="W", when=f"missile AND word{n:02}") for n in range(40)]
    watches += [
        Watch(id="x1", title="W", when="missile AND place:iraq"),
        Watch(id="x2", title="W", when="missile AND place:iran"),
        Watch(id="x3", title="W", when="missile AND harb*"),
        Watch(id="x4", title="W", when="missile AND harp*"),
        Watch(id="x5", title="W", when='missile AND ("word07 b" OR 北京)'),
        Watch(id="x6", title="W", when="(toy AND kite) OR (missile AND word07)"),
    ]
    watchlist = compile_watchlist(watches, knowledge)
    reading = read(article("A missile over word07 and word08, a harbour in Mosul, 他在北京。"))

    found = watchlist.judge(reading, Lexicon.compile(knowledge, watchlist.anchors).scan(reading))

    assert [match.watch for match in found] == ["w07", "w08", "x1", "x3", "x5", "x6"]
    assert len(watchlist.clauses) == 46


def test_lucene_wishes_are_read_as_or_without_a_warning_where_or_is_written() -> None:
    assert import_query("lucene", "oil OR gas").warnings == ()


def test_nearness_implies_only_what_it_reaches(knowledge: Knowledge) -> None:
    def said(one: str, other: str) -> bool:
        return implies(parse(one), parse(other), knowledge)

    assert said("a THEN/3 b", "a THEN/5 b")
    assert not said("a NEAR/P b", "a NEAR/S b")
    assert not said("a NEAR/S b", "a NEAR/3 b")
    assert said("a AND b NEAR/3 c", "c NEAR/4 b")
    assert not said("atleast(2, a)", "b")
    assert not said("title:(a OR b)", "(a AND NOT b) OR c")


def test_a_word_that_stands_in_no_field_is_told_so(knowledge: Knowledge) -> None:
    reading = read(article("A bomb in Iraq."))
    mentions = Lexicon.compile(knowledge).scan(reading)

    verdict = explain(parse("title:(kite)"), reading, mentions)

    assert [each.miss for each in verdict.missing] == ["it does not occur"]


def test_a_name_taken_is_found_behind_themes_and_other_kinds() -> None:
    world = Knowledge.of(
        actors=(Actor(id="tbilisi", name="Georgia", kind="state"),),
        places=(
            Place(id="GE", name="Georgia", kind="country", country="GE", population=4),
            Place(id="georgia-us", name="Georgia", kind="region", country="US", population=11),
        ),
        themes=(Theme(id="war", label="war", terms=(("war", 1.0),)),),
    )
    reading = read(article("A war in Georgia.", title="War"))

    verdict = explain(parse("place:GE", world), reading, Lexicon.compile(world).scan(reading))

    assert verdict.miss == "there `Georgia` means place:georgia-us"


def test_in_order_a_place_that_overlaps_does_not_count(judge: Judge) -> None:
    assert not judge('"a b c" THEN/9 b', "a b c")
    assert judge('"a b c" THEN/9 b', "a b c b")


def test_a_short_operand_out_of_reach_is_passed_over_beside_a_long_one(judge: Judge) -> None:
    assert not judge('a NEAR/1 ("x y z" OR q)', "q w a b b b x y z")
    assert judge('a NEAR/1 ("x y z" OR q)', "q w a b b a x y z")


def test_a_lexicon_with_more_anchors_serves_too_and_one_without_is_a_bug(
    knowledge: Knowledge,
) -> None:
    watchlist = compile_watchlist((Watch(id="w", title="W", when="drone"),), knowledge)
    reading = read(article("A drone."))

    wider = Lexicon.compile(knowledge, {*watchlist.anchors, b" toy "})
    assert len(watchlist.judge(reading, wider.scan(reading))) == 1
    assert len(watchlist.judge(reading, wider.scan(reading))) == 1
    with pytest.raises(Bug, match="anchors"):
        watchlist.judge(reading, Lexicon.compile(knowledge).scan(reading))
