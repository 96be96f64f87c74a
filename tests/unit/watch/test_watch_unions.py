"""What is no member of a closed union is refused at once, wherever one is taken apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.errors import Bug
from monitor.lexicon import Knowledge, Lexicon, spellings, written_of
from monitor.lexicon.names import Name
from monitor.model import Article
from monitor.text import read
from monitor.watch.anchors import ways_of
from monitor.watch.clauses import Filtered
from monitor.watch.explain import _sides, explain
from monitor.watch.implies import _placed
from monitor.watch.importers.lucene import SYNTAX
from monitor.watch.misses import of_leaf
from monitor.watch.parse import _Parser
from monitor.watch.plan import Planner
from monitor.watch.scene import Scene
from monitor.watch.spelling import spell
from monitor.watch.tree import Term, TopicIs


class Stranger:
    """No member of anything."""

    text = "stranger"


STRANGER: Any = Stranger()
NOBODY = Knowledge.of((), (), ())
READING = read(
    Article(id="1", source="s", title="A drone", fetched=datetime(2026, 1, 1, tzinfo=UTC))
)


def scene() -> Scene:
    return Scene(READING, Lexicon.compile(NOBODY).scan(READING), ())


NAME = Name(kind="actor", id="a", text="A", case=STRANGER)
ASKED: dict[str, Callable[[], object]] = {
    "the subjects of a kind": lambda: NOBODY.subjects(STRANGER),
    "how a subject is spelled": lambda: spellings(STRANGER),
    "how a subject is written": lambda: list(written_of(STRANGER)),
    "whether a name needs a capital": lambda: NAME.needs_capital,
    "whether a name accepts its words": lambda: NAME.accepts(READING, (1, 2)),
    "the needs of a node": lambda: ways_of(STRANGER),
    "what the source says": lambda: Filtered(STRANGER, "x").holds(scene()),
    "why a node does not hold": lambda: explain(STRANGER, READING, scene().mentions),
    "the sides of a node": lambda: _sides(STRANGER),
    "what came nearest to a leaf": lambda: of_leaf(scene(), Planner(), STRANGER, None),
    "a piece of a query": lambda: _Parser("x", None).level([STRANGER]),
    "whether one node implies another": lambda: _placed(STRANGER, Term(text="a"), NOBODY),
    "the names of a subject": lambda: Knowledge(
        actors={"a": STRANGER}, places={}, themes={}
    ).resolve("actor", "b"),
    "the clause of a node": lambda: Planner().clause(STRANGER),
    "whether a span is in a field": lambda: scene().in_scope(((1, 2),), STRANGER),
    "how a node is written": lambda: spell(STRANGER),
    "how a term is written": lambda: spell(Term(text="a", case=STRANGER)),
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_a_stranger_is_refused(asked: Callable[[], object]) -> None:
    with pytest.raises((AssertionError, Bug)):
        asked()


def test_what_has_no_place_in_a_text_is_not_looked_for() -> None:
    with pytest.raises(Bug, match="has no place"):
        Planner().spotted(TopicIs(name="x"), None)


def test_lucene_joins_no_two_sides() -> None:
    with pytest.raises(Bug, match="joined two sides"):
        SYNTAX.operators[0].join(STRANGER, STRANGER, STRANGER, STRANGER)
