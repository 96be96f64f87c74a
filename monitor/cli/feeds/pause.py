"""`wirewatch feeds pause` and `resume`: stop a feed for a while, without writing feeds.toml."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.app import now
from monitor.cli import options
from monitor.cli.connection import open_store
from monitor.cli.feeds.telling import source_of, when
from monitor.poller.report import reports


@click.command("pause")
@options.source_id
@options.config
@options.data
def pause(source: str, config: Path, data: Path) -> None:
    """Leave a feed unpolled until it is resumed; the running poller heeds it within two seconds.

    It lasts over restarts. What the feed drops from its list meanwhile is not seen.
    """
    source_of(config, source)
    with open_store(config, data) as store:
        done = store.paused_sources.pause(source, now())
    click.echo(f"{source} {'is paused' if done else 'was paused already'}", err=True)


@click.command("resume")
@options.source_id
@options.config
@options.data
def resume(source: str, config: Path, data: Path) -> None:
    """Let a paused feed go on: at the time it was due, or at once if that is past."""
    found = source_of(config, source)
    with open_store(config, data) as store:
        done = store.paused_sources.resume(source, now())
        moment = now()
        (report,) = reports(store, [found], moment)
    went = "goes on" if done else "was not paused"
    click.echo(f"{source} {went}; {when(report, moment)}", err=True)
