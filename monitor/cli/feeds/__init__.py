"""`wirewatch feeds`: how each feed fares, why it is not polled just now; and its subcommands."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.app import now
from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.connection import open_store
from monitor.cli.feeds.add import add
from monitor.cli.feeds.lists import export, import_
from monitor.cli.feeds.pause import pause, resume
from monitor.cli.feeds.poll import poll
from monitor.cli.feeds.telling import tell
from monitor.poller.report import reports
from monitor.settings import load

SUBCOMMANDS = (poll, pause, resume, add, import_, export)


@click.group("feeds", invoke_without_command=True)
@options.config
@options.data
@click.option("--failing", is_flag=True, help="Only feeds that fail or are gone.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines for machines, with outcomes.")
@click.pass_context
def command(ctx: click.Context, config: Path, data: Path, *, failing: bool, as_json: bool) -> None:
    """How each feed fares: state, next poll and why not earlier, gaps. Exit 1 when any fails."""
    if ctx.invoked_subcommand is not None:
        ctx.default_map = {ctx.invoked_subcommand: {"config": config, "data": data}}
        return
    settings, moment = load(config, channels="sealed"), now()
    with open_store(config, data) as store:
        found = reports(store, settings.sources, moment)
    bad = tuple(report for report in found if report.state in ("failing", "gone"))
    for report in bad if failing else found:
        if as_json:
            write(report)
        else:
            tell(report, moment)
    if not found:
        click.echo("feeds.toml lists no feed; `wirewatch feeds add URL` looks for one", err=True)
    sys.exit(1 if bad else 0)


for subcommand in SUBCOMMANDS:
    command.add_command(subcommand)
