"""What is understood, what is refused, and how a refusal helps."""

import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.lexicon import Knowledge
from monitor.model import Watch
from monitor.watch import parse, parse_operand, parse_watch, spell
from monitor.watch.tree import (
    And,
    AtLeast,
    Filter,
    InField,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Subject,
    Term,
    Together,
    TopicIs,
    Wild,
    all_of,
    any_of,
    asks_topics,
    is_positive,
)


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("drone", "drone"),
        ('"drone"', "drone"),
        ('"air  strike"', '"air strike"'),
        ("“air strike”", '"air strike"'),
        ("U.S. AND al-qaeda AND shi'ite", "U.S. AND al-qaeda AND shi'ite"),
        ("a NOT b", "a AND NOT b"),
        ("a AND NOT b", "a AND NOT b"),
        ("NOT a AND b", "NOT a AND b"),
        ("(a AND b) AND c", "a AND b AND c"),
        ("(((a)))", "a"),
        ("(a OR b) AND c", "(a OR b) AND c"),
        ("a AND NOT (b OR c)", "a AND NOT (b OR c)"),
        ("a NEAR/5 b", "a NEAR/5 b"),
        ("a AND b NEAR/P c", "a AND b NEAR/P c"),
        ("(a OR b) THEN/S c", "(a OR b) THEN/S c"),
        ("a NOT NEAR/3 b", "a NOT NEAR/3 b"),
        ("title:drone", "title:(drone)"),
        ('title:"air strike"', 'title:("air strike")'),
        ("lead:(a AND b)", "lead:(a AND b)"),
        ("actor:ISIL", "actor:isil"),
        ('actor:"Islamic State"', "actor:isil"),
        ("place:iraq", "place:IQ"),
        ("theme:Violence", "theme:violence"),
        ('topic:"ISIL in Iraq"', 'topic:"ISIL in Iraq"'),
        ("a AND lang:EN", "a AND lang:en"),
        ("a AND country:gb", "a AND country:GB"),
        ("a AND country:iraq", "a AND country:IQ"),
        ('a AND source:"BBC News" AND tag:sport', 'a AND source:"BBC News" AND tag:sport'),
        ("atleast(3, drone)", "atleast(3, drone)"),
        ("atleast(2, drone OR uav)", "atleast(2, drone OR uav)"),
        ('exact("Turkey") AND anycase(US)', 'exact("Turkey") AND anycase("US")'),
        ("terror* AND wom?n", "terror* AND wom?n"),
        ('"AND" AND near', '"AND" AND near'),
        ("北京 OR الرياض", "北京 OR الرياض"),
        ("NOT (NOT a) AND b", "NOT (NOT a) AND b"),
    ],
)
def test_queries_have_one_spelling(knowledge: Knowledge, query: str, canonical: str) -> None:
    tree = parse(query, knowledge)

    assert spell(tree) == canonical
    assert parse(canonical, knowledge) == tree


