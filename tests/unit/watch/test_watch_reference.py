"""The watchlist against a naive evaluator that walks the tree over a text it made itself."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from naive import TERMS as FAMILIAR
from naive import WORDS, Story, holds, written

from monitor.model import Match, Watch
from monitor.watch import spell
from monitor.watch.tree import (
    AtLeast,
    InField,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Together,
    all_of,
    any_of,
    is_positive,
)

Judge = Callable[..., tuple[Match, ...]]

SENTENCES = st.lists(st.sampled_from(WORDS), max_size=5).map(lambda words: ["Zed", *words])
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=3)
STORIES = st.fixed_dictionaries(
    {
        "title": st.lists(SENTENCES, min_size=1, max_size=1).map(lambda only: [only]),
        "body": st.lists(PARAGRAPHS, max_size=4),
    }
)

TERMS = st.sampled_from(FAMILIAR)
SIDES = TERMS | st.lists(TERMS, min_size=2, max_size=3, unique=True).map(
    lambda parts: Or(parts=tuple(parts))
)
REACHES = st.integers(1, 8) | st.sampled_from(["S", "P"])
NEAR = st.builds(Near, left=SIDES, right=SIDES, reach=REACHES, ordered=st.booleans()).filter(
    lambda near: near.left != near.right
)
LONELY = st.builds(NotNear, left=SIDES, right=SIDES, reach=REACHES).filter(
    lambda near: near.left != near.right
)
ADDITIVE = TERMS | NEAR | st.builds(AtLeast, count=st.integers(2, 3), part=SIDES)
SCOPES = st.sampled_from(["title", "body", "lead"])


def joined(*, negated: bool) -> Callable[[st.SearchStrategy[Node]], st.SearchStrategy[Node]]:
    def join(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        part = inner | inner.map(lambda node: Not(part=node)) if negated else inner
        parts = st.lists(part, min_size=2, max_size=3)
        return parts.map(all_of) | parts.map(any_of)

    return join


def in_a_field(node: Node, scope: str | None) -> Node:
    if scope is None or "(" + "title:" in spell(node) or isinstance(node, InField):
        return node
    return InField(scope=scope, part=node)  # type: ignore[arg-type]  # one of the three


PLAIN = st.recursive(ADDITIVE | LONELY, joined(negated=True), max_leaves=5)
QUERIES = st.builds(in_a_field, PLAIN, st.none() | SCOPES).filter(is_positive)
GROWING = st.recursive(ADDITIVE, joined(negated=False), max_leaves=5)


@settings(max_examples=400, deadline=None)
@given(tree=QUERIES, story=STORIES)
def test_a_query_holds_where_the_naive_evaluator_says_so(
    judge: Judge, tree: Node, story: Story
) -> None:
    matches = judge(spell(tree), **written(story))

    assert bool(matches) is holds(tree, story)


@settings(max_examples=200, deadline=None)
@given(
    parts=st.lists(SIDES, min_size=2, max_size=3),
    within=st.sampled_from(["sentence", "paragraph", 2, 3, 5, 9]),
    story=STORIES,
)
def test_windows_hold_where_the_naive_evaluator_says_so(
    judge: Judge, parts: list[Node], within: object, story: Story
) -> None:
    watch = Watch(
        id="w",
        title="W",
        together=tuple(spell(part) for part in parts),
        within=within,  # type: ignore[arg-type]  # one of those drawn
    )

    matches = judge((watch,), **written(story))

    assert bool(matches) is holds(Together(parts=tuple(parts), within=within), story)  # type: ignore[arg-type]  # the same


@settings(max_examples=150, deadline=None)
@given(tree=GROWING, story=STORIES, more=PARAGRAPHS)
def test_adding_text_never_takes_a_match_away(
    judge: Judge, tree: Node, story: Story, more: list[list[str]]
) -> None:
    if judge(spell(tree), **written(story)):
        longer = {**story, "body": [*story["body"], more]}
        assert judge(spell(tree), **written(longer))


@settings(max_examples=150, deadline=None)
@given(trees=st.lists(QUERIES, min_size=1, max_size=6), story=STORIES)
def test_evidence_is_the_articles_own_text(judge: Judge, trees: list[Node], story: Story) -> None:
    texts = written(story)
    watches = tuple(
        Watch(id=f"w{number}", title="W", when=spell(tree)) for number, tree in enumerate(trees)
    )

    matches = judge(watches, **texts)

    assert [m.watch for m in matches] == [
        f"w{number}" for number, tree in enumerate(trees) if holds(tree, story)
    ]
    for match in matches:
        assert len(match.evidence) <= 8
        assert len(set(match.evidence)) == len(match.evidence)
        for shown in match.evidence:
            text = texts[shown.field]
            assert text[shown.start : shown.end] == shown.text
            assert text[shown.sentence_start :].startswith(shown.sentence)
            assert shown.sentence_start <= shown.start
            assert shown.end <= shown.sentence_start + len(shown.sentence)
