"""Watching sources until told to stop: the poller, and with a callback configured hubs, too."""

from __future__ import annotations

import asyncio

from monitor import telemetry
from monitor.app import now
from monitor.cli.attending import attended
from monitor.poller import Poller
from monitor.settings import Settings
from monitor.store import Store


async def watch_sources(
    poller: Poller, settings: Settings, store: Store, stop: asyncio.Event
) -> None:
    """Poll until `stop` is set. Raises WirewatchError where the callback cannot be listened on."""
    async with attended(poller, store):
        await _watch(poller, settings, store, stop)


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
