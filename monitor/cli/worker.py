"""`wirewatch worker`: workers as a service of their own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from monitor.cli import options
from monitor.cli.poller import require_redis
from monitor.model import JOBS
from monitor.settings import load


@click.command("worker")
@options.config
@click.option("--processes", type=click.IntRange(min=1), help="That judge articles.")
@click.option(
    "--queue",
    "queues",
    type=click.Choice(sorted(JOBS)),
    multiple=True,
    help="Serve only this queue (may be given again); a process serves one. Default: all.",
)
def command(config: Path, processes: int | None, queues: tuple[str, ...]) -> None:
    """Judge articles and deliver alerts, for ever."""
    require_redis(load(config))
    arguments = ["--config", str(config)]
    arguments += ["--processes", str(processes)] if processes else []
    arguments += [word for queue in queues for word in ("--queue", queue)]
    sys.stdout.flush()
    # -P: not what stands in the working folder under the name of a module of ours
    os.execv(sys.executable, [sys.executable, "-P", "-m", "workers", *arguments])  # noqa: S606  # ourselves
