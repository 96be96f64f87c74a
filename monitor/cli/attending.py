"""Beside the poller: it says in Redis that it lives, and answers machines that ask."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import replace

from monitor import telemetry
from monitor.app import now
from monitor.errors import Bug, CommandRefused, SchemaMismatch, StoreUnavailable
from monitor.poller import Poller
from monitor.poller.report import reports
from monitor.store import Beat, Store, beat_of
from monitor.store.beats import BEAT_EVERY_S

HEARD_WITHIN_S = 3.0
"""A Redis that does not take our beat for so long is away."""

FEEDS_EVERY_S = 60.0
FEEDS_SHARE = 100.0
"""States of feeds are looked up at most so often, and then not for a hundred times as long as that
took: ten thousand records take a second of CPU."""


@contextlib.asynccontextmanager
async def attended(
    poller: Poller, store: Store, refused_since: Callable[[], float]
) -> AsyncIterator[None]:
    """While the poller runs. `refused_since` is asked when its files were refused, 0 for not."""
    doing: list[Coroutine[None, None, None]] = [beat(poller, store, refused_since)]
    listen = poller.settings.metrics.listen
    if listen:
        # a web server and prometheus-client, which few need
        from monitor.inbound.endpoint import COMMAND_S, Endpoint
        from monitor.inbound.metrics import Metrics

        asked = store.another(COMMAND_S)
        metrics = Metrics(
            service="poller",
            store=asked,
            pulse=poller.pulse,
            channels=lambda: tuple(poller.settings.channels),
            feeds=_kept(lambda: _feeds(poller, asked)),
        )
        doing.append(Endpoint(listen=listen, metrics=metrics, log=telemetry.logger()).run())
    tasks = [asyncio.create_task(each) for each in doing]
    for task in tasks:
        task.add_done_callback(_tell_of_bugs)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _tell_of_bugs(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        telemetry.logger().error("endpoint.failed", reason="a bug", exc_info=error)


async def beat(poller: Poller, store: Store, refused_since: Callable[[], float] = float) -> None:
    """Say again and again that the poller is here, until cancelled; then that it ends. What is said
    is written: so it is by this that the poller knows that Redis is away, and back.
    """
    heard = refused = False
    store = store.another(HEARD_WITHIN_S)  # so that a Redis that hangs is told soon
    try:
        while True:
            try:
                await asyncio.to_thread(store.check_schema)
                await asyncio.to_thread(store.beats.say, _own(poller, refused_since()))
                heard, refused = True, False
                poller.answered()
            except SchemaMismatch:  # who watches sources says so, and ends; nothing is touched
                heard = False
                return
            except (CommandRefused, Bug):  # said once, and tried again
                if not refused:
                    telemetry.logger().exception("round.failed", round="beat")
                heard, refused = False, True
            except StoreUnavailable as error:
                heard = False
                poller.away(error)
            await asyncio.sleep(BEAT_EVERY_S)
    finally:
        if heard:  # else to take leave would hold us up, and nobody would hear it
            with contextlib.suppress(StoreUnavailable, Bug):
                store.beats.leave(_own(poller, 0.0))
        store.close()


def _own(poller: Poller, refused_since: float) -> Beat:
    pulse = poller.pulse
    beat = beat_of("poller", started=pulse.started, clock=time.time(), ticked_s=pulse.age_s)
    return replace(
        beat,
        behind_s=pulse.behind_s,
        last=pulse.last,
        config=poller.version,
        refused=poller.refused,
        config_refused=refused_since,
    )


def _feeds(poller: Poller, store: Store) -> Mapping[str, int]:
    return Counter(report.state for report in reports(store, poller.settings.sources, now()))


def _kept(ask: Callable[[], Mapping[str, int]]) -> Callable[[], Mapping[str, int]]:
    """The answer, asked for again only after a while."""
    states: tuple[str, ...] = ("new", "ok", "failing", "gone", "paused", "off")
    known: dict[str, int] = {}
    again_s = float("-inf")

    def answer() -> Mapping[str, int]:
        nonlocal known, again_s
        began_s = time.monotonic()
        if began_s >= again_s:
            known = {**dict.fromkeys(states, 0), **ask()}
            took_s = time.monotonic() - began_s
            again_s = began_s + max(FEEDS_EVERY_S, FEEDS_SHARE * took_s)
        return known

    return answer
