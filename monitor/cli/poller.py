"""`wirewatch poller`: the poller as a service of its own."""

from __future__ import annotations

import asyncio
import signal
import sys
from dataclasses import replace
from pathlib import Path

import click

from monitor import telemetry
from monitor.app import now
from monitor.cli import options
from monitor.cli.watching import watch_sources
from monitor.cutting import end_within
from monitor.errors import SchemaMismatch, WirewatchError
from monitor.poller import Poller, poller_name
from monitor.poller.replay import AsOf, Replay
from monitor.reload import Adapt, Following
from monitor.settings import Settings, load
from monitor.settings.version import Files
from monitor.store import Store

END_S = 10.0
"""How long the poller may take to end; compose grants 15."""


@click.command("poller")
@options.config
@options.seeds
@options.rate
@options.as_of
def command(config: Path, seeds: tuple[Path, ...], rate: float | None, moment: AsOf | None) -> None:
    """Fetch feeds and read seed files for ever, for workers elsewhere.

    Of several pollers one polls; another takes over within seconds when it is gone.
    """
    files, adapt = Files(config, "sealed"), with_seeds(seeds)  # it delivers nothing
    settings = adapt(load(config, channels="sealed"))
    url = require_redis(settings)
    following = Following(files, telemetry.logger(), adapt)
    try:
        asyncio.run(_poll(settings, url, Replay(per_s=rate, as_of=moment), following))
    except SchemaMismatch as error:
        telemetry.logger().error("schema.refused", who="poller", reason=error.message)
        sys.exit(2)


def with_seeds(seeds: tuple[Path, ...]) -> Adapt:
    """What `--seeds` makes of a configuration."""
    paths = tuple(path.resolve() for path in seeds)
    return lambda settings: replace(settings, seeds=paths) if paths else settings


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


async def _poll(settings: Settings, url: str, replay: Replay, following: Following) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _told, stop)
    store = Store(url, settings.retention, log=telemetry.logger())
    poller = Poller(
        settings=settings,
        store=store,
        log=telemetry.logger(),
        now=now,
        replay=replay,
        name=poller_name(),
        version=following.version,
    )
    await watch_sources(poller, following, store, stop)
    store.close()


def _told(stop: asyncio.Event) -> None:
    stop.set()
    end_within(END_S)  # threads that wait for Redis would hold us up
