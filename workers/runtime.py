"""Supervision: one supervisor a host, a child for each share of a queue.

The supervisor compiles the watchlist once and forks, so that children share it. It gives a dead
child's leases back at once and replaces it, ever more slowly if it dies young; it kills a child
that reads one article for too long. Children die with their supervisor. The only broad `except`s
of Wirewatch's workers are here: they log and go on.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from monitor import telemetry
from monitor.app import App, now
from monitor.errors import SourceError, StoreError, StoreUnavailable
from monitor.model import ARTICLES, Later, Receipt
from monitor.store import Store
from workers.answering import Answering
from workers.child import LIVES, STOP_S, Child, Patience, Stop, return_held
from workers.emerging import Emergence
from workers.heartbeat import SupervisorHeartbeat
from workers.page_outcome import Done, Wait
from workers.parent import die_with_parent
from workers.process import Guard
from workers.release import Release
from workers.silence import Silence
from workers.telling import Found
from workers.upkeep import Upkeep
from workers.vitals import Vitals

YOUNG_S = 5.0
"""A child that dies younger is replaced with growing delay."""

TICK_S = 0.05


def guarded(vitals: Vitals) -> Guard:
    """A guard for reading: times it, and answers an error for the retry table to judge."""

    def guard(work: Callable[[], Found]) -> Found | Exception:
        vitals.begin()
        try:
            return work()
        except Exception as error:  # noqa: BLE001  # a text can break anything; it is logged
            return error
        finally:
            vitals.end()

    return guard


async def guarded_page(reading: Awaitable[Done | Wait]) -> Done | Wait | Exception:
    """Read a page, and answer an error for the retry table to judge."""
    try:
        return await reading
    except SourceError as error:
        return error
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  # one page must not stop the others; it is logged
        telemetry.logger().exception("page.missed", reason="bug")
        return error


async def guarded_send(sending: Awaitable[Receipt]) -> Receipt:
    """Send; a channel that raises has a bug, and its alert is tried again."""
    try:
        return await sending
    except Exception as error:  # noqa: BLE001  # one alert must not stop the others; it is logged
        telemetry.logger().error("delivery.failed", exc_info=True)
        return Later(answer=f"an error in the channel ({type(error).__name__}); the log has it")


def alone(parent: int, life: Callable[[], None]) -> None:
    """Live on as a forked process that has no work to finish; never returns."""
    try:
        _orphan(parent)
        life()
    except BaseException:  # noqa: BLE001  # the last line of a process: say why, then end
        telemetry.logger().exception("process.ended", worker="endpoint")
    finally:
        os._exit(1)


def worker_name(queue: str, number: int) -> str:
    """A name no other worker has or had, on any host."""
    return f"{socket.gethostname()}.{os.getpid()}.{queue}.{number}.{time.time_ns():x}"


@dataclass(slots=True, kw_only=True)
class Post:
    """A place for one child: what it serves, who holds it, how often in a row one died young."""

    queue: str
    number: int
    vitals: Vitals
    worker: str = ""
    pid: int = 0
    born_s: float = 0.0
    young_deaths: int = 0
    due_s: float = 0.0
    blame: str = ""


@dataclass(slots=True)
class Supervisor:
    """Keeps a child at every post; `shares` says how many for each queue."""

    app: App
    shares: tuple[tuple[str, int], ...]
    stop: Stop = field(default_factory=Stop)
    ended: Counter[str] = field(default_factory=Counter)
    posts: list[Post] = field(default_factory=list)
    vouch: Path | None = None

    def run(self) -> None:
        """Until SIGTERM or SIGINT; then until the children have finished or given back."""
        if self._judges:
            _ = self.app.desk  # compiled before the fork: children share its pages
            gc.freeze()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.stop.ask)
        store = self.app.store()
        upkeep = Upkeep(store=store, now=now, log=telemetry.logger())
        self.ended.update({f"{q}.{why}": 0 for q, _ in self.shares for why in ("crash", "recycle")})
        answering = Answering(app=self.app, store=store, alone=partial(alone, os.getpid()))
        release, silence = self._release(store), self._silence(store)
        emergence = self._emergence(store)
        patience = Patience("supervisor")
        self.posts = [
            Post(queue=queue, number=number, vitals=Vitals())
            for queue, count in self.shares
            for number in range(count)
        ]
        heartbeat = SupervisorHeartbeat(
            settings=self.app.settings,
            still_s=self._still_s,
            born=partial(_orphan, os.getpid()),
            vouch=self.vouch,
        )
        while not self.stop.asked:
            try:
                answering.run(self.ended, max(post.vitals.last for post in self.posts))
                self._bury(store, upkeep)
                upkeep.run()
                release.run()
                silence.run()
                emergence.run()
                patience.over()
                heartbeat.run()
            except StoreUnavailable as error:
                patience.wait(error)
            self._limit()
            self._man()
            time.sleep(TICK_S)
        answering.end()
        self._end(store)

    def _still_s(self) -> list[float]:
        """How long each child has not gone round its loop; an empty post stands still for ever."""
        return [post.vitals.still_s() if post.pid else float("inf") for post in self.posts]

    @property
    def _judges(self) -> bool:
        """Whether articles are judged here: then the watchlist is compiled."""
        return any(queue == ARTICLES for queue, _ in self.shares)

    def _emergence(self, store: Store) -> Emergence:
        return Emergence(
            store=store,
            watches=lambda: self.app.desk.watches.values() if self._judges else (),
            timings=self.app.settings.timings,
            worker=f"{socket.gethostname()}.{os.getpid()}.emerging",
            now=now,
            log=telemetry.logger(),
        )

    def _release(self, store: Store) -> Release:
        settings = self.app.settings
        return Release(
            store=store,
            timings=settings.timings,
            sources=settings.sources,
            now=now,
            log=telemetry.logger(),
        )

    def _silence(self, store: Store) -> Silence:
        settings = self.app.settings
        return Silence(
            store=store,
            watches=settings.watches,
            timings=settings.timings,
            sources=settings.sources,
            worker=f"{socket.gethostname()}.{os.getpid()}.silence",
            now=now,
            log=telemetry.logger(),
        )

    def _man(self) -> None:
        """Start a child at every empty post whose time has come."""
        for post in self.posts:
            if not post.pid and not post.worker and post.due_s <= time.monotonic():
                self._start(post)

    def _start(self, post: Post) -> None:
        post.vitals.end()
        post.vitals.turn()
        worker, parent = worker_name(post.queue, post.number), os.getpid()
        pid = os.fork()
        if pid == 0:
            self._live(post, worker, parent)
        post.worker, post.pid, post.born_s, post.blame = worker, pid, time.monotonic(), ""
        telemetry.logger().info("process.started", worker=worker, queue=post.queue, pid=pid)

    def _live(self, post: Post, worker: str, parent: int) -> None:
        """Be a child; never returns."""
        code = 1
        try:
            die_with_parent(parent)
            stop = Stop()
            signal.signal(signal.SIGTERM, stop.ask)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C: the supervisor tells us
            LIVES[post.queue](
                Child(
                    app=self.app,
                    worker=worker,
                    stop=stop,
                    vitals=post.vitals,
                    guard=guarded(post.vitals),
                    guard_page=guarded_page,
                    guard_send=guarded_send,
                )
            )
            code = 0
        except BaseException:  # noqa: BLE001  # the last line of a process: say why, then end
            telemetry.logger().exception("process.ended", worker=worker)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _limit(self) -> None:
        """Kill a child that reads one article for longer than the limit."""
        limit_s = self.app.settings.workers.time_limit.total_seconds()
        for post in self.posts:
            if post.pid and not post.blame and post.vitals.reading_s() > limit_s:
                post.blame = f"reading it took longer than {limit_s:g} s ([workers] time_limit)"
                os.kill(post.pid, signal.SIGKILL)

    def _bury(self, store: Store, upkeep: Upkeep) -> None:
        """Note who died, and give back what they held: at once, or as soon as Redis answers."""
        for post in self.posts:
            if post.pid and (code := self._ended(post)) is not None:
                self.ended[f"{post.queue}.{'crash' if code else 'recycle'}"] += 1
                young = code != 0 and time.monotonic() - post.born_s < YOUNG_S
                post.young_deaths = post.young_deaths + 1 if young else 0
                delay_s = min(0.1 * 2**post.young_deaths, 10.0) if post.young_deaths else 0.0
                post.pid, post.due_s = 0, time.monotonic() + delay_s
        for post in self.posts:
            if post.worker and not post.pid:
                work = store.work(post.queue)
                returned = work.give_back(post.worker, "crash", now(), blame=post.blame)
                work.leave(post.worker)
                upkeep.say(work, returned, post.blame or "its process died")
                post.worker = ""

    def _ended(self, post: Post) -> int | None:
        """The exit code of a child that has ended (negative: the signal), None while it lives."""
        pid, status = os.waitpid(post.pid, os.WNOHANG)
        if pid == 0:
            return None
        code = os.waitstatus_to_exitcode(status)
        if not self.stop.asked:
            say = telemetry.logger().warning if code else telemetry.logger().info
            say("process.ended", worker=post.worker, queue=post.queue, status=code)
        return code

    def _end(self, store: Store) -> None:
        """Ask the children to finish; kill who does not; nothing stays leased."""
        alive = [post for post in self.posts if post.pid]
        for post in alive:
            os.kill(post.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_S
        while alive and time.monotonic() < until:
            alive = [post for post in alive if self._ended(post) is None]
            time.sleep(TICK_S)
        for post in alive:
            os.kill(post.pid, signal.SIGKILL)
            os.waitpid(post.pid, 0)
        for post in self.posts:
            if post.worker:
                return_held(store.work(post.queue), post.worker)
                with contextlib.suppress(StoreUnavailable):
                    store.work(post.queue).leave(post.worker)


def _orphan(parent: int) -> None:
    """Be a child that has no work to finish: end when told to, and with its parent."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C: the supervisor ends, and we with it
    die_with_parent(parent)
