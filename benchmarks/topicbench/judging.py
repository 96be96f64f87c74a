"""How many of the compositions are right? Judged by hand: judged/verdicts.tsv says what and why.

The articles are those of seeds/ and the made-up ones of judged/articles.txt. A composition that
nobody has judged counts as wrong, so a new rule is not praised for what it newly says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.lexicon import Lexicon
from monitor.model import Article, Topic
from monitor.sources.seed import read_paths
from monitor.text import read
from monitor.topics import extract
from monitor.topics.knowledge import load

HERE = Path(__file__).parent / "judged"
SEEDS = Path(__file__).parents[2] / "seeds"
COMPOSED = ("actor_in_place", "place_theme", "bilateral", "actor_and_actor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A composed topic of one article; `is_right` is None where nobody has judged it."""

    article: str
    topic: Topic
    is_right: bool | None


def articles() -> Iterator[Article]:
    """What is judged, each article with an id of its own."""
    fetched = datetime(2026, 1, 1, tzinfo=UTC)
    for found in read_paths([str(SEEDS)], fetched=fetched):
        if isinstance(found, Article):
            yield found
    text = (HERE / "articles.txt").read_text(encoding="utf-8")
    for block in text.split("\n## ")[1:]:
        head, _, body = block.partition("\n")
        name, day, title = head.split(" | ")
        yield Article(
            id=name,
            source="judged",
            title=title,
            body="\n\n".join(body.strip().splitlines()),
            language="en",
            published=datetime.fromisoformat(day).replace(tzinfo=UTC),
            fetched=fetched,
        )


def compositions() -> Iterator[Composition]:
    """Every composition of every article, with its verdict."""
    verdicts = dict(_verdicts())
    knowledge = load()
    lexicon = Lexicon.compile(knowledge)
    for article in articles():
        reading = read(article)
        for topic in extract(reading, lexicon.scan(reading), knowledge):
            if topic.shape in COMPOSED:
                name = article.id if article.source == "judged" else article.title
                yield Composition(
                    article=name, topic=topic, is_right=verdicts.get((name, topic.key))
                )


def _verdicts() -> Iterator[tuple[tuple[str, str], bool]]:
    for line in (HERE / "verdicts.tsv").read_text(encoding="utf-8").splitlines():
        if line and line[0] != "#":
            article, key, verdict, _ = line.split("\t")
            yield (article, key), verdict == "right"


def judging() -> None:
    """Print the table."""
    found = tuple(compositions())
    right = sum(one.is_right is True for one in found)
    print(
        f"\ncompositions judged by hand: {len(found)} said, {right} right "
        f"({right / len(found):.2f}), {sum(one.is_right is None for one in found)} not judged"
    )
    for shape in COMPOSED:
        of_shape = [one for one in found if one.topic.shape == shape]
        print(f"  {shape}: {sum(one.is_right is True for one in of_shape)} of {len(of_shape)}")
    met = {(one.article, one.topic.key) for one in found}
    missed = [pair for pair, is_right in _verdicts() if is_right and pair not in met]
    print(
        f"  right ones not said: {len(missed)}" + "".join(f"\n    {m[0]}: {m[1]}" for m in missed)
    )


if __name__ == "__main__":
    judging()
