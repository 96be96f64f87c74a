"""`wirewatch feeds poll`: one feed, now."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.app import now
from monitor.cli import options
from monitor.cli.connection import open_store
from monitor.cli.feeds.telling import source_of, when
from monitor.poller.report import reports


@click.command("poll")
@options.source_id
@options.config
@options.data
def poll(source: str, config: Path, data: Path) -> None:
    """Poll a feed now: within seconds, by the poller that runs, or by the next to start.

    A host that asked to be left alone still is.
    """
    found = source_of(config, source)
    with open_store(config, data) as store:
        moment = now()
        (report,) = reports(store, [found], moment)
        if report.state in ("paused", "off"):
            raise click.UsageError(f"{source} is {when(report, moment)}")
        store.sources.hurry(source, moment)
        (report,) = reports(store, [found], moment)
    click.echo(f"{source}  {when(report, moment)}", err=True)