@pytest.mark.parametrize(
    ("query", "column", "problem", "fix"),
    [
        ("", 1, "found nothing", ""),
        ("a AND b OR c", 12, "two ways", "(a AND b) OR c\n    a AND (b OR c)"),
        ("a OR b NOT c", 8, "two ways", "a OR (b AND NOT c)\n    (a OR b) AND NOT c"),
        (
            "a OR b NOT c OR d",
            8,
            "two ways",
            "a OR (b AND NOT c) OR d\n    (a OR b) AND NOT (c OR d)",
        ),
        ("iran iraq", 6, "side by side", 'iran AND iraq or "iran iraq"'),
        ('"a" "b"', 5, "side by side", '"a" AND "b" or "a b"'),
        ("a (b OR c)", 3, "side by side", "a AND (b OR c)"),
        ("iran and iraq", 6, "found and", 'iran AND iraq or "iran and iraq"'),
        ("iran or iraq", 6, "found or", "iran OR iraq"),
        ("NOT a", 1, "only says what must not", "AND NOT"),
        ("a OR NOT b", 6, "only says what must not", ""),
        ("lang:en", 1, "only lang:", "joined by AND"),
        ("a OR lang:en", 6, "only lang:", ""),
        ("(a OR (lang:en)) AND NOT b", 7, "only lang:", ""),
        ("title:(NOT a)", 8, "only says", ""),
        ("NOT a AND NOT b", 1, "only says", ""),
        ("a NEAR/3 b NEAR/4 c", 12, "two ways", "a NEAR/3 b AND b NEAR/4 c\n"),
        ("a NEAR/3", 3, "either side", ""),
        ("NEAR/3 a", 1, "either side", ""),
        ("a AND NEAR/3 b", 7, "either side", ""),
        ("a NEAR/3 a", 10, "the same", "atleast(2, a)"),
        ("theme:violence NEAR/3 a", 1, "joins terms", ""),
        ("(a AND b) NEAR/3 c", 1, "joins terms", ""),
        ("a NEAR b", 3, "wanted a distance", "NEAR/5"),
        ("a near/5 b", 3, "found near/5", "NEAR/5"),
        ("a NEAR/0 b", 3, "1 to 255", "NEAR/1,"),
        ("a NEAR/999 b", 3, "1 to 255", "NEAR/255"),
        ("a NOT THEN/3 b", 7, "NOT THEN/3", "NOT NEAR"),
        ("a W/5 b", 3, "another language", "NEAR/5"),
        ("a w/s b", 3, "another language", "NEAR/S"),
        ("a && b", 3, "found &&", "AND"),
        ("a | b", 3, "found |", "OR"),
        ("-a", 1, "found -a", "AND NOT a"),
        ("a NOT NOT b", 7, "NOT NOT", ""),
        ("a AND", 3, "after it", ""),
        ("OR a", 1, "before it", ""),
        ("a AND OR b", 7, "before it", ""),
        ("a NOT", 3, "after it", ""),
        ("(a", 1, "not closed", ")"),
        ("(a AND (b)", 1, "not closed", ")"),
        ("a)", 2, "closes nothing", ""),
        ("()", 2, "between the parentheses", ""),
        ('"abc', 1, "not closed", '"'),
        ("a, b", 2, "comma", ""),
        ("10:30", 3, "colon", "quotes"),
        ("actor: isil", 6, "colon", "without blanks"),
        ("te*", 1, "3 letters", ""),
        ("anti-gov*", 1, "single word", ""),
        ('"terror* attack"', 1, "wildcard in quotes", "THEN/1"),
        ("24/7", 1, "sign", '"24/7"'),
        ('"..."', 1, "no letter", ""),
        ("actor:isill", 7, "no actor is known", "did you mean actor:isil"),
        ("actor:iraq", 7, "no actor is known", "place:IQ"),
        ("actor:mosul", 7, "no actor is known", "place:mosul-iq"),
        ("actor:xyzzy", 7, "no actor is known", "config/actors.toml"),
        ("place:xyzzy", 7, "no place is known", '"xyzzy"'),
        ("theme:violense", 7, "no theme is known", "theme:violence"),
        ("actor:isi*", 7, "found isi*", "whole name"),
        ("Actor:isil", 1, "found Actor:", "actor:"),
        ("foo:(a)", 1, "found foo:(", "title:"),
        ("actor:(a OR b)", 1, "one name", "(actor:a OR actor:b)"),
        ("a AND lang:english", 12, "language code", "lang:en"),
        ("a AND country:xyzzy", 15, "two letters", "country:GB"),
        ("title:(a AND lang:en)", 8, "says nothing of a field", "outside"),
        ("title:(topic:x)", 8, "whole article", ""),
        ("title:(body:(a))", 8, "inside a field", ""),
        ("title:(a OR NOT (atleast(2, b) AND body:c))", 8, "inside a field", ""),
        ("atleast(1, a)", 9, "2 to 1000", ""),
        ("atleast(x, a)", 1, "number", "atleast(3, drone)"),
        ("atleast(3)", 1, "number", ""),
        ("atleast(3, theme:violence)", 12, "counts mentions", ""),
        ("foo(a)", 1, "found foo(", "atleast("),
        ("exact(a OR b)", 1, "one term", ""),
        ("exact(actor:isil)", 1, "one term", ""),
        ("(" * 31 + "a" + ")" * 31, 31, "deep", "several watches"),
        ("a OR " * 5_000 + "b", 1, "characters", "several watches"),
    ],
)
def test_what_is_doubtful_is_refused_with_place_and_fix(
    knowledge: Knowledge, query: str, column: int, problem: str, fix: str
) -> None:
    with pytest.raises(QueryError) as refused:
        parse(query, knowledge)

    assert problem in refused.value.problem
    assert refused.value.column == column
    assert fix in refused.value.fix
    assert pickle.loads(pickle.dumps(refused.value)).column == column


