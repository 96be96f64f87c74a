"""`wirewatch trends`: what several sources suddenly tell, in files of dated articles."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from monitor.app import Desk
from monitor.cli.articles import Articles, write
from monitor.errors import ConfigError
from monitor.model import Article
from monitor.settings import Own, read_own
from monitor.settings.problems import Problems
from monitor.text import folded, read
from monitor.topics import extract, survey
from monitor.topics.bursts import Document, bursts

_NAME = "name:"


@click.command("trends")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--hours",
    type=click.IntRange(1, 24 * 7),
    default=6,
    show_default=True,
    help="How long a window of time is.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A folder with actors.toml, places.toml, themes.toml that add to the shipped knowledge.",
)
def command(paths: tuple[str, ...], hours: int, config: Path | None) -> None:
    """Topics and unknown names that several sources suddenly tell, as JSON Lines.

    Articles are put into windows of time by when they were published; those without a date are left
    out. `expected` is what the windows before led to expect.
    """
    problems = Problems()
    own = read_own(config, problems) if config else Own()
    if problems.found:
        raise ConfigError(tuple(problems.found))
    desk = Desk.of((), own.over_shipped())
    articles, labels = Articles(paths), dict[str, str]()
    documents = [document for article in articles if (document := _document(article, desk, labels))]
    for burst in bursts(documents, timedelta(hours=hours)):
        write(
            {
                "start": burst.start,
                "key": burst.key,
                "label": labels[burst.key],
                "documents": burst.documents,
                "sources": burst.sources,
                "expected": burst.expected,
                "z": burst.z,
            }
        )
    articles.exit()


def _document(article: Article, desk: Desk, labels: dict[str, str]) -> Document | None:
    """What an article counts for; its labels are noted."""
    if article.published is None:
        return None
    reading = read(article)
    mentions = desk.lexicon.scan(reading)
    named = {topic.key: topic.label for topic in extract(reading, mentions, desk.knowledge)}
    for name in survey(reading, mentions, desk.knowledge).names:
        named[_NAME + folded(name).replace(" ", "-")] = name
    labels.update(named)
    return Document(at=article.published, source=article.source, keys=frozenset(named))
