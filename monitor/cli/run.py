"""`wirewatch run`: everything in one."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from monitor import __version__, telemetry
from monitor.app import now
from monitor.cli import options
from monitor.cli.attending import beat
from monitor.cli.children import Workers
from monitor.cli.poller import with_seeds
from monitor.cli.summary import Summary, show
from monitor.cli.watching import watch_sources
from monitor.cutting import end_within
from monitor.embedded import DataLock, Embedded
from monitor.errors import StoreUnavailable
from monitor.model import ARTICLES, DELIVERIES, PAGES
from monitor.poller import Poller, poller_name
from monitor.poller.replay import AsOf, Replay
from monitor.reload import Following
from monitor.settings import Settings, load
from monitor.settings.version import Files
from monitor.store import Store

LOOK_S = 0.05
KEEP_S = 0.5
TELL_S = 5.0

END_S = 25.0
"""How long all of it may take to end: the poller, then the workers, who have 10 s, then the server.
"""

VOUCH = "workers.alive"
"""The file in the data folder by which the workers say that they live."""


@click.command("run")
@options.config
@options.seeds
@options.rate
@options.as_of
@options.data
@click.option("--once", is_flag=True, help="Process what is there now, deliver, sum up, exit.")
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar="S",
    help="With --once: seconds that deliveries may be tried again.",
)
def command(
    config: Path,
    seeds: tuple[Path, ...],
    rate: float | None,
    moment: AsOf | None,
    data: Path,
    wait_s: float,
    *,
    once: bool,
) -> None:
    """Everything in one: embedded server, poller, workers, delivery.

    Uses the Redis of [redis] url or WIREWATCH_REDIS_URL, else a private server in the data folder.
    """
    files, adapt = Files(config), with_seeds(seeds)
    settings = adapt(load(config))
    log_file = Path(settings.log.file) if settings.log.file else data / "wirewatch.log"
    telemetry.set_up(level=settings.log.level, format_=settings.log.format, file=log_file)
    for remark in settings.remarks:
        click.echo(str(remark), err=True)
    with _server(settings, data) as (url, cut_server):
        vouch = data / VOUCH
        vouch.unlink(missing_ok=True)
        workers = Workers(
            (
                *("--config", str(config), "--vouch", str(vouch.resolve())),
                *(("--once",) if once else ()),
            ),
            {
                "WIREWATCH_REDIS_URL": url,
                "WIREWATCH_LOG_FILE": str(log_file.resolve()),
                "WIREWATCH_METRICS_LISTEN": "",  # we answer for both
            },
        )
        store = Store(url, settings.retention, log=telemetry.logger())
        with suppress(StoreUnavailable):  # poller and workers wait for it
            store.check_schema()
        _greet(settings, log_file, once=once)
        poller = Poller(
            settings=settings,
            store=store,
            log=telemetry.logger(),
            now=now,
            replay=Replay(per_s=rate, as_of=moment),
            name=poller_name() if settings.redis_url else "run",  # nobody else has this server
            version=files.version,
        )
        following = Following(files, telemetry.logger(), adapt)

        def cut() -> None:
            workers.cut()
            cut_server()

        try:
            workers.start()
            code = asyncio.run(
                _run(poller, workers, store, following, vouch, cut, wait_s=wait_s, once=once)
            )
        finally:
            workers.stop()
            store.close()
    sys.exit(code)


@contextmanager
def _server(settings: Settings, data: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """The Redis to work on, and what kills it where it is ours; the data folder is ours alone
    meanwhile.
    """
    if settings.redis_url:
        with DataLock(data):
            yield settings.redis_url, lambda: None
    else:
        with Embedded(data) as server:
            yield server.url, server.cut


def _greet(settings: Settings, log_file: Path, *, once: bool) -> None:
    watches, sources = counted(settings.watches, "watch"), counted(settings.sources, "feed")
    seeds = ", ".join(os.path.relpath(path) for path in settings.seeds) or "none"
    click.echo(
        f"Wirewatch {__version__}: {watches}, {sources}, seeds: {seeds}."
        f" Log: {log_file}." + ("" if once else " Ctrl-C stops."),
        err=True,
    )


def counted(things: Sized, one: str) -> str:
    """ "1 watch", "2 watches"."""
    many = one + ("es" if one.endswith("ch") else "s")
    return f"{len(things)} {one if len(things) == 1 else many}"


async def _run(
    poller: Poller,
    workers: Workers,
    store: Store,
    following: Following,
    vouch: Path,
    cut: Callable[[], None],
    *,
    wait_s: float,
    once: bool,
) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _told, stop, cut)
    keeping = asyncio.create_task(_keep(workers))
    beating: asyncio.Task[None] | None = None
    try:
        if not once:
            await watch_sources(poller, following, store, stop, workers=vouch)
            return 0
        before = await asyncio.to_thread(store.view.counts)
        beating = asyncio.create_task(beat(poller, store))
        polling = asyncio.create_task(poller.once())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not polling.done():
            polling.cancel()
            return 1
        polled = polling.result()
        await _settled(workers, store, stop, wait_s)
        summary = await asyncio.to_thread(Summary.since, before, store, polled)
        show(summary)
        if summary.parked or summary.set_aside:
            click.echo("`wirewatch dead list` shows what was parked or set aside", err=True)
        return 0 if summary.good else 1
    finally:
        tasks = [task for task in (keeping, beating) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _told(stop: asyncio.Event, cut: Callable[[], None]) -> None:
    stop.set()
    end_within(END_S, cut)


async def _keep(workers: Workers) -> None:
    while True:
        await asyncio.sleep(KEEP_S)
        workers.keep()


async def _settled(workers: Workers, store: Store, stop: asyncio.Event, wait_s: float) -> None:
    """Until every page has been read or given up, every article has its outcome, the rounds have
    been gone once after that, nothing gathered is due and every delivery is settled or out of time.
    In this order: what leaves one of them meanwhile is seen on the next.
    """
    loop = asyncio.get_running_loop()
    until: float | None = None
    gone = False
    tell = loop.time() + TELL_S
    while not stop.is_set():
        pages = await asyncio.to_thread(store.view.depth, PAGES)
        articles = await asyncio.to_thread(store.view.depth, ARTICLES)
        due = await asyncio.to_thread(store.gatherings.due, now())
        sending = await asyncio.to_thread(store.view.depth, DELIVERIES)
        if pages.total and loop.time() > tell:
            tell = float("inf")
            click.echo(f"{pages.total} full texts wait for their turn, 15 min at most", err=True)
        if pages.total == 0 and articles.total == 0:
            if not gone:
                gone = True
                await asyncio.to_thread(workers.go_round)
                continue
            if sending.total == 0 and not due:
                return
            until = until or loop.time() + wait_s
            if loop.time() >= until:
                return
        await asyncio.sleep(LOOK_S)