@pytest.mark.parametrize("query", ["a AND b OR c", "a OR b NOT c OR d", "a AND b OR c AND NOT d"])
def test_both_readings_can_be_pasted_and_differ(query: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(query)

    first, second = refused.value.fix.splitlines()[1:]
    assert parse(first) != parse(second)


def test_a_query_of_too_many_words_is_refused() -> None:
    with pytest.raises(QueryError, match="more than"):
        parse("a OR " * 2_600 + "b")


def test_without_knowledge_names_stay_as_written() -> None:
    assert parse("actor:somebody AND place:Xy") == And(
        parts=(Subject(kind="actor", id="somebody"), Subject(kind="place", id="Xy"))
    )


def test_the_plain_form(knowledge: Knowledge) -> None:
    def tree(*together: str, within: object = "article") -> Node:
        watch = Watch(id="w", title="W", together=together, within=within)  # type: ignore[arg-type]  # any
        return parse_watch(watch, knowledge)

    assert tree("drone") == Term(text="drone")
    assert tree("air strike", "actor:ISIL") == And(
        parts=(Term(text="air strike"), Subject(kind="actor", id="isil"))
    )
    assert tree("drone OR uav", "x", within="sentence") == Together(
        parts=(Or(parts=(Term(text="drone"), Term(text="uav"))), Term(text="x")),
        within="sentence",
    )
    assert tree("a", "theme:violence", within=20) == Together(
        parts=(Term(text="a"), Subject(kind="theme", id="violence")), within=20
    )
    assert spell(tree("a", "b", within=20)) == "[a, b] within 20 words"
    assert spell(tree("a", "b", within="paragraph")) == "[a, b] within one paragraph"


@pytest.mark.parametrize(
    ("watch", "problem"),
    [
        (Watch(id="w", title="W"), "neither"),
        (Watch(id="w", title="W", when="a", together=("b",)), "both"),
        (Watch(id="w", title="W", when="a AND"), "after it"),
        (Watch(id="w", title="W", together=("a AND b", "c")), "wanted one keyword"),
        (Watch(id="w", title="W", together=("a AND NOT", "c")), "after it"),
        (Watch(id="w", title="W", together=("NOT a", "c")), "only says"),
        (Watch(id="w", title="W", together=("a", "topic:x"), within="sentence"), "whole article"),
        (Watch(id="w", title="W", together=("a", "b"), within=1), "2 to"),
        (Watch(id="w", title="W", together=("actor:isill", "b")), "no actor"),
    ],
)
def test_refusals_name_the_watch(knowledge: Knowledge, watch: Watch, problem: str) -> None:
    with pytest.raises(QueryError, match=problem) as refused:
        parse_watch(watch, knowledge)

    assert refused.value.ids == {"watch": "w"}
    assert "(watch w)" in str(refused.value)


def test_a_keyword_of_several_words_is_a_phrase() -> None:
    assert parse_operand("air strike") == Term(text="air strike")
    assert parse_operand("trade and aid") == Term(text="trade and aid")


def test_a_query_holds_five_thousand_pieces_and_no_more() -> None:
    assert parse(" OR ".join(["a"] * 2_500)) == Or(parts=(Term(text="a"),) * 2_500)

    with pytest.raises(QueryError, match="more than 5000 words"):
        parse(" OR ".join(["a"] * 2_501))


def test_many_groups_side_by_side_are_not_deep() -> None:
    assert parse(" OR ".join(["(drone)"] * 40)) == Or(parts=(Term(text="drone"),) * 40)


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        ("drone", False),
        ("drone NEAR/3 bomb AND lang:en", False),
        ("topic:war", True),
        ("drone AND NOT topic:war", True),
        ("(drone OR topic:war) AND bomb", True),
        ("title:(drone) OR atleast(2, bomb)", False),
    ],
)
def test_what_has_to_do_with_topics_is_known(query: str, asks: bool) -> None:
    assert asks_topics(parse(query)) is asks


