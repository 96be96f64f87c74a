"""Texts that are nearly one, and texts of one mould that are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.matchbench.articles import World
from benchmarks.storybench.copies import KINDS
from benchmarks.storybench.moulds import MOULDS, pairs
from monitor.dedupe import Claims, Print, likeness, marks_of, sketch
from monitor.dedupe.sketches import facts, names
from monitor.model import Article, Relation

FIRST = Article(
    id="1", source="wire", title="What happened", fetched=datetime(2014, 6, 13, tzinfo=UTC)
)
TEXTS = [each.body for each in World().articles(60)[20:] if len(each.body.split()) > 250]


def article(text: str, number: int, **given: object) -> Article:
    return replace(FIRST, id=str(number), source=f"paper-{number}", body=text, **given)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize("kind", KINDS)
def test_copies_as_papers_make_them_are_copies(kind: str) -> None:
    import random

    claims, draw, found = Claims(), random.Random(1), 0
    for number, text in enumerate(TEXTS):
        claims.claim(article(text, number))
    for number, text in enumerate(TEXTS):
        copy = KINDS[kind](text, draw, TEXTS)
        found += claims.claim(article(copy, 1000 + number)).relation is Relation.COPY

    assert found >= 0.9 * len(TEXTS)


@pytest.mark.parametrize("mould", MOULDS)
def test_texts_of_one_mould_are_not_copies(mould: str) -> None:
    claims, number = Claims(), 0
    for name, *both in pairs():
        for text in both if name == mould else ():
            number += 1
            assert claims.claim(article(text, number)).relation is Relation.NEW, text


def test_a_claim_says_by_what_an_article_was_recognised() -> None:
    claims = Claims()
    first = article(TEXTS[0], 1, url="https://one.example/1")
    other = article(TEXTS[2], 5, url="https://one.example/5#a", canonical="https://one.example/1")

    assert claims.explained(first)[1].rule == "nothing"
    assert claims.explained(article(TEXTS[0], 2))[1].rule == "text"
    assert claims.explained(replace(first, body=TEXTS[1]))[1].rule == "article"
    assert claims.explained(replace(first, id="9", body=TEXTS[3]))[1].rule == "url"
    assert claims.explained(other)[1].rule == "canonical"
    near = claims.explained(article(" ".join(TEXTS[0].split(" ")[:90]), 4))[1]
    assert (near.rule, near.part) == ("sketch", "lead")
    assert near.nearest is not None
    assert near.nearest.is_copy
    assert len(near.nearest.bands) > 5
    assert 0.5 < near.nearest.resemblance <= 1.0


def test_the_nearest_text_is_named_also_where_it_is_no_copy() -> None:
    claims = Claims()
    name, one, other = next(pairs())
    founder = claims.claim(article(one, 1))

    because = claims.explained(article(other, 2))[1]

    assert (name, because.rule, because.story) == ("weather", "nothing", founder.story)
    assert because.nearest is not None
    assert not because.nearest.is_copy


def test_entries_of_one_source_that_differ_in_their_fragment_are_two() -> None:
    claims = Claims()
    page = "https://wire.example/log"
    first = replace(FIRST, body=TEXTS[0], url=f"{page}#v1")
    second = replace(FIRST, id="2", body=TEXTS[1], url=f"{page}#v2")
    claims.claim(first)

    assert claims.claim(second).relation is Relation.NEW
    again = replace(second, id="3", body=TEXTS[2])
    assert claims.claim(again).story == claims.claim(second).story


def test_a_page_cannot_pass_for_one_of_another_site() -> None:
    claims = Claims()
    claims.claim(article(TEXTS[0], 1, url="https://one.example/1"))
    posing = article(TEXTS[1], 2, url="https://evil.example/", canonical="https://one.example/1")

    assert claims.claim(posing).relation is Relation.NEW


def test_a_text_of_few_words_has_no_sketch() -> None:
    assert sketch(("few", "words"), "few words") is None
    assert marks_of(article("Few words.", 1)).sketch is None


def test_without_facts_a_copy_has_to_be_all_but_contained() -> None:
    words = tuple(f"word{number % 97}x{number}" for number in range(200))
    lower = sketch(words, " ".join(words).replace("0", "o"))
    shorter = sketch(words[:120], "")
    changed = sketch((*words[:150], *(f"other{number}" for number in range(50))), "")
    assert lower
    assert shorter
    assert changed

    assert likeness(lower.full, shorter.full).agreed is None
    assert likeness(lower.full, shorter.full).is_copy
    assert not likeness(lower.full, changed.full).is_copy


def test_facts_are_numbers_and_names_where_no_sentence_begins() -> None:
    text = "Rain fell. Farmers in Basra paid $12.50, said Ali’s brother. “Never,” he said in Łódź."

    assert names(text) == ("basra", "ali")
    assert len(facts(text)) == 3
    assert facts(" ".join(str(number) for number in range(500)))[-1] < 65_536
    assert len(facts(" ".join(str(number) for number in range(500)))) == 24


def test_a_summary_before_a_whole_text_does_not_move_its_lead() -> None:
    teased = article(TEXTS[0], 1, summary="What the paper's own desk says of it in short.")
    brief = article("", 3, summary=" ".join(TEXTS[0].split(" ")[:45]))

    assert marks_of(teased).sketch == marks_of(article(TEXTS[0], 2)).sketch
    assert marks_of(brief).sketch is not None


_PRINTS = st.builds(
    lambda slots, size, found: Print(slots=slots, size=size, facts=tuple(sorted(found)), banded=12),
    st.one_of(st.binary(min_size=128, max_size=128), st.just(bytes(128))),
    st.integers(1, 65_535),
    st.frozensets(st.integers(0, 65_535), max_size=24),
)


@settings(deadline=None)
@given(_PRINTS, _PRINTS)
def test_likeness_is_symmetric_and_whole_with_itself(one: Print, other: Print) -> None:
    assert likeness(one, other) == likeness(other, one)
    itself = likeness(one, one)
    assert (itself.slots, itself.contained, itself.is_copy) == (64, 1.0, True)
    assert len(one.packed) == 4 + 128 + 2 * len(one.facts)


def test_results_of_one_mould_with_few_names_are_not_copies() -> None:
    mould = (
        "{home} beat {away} {score} on Saturday in front of a full house. The hosts took the lead"
        " midway through the first half when a long ball found the forward, who turned and shot"
        " into the corner. The visitors had the better of the play after the break without making"
        " much of it, and the second goal came from a corner with ten minutes left. The manager"
        " said that he was pleased with the work of the whole team and that it had been a hard"
        " week. The next match is at home in a fortnight, when the leaders are the guests."
    )
    rows = (
        ("Arsenal", "Everton", "3-1"),
        ("Chelsea", "Fulham", "2-1"),
        ("Leeds", "Burnley", "4-1"),
    )
    claims = Claims()

    relations = [
        claims.claim(article(mould.format(home=home, away=away, score=score), number)).relation
        for number, (home, away, score) in enumerate(rows)
    ]

    assert relations == [Relation.NEW] * 3
