"""`wirewatch match`: articles -> the watches they satisfy, with evidence."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.app import Desk
from monitor.cli import options
from monitor.cli.articles import Articles, write
from monitor.cli.verdicts import spot
from monitor.settings import load_watchlist


@click.command("match")
@click.option(
    "--watchlist",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="A watchlist.toml; its channels are not looked at.",
)
@click.option(
    "--actors",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="An actors.toml that adds to the shipped knowledge.",
)
@options.paths
def command(watchlist: Path, actors: Path | None, paths: tuple[str, ...]) -> None:
    """Articles -> one JSON line per match, with the words that made it true."""
    watches, knowledge = load_watchlist(watchlist, actors)
    desk = Desk.of(watches, knowledge)
    articles = Articles(paths)
    for article in articles:
        for match in desk.judge(article).matches:
            write(
                {
                    "article": article.id,
                    "watch": match.watch,
                    "evidence": [spot(each) for each in match.evidence],
                }
            )
    articles.exit()
