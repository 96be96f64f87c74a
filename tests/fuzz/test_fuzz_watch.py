"""Text as a query: refused with a place and a reason, or read, printed back, and judged as a naive
evaluator does.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Hashable, Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from fuzzing import CORPUS, SECONDS, SEED, Target, dictionary, fuzz
from mutating import Mutator
from naive import TERMS, WORDS, Story, holds, written
from small_world import WORLD, matches_of
from soundness import kind_of

from monitor.errors import QueryError
from monitor.lexicon import Knowledge, Lexicon
from monitor.model import Article, Watch
from monitor.text import read
from monitor.watch import explain, parse, parse_operand, spell
from monitor.watch.grammar import MAX_LENGTH
from monitor.watch.importers import SYNTAXES, import_query
from monitor.watch.tree import (
    And,
    AtLeast,
    InField,
    Near,
    Node,
    Not,
    NotNear,
    Or,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEXICON = Lexicon.compile(WORLD)
QUERIES = (CORPUS / "query" / "queries.txt").read_bytes().splitlines()
MUTATOR = Mutator(
    longest_bytes=24_000,
    tokens=[*(f" {spell(term)} ".encode() for term in TERMS), *dictionary("watch")],
)


def stories(seed: int, count: int) -> Iterator[Story]:
    """Texts in the words of the naive evaluator."""
    chance = Random(seed)

    def sentence() -> list[str]:
        return ["Zed", *chance.choices(WORDS, k=chance.randrange(6))]

    for _ in range(count):
        paragraphs = chance.randrange(4)
        yield {
            "title": [[sentence()]],
            "body": [[sentence() for _ in range(chance.randint(1, 3))] for _ in range(paragraphs)],
        }


STORIES = tuple(stories(7, 64))


def query(data: bytes) -> Hashable:
    """One text as a query: refused in words, or the same after it was printed."""
    text = data.decode("utf-8", "replace")
    try:
        tree = parse(text, WORLD)
    except QueryError as error:
        return refused(error)
    comes_back(tree, parse)
    for story in STORIES[len(data) % 61 :][:3]:
        judged(text, tree, story)
    return shape(tree)


def comes_back(tree: Node, read_again: Callable[[str, Knowledge], Node]) -> None:
    """What is printed is read as the same; but it may be longer than anybody may write."""
    spelled = spell(tree)
    if len(spelled) <= MAX_LENGTH:
        assert read_again(spelled, WORLD) == tree, f"printed as {spelled!r}"


def refused(error: QueryError) -> str:
    assert 1 <= error.column <= len(error.query) + 1, f"column {error.column} of {error.query!r}"
    assert error.problem
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    return kind_of(error.problem)


def judged(text: str, tree: Node, story: Story) -> None:
    matched = bool(matches_of((Watch(id="w", title="W", when=text),), **written(story)))
    if is_familiar(tree):
        assert matched is holds(tree, story), f"{spell(tree)} on {story}"
    reading = read(Article(id="1", source="wire", fetched=NOW, **written(story)))
    verdict = explain(tree, reading, LEXICON.scan(reading))
    assert verdict.held is matched, f"{spell(tree)} on {story}: {verdict}"


def is_familiar(node: Node) -> bool:
    """Whether the naive evaluator knows all its terms."""
    match node:
        case And(parts=parts) | Or(parts=parts):
            return all(map(is_familiar, parts))
        case Not(part=part) | InField(part=part) | AtLeast(part=part):
            return is_familiar(part)
        case Near(left=left, right=right) | NotNear(left=left, right=right):
            return is_familiar(left) and is_familiar(right)
        case _:
            return node in TERMS


def shape(node: Node) -> Hashable:
    """The forms of a tree, without its words."""
    parts = getattr(node, "parts", None) or [
        getattr(node, name) for name in ("part", "left", "right") if hasattr(node, name)
    ]
    return type(node).__name__, frozenset(map(shape, parts))


def operand(data: bytes) -> Hashable:
    """The same for an entry of `together`."""
    try:
        tree = parse_operand(data.decode("utf-8", "replace"), WORLD)
    except QueryError as error:
        return refused(error)
    comes_back(tree, parse_operand)
    return shape(tree)


def foreign(data: bytes) -> Hashable:
    """The same for the queries of other systems: what comes out is a query of ours."""
    source = sorted(SYNTAXES)[len(data) % len(SYNTAXES)]
    try:
        imported = import_query(source, data.decode("utf-8", "replace"))
    except QueryError as error:
        return source, refused(error)
    return source, shape(parse(imported.query)), frozenset(map(kind_of, imported.warnings))


FOREIGN = Mutator(longest_bytes=24_000, tokens=dictionary("foreign"))


def test_a_few_hundred_broken_queries_are_refused_or_mean_what_they_say() -> None:
    fuzz(query, QUERIES, MUTATOR, seed=1, inputs=150)


@pytest.mark.parametrize("target", [operand, foreign])
def test_broken_words_and_foreign_queries_are_refused_or_read(target: Target) -> None:
    fuzz(target, QUERIES, FOREIGN if target is foreign else MUTATOR, seed=1, inputs=150)


@pytest.mark.fuzz
@pytest.mark.timeout(SECONDS * 2 + 300)
def test_whatever_is_written_as_a_query_is_refused_or_means_what_it_says() -> None:
    fuzz(query, QUERIES, MUTATOR, seed=SEED)


@pytest.mark.fuzz
@pytest.mark.timeout(SECONDS * 2 + 300)
@pytest.mark.parametrize("target", [operand, foreign])
def test_whatever_is_written_as_words_or_elsewhere_is_refused_or_read(target: Target) -> None:
    fuzz(target, QUERIES, FOREIGN if target is foreign else MUTATOR, seed=SEED)
