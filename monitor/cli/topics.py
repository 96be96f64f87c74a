"""`wirewatch topics`: articles -> their topics, with evidence; or why those."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.app import Desk
from monitor.cli import options
from monitor.cli.articles import Articles, write
from monitor.cli.topics_why import told
from monitor.errors import ConfigError
from monitor.lexicon import Knowledge
from monitor.model import Article
from monitor.settings import Own, read_actors, read_own
from monitor.settings.problems import Problems
from monitor.terminal import escaped_line
from monitor.topics import ner


@click.command("topics")
@options.paths
@options.actors
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A folder with actors.toml, places.toml, themes.toml that add to the shipped knowledge.",
)
@click.option(
    "--why", is_flag=True, help="Mentions, roll-ups and how the scores came about, as text."
)
@click.option(
    "--ner",
    "second",
    is_flag=True,
    help="Ask a spaCy model about unknown names, as [topics] ner does; needs the extra [ner].",
)
@click.option(
    "--ner-model",
    "model",
    default=ner.MODEL,
    show_default=True,
    metavar="NAME",
    help="With --ner: the package of the model, or its folder.",
)
def command(
    paths: tuple[str, ...],
    actors: Path | None,
    config: Path | None,
    model: str,
    *,
    why: bool,
    second: bool,
) -> None:
    """Articles -> their topics as JSON Lines, the strongest first, each with its sentences.

    The publisher's own tags stand beside them and are not read for them.
    """
    desk = Desk.of((), _knowledge(actors, config), ner.load(model) if second else None)
    articles = Articles(paths)
    for article in articles:
        if why:
            click.echo("\n".join(map(escaped_line, told(article, desk))) + "\n")
        else:
            write(_row(article, desk))
    articles.exit()


def _row(article: Article, desk: Desk) -> dict[str, object]:
    return {
        "article": article.id,
        "topics": [
            {
                "key": topic.key,
                "label": topic.label,
                "shape": topic.shape,
                "score": round(topic.score, 3),
                "evidence": topic.evidence,
            }
            for topic in desk.judge(article).topics
        ],
        "publisher_tags": article.tags,
    }


def _knowledge(actors: Path | None, config: Path | None) -> Knowledge:
    problems = Problems()
    own = read_own(config, problems) if config else Own()
    more = read_actors(actors, problems) if actors else ()
    if problems.found:
        raise ConfigError(tuple(problems.found))
    knowledge = own.over_shipped()
    return knowledge.merged(actors=more) if more else knowledge