@pytest.mark.parametrize(
    ("query", "column", "problem"),
    [
        ("title:,", 6, "found a colon"),
        ("a:b:c", 4, "found a colon"),
        ('-:"drone"', 2, "found a colon"),
        ('actor:"isil', 7, "the quote opened here is not closed"),
        ("drone AND atleast(2, )", 22, "nothing stands between the parentheses"),
        ("drone AND atleast(, a)", 19, "found a comma"),
        ("(drone, bomb)", 7, "found a comma"),
        ("drone )", 7, "this ) closes nothing"),
        ('("a )" OR b', 1, "this ( is not closed"),
        ("title:(drone AND exact(bomb)", 7, "this ( is not closed"),
    ],
)
def test_what_does_not_nest_is_pointed_at(query: str, column: int, problem: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(query)

    assert (refused.value.column, refused.value.problem) == (column, problem)


def test_lark_is_not_imported_before_the_first_query() -> None:
    code = "import sys, monitor.watch; sys.exit('lark' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


TERMS = st.sampled_from(
    [
        Term(text="drone"),
        Term(text="air strike"),
        Term(text="U.S."),
        Term(text="al-Qaeda"),
        Term(text="OR"),
        Term(text="NEAR/5"),
        Term(text="24/7"),
        Term(text="北京"),
        Term(text="Turkey", case="exact"),
        Term(text="US", case="any"),
        Wild(text="terror*"),
        Wild(text="wom?n"),
        Subject(kind="actor", id="isil"),
        Subject(kind="place", id="mosul-iq"),
    ]
)
OR_GROUPS = st.lists(TERMS, min_size=2, max_size=3, unique=True).map(
    lambda parts: Or(parts=tuple(parts))
)
SIDES = TERMS | OR_GROUPS
REACHES = st.integers(1, 255) | st.sampled_from(["S", "P"])
PLACED = (
    st.builds(Near, left=SIDES, right=SIDES, reach=REACHES, ordered=st.booleans())
    | st.builds(NotNear, left=SIDES, right=SIDES, reach=REACHES)
).filter(lambda near: near.left != near.right)
LEAVES = (
    TERMS
    | PLACED
    | st.builds(AtLeast, count=st.integers(2, 9), part=SIDES)
    | st.just(Subject(kind="theme", id="violence"))
)


def _joined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    parts = st.lists(inner | inner.map(lambda part: Not(part=part)), min_size=2, max_size=4)
    return parts.map(all_of) | parts.map(any_of)


IN_FIELDS = st.recursive(LEAVES, _joined, max_leaves=5)
TREES = st.recursive(
    LEAVES
    | st.sampled_from(
        [TopicIs(name="ISIL in Iraq"), Filter(by="lang", value="en"), Filter(by="tag", value="a b")]
    )
    | st.builds(InField, scope=st.sampled_from(["title", "lead", "body"]), part=IN_FIELDS),
    _joined,
    max_leaves=8,
).filter(is_positive)


@given(TREES)
def test_printing_and_parsing_a_tree_gives_the_tree(tree: Node) -> None:
    assert parse(spell(tree)) == tree


@given(st.text(st.sampled_from('ab AND OR NOT()"*:,.-/NEAR5 title:(actor:iran'), max_size=40))
def test_any_text_is_parsed_or_refused_inside_it(query: str) -> None:
    try:
        tree = parse(query)
    except QueryError as error:
        refused = error
    else:
        assert parse(spell(tree)) == tree
        return
    assert 1 <= refused.column <= len(query) + 1
    assert refused.problem


def test_a_field_that_is_nearly_one_is_asked_back(knowledge: Knowledge) -> None:
    with pytest.raises(QueryError) as refused:
        parse("them:violence", knowledge)

    assert "did you mean theme:? known are" in str(refused.value)
