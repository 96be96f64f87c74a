"""`wirewatch status`: what the queues hold and what was done."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli import options
from monitor.cli.articles import write
from monitor.embedded import url_of
from monitor.errors import EmbeddedError
from monitor.model import ARTICLES, DELIVERIES
from monitor.settings import load
from monitor.store import Store


@click.command("status")
@options.config
@options.data
@click.option("--json", "as_json", is_flag=True, help="One JSON line for machines.")
def command(config: Path, data: Path, *, as_json: bool) -> None:
    """What the queues hold, what was done, what waits for a person."""
    settings = load(config)
    url = settings.redis_url or url_of(data)
    if url is None:
        raise EmbeddedError(f"nothing runs on {data}: start `wirewatch run`, or set [redis] url")
    view = Store(url).view
    counts, dead = dict(view.counts()), view.dead()
    depths = {queue: view.depth(queue) for queue in (ARTICLES, DELIVERIES)}
    if as_json:
        write({"counts": counts, "queues": depths, "dead": dead, "disabled": view.disabled()})
        return
    for queue, depth in depths.items():
        click.echo(
            f"{queue:<12} {depth.waiting} waiting, {depth.leased} under way,"
            f" {depth.later} to be tried again"
        )
    for name, number in sorted(counts.items()):
        click.echo(f"{name:<24} {number}")
    for letter in dead:
        click.echo(f"set aside: {letter['kind']} {letter['id']}: {letter['reason']}")
