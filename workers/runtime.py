"""Processes, signals and supervision: one supervisor, a child for each share of a queue.

The supervisor compiles the watchlist once and forks, so that children share it. It gives a dead
child's leases back at once and replaces it, ever more slowly if it dies young. Children die with
their supervisor. The only broad `except`s of Wirewatch's workers are here: they log and go on.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from monitor import telemetry
from monitor.app import App, Judgement, now
from monitor.errors import StoreUnavailable
from monitor.model import ARTICLES, Later, Receipt
from monitor.store import LEASE_S, Store, Work
from workers.deliver import Deliver
from workers.process import Process
from workers.upkeep import Upkeep

STOP_S = 8.0
"""How long children may take to finish what they hold; compose grants 10 s and more."""

YOUNG_S = 5.0
"""A child that dies younger is replaced with growing delay."""

TICK_S = 0.05
SAY_EVERY_S = 60.0
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Stop:
    """Whether we were asked to stop."""

    asked: bool = False

    def ask(self, *_: object) -> None:
        """As a signal handler: finish what is held, take no more."""
        self.asked = True


def guarded(work: Callable[[], Judgement]) -> Judgement | Exception:
    """Run the reading of one article; its error is an answer, for the retry table to judge."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001  # an article's text can break anything; it is logged
        return error


async def guarded_send(sending: Awaitable[Receipt]) -> Receipt:
    """Send; a channel that raises has a bug, and its alert is tried again."""
    try:
        return await sending
    except Exception as error:  # noqa: BLE001  # one alert must not stop the others; it is logged
        return Later(answer=f"error in the channel: {type(error).__name__}: {error}")


def worker_name(queue: str, number: int) -> str:
    """A name no other worker has or had, on any host."""
    return f"{socket.gethostname()}.{os.getpid()}.{queue}.{number}.{time.time_ns():x}"


class Patience:
    """Waiting for Redis: says so at once and then once a minute, with growing pauses."""

    def __init__(self, what: str) -> None:
        self._what, self._pause_s, self._said_s = what, 0.05, float("-inf")
        self._log = telemetry.logger()

    def wait(self, error: StoreUnavailable) -> None:
        """Pause once."""
        if time.monotonic() - self._said_s >= SAY_EVERY_S:
            self._said_s = time.monotonic()
            self._log.warning("store.unavailable", who=self._what, reason=error.message)
        time.sleep(self._pause_s)
        self._pause_s = min(self._pause_s * 2, 2.0)

    def over(self) -> None:
        """Redis answers: say so if we had said that it did not."""
        if self._said_s != float("-inf"):
            self._log.info("store.available", who=self._what)
        self._pause_s, self._said_s = 0.05, float("-inf")


def keep_leases(work: Work, worker: str, held: Callable[[], tuple[str, ...]]) -> None:
    """Renew leases from a thread of its own, with a connection of its own, for ever."""
    while True:
        time.sleep(LEASE_S / 3)
        jobs = held()
        if jobs:
            # A lease that cannot be renewed runs out, and the commit is void: nothing to do here.
            with contextlib.suppress(StoreUnavailable):
                work.renew(worker, jobs)


def _heartbeat(app: App, queue: str, worker: str, held: Callable[[], tuple[str, ...]]) -> None:
    threading.Thread(
        target=keep_leases, args=(app.store().work(queue), worker, held), daemon=True
    ).start()


def judge_articles(app: App, worker: str, stop: Stop) -> None:
    """The life of a child that judges articles."""
    store = app.store()
    process = Process(
        desk=app.desk, store=store, worker=worker, now=now, guard=guarded, log=telemetry.logger()
    )
    _heartbeat(app, ARTICLES, worker, lambda: process.held)
    patience = Patience("worker")
    while not stop.asked:
        try:
            if not process.cycle() and not stop.asked:
                store.articles.wait(1)
            patience.over()
        except StoreUnavailable as error:
            patience.wait(error)
            process.held = ()
            _return_held(store.articles, worker)


def _return_held(work: Work, worker: str) -> None:
    """What was in hand is decided anew: give it back unblamed. If Redis is still away, the leases
    run out instead."""
    with contextlib.suppress(StoreUnavailable):
        work.give_back(worker, "stop", now())


def deliver_alerts(app: App, worker: str, stop: Stop) -> None:
    """The life of a child that delivers."""
    asyncio.run(_deliver_alerts(app, worker, stop))


