"""`wirewatch queue`: what waits, what is under way, by whom."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.channels.safe import line
from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.connection import open_store
from monitor.model import JOBS, PAGES
from monitor.store import QueueDepth


@click.command("queue")
@options.config
@options.data
@options.as_json
def command(config: Path, data: Path, *, as_json: bool) -> None:
    """What waits on each queue, what is under way, and which workers serve it."""
    with open_store(config, data) as store:
        seen = {queue: (store.view.depth(queue), store.view.workers(queue)) for queue in JOBS}
    for queue, (depth, workers) in seen.items():
        if as_json:
            write({"queue": queue, "depth": depth, "workers": workers})
            continue
        click.echo(f"{told(queue, depth)}, oldest {depth.oldest_s:.0f} s", err=True)
        for worker in workers:
            click.echo(f"  {line(worker)}", err=True)


def told(queue: str, depth: QueueDepth) -> str:
    """How much a queue holds, in words. Pages that come later mostly wait for their host."""
    later = "that wait for their host" if queue == PAGES else "to be tried again"
    return f"{queue:<12} {depth.waiting} waiting, {depth.leased} under way, {depth.later} {later}"
