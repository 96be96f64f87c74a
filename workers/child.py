"""The lives of the children: one judges articles, one reads pages, one delivers.

Each ends when it is asked to, finishing or giving back what it holds, and when it has worked or
grown enough to be replaced.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import resource
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import telemetry
from monitor.app import App, now
from monitor.errors import Bug, CommandRefused, StoreUnavailable
from monitor.model import ARTICLES, DELIVERIES, PAGES
from monitor.store import LEASE_S, Store, Work
from workers.deliver import Deliver
from workers.deliver import Guard as GuardSend
from workers.page_outcome import Guard as GuardPage
from workers.patience import Patience
from workers.process import Guard, Process
from workers.under_way import UnderWay
from workers.vitals import Vitals

if TYPE_CHECKING:
    from workers.page import ReadPages

STOP_S = 8.0
"""How long a child may take to finish what it holds; compose grants 30 s, `run` waits 10."""

LOOK_S = 0.2
TICK_S = 1.0
"""How often a child shows its supervisor that its process runs."""

READERS = 2
"""Pages read at a time, so that one that takes its five seconds does not hold up all others."""

MEMORY_PAGE_BYTES = resource.getpagesize()


@dataclass(slots=True)
class Stop:
    """Whether we were asked to stop, and whether there is time to finish what takes long."""

    asked: bool = False
    unhurried: bool = False

    def ask(self, *_: object) -> None:
        """As a signal handler: finish what is held, take no more."""
        self.asked, self.unhurried = True, False

    def leave(self, *_: object) -> None:
        """As a signal handler: the same, but another one works already, so there is no hurry."""
        if not self.asked:
            self.asked = self.unhurried = True

    def until(self, since_s: float) -> float:
        """Until when what is under way may go on, once we have taken no more since then. Where
        there is no hurry, until its own limits end it: those of its channel or page.
        """
        return math.inf if self.unhurried else since_s + STOP_S / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What a child is given: the parts, its name, and how it is told and watched."""

    app: App
    worker: str
    stop: Stop
    vitals: Vitals
    guard: Guard
    guard_page: GuardPage
    guard_send: GuardSend


def judge_articles(child: Child) -> None:
    """The life of a child that judges articles."""
    store, limits = child.app.store(), child.app.settings.workers
    process = Process(
        desk=child.app.desk,
        store=store,
        worker=child.worker,
        now=now,
        guard=child.guard,
        log=telemetry.logger(),
        tiers={source.id: source.tier for source in child.app.settings.sources},
        homes={source.id: source.url for source in child.app.settings.sources},
        config=child.app.version,
        timings=child.app.settings.timings,
    )
    _attend(child, store.articles.queue, lambda: process.held)
    threading.Thread(target=_tick, args=(child.vitals,), daemon=True).start()
    patience = Patience("worker", child.vitals.refuse, store.view.refuses_writes)
    while not child.stop.asked and process.judged < limits.recycle_after:
        try:
            if process.cycle():
                child.vitals.did()
                if resident_bytes() > limits.recycle_mb << 20:
                    return
            elif not child.stop.asked:
                store.articles.wait(1)
            patience.over()
            child.vitals.turn()
        except StoreUnavailable as error:
            patience.wait(error)
            process.held = ()
            return_held(store.articles, child.worker)


def deliver_alerts(child: Child) -> None:
    """The life of a child that delivers."""
    asyncio.run(_deliver_alerts(child))


async def _deliver_alerts(child: Child) -> None:
    store, channels = child.app.store(), child.app.channels()
    deliver = Deliver(
        store=store,
        channels=channels,
        settings=child.app.settings.channels,
        worker=child.worker,
        now=now,
        guard=child.guard_send,
        log=telemetry.logger(),
        patience=Patience("receipts", child.vitals.refuse, store.view.refuses_writes),
    )
    _attend(child, store.deliveries.queue, lambda: deliver.under_way.held)
    ticking = asyncio.create_task(_ticking(child.vitals))
    patience = Patience("delivery", child.vitals.refuse, store.view.refuses_writes)
    while not child.stop.asked:
        try:
            if not await deliver.fill():
                if deliver.under_way:
                    await deliver.under_way.reap(LOOK_S)
                else:
                    await deliver.wait(1)
            await deliver.under_way.reap(0)
            await patience.over_aside()
            child.vitals.turn()
        except StoreUnavailable as error:
            await asyncio.to_thread(patience.wait, error)
    await finish(child.stop, child.vitals, deliver.under_way)
    for channel in channels.values():
        await channel.close()
    ticking.cancel()