async def _deliver_alerts(app: App, worker: str, stop: Stop) -> None:
    store, channels = app.store(), app.channels()
    deliver = Deliver(
        store=store,
        channels=channels,
        settings=app.settings.channels,
        worker=worker,
        now=now,
        guard=guarded_send,
        log=telemetry.logger(),
    )
    _heartbeat(app, store.deliveries.queue, worker, lambda: deliver.held)
    patience = Patience("delivery")
    while not stop.asked:
        try:
            if not await deliver.fill():
                if deliver.under_way:
                    await deliver.reap(0.2)
                else:
                    await asyncio.to_thread(store.deliveries.wait, 1)
            await deliver.reap(0)
            patience.over()
        except StoreUnavailable as error:
            await asyncio.to_thread(patience.wait, error)
    until = time.monotonic() + STOP_S / 2
    while deliver.under_way and time.monotonic() < until:
        with contextlib.suppress(StoreUnavailable):
            await deliver.reap(0.2)
    for channel in channels.values():
        await channel.close()


@dataclass(slots=True, kw_only=True)
class Child:
    """A process of ours: what it serves, since when, and how often in a row it died young."""

    worker: str
    queue: str
    number: int
    born_s: float
    young_deaths: int = 0


@dataclass(slots=True)
class Supervisor:
    """Keeps `processes` children on the articles queue and one on deliveries alive."""

    app: App
    shares: tuple[tuple[str, int], ...]
    stop: Stop = field(default_factory=Stop)
    children: dict[int, Child] = field(default_factory=dict)
    waiting: list[tuple[float, Child]] = field(default_factory=list)

    def run(self) -> None:
        """Until SIGTERM or SIGINT; then until the children have finished or given back."""
        log = telemetry.logger()
        if any(queue == ARTICLES for queue, _ in self.shares):
            _ = self.app.desk  # compiled before the fork: children share its pages
            gc.freeze()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.stop.ask)
        store = self.app.store()
        upkeep = Upkeep(store=store, now=now, log=log)
        patience = Patience("supervisor")
        for queue, count in self.shares:
            for number in range(count):
                self._start(queue, number, young_deaths=0)
        while not self.stop.asked:
            try:
                self._replace(store, upkeep)
                upkeep.run()
                patience.over()
            except StoreUnavailable as error:
                patience.wait(error)
            time.sleep(TICK_S)
        self._end(store)

    def _start(self, queue: str, number: int, *, young_deaths: int) -> None:
        worker = worker_name(queue, number)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._live(queue, worker, parent)
        self.children[pid] = Child(
            worker=worker,
            queue=queue,
            number=number,
            born_s=time.monotonic(),
            young_deaths=young_deaths,
        )
        telemetry.logger().info("process.started", worker=worker, queue=queue, pid=pid)

    def _live(self, queue: str, worker: str, parent: int) -> None:
        """Be a child; never returns."""
        code = 1
        try:
            die_with_parent(parent)
            stop = Stop()
            signal.signal(signal.SIGTERM, stop.ask)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C: the supervisor tells us
            life = judge_articles if queue == ARTICLES else deliver_alerts
            life(self.app, worker, stop)
            code = 0
        except BaseException:  # noqa: BLE001  # the last line of a process: log, then end
            telemetry.logger().error("process.ended", worker=worker, exc_info=True)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _replace(self, store: Store, upkeep: Upkeep) -> None:
        for child, status in self._reaped():
            telemetry.logger().warning(
                "process.ended", worker=child.worker, queue=child.queue, status=status
            )
            age_s = time.monotonic() - child.born_s
            child.young_deaths = child.young_deaths + 1 if age_s < YOUNG_S else 0
            delay_s = min(0.1 * 2**child.young_deaths, 10.0) if child.young_deaths else 0.0
            self.waiting.append((time.monotonic() + delay_s, child))
            returned = store.work(child.queue).give_back(child.worker, "crash", now())
            upkeep.say(store.work(child.queue), returned, "its process died")
        due = [child for at, child in self.waiting if at <= time.monotonic()]
        self.waiting = [(at, child) for at, child in self.waiting if child not in due]
        for child in due:
            self._start(child.queue, child.number, young_deaths=child.young_deaths)

    def _reaped(self) -> list[tuple[Child, int]]:
        ended = []
        while self.children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            child = self.children.pop(pid, None)
            if child is not None:
                ended.append((child, os.waitstatus_to_exitcode(status)))
        return ended

    def _end(self, store: Store) -> None:
        workers = list(self.children.values())
        for pid in self.children:
            os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + STOP_S
        while self.children and time.monotonic() < until:
            self._reaped()
            time.sleep(TICK_S)
        for pid in self.children:
            os.kill(pid, signal.SIGKILL)
        for child in workers:
            _return_held(store.work(child.queue), child.worker)


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end us when our parent ends (Linux); end at once if it already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)
