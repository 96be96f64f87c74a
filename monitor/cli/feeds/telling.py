"""A feed's report in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from monitor.channels.safe import line
from monitor.model import Source
from monitor.poller.report import FeedReport
from monitor.settings import load

UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def source_of(config: Path, name: str) -> Source:
    """The source of this id. Raises UsageError where feeds.toml has none."""
    found = next(
        (each for each in load(config, channels="sealed").sources if each.id == name), None
    )
    if found is None:
        raise click.UsageError(f"feeds.toml has no [source.{name}]; `wirewatch feeds` shows all")
    return found


def tell(report: FeedReport, moment: datetime) -> None:
    """All of it, a few lines on stderr."""
    click.echo(f"{report.source:<24} {report.state:<8} {when(report, moment)}", err=True)
    rate = "not known yet" if report.rate is None else f"{report.rate:.2g} new entries an hour"
    last = "never" if report.last_poll is None else f"{span(moment - report.last_poll)} ago"
    came = " ".join(outcome.came.value for outcome in report.outcomes[-5:])
    click.echo(f"  last poll {last}: {came or 'nothing yet'}; {rate}", err=True)
    if report.mute:
        click.echo("  muted: its articles are read and kept, none raises an alert", err=True)
    if report.priority != "normal":
        click.echo(f"  {report.priority} priority", err=True)
    if report.error:
        times = "once" if report.failures == 1 else f"{report.failures} times in a row"
        click.echo(f"  failed {times}: {line(report.error)}", err=True)
    if report.last_gap is not None:
        ago = span(moment - report.last_gap)
        click.echo(
            f"  possible gaps: {report.gaps}, the last {ago} ago; entries may have come and gone"
            " between two polls",
            err=True,
        )
    if report.problems:
        click.echo(f"  {report.problems} oddities, first: {line(report.problem)}", err=True)
    if report.moved_to:
        click.echo(f"  moved for good to {line(report.moved_to)}", err=True)


def when(report: FeedReport, moment: datetime) -> str:
    """When it is polled next, and why not earlier."""
    if report.state in ("paused", "off"):
        since = "" if report.paused_at is None else f" for {span(moment - report.paused_at)}"
        return f"not polled{since}: {report.why}"
    if report.next_due is None or report.next_due <= moment:
        return "due now"
    return f"next in {span(report.next_due - moment)}: {line(report.why)}"


def counted(number: int, one: str) -> str:
    """ "1 entry", "2 entries"."""
    many = f"{one.removesuffix('y')}ies" if one.endswith("y") else f"{one}s"
    return f"{number} {one if number == 1 else many}"


def span(time: timedelta) -> str:
    """A span in its largest whole unit."""
    seconds = max(int(time.total_seconds()), 0)
    for size, unit in UNITS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return "0 s"
