"""`wirewatch poller`: the poller as a service of its own."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from pathlib import Path

import click

from monitor import telemetry
from monitor.app import now
from monitor.cli import options
from monitor.cli.watching import watch_sources
from monitor.errors import WirewatchError
from monitor.poller import Poller
from monitor.poller.replay import AsOf, Replay
from monitor.settings import Settings, load
from monitor.store import Store


@click.command("poller")
@options.config
@options.seeds
@options.rate
@options.as_of
def command(config: Path, seeds: tuple[Path, ...], rate: float | None, moment: AsOf | None) -> None:
    """Fetch feeds and read seed files for ever, for workers elsewhere."""
    settings = load(config)
    if seeds:
        settings = replace(settings, seeds=tuple(path.resolve() for path in seeds))
    replay = Replay(per_s=rate, as_of=moment)
    asyncio.run(_poll(settings, require_redis(settings), replay))


def require_redis(settings: Settings) -> str:
    """The Redis that the services share. Raises when none is configured."""
    if not settings.redis_url:
        raise WirewatchError(
            "services need a Redis to share: set [redis] url in monitor.toml or"
            " WIREWATCH_REDIS_URL; `wirewatch run` brings its own"
        )
    log = settings.log
    telemetry.set_up(level=log.level, format_=log.format, file=Path(log.file) if log.file else None)
    return settings.redis_url


async def _poll(settings: Settings, url: str, replay: Replay) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    store = Store(url, settings.retention)
    poller = Poller(settings=settings, store=store, log=telemetry.logger(), now=now, replay=replay)
    await watch_sources(poller, settings, store, stop)
    store.close()
