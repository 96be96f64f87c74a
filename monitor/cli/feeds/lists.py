"""`wirewatch feeds import` and `export`: lists of feeds, as feed readers exchange them (OPML)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

import click

from monitor.channels.safe import line
from monitor.cli import options
from monitor.settings import load
from monitor.settings.feedlist import alone, exportable, read_text, save, with_feeds
from monitor.sources.opml import list_in, written
from monitor.sources.seed_bytes import whole

SHOWN = 20


@click.command("import")
@click.argument("file", type=click.File("rb"), metavar="FILE")
@options.config
@click.option("--dry-run", is_flag=True, help="Say what would be added; change nothing.")
def import_(file: BinaryIO, config: Path, *, dry_run: bool) -> None:
    """Add the feeds of an OPML file to feeds.toml; `-` is standard input.

    What stands in feeds.toml stays as it is. A feed whose address is listed already is passed over.
    The outlines that a feed stands in become its tags. Exit 1 when something could not be taken.
    """
    found = list_in(whole(file))
    name = line(Path(file.name).name) if file.name != "<stdin>" else "standard input"
    with alone(config):
        sources = load(config, channels="sealed").sources
        added = with_feeds(read_text(config), found.feeds, sources, remark=f"From {name}.")
        if added.new and not dry_run:
            save(config, added.text, new=(id_ for id_, _ in added.new))
    would = "would add" if dry_run else "added"
    _say(would, [f"[source.{id_}] {line(feed.title)}" for id_, feed in added.new])
    _say("listed already", [f"[source.{id_}] {line(feed.title)}" for id_, feed in added.known])
    _say("left out, no web address", [line(url) for url in found.refused])
    if not found.feeds:
        click.echo("the list names no feed", err=True)
    if added.new and not dry_run:
        click.echo("they are polled once the poller is started anew", err=True)
    sys.exit(1 if found.refused or not found.feeds else 0)


@click.command("export")
@options.config
def export(config: Path) -> None:
    """The feeds of feeds.toml as OPML 2.0 on standard output, without logins and secrets."""
    feeds, left_out = exportable(config, load(config, channels="sealed").sources)
    sys.stdout.buffer.write(written(feeds).encode())
    for name in left_out:
        click.echo(f"left out [source.{name}]: its address is a secret", err=True)


def _say(what: str, rows: list[str]) -> None:
    if not rows:
        return
    click.echo(f"{what}: {len(rows)}", err=True)
    for row in rows[:SHOWN]:
        click.echo(f"  {row}", err=True)
    if len(rows) > SHOWN:
        click.echo(f"  and {len(rows) - SHOWN} more", err=True)
