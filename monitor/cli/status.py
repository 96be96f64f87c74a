"""`wirewatch status`: how it goes, at a glance."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path

import click
from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from monitor.app import now
from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.connection import open_store
from monitor.cli.overview import overview
from monitor.cli.overview_table import shown
from monitor.errors import StoreUnavailable
from monitor.settings import Settings, load
from monitor.store import Store


@click.command("status")
@options.config
@options.data
@click.option("--watch", "forever", is_flag=True, help="Go on showing it, until Ctrl-C.")
@click.option(
    "--every",
    "every_s",
    type=click.FloatRange(min=0.2),
    default=2.0,
    show_default=True,
    metavar="S",
    help="With --watch: seconds between two looks.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON line for machines.")
def command(config: Path, data: Path, every_s: float, *, forever: bool, as_json: bool) -> None:
    """Which services are here, how late they are, what they do, and what needs somebody."""
    settings = load(config)
    with contextlib.suppress(KeyboardInterrupt), open_store(config, data) as store:
        if as_json:
            _tell(store, settings, every_s if forever else None)
        elif forever:
            _show(store, settings, every_s)
        else:
            Console(stderr=True).print(shown(overview(store, settings, now()), now()))


def _tell(store: Store, settings: Settings, every_s: float | None) -> None:
    write(overview(store, settings, now()))
    while every_s is not None:
        sys.stdout.flush()
        time.sleep(every_s)
        write(overview(store, settings, now()))


def _show(store: Store, settings: Settings, every_s: float) -> None:
    with Live(console=Console(stderr=True), auto_refresh=False) as live:
        while True:
            live.update(_look(store, settings), refresh=True)
            time.sleep(every_s)


def _look(store: Store, settings: Settings) -> RenderableType:
    """What there is to see; a Redis that does not answer now may answer at the next look."""
    try:
        return shown(overview(store, settings, now()), now())
    except StoreUnavailable as error:
        return Text(error.message, "red")
