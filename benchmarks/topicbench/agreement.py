"""How far do our topics agree with the tags that publishers gave?"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.topicbench.tags import Names, Tokens, is_soft
from monitor.lexicon import Lexicon
from monitor.model import Article, Topic
from monitor.text import read
from monitor.topics import extract
from monitor.topics.knowledge import load

Same: TypeAlias = Callable[[Tokens, Tokens], bool]

ENTITIES = ("actor", "place", "theme", "name")
_DRAWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One article: what its publisher says, what we say (best first), which shape."""

    publisher: str
    language: str
    tags: frozenset[Tokens]
    ours: tuple[tuple[str, Tokens], ...]
    topics: tuple[Topic, ...] = ()


@dataclass(slots=True)
class Tally:
    """Counts of topics given, tags there, and those that met."""

    given: int = 0
    right: int = 0
    tags: int = 0
    met: int = 0
    articles: int = 0
    hit: int = 0
    by_shape: dict[str, list[int]] = field(default_factory=dict)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, over all articles together."""
        precision = self.right / self.given if self.given else 0.0
        recall = self.met / self.tags if self.tags else 0.0
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    def __str__(self) -> str:
        precision = self.right / max(1, self.given)
        recall = self.met / max(1, self.tags)
        return f"P {precision:.3f}  R {recall:.3f}  F1 {self.f1:.3f}  hit {self.hit_rate:.2f}"

    @property
    def hit_rate(self) -> float:
        """The share of articles with at least one topic that is a tag."""
        return self.hit / max(1, self.articles)


def agreement(file: Path) -> None:
    """Print the tables."""
    judged = tuple(_judged(file))
    print(f"\nagreement with publishers' tags ({len(judged)} articles with tags and a body)")
    english = [one for one in judged if one.language == "en"]
    tune = [one for one in english if _half(one.publisher) == "tune"]
    held = [one for one in english if _half(one.publisher) == "held out"]
    for title, part in (("tune", tune), ("held out", held), ("English", english)):
        _table(title, part)
    for language in ("de", "es", "fr"):
        _table(language, [one for one in judged if one.language == language], short=True)
    low, high = _interval(english)
    print(f"exact F1@10, English, 90 % of {_DRAWS} draws of publishers: {low:.3f} to {high:.3f}")


def _judged(file: Path) -> Iterable[Judged]:
    knowledge = load()
    lexicon, names = Lexicon.compile(knowledge), Names.of(knowledge)
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        tags = names.topical(row["topics"])
        if not tags or not row["body"]:
            continue
        reading = read(article(row))
        topics = extract(reading, lexicon.scan(reading), knowledge)
        yield Judged(
            publisher=row["publisher"],
            language=row["lang"],
            tags=tags,
            ours=tuple(
                (topic.shape, names.tokens(topic.label))
                for topic in topics
                if topic.shape in ENTITIES
            ),
            topics=topics,
        )


def article(row: dict[str, Any]) -> Article:
    """A row of the file as an article."""
    published = datetime.fromisoformat(row["date"]) if row.get("date") else None
    if published is not None and published.tzinfo is None:
        published = published.replace(tzinfo=UTC)
    return Article(
        id=row["url"],
        source=row["publisher"],
        title=row["title"] or "",
        body=row["body"],
        language=row["lang"],
        country=(row.get("country") or "").upper() or None,
        published=published,
        fetched=datetime(2026, 1, 1, tzinfo=UTC),
    )


def _half(publisher: str) -> str:
    return "tune" if blake2b(publisher.encode(), digest_size=1).digest()[0] % 2 else "held out"


def _table(title: str, judged: Sequence[Judged], *, short: bool = False) -> None:
    print(f"{title} ({len(judged)} articles, {len({one.publisher for one in judged})} publishers)")
    for most in (10,) if short else (5, 10):
        print(f"  exact @{most:<3} {tally(judged, most, Tokens.__eq__)}")
        print(f"  soft  @{most:<3} {tally(judged, most, is_soft)}")
    if not short:
        shapes = tally(judged, 10, Tokens.__eq__).by_shape
        print("  exact precision: " + ", ".join(f"{s} {r}/{g}" for s, (r, g) in shapes.items()))


def tally(judged: Iterable[Judged], most: int, same: Same) -> Tally:
    """The counts at `most` topics an article."""
    total = Tally()
    for one in judged:
        ours = one.ours[:most]
        right = [any(same(tokens, tag) for tag in one.tags) for _, tokens in ours]
        total.given += len(ours)
        total.right += sum(right)
        total.tags += len(one.tags)
        total.met += sum(any(same(tokens, tag) for _, tokens in ours) for tag in one.tags)
        total.articles += 1
        total.hit += any(right)
        for (shape, _), is_right in zip(ours, right, strict=True):
            counts = total.by_shape.setdefault(shape, [0, 0])
            counts[0] += is_right
            counts[1] += 1
    return total


def _interval(judged: Sequence[Judged]) -> tuple[float, float]:
    """By drawing publishers, not articles: articles of one publisher are tagged alike."""
    draw = random.Random(7)
    publishers = sorted({one.publisher for one in judged})
    of = {name: [one for one in judged if one.publisher == name] for name in publishers}
    found = sorted(
        tally(
            [one for name in draw.choices(publishers, k=len(publishers)) for one in of[name]],
            10,
            Tokens.__eq__,
        ).f1
        for _ in range(_DRAWS)
    )
    return found[_DRAWS // 20], found[-_DRAWS // 20]
