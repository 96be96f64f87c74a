"""Stories on the real server: near texts, races, expiry, and what a story comes to know."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from racing import race

from benchmarks.matchbench.articles import World
from monitor.dedupe import Claims, marks_of
from monitor.embedded import Embedded
from monitor.model import Article, Claim, Relation, Story
from monitor.store import Asked, Retention, Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = [article.body for article in World().generated(60) if len(article.body.split()) > 250]


def article(text: str, number: int = 1, source: str = "wire", **given: object) -> Article:
    fields: dict[str, object] = {
        "id": f"{source}-{number}",
        "source": source,
        "title": f"What happened in place {number}",
        "url": f"https://{source}.example/{number}",
        "body": text,
        "published": NOON,
        "fetched": NOON,
    }
    return Article(**(fields | given))  # type: ignore[arg-type]  # fields by name


def claim(store: Store, one: Article, *, tier: int = 2, subjects: tuple[str, ...] = ()) -> Claim:
    learned = store.judging.learned((one.source,), one.fetched)[one.source]
    marks = marks_of(one, learned=learned, subjects=subjects)
    (answer,) = store.judging.claims((Asked(article=one, marks=marks, tier=tier),), one.fetched)
    return answer


def story(store: Store, claimed: Claim) -> Story:
    found = store.view.story(claimed.story)
    assert found is not None
    return found


def cut(text: str, share: float) -> str:
    words = text.split(" ")
    return " ".join(words[: int(len(words) * share)])


@pytest.mark.parametrize(
    "made",
    [
        lambda text: f"Sign up here.\n\n{text}\n\nSmith Media contributed to this report.",
        lambda text: "\n\n".join(reversed(text.split("\n\n"))),
        lambda text: text.replace(" the ", " that ").replace(" a ", " one "),
        lambda text: cut(text, 0.4),
        lambda text: cut(text, 0.3),
    ],
    ids=["furniture", "reordered", "reworded", "cut to 40 %", "cut to 30 %"],
)
def test_a_text_that_is_nearly_the_same_is_a_copy(store: Store, made: Callable[[str], str]) -> None:
    founder = claim(store, article(TEXTS[0]))

    copy = claim(store, article(made(TEXTS[0]), 2, "post"))

    assert (copy.story, copy.relation) == (founder.story, Relation.COPY)
    assert copy.sources == ("wire", "post")
    assert 0 < (copy.similarity or 0) <= 1


def test_near_copies_are_compared_with_the_founder_alone(store: Store) -> None:
    # given: a copy with half of another text after it
    claim(store, article(TEXTS[0]))
    claim(store, article(f"{TEXTS[0]}\n\n{cut(TEXTS[1], 0.5)}", 2, "post"))
    # when: the other text comes whole
    other = claim(store, article(TEXTS[1], 3, "star"))
    # then: stories do not drift
    assert other.relation is Relation.NEW


def test_the_store_and_the_book_of_one_process_answer_alike(store: Store) -> None:
    # given: texts, near texts and revisions of them, under names and addresses that meet now and
    # then, with fragments, canonical addresses and short texts among them
    bodies = [*TEXTS[:3], cut(TEXTS[0], 0.3), TEXTS[0] + " More.", cut(TEXTS[1], 0.03), "Soon."]
    made = st.builds(
        lambda number, source, body, page, fragment, canonical: article(
            bodies[body],
            number,
            ("wire", "post")[source],
            url=f"https://x.example/{page}" + ("", "#c1", "#c2")[fragment],
            canonical=(None, "https://x.example/1", "https://other.example/2")[canonical],
        ),
        *(st.integers(0, 3), st.integers(0, 1), st.integers(0, len(bodies) - 1)),
        *(st.integers(0, 5), st.integers(0, 2), st.integers(0, 2)),
    )

    @settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
    @given(st.lists(made, max_size=10))
    def alike(articles: list[Article]) -> None:
        store.client.flushall()
        book = Claims()
        for each in articles + articles:
            kept, told = claim(store, each), book.claim(each)
            assert (kept.story, kept.relation) == (told.story, told.relation)

    alike()


def test_two_entries_that_differ_only_in_their_fragment_are_two_articles(store: Store) -> None:
    first = article(TEXTS[0], 1, url="https://wire.example/log#v1")
    second = article(TEXTS[1], 2, url="https://wire.example/log#v2")

    founder, other = claim(store, first), claim(store, second)

    assert other.relation is Relation.NEW
    # and elsewhere a fragment is a place in the page
    linked = claim(store, article(TEXTS[2], 3, "post", url="https://wire.example/log#top"))
    assert (linked.story, linked.relation) == (founder.story, Relation.REVISION)


def test_what_a_source_prints_around_everything_is_learned(store: Store) -> None:
    # given: lines of the paper's own around every text
    own = [f"The Post stands for the {word} and says so daily." for word in TEXTS[9].split()[:6]]

    def printed(text: str) -> str:
        return "\n\n".join((*own[:3], text, *own[3:]))

    for number in range(3):
        claim(store, article(printed(TEXTS[number]), number, "post"))
    # when
    later = NOON + timedelta(minutes=2)
    lines = store.judging.learned(("post",), later)["post"]
    # then
    assert len(lines) == 6
    brief = cut(TEXTS[4], 0.4)
    learned = marks_of(article(printed(brief), 5, "post"), learned=lines)
    assert learned.sketch == marks_of(article(brief, 6, "star")).sketch
    # but keys depend on nothing learned
    assert learned.keys == marks_of(article(printed(brief), 5, "post")).keys


def test_what_is_learned_of_a_source_is_bounded(store: Store) -> None:
    for number in range(120):
        body = "\n\n".join(f"line {number} {line} of the {TEXTS[0][:30]}" for line in range(8))
        claim(store, article(body + TEXTS[number % len(TEXTS)], number, "post"))

    assert store.client.zcard("ww:1:lines:post") <= 400


def test_near_texts_are_forgotten_by_generation(
    embedded: Embedded, store: Store, until: Callable[..., None]
) -> None:
    # given: stories live for two seconds
    brief = Store(embedded.url, Retention(stories=timedelta(seconds=2)))
    claim(brief, article(TEXTS[0]))
    numbers = iter(range(2, 10_000))

    def founds() -> bool:
        number = next(numbers)
        copy = article(f"{TEXTS[0]} Added {number}.", number, f"paper-{number}")
        return claim(brief, copy).relation is Relation.NEW

    # then: copies join, until the story is forgotten
    assert not founds()
    until(founds, what="the story is forgotten", within_s=6)
    until(lambda: not store.client.keys("ww:1:near:*"), what="no near text is left", within_s=6)
    brief.close()


def test_copies_raced_by_many_processes_get_one_story(embedded: Embedded, store: Store) -> None:
    # given: four papers, each with a worker of its own and a print of every text
    context = multiprocessing.get_context("forkserver")
    start, answers = context.Barrier(4), context.Queue()
    workers = []
    for who in "abcd":
        texts = [f"{text} Printed by {who}." for text in TEXTS]
        prints = [article(text, number, who) for number, text in enumerate(texts)]
        arguments = (embedded.url, start, answers, prints, NOON)
        workers.append(context.Process(target=race, args=arguments))
    # when
    for worker in workers:
        worker.start()
    stories = [answers.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(30)
    # then
    assert stories[0] == stories[1] == stories[2] == stories[3]
    assert len(set(stories[0])) == len(TEXTS)


def test_a_story_knows_its_copies_its_best_text_and_its_independent_sources(store: Store) -> None:
    # given
    first = article(f"BASRA (Reuters) - {TEXTS[0]}", 1, "wire")
    founder = claim(store, first, tier=3)
    later = NOON + timedelta(hours=1)
    trusted = replace(article(cut(TEXTS[0], 0.5), 2, "post"), fetched=later)
    claim(store, trusted, tier=1)
    # when: asked twice, as after a crash
    last = claim(store, replace(article(f"{TEXTS[0]} (Reuters)", 3, "star"), fetched=later))
    last = claim(store, replace(article(f"{TEXTS[0]} (Reuters)", 3, "star"), fetched=later))
    # then
    known = story(store, founder)
    assert (known.first, known.best) == (first.ref, trusted.ref)
    assert [source for source, _ in known.sources] == ["wire", "post", "star"]
    assert {(copy.source, copy.url) for copy in known.copies} == {
        ("post", trusted.url),
        ("star", "https://star.example/3"),
    }
    assert (known.agencies, known.independent) == (("reuters",), 1)
    assert (last.articles, last.agencies) == (3, ("reuters",))


def test_other_texts_about_one_happening_are_one_event(store: Store) -> None:
    # given: the paper writes about many things
    for number in range(20):
        claim(store, article(TEXTS[number + 3], number, "post", title=TEXTS[number + 3][:60]))
    first = article(
        "Fighters of the Islamic State took Tikrit, the home of Saddam Hussein, on Wednesday. "
        + TEXTS[0],
        50,
        title="Insurgents seize Tikrit as Iraqi army flees",
    )
    second = article(
        "Witnesses in Tikrit said Islamic State men freed prisoners in the town of Saddam Hussein. "
        + TEXTS[1],
        51,
        "star",
        title="Tikrit falls to insurgents, Iraqi officials say",
    )
    # when
    founder = claim(store, first, subjects=("actor:isil", "place:IQ"))
    other = claim(store, second, subjects=("actor:isil", "place:IQ"))
    elsewhere = claim(store, article(TEXTS[2], 52, "star", title="Market day in the harbour"))
    # then
    assert other.relation is Relation.NEW
    assert other.event == founder.event == founder.story
    assert elsewhere.event == elsewhere.story
    # and a copy is about the event of its story
    assert claim(store, replace(second, id="x", source="sun", url=None)).event == founder.event