def read_pages(child: Child) -> None:
    """The life of a child that reads pages."""
    asyncio.run(_read_pages(child))


async def _read_pages(child: Child) -> None:
    # here, not above: the other children have no need of an HTTP client
    from monitor.net import Client
    from monitor.sources.childpage import PageReader
    from workers.page import ReadPages, way_to_pages

    store, settings = child.app.store(), child.app.settings
    async with (
        Client(allow=settings.allow, contact=settings.contact) as client,
        PageReader(children=READERS) as reader,
    ):
        pages = ReadPages(
            store=store,
            client=client,
            reader=reader,
            worker=child.worker,
            now=now,
            guard=child.guard_page,
            log=telemetry.logger(),
            access={source.id: way_to_pages(source.access) for source in settings.sources},
        )
        _attend(child, store.pages.queue, lambda: pages.under_way.held)
        ticking = asyncio.create_task(_ticking(child.vitals))
        patience = Patience("pages", child.vitals.refuse, store.view.refuses_writes)
        while not child.stop.asked:
            try:
                if not await pages.fill():
                    await _page_done_or_due(pages, store)
                await pages.under_way.reap(0)
                await patience.over_aside()
                child.vitals.turn()
            except StoreUnavailable as error:
                await asyncio.to_thread(patience.wait, error)
        await finish(child.stop, child.vitals, pages.under_way)
        await pages.under_way.end()
        ticking.cancel()


async def _page_done_or_due(pages: ReadPages, store: Store) -> None:
    if pages.under_way:
        await pages.under_way.reap(LOOK_S)
    elif pages.next_s is not None:
        await asyncio.sleep(min(max(pages.next_s, 0.01), LOOK_S))
    else:
        await asyncio.to_thread(store.pages.wait, 1)


async def finish(stop: Stop, vitals: Vitals, under_way: UnderWay) -> None:
    """Let what is under way come to its end, as long as there is time."""
    since_s = time.monotonic()
    while under_way and time.monotonic() < stop.until(since_s):
        with contextlib.suppress(StoreUnavailable):
            await under_way.reap(LOOK_S)
        vitals.turn()


def return_held(work: Work, worker: str) -> None:
    """What was in hand is decided anew: give it back unblamed. If Redis is still away, the leases
    run out instead."""
    with contextlib.suppress(StoreUnavailable, Bug):
        work.give_back(worker, "stop", now())


def resident_bytes() -> int:
    """The memory this process occupies; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * MEMORY_PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return 0


def _attend(child: Child, queue: str, held: Callable[[], tuple[str, ...]]) -> None:
    """Keep leases and presence from a thread of its own, with a connection of its own."""
    work = child.app.store().work(queue)
    threading.Thread(target=_keep, args=(work, child.worker, held), daemon=True).start()


def _tick(vitals: Vitals) -> None:
    """From a thread of one that judges: reading holds up the rest, and has a limit of its own."""
    while True:
        vitals.tick()
        time.sleep(TICK_S)


async def _ticking(vitals: Vitals) -> None:
    """From the loop of one that sends or fetches: what holds up all it has under way stops it."""
    while True:
        vitals.tick()
        await asyncio.sleep(TICK_S)


def _keep(work: Work, worker: str, held: Callable[[], tuple[str, ...]]) -> None:
    host, pid, told = socket.gethostname(), os.getpid(), False
    while True:
        jobs = held()
        # A lease that cannot be renewed runs out, and the commit is void: nothing to do here.
        try:
            work.attend(worker, host=host, pid=pid, state="busy" if jobs else "idle", now=now())
            if jobs:
                work.renew(worker, jobs)
            told = False
        except (CommandRefused, Bug):  # were this its end, no commit would hold
            if not told:
                telemetry.logger().exception("round.failed", round="leases")
            told = True
        except StoreUnavailable:
            pass
        time.sleep(LEASE_S / 3)


LIVES: dict[str, Callable[[Child], None]] = {
    ARTICLES: judge_articles,
    PAGES: read_pages,
    DELIVERIES: deliver_alerts,
}
"""Queue -> the life of a process that serves it."""
