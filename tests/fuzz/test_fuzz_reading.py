"""Any text as an article: read and judged within the bounds of one input, twice alike; and what is
said of it stands in it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fuzzing import SECONDS, SEED, Target, corpus, dictionary, fuzz
from mutating import Mutator

from monitor.app import Desk
from monitor.dedupe import marks_of
from monitor.model import Article, Evidence, Topic
from monitor.settings import load

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LANGUAGES = (None, "en", "ar", "de", "tr", "zh")
MUTATOR = Mutator(tokens=dictionary("reading"))


@pytest.fixture(scope="module")
def reading(sample_desk: Desk) -> Target:
    """Reads an input as an article: title, summary and body by line."""

    def read(data: bytes) -> Hashable:
        title, summary, body = (*data.decode("utf-8", "replace").split("\n", 2), "", "")[:3]
        article = Article(
            id="1",
            source="wire",
            title=title,
            summary=summary,
            body=body,
            language=LANGUAGES[len(data) % len(LANGUAGES)],
            fetched=NOON,
        )
        judgement = sample_desk.judge(article)
        assert sample_desk.judge(article) == judgement
        for match in judgement.matches:
            check_evidence(article, match.evidence)
        check_topics(article, judgement.topics)
        marks = sample_desk.marks(article, judgement.topics, frozenset())
        assert marks.keys == marks_of(article).keys
        shapes = frozenset(topic.shape for topic in judgement.topics)
        return frozenset(match.watch for match in judgement.matches), shapes, marks.sketch is None

    return read


@pytest.fixture(scope="module")
def sample_desk() -> Desk:
    """The shipped names and the sample watchlist, compiled."""
    settings = load(Path(__file__).parents[2] / "config", {})
    return Desk.of(settings.watches, settings.knowledge)


def check_evidence(article: Article, evidence: Iterable[Evidence]) -> None:
    for shown in evidence:
        text = article.text(shown.field)
        assert text[shown.start : shown.end] == shown.text
        assert text.startswith(shown.sentence, shown.sentence_start)
        assert shown.sentence_start <= shown.start < shown.end


def check_topics(article: Article, topics: Iterable[Topic]) -> None:
    for topic in topics:
        assert 0 <= topic.score <= 1
        assert topic.label.strip()
        for shown in topic.evidence:
            assert article.text(shown.field)[shown.start : shown.end] == shown.sentence


def test_a_few_hundred_odd_texts_are_read(reading: Target) -> None:
    fuzz(reading, corpus("text"), MUTATOR, seed=1, inputs=120)


@pytest.mark.fuzz
@pytest.mark.timeout(SECONDS * 2 + 300)
def test_whatever_stands_in_an_article_is_read(reading: Target) -> None:
    fuzz(reading, corpus("text"), MUTATOR, seed=SEED)
