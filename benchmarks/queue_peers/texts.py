"""Articles for benchmarks: as many as wanted, no two alike, the same on every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from monitor.model import Article

SYLLABLES = (
    "ka",
    "ro",
    "min",
    "tel",
    "sa",
    "vor",
    "li",
    "den",
    "pu",
    "gar",
    "no",
    "stri",
    "be",
    "ul",
)
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def articles(count: int, words: int) -> Iterator[Article]:
    """`count` articles of a title and `words` words of text."""
    chance = random.Random(7)
    lexicon = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(4000)]
    for number in range(count):
        yield Article(
            id=f"bench-{number}",
            source=f"source-{number % 40}",
            title=" ".join(chance.choices(lexicon, k=8)),
            summary=" ".join(chance.choices(lexicon, k=words)),
            url=f"https://news.example/{number % 40}/{number}",
            language="en",
            published=MOMENT,
            fetched=MOMENT,
        )
