"""`wirewatch status`: what the queues hold and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from monitor.app import now
from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.connection import open_store
from monitor.cli.queue import told
from monitor.cli.watch import WATCHING, state_of
from monitor.model import JOBS
from monitor.settings import load


@click.command("status")
@options.config
@options.data
@click.option("--json", "as_json", is_flag=True, help="One JSON line for machines.")
def command(config: Path, data: Path, *, as_json: bool) -> None:
    """What the queues hold, what was done, what waits for a person."""
    with open_store(config, data) as store:
        counts, dead = dict(store.view.counts()), store.letters.all()
        depths = {queue: store.view.depth(queue) for queue in JOBS}
        disabled = store.view.disabled()
        paused = store.paused_watches.all()
    resting = _resting(config, paused)
    if as_json:
        write(
            {
                "counts": counts,
                "queues": depths,
                "dead": dead,
                "disabled": [*disabled],
                "resting": resting,
            }
        )
        return
    for queue, depth in depths.items():
        click.echo(told(queue, depth), err=True)
    for name, number in sorted(counts.items()):
        click.echo(f"{name:<24} {number}", err=True)
    for watch, state in resting.items():
        click.echo(f"watch {watch} is {state}", err=True)
    for channel in disabled:
        click.echo(f"channel {channel} said that it is gone for good (410)", err=True)
    if dead:
        click.echo(f"{len(dead)} set aside: `wirewatch dead list` shows them", err=True)


def _resting(config: Path, paused: Mapping[str, datetime]) -> dict[str, str]:
    """The watches that do not watch now, and why."""
    states = {
        watch.id: state_of(watch, paused.get(watch.id), now()) for watch in load(config).watches
    }
    return {watch: state for watch, state in states.items() if state != WATCHING}
