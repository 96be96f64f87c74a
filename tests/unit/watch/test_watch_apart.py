"""Clauses that may stand in different articles of a story: each a watch of its own."""

from __future__ import annotations

import pytest

from monitor.errors import QueryError
from monitor.lexicon import Knowledge
from monitor.model import Watch
from monitor.watch import compile_watchlist, parts_of


def watch(when: str, **more: object) -> Watch:
    given = {"scope": "story", "must_match": ("A text.",)} | more
    return Watch(id="w", title="W", when=when, **given)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("when", "parts"),
    [
        ("drone AND actor:iran", ["drone", "actor:iran"]),
        ("drone AND (bomb OR tank)", ["drone", "bomb OR tank"]),
        ("drone AND bomb NOT toy", ["drone AND NOT toy", "bomb AND NOT toy"]),
        ("drone AND bomb AND lang:en", ["drone AND lang:en", "bomb AND lang:en"]),
        (
            "drone AND bomb AND (tank OR NOT toy)",
            ["drone AND (tank OR NOT toy)", "bomb AND (tank OR NOT toy)"],
        ),
    ],
)
def test_each_clause_is_a_watch_of_articles(
    knowledge: Knowledge, when: str, parts: list[str]
) -> None:
    found = parts_of(watch(when), knowledge)

    assert [part.when for part in found] == parts
    assert [part.id for part in found] == ["w#0", "w#1"]
    assert {(part.scope, part.must_match) for part in found} == {("article", ())}
    assert not compile_watchlist(found, knowledge).problems


def test_a_watch_of_articles_has_no_parts(knowledge: Knowledge) -> None:
    assert parts_of(watch("drone AND bomb", scope="article"), knowledge) == ()


@pytest.mark.parametrize("when", ["drone", "drone NOT toy", "drone AND lang:en", "drone OR bomb"])
def test_a_single_clause_is_refused(knowledge: Knowledge, when: str) -> None:
    with pytest.raises(QueryError, match="found one clause, wanted two"):
        parts_of(watch(when), knowledge)
