"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

config = click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=Path("config"),
    show_default=True,
    metavar="DIR",
    help="The folder with monitor.toml, feeds.toml, watchlist.toml, channels.toml, actors.toml.",
)
data = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="WIREWATCH_DATA",
    default=Path("var"),
    show_default=True,
    metavar="DIR",
    help="The data folder: the embedded server's files and the log.",
)
seeds = click.option(
    "--seeds",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    metavar="PATH",
    help="Seed files or folders to read, instead of those of [seeds] paths.",
)
paths = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
