"""`wirewatch status`: how it goes, at a glance."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from pathlib import Path
from typing import Self

import click
from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from monitor.app import now
from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.connection import open_store
from monitor.cli.overview import overview
from monitor.cli.overview_table import fitted, shown
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
    settings = load(config, channels="sealed")
    with contextlib.suppress(KeyboardInterrupt), open_store(config, data) as store:
        if as_json:
            _tell(store, settings, every_s if forever else None)
        elif forever:
            _show(store, settings, every_s)
        else:
            Console(stderr=True).print(shown(overview(store, settings, now()), now()))


class CtrlC:
    """Ctrl-C ends a loop between two looks: as an exception it could strike in a destructor, where
    Python swallows it. A second one strikes at once.
    """

    def __enter__(self) -> Self:
        self.struck = False
        self._before = signal.signal(signal.SIGINT, self._strike)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _strike(self, *_: object) -> None:
        self.struck = True
        signal.signal(signal.SIGINT, self._before)

    def pause(self, seconds: float) -> bool:
        """Wait so long, or until it strikes; whether it has not."""
        until = time.monotonic() + seconds
        while not self.struck and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))
        return not self.struck


def _tell(store: Store, settings: Settings, every_s: float | None) -> None:
    write(overview(store, settings, now()))
    if every_s is None:
        return
    with CtrlC() as end:
        sys.stdout.flush()
        while end.pause(every_s):
            write(overview(store, settings, now()))
            sys.stdout.flush()


def _show(store: Store, settings: Settings, every_s: float) -> None:
    console = Console(stderr=True)
    with CtrlC() as end, Live(console=console, auto_refresh=False) as live:
        live.update(_look(store, settings, console), refresh=True)
        while end.pause(every_s):
            live.update(_look(store, settings, console), refresh=True)


def _look(store: Store, settings: Settings, console: Console) -> RenderableType:
    """What there is to see; a Redis that does not answer now may answer at the next look."""
    try:
        return fitted(overview(store, settings, now()), now(), console)
    except StoreUnavailable as error:
        return Text(error.message, "red")
