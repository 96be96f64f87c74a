"""The watchlist against a naive evaluator that walks the tree over a text it made itself."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Match, Watch
from monitor.watch import spell
from monitor.watch.tree import (
    And,
    AtLeast,
    InField,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Subject,
    Term,
    Together,
    Wild,
    all_of,
    any_of,
    is_positive,
)

Judge = Callable[..., tuple[Match, ...]]
Story = dict[str, list[list[list[str]]]]
"""Field -> paragraphs -> sentences -> words."""

WORDS = ("drone", "drones", "strike", "air", "bomb", "us", "US", "Iran", "Iranian", "Mosul", "Iraq")
ACTORS = {"iran": {"Iran", "Iranian"}, "us": {"US"}}
PLACES = {"IR": {"Iran", "Iranian"}, "US": {"US"}, "IQ": {"Iraq", "Mosul"}, "mosul-iq": {"Mosul"}}


@dataclass(frozen=True)
class Spot:
    field: str
    first: int
    last: int
    sentence: tuple[str, int]
    paragraph: tuple[str, int]
    in_lead: bool


@dataclass(frozen=True)
class Token:
    text: str
    spot: Spot


def tokens(story: Story) -> list[Token]:
    found = []
    for field, paragraphs in story.items():
        position = sentence_count = 0
        for paragraph_count, paragraph in enumerate(paragraphs):
            for sentence in paragraph:
                for word in sentence:
                    spot = Spot(
                        field,
                        position,
                        position,
                        (field, sentence_count),
                        (field, paragraph_count),
                        field != "body" or paragraph_count < 2,
                    )
                    found.append(Token(word, spot))
                    position += 1
                sentence_count += 1
    return found


def same_word(term: str, case: str, word: str) -> bool:
    if case == "exact":
        return term == word
    if case == "usual" and term == "US":
        return word == "US"
    return term.lower() == word.lower()


def spots(node: Node, story: Story, scope: str | None) -> list[Spot]:
    found: list[Spot] = []
    row = tokens(story)
    match node:
        case Term(text=text, case=case):
            words = text.split()
            for at in range(len(row) - len(words) + 1):
                here = row[at : at + len(words)]
                if len({token.spot.sentence for token in here}) == 1 and all(
                    same_word(word, case, token.text)
                    for word, token in zip(words, here, strict=True)
                ):
                    first, last = here[0].spot, here[-1].spot
                    found.append(
                        Spot(
                            first.field,
                            first.first,
                            last.last,
                            first.sentence,
                            first.paragraph,
                            first.in_lead,
                        )
                    )
        case Wild(text=text):
            found = [token.spot for token in row if token.text.lower().startswith(text[:-1])]
        case Subject(kind="actor", id=actor):
            found = [token.spot for token in row if token.text in ACTORS[actor]]
        case Subject(kind="place", id=place):
            found = [token.spot for token in row if token.text in PLACES[place]]
        case Or(parts=parts):
            found = list({spot for part in parts for spot in spots(part, story, None)})
        case _:
            raise AssertionError(node)
    if scope == "lead":
        return [spot for spot in found if spot.in_lead]
    return [spot for spot in found if scope in (None, spot.field)]


def close(left: Spot, right: Spot, reach: object, *, ordered: bool) -> bool:
    if reach == "S":
        near = left.sentence == right.sentence
    elif reach == "P":
        near = left.paragraph == right.paragraph
    else:
        gap = max(right.first - left.last, left.first - right.last)
        near = left.field == right.field and gap <= int(str(reach))
    return near and (not ordered or (left.field == right.field and right.first > left.last))


def windows(lists: list[list[Spot]], within: object) -> bool:
    def choose(chosen: list[Spot], rest: list[list[Spot]]) -> bool:
        if rest:
            return any(choose([*chosen, spot], rest[1:]) for spot in rest[0])
        if within == "sentence":
            return len({spot.sentence for spot in chosen}) == 1
        if within == "paragraph":
            return len({spot.paragraph for spot in chosen}) == 1
        if len({spot.field for spot in chosen}) > 1:
            return False
        extent = max(s.last for s in chosen) - min(s.first for s in chosen) + 1
        return extent <= int(str(within))

    return choose([], lists)


def holds(node: Node, story: Story, scope: str | None = None) -> bool:
    match node:
        case And(parts=parts):
            return all(holds(part, story, scope) for part in parts)
        case Or(parts=parts):
            return any(holds(part, story, scope) for part in parts)
        case Not(part=part):
            return not holds(part, story, scope)
        case InField(scope=field, part=part):
            return holds(part, story, field)
        case Near(left=left, right=right, reach=reach, ordered=ordered):
            return any(
                close(a, b, reach, ordered=ordered)
                for a in spots(left, story, scope)
                for b in spots(right, story, scope)
            )
        case NotNear(left=left, right=right, reach=reach):
            others = spots(right, story, scope)
            return any(
                not any(close(a, b, reach, ordered=False) for b in others)
                for a in spots(left, story, scope)
            )
        case AtLeast(count=count, part=part):
            ends: list[Spot] = []
            for spot in sorted(
                spots(part, story, scope), key=lambda s: (s.field != "title", s.first, s.last)
            ):
                if not ends or ends[-1].field != spot.field or spot.first > ends[-1].last:
                    ends.append(spot)
            return len(ends) >= count
        case Together(parts=parts, within=within):
            return windows([spots(part, story, scope) for part in parts], within)
        case _:
            return bool(spots(node, story, scope))


def written(story: Story) -> dict[str, str]:
    """The article that says it; each sentence opens with a word of its own to start with."""
    return {
        field: "\n\n".join(
            " ".join(" ".join(sentence) + "." for sentence in paragraph) for paragraph in paragraphs
        )
        for field, paragraphs in story.items()
    }


SENTENCES = st.lists(st.sampled_from(WORDS), max_size=5).map(lambda words: ["Zed", *words])
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=3)
STORIES = st.fixed_dictionaries(
    {
        "title": st.lists(SENTENCES, min_size=1, max_size=1).map(lambda only: [only]),
        "body": st.lists(PARAGRAPHS, max_size=4),
    }
)

TERMS = st.sampled_from(
    [
        Term(text="drone"),
        Term(text="air strike"),
        Term(text="strike bomb"),
        Term(text="us"),
        Term(text="US"),
        Term(text="US", case="any"),
        Term(text="US bomb"),
        Term(text="Iran", case="exact"),
        Term(text="iran", case="exact"),
        Term(text="tank"),
        Wild(text="drone*"),
        Wild(text="iran*"),
        Subject(kind="actor", id="iran"),
        Subject(kind="actor", id="us"),
        Subject(kind="place", id="IQ"),
        Subject(kind="place", id="mosul-iq"),
        Subject(kind="place", id="IR"),
    ]
)
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
