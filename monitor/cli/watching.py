"""Watching sources until told to stop: the poller, with a callback configured hubs, too, and the
files of the configuration."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import telemetry
from monitor.app import now
from monitor.cli.attending import attended
from monitor.errors import Bug, StoreUnavailable
from monitor.heartbeat import STUCK_S, Heartbeat, vouched
from monitor.poller import Poller
from monitor.reload import Following, follow
from monitor.settings import Settings
from monitor.store import Store
from monitor.store.beats import BEAT_EVERY_S

if TYPE_CHECKING:
    from monitor.inbound import Inbound


async def watch_sources(
    poller: Poller,
    following: Following,
    store: Store,
    stop: asyncio.Event,
    *,
    workers: Path | None = None,
) -> None:
    """Poll until `stop` is set. Raises WirewatchError where the callback cannot be listened on, or
    another version has taken over the data.

    `workers` is the file by which workers beside us vouch for themselves: one heartbeat for all.
    """
    beating = asyncio.create_task(_beat(poller, poller.settings, stop, workers))
    try:
        async with attended(poller, store, lambda: following.refused_since):
            await _watch(poller, following, store, stop)
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


async def _watch(poller: Poller, following: Following, store: Store, stop: asyncio.Event) -> None:
    settings = poller.settings
    inbound = _inbound(settings, store)

    async def apply(settings: Settings, version: str) -> None:
        await poller.reload(settings, version)
        if inbound is not None:
            inbound.reload(settings)

    tasks = [
        asyncio.create_task(follow(following, settings, apply, stop)),
        asyncio.create_task(_same_schema(store, stop)),
    ]
    if inbound is not None:
        tasks.append(asyncio.create_task(inbound.run(stop)))
    for task in tasks:
        task.add_done_callback(lambda _: stop.set())  # what ends the one ends the others
    await poller.run(stop)
    await asyncio.gather(*tasks)


async def _same_schema(store: Store, stop: asyncio.Event) -> None:
    """See now and then that the data is still of our version. Raises SchemaMismatch where not: an
    upgrade that was begun beside us must not find us writing.
    """
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), BEAT_EVERY_S)
        with contextlib.suppress(StoreUnavailable, Bug):  # the poller says so
            if not stop.is_set():
                await asyncio.to_thread(store.check_schema)


def _inbound(settings: Settings, store: Store) -> Inbound | None:
    if not settings.websub.callback:
        return None
    from monitor.inbound import Inbound  # a web server, which few need

    return Inbound(settings=settings, store=store, log=telemetry.logger(), now=now)
