"""The shipped knowledge, compiled once; and articles made for the tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.lexicon import Knowledge, Lexicon
from monitor.model import Article, Topic
from monitor.text import read
from monitor.topics import extract
from monitor.topics.knowledge import load

TopicsOf = Callable[..., tuple[Topic, ...]]


def article(title: str = "", *paragraphs: str, **more: Any) -> Article:
    return Article(
        id="a1",
        source="example",
        title=title,
        body="\n\n".join(paragraphs),
        fetched=datetime(2026, 3, 1, tzinfo=UTC),
        **more,
    )


@pytest.fixture(scope="session")
def shipped() -> Knowledge:
    return load()


@pytest.fixture(scope="session")
def shipped_lexicon(shipped: Knowledge) -> Lexicon:
    return Lexicon.compile(shipped)


@pytest.fixture(scope="session")
def topics_of(shipped: Knowledge, shipped_lexicon: Lexicon) -> TopicsOf:
    """The topics of an article made of a title and paragraphs."""

    def given(title: str = "", *paragraphs: str, **more: Any) -> tuple[Topic, ...]:
        reading = read(article(title, *paragraphs, **more))
        return extract(reading, shipped_lexicon.scan(reading), shipped)

    return given
