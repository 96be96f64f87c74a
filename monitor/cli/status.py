"""`wirewatch status`: what the queues hold and what was done."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.connection import running_store
from monitor.model import JOBS


@click.command("status")
@options.config
@options.data
@click.option("--json", "as_json", is_flag=True, help="One JSON line for machines.")
def command(config: Path, data: Path, *, as_json: bool) -> None:
    """What the queues hold, what was done, what waits for a person."""
    store = running_store(config, data)
    counts, dead = dict(store.view.counts()), store.letters.all()
    depths = {queue: store.view.depth(queue) for queue in JOBS}
    if as_json:
        disabled = store.view.disabled()
        write({"counts": counts, "queues": depths, "dead": dead, "disabled": disabled})
        return
    for queue, depth in depths.items():
        click.echo(
            f"{queue:<12} {depth.waiting} waiting, {depth.leased} under way,"
            f" {depth.later} to be tried again"
        )
    for name, number in sorted(counts.items()):
        click.echo(f"{name:<24} {number}")
    for letter in dead:
        click.echo(f"set aside: {letter.kind} {letter.id}: {letter.reason}")
