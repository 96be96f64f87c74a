"""Watching sources until told to stop: the poller, and with a callback configured hubs, too."""

from __future__ import annotations

import asyncio
from pathlib import Path

from monitor import telemetry
from monitor.app import now
from monitor.cli.attending import attended
from monitor.heartbeat import STUCK_S, Heartbeat, vouched
from monitor.poller import Poller
from monitor.settings import Settings
from monitor.store import Store


async def watch_sources(
    poller: Poller,
    settings: Settings,
    store: Store,
    stop: asyncio.Event,
    *,
    workers: Path | None = None,
) -> None:
    """Poll until `stop` is set. Raises WirewatchError where the callback cannot be listened on.

    `workers` is the file by which workers beside us vouch for themselves: one heartbeat for all.
    """
    beating = asyncio.create_task(_beat(poller, settings, stop, workers))
    try:
        async with attended(poller, store):
            await _watch(poller, settings, store, stop)
    finally:
        beating.cancel()


async def _beat(
    poller: Poller, settings: Settings, stop: asyncio.Event, workers: Path | None
) -> None:
    if not settings.heartbeat.url.get_secret_value():
        return
    await Heartbeat(
        settings=settings,
        service="run" if workers else "poller",
        alive=lambda: poller.still_s() < STUCK_S and (workers is None or vouched(workers)),
        log=telemetry.logger(),
    ).run(stop)


async def _watch(poller: Poller, settings: Settings, store: Store, stop: asyncio.Event) -> None:
    if not settings.websub.callback:
        await poller.run(stop)
        return
    from monitor.inbound import Inbound  # a web server, which few need

    inbound = Inbound(settings=settings, store=store, log=telemetry.logger(), now=now)
    listening = asyncio.create_task(inbound.run(stop))
    listening.add_done_callback(lambda _: stop.set())  # what ends the one ends the other
    await poller.run(stop)
    await listening
