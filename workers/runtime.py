"""Processes: one supervisor a host, its children forked, each serving its share of a queue.

The supervisor compiles the watchlist once and forks, so that children share it. It gives a dead
child's leases back at once and replaces it, ever more slowly if it dies young; it kills a child
that reads one article for too long, or whose process does not run. By another configuration new
children take the places of the old ones, which end when they have finished what they hold. Children
die with their supervisor. The only broad `except`s of the workers are here, in guards.py and
renewal.py: they log and go on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from monitor import telemetry
from monitor.app import App, now
from monitor.cutting import end_within
from monitor.errors import Bug, SchemaMismatch, StoreUnavailable
from monitor.model import ARTICLES
from monitor.reload import LOOK_S
from monitor.store import Store
from workers.answering import Answering, Told
from workers.child import LIVES, STOP_S, Child, Stop, return_held
from workers.guards import guarded, guarded_page, guarded_send
from workers.heartbeat import SupervisorHeartbeat
from workers.parent import alone, die_with_parent, orphan, watch_parent
from workers.patience import Patience
from workers.posts import Post, Striking, cut, see_off, worker_name
from workers.renewal import Renewal, settle, tell_failing
from workers.rounds import ROUNDS, Rounds
from workers.upkeep import Upkeep
from workers.vitals import Vitals

YOUNG_S = 5.0
"""A child that dies younger is replaced with growing delay."""

TICK_S = 0.05

END_S = 12.0
"""How long a supervisor may take to end, its children included; compose grants 30."""


@dataclass(slots=True, repr=False)  # a child that sets a signal has the handler before written out
class Supervisor:
    """Keeps a child at every post of these queues: `processes` that judge, by default as many as
    the configuration says, and one for each other queue. `leaving` are those whose place is taken.
    """

    app: App
    queues: tuple[str, ...]
    processes: int | None = None
    renewal: Renewal | None = None
    stop: Stop = field(default_factory=Stop)
    ended: Counter[str] = field(default_factory=Counter)
    posts: list[Post] = field(default_factory=list)
    leaving: list[Post] = field(default_factory=list)
    vouch: Path | None = None
    rounds: tuple[str, ...] = ROUNDS
    striking: Striking = field(default_factory=Striking)
    looked_s: float = field(default_factory=time.monotonic)
    last: float = 0.0

    @property
    def judges(self) -> bool:
        """Whether anybody here judges articles."""
        return ARTICLES in self.queues

    def run(self) -> None:
        """Until SIGTERM or SIGINT; then until the children have finished or given back. Raises
        SchemaMismatch where another version has the data, with no child left.
        """
        if self.judges:
            tell_failing(self.app)  # compiles it before the fork: children share its pages
        settle()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._told)
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # a child that is not ready is told again
        store = self.app.store()
        answering = Answering(app=self.app, store=store, alone=partial(alone, os.getpid()))
        try:
            self._serve(store, answering)
        except SchemaMismatch as error:
            self._withdraw(error, answering)
            raise
        self._end(store)
        answering.end()

    def _serve(self, store: Store, answering: Answering) -> None:
        """Until told to stop. No process is forked while a thread reads the files."""
        rounds = Rounds.of(self.app, store, judges=self.judges, names=self.rounds)
        self.ended.update({f"{q}.{why}": 0 for q in self.queues for why in ("crash", "recycle")})
        patience = Patience("supervisor", refuses=store.view.refuses_writes)
        self.posts, met = self._posts(), False
        heartbeat = SupervisorHeartbeat(
            settings=self.app.settings,
            still_s=self._still_s,
            born=partial(orphan, os.getpid()),
            vouch=self.vouch,
        )
        while not self.stop.asked:
            answering.pulse.tick()
            answered = False
            try:
                if not met:
                    store.check_schema()
                    met = True
                answering.run(self._told_of(rounds))
                self._bury(store, rounds.upkeep)
                rounds.run()
                patience.over()
                answered = True
            except (StoreUnavailable, Bug) as error:
                patience.wait(error)
            limit = self.app.settings.workers.time_limit
            self.striking.run((*self.posts, *self.leaving), limit.total_seconds())
            if self._follow():
                answering.renew(self.app)
                rounds.renew(self.app, store, judges=self.judges)
            if self.renewal is None or not self.renewal.reads:
                answering.man()
                if answered:
                    heartbeat.run()
                if met:
                    self._man()
            time.sleep(TICK_S)

    def _withdraw(self, error: SchemaMismatch, answering: Answering) -> None:
        """Another version has the data: end with all children at once, so that nobody writes there
        any more. What they held is the other version's to take, when their leases have run out.
        """
        self._cut()
        for post in (*self.posts, *self.leaving):
            if post.pid:
                os.waitpid(post.pid, 0)
        answering.end()  # it has not been heard of since, so it takes no leave
        telemetry.logger().error("schema.refused", who="worker", reason=error.message)

    def _told(self, *_: object) -> None:
        """As a signal handler: stop, and within `END_S` whatever holds us up."""
        self.stop.ask()
        end_within(END_S, self._cut)

    def _cut(self) -> None:
        cut((*self.posts, *self.leaving))

    def _posts(self) -> list[Post]:
        processes = self.processes or self.app.settings.workers.processes
        return [
            Post(queue=queue, number=number, vitals=Vitals())
            for queue in self.queues
            for number in range(processes if queue == ARTICLES else 1)
        ]

    def _still_s(self) -> list[float]:
        """How long each child has not gone round its loop; an empty post stands still for ever."""
        return [post.vitals.still_s() if post.pid else float("inf") for post in self.posts]

    def _last(self) -> float:
        """When anybody here last committed a bundle, also one who has gone; 0 for not yet."""
        for post in (*self.posts, *self.leaving):
            self.last = max(self.last, post.vitals.last)
        return self.last

    def _told_of(self, rounds: Rounds) -> Told:
        """What there is to be said of the children, and of the rounds."""
        refused = (post.vitals.refused for post in (*self.posts, *self.leaving) if post.pid)
        return Told(
            ended=self.ended,
            last=self._last(),
            refused=next((each for each in (*refused, *rounds.refused.values()) if each), ""),
            config_refused=self.renewal.following.refused_since if self.renewal else 0.0,
            silent_s=self.striking.silent_s,
            still_s=max((post.vitals.still_s() for post in self.posts if post.pid), default=0.0),
        )

    def _follow(self) -> bool:
        """Take another configuration when there is one: whoever starts from now on works by it."""
        if time.monotonic() - self.looked_s >= LOOK_S:
            self.looked_s = time.monotonic()
            see_off(self.leaving)
        app = self.renewal.run(self.app) if self.renewal else None
        if app is None or self.stop.asked:
            return False
        self.app = app
        settle()
        for post in self.posts:
            post.left_s = time.monotonic()
        self.leaving += [post for post in self.posts if post.worker]
        self.posts = self._posts()
        see_off(self.leaving)
        return True

    def _man(self) -> None:
        """Start a child at every empty post whose time has come."""
        for post in self.posts:
            if not post.pid and not post.worker and post.due_s <= time.monotonic():
                self._start(post)

    def _start(self, post: Post) -> None:
        post.vitals.end()
        post.vitals.turn()
        post.vitals.tick()
        post.vitals.refuse("")
        worker, parent = worker_name(post.queue, post.number), os.getpid()
        pid = os.fork()
        if pid == 0:
            self._live(post, worker, parent)
        post.taken(worker, pid)
        telemetry.logger().info("process.started", worker=worker, queue=post.queue, pid=pid)

    def _live(self, post: Post, worker: str, parent: int) -> None:
        """Be a child; never returns."""
        code = 1
        try:
            # What is read may be stuck, and is read again by another; what is sent should end well.
            die_with_parent(parent, signal.SIGKILL if post.queue == ARTICLES else signal.SIGTERM)
            stop = Stop()
            signal.signal(signal.SIGTERM, stop.ask)
            signal.signal(signal.SIGUSR1, stop.leave)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C: the supervisor tells us
            watch_parent(parent, stop.ask, STOP_S)
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

    def _bury(self, store: Store, upkeep: Upkeep) -> None:
        """Note who died, and give back what they held: at once, or as soon as Redis answers."""
        for post in (*self.posts, *self.leaving):
            if post.pid and (code := self._ended(post)) is not None:
                self.ended[f"{post.queue}.{'crash' if code else 'recycle'}"] += 1
                young = code != 0 and time.monotonic() - post.born_s < YOUNG_S
                post.young_deaths = post.young_deaths + 1 if young else 0
                deaths = min(post.young_deaths, 10)  # or the power has no end, nor has a float
                delay_s = min(0.1 * 2**deaths, 10.0) if deaths else 0.0
                post.pid, post.due_s = 0, time.monotonic() + delay_s
        for post in (*self.posts, *self.leaving):
            if post.worker and not post.pid:
                work = store.work(post.queue)
                returned = work.give_back(post.worker, "crash", now(), blame=post.blame)
                work.leave(post.worker)
                upkeep.say(work, returned, post.blame or "its process died")
                post.worker = ""
        self._last()
        for post in [post for post in self.leaving if not post.worker]:
            self.leaving.remove(post)
            post.vitals.close()

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
        everyone = (*self.posts, *self.leaving)
        alive = [post for post in everyone if post.pid]
        for post in alive:
            os.kill(post.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_S
        while alive and time.monotonic() < until:
            alive = [post for post in alive if self._ended(post) is None]
            time.sleep(TICK_S)
        for post in alive:
            os.kill(post.pid, signal.SIGKILL)
            os.waitpid(post.pid, 0)
        for post in everyone:
            if post.worker:
                return_held(store.work(post.queue), post.worker)
                with contextlib.suppress(StoreUnavailable, Bug):
                    store.work(post.queue).leave(post.worker)
