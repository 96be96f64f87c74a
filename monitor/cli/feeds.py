"""`wirewatch feeds`: how each feed fares, and why it is not polled just now."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

import click

from monitor.app import now
from monitor.channels.safe import line
from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.connection import open_store
from monitor.poller.report import FeedReport, reports
from monitor.settings import load

UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


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
    settings, moment = load(config), now()
    with open_store(config, data) as store:
        found = reports(store, settings.sources, moment)
    bad = tuple(report for report in found if report.state in ("failing", "gone"))
    for report in bad if failing else found:
        if as_json:
            write(report)
        else:
            _tell(report, moment)
    if not found:
        click.echo("feeds.toml lists no feed", err=True)
    sys.exit(1 if bad else 0)


@command.command("poll")
@click.argument("source", metavar="ID")
@options.config
@options.data
def poll(source: str, config: Path, data: Path) -> None:
    """Poll a feed now: within seconds, by the poller that runs, or by the next to start.

    A host that asked to be left alone still is.
    """
    found = [each for each in load(config).sources if each.id == source]
    if not found:
        raise click.UsageError(f"feeds.toml has no [source.{source}]; `wirewatch feeds` shows all")
    with open_store(config, data) as store:
        moment = now()
        store.sources.hurry(source, moment)
        (report,) = reports(store, found, moment)
    click.echo(f"{source}  {_when(report, moment)}", err=True)


def _tell(report: FeedReport, moment: datetime) -> None:
    click.echo(f"{report.source:<24} {report.state:<8} {_when(report, moment)}", err=True)
    rate = "not known yet" if report.rate is None else f"{report.rate:.2g} new entries an hour"
    last = "never" if report.last_poll is None else f"{_span(moment - report.last_poll)} ago"
    came = " ".join(outcome.came.value for outcome in report.outcomes[-5:])
    click.echo(f"  last poll {last}: {came or 'nothing yet'}; {rate}", err=True)
    if report.error:
        times = "once" if report.failures == 1 else f"{report.failures} times in a row"
        click.echo(f"  failed {times}: {line(report.error)}", err=True)
    if report.last_gap is not None:
        ago = _span(moment - report.last_gap)
        click.echo(
            f"  possible gaps: {report.gaps}, the last {ago} ago; entries may have come and gone"
            " between two polls",
            err=True,
        )
    if report.problems:
        click.echo(f"  {report.problems} oddities, first: {line(report.problem)}", err=True)
    if report.moved_to:
        click.echo(f"  moved for good to {line(report.moved_to)}", err=True)


def _when(report: FeedReport, moment: datetime) -> str:
    if report.next_due is None or report.next_due <= moment:
        return "due now"
    return f"next in {_span(report.next_due - moment)}: {line(report.why)}"


def _span(span: timedelta) -> str:
    """A span in its largest whole unit."""
    seconds = max(int(span.total_seconds()), 0)
    for size, unit in UNITS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return "0 s"
