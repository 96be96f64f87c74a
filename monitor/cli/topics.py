"""`wirewatch topics`: articles -> their topics, with evidence."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.app import Desk
from monitor.cli import options
from monitor.cli.articles import Articles, write
from monitor.errors import ConfigError
from monitor.settings import read_actors
from monitor.settings.problems import Problems
from monitor.topics.knowledge import load


@click.command("topics")
@options.paths
@click.option(
    "--actors",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="An actors.toml that adds to the shipped knowledge.",
)
def command(paths: tuple[str, ...], actors: Path | None) -> None:
    """Articles -> their topics as JSON Lines, the strongest first, each with its sentences."""
    problems = Problems()
    more = read_actors(actors, problems) if actors else ()
    if problems.found:
        raise ConfigError(tuple(problems.found))
    desk = Desk.of((), load().merged(actors=more))
    articles = Articles(paths)
    for article in articles:
        write(
            {
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
            }
        )
    articles.exit()
