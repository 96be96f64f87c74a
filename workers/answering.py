"""The supervisor's answers: what it says of itself in Redis, and a process that machines may ask.

A process of its own, because the supervisor forks: in one that has threads under way a fork copies
whatever locks they hold. It reads the pulse of the supervisor from memory they share.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from monitor import telemetry
from monitor.app import App
from monitor.errors import Bug, StoreUnavailable
from monitor.pulse import Pulse
from monitor.store import Beat, Store, beat_of
from monitor.store.beats import BEAT_EVERY_S

AGAIN_S = 5.0
"""A process that has ended is replaced after so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said of the children: how many ended, when one last committed, what Redis does not
    let one do, how long the most silent one has not run and the stillest not gone round its loop;
    and since when the files of the configuration are refused.
    """

    ended: Mapping[str, int] = field(default_factory=dict)
    last: float = 0.0
    refused: str = ""
    config_refused: float = 0.0
    silent_s: float = 0.0
    still_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class Answering:
    """What a supervisor says and lets be asked; `run` and `man` are called whenever its loop comes
    round.

    `alone` lives on as a forked process with this life, and never returns.
    """

    app: App
    store: Store
    alone: Callable[[Callable[[], None]], None]
    pulse: Pulse = field(default_factory=Pulse)
    _heard: bool = False
    _pid: int = 0
    _fork_s: float = 0.0
    _say_s: float = 0.0

    def run(self, told: Told) -> None:
        """Say so in Redis. Raises StoreUnavailable or Bug: then it is said as soon as it can be;
        and SchemaMismatch where another version has taken the data over meanwhile.
        """
        self.pulse.did(told.last)
        self.pulse.hears(told.silent_s)
        if time.monotonic() >= self._say_s:
            self._heard = False
            self.store.check_schema()
            self.store.beats.say(self._beat(told))
            self._heard = True
            self._say_s = time.monotonic() + BEAT_EVERY_S

    def renew(self, app: App) -> None:
        """Answer by another configuration: a process that knows it takes the place of the old."""
        self.app = app
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid, self._fork_s = 0, 0.0

    def end(self) -> None:
        """Say that we go, and let nobody ask any more."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = 0
        if self._heard:  # else to take leave would hold us up, and nobody would hear it
            with contextlib.suppress(StoreUnavailable, Bug):
                self.store.beats.leave(self._beat(Told()))

    def _beat(self, told: Told) -> Beat:
        pulse = self.pulse
        beat = beat_of("worker", started=pulse.started, clock=time.time(), ticked_s=pulse.age_s)
        return replace(
            beat,
            last=pulse.last,
            ended=dict(told.ended),
            config=self.app.version,
            refused=told.refused,
            config_refused=told.config_refused,
            silent_s=told.silent_s,
            still_s=told.still_s,
        )

    def man(self) -> None:
        """See that somebody answers, where that is wanted, whether Redis does or not."""
        if self._pid and os.waitpid(self._pid, os.WNOHANG)[0]:
            telemetry.logger().warning("process.ended", worker="endpoint", pid=self._pid)
            self._pid, self._fork_s = 0, time.monotonic() + AGAIN_S
        if self._pid or not self.app.settings.metrics.listen or time.monotonic() < self._fork_s:
            return
        pid = os.fork()
        if pid == 0:
            self.alone(lambda: asyncio.run(self._answer()))
        self._pid = pid
        telemetry.logger().info("process.started", worker="endpoint", queue=None, pid=pid)

    async def _answer(self) -> None:
        # here, not above: only this process has need of a web server
        from monitor.inbound.endpoint import COMMAND_S, Endpoint
        from monitor.inbound.metrics import Metrics

        settings = self.app.settings
        metrics = Metrics(
            service="worker",
            store=self.store.another(COMMAND_S),
            pulse=self.pulse,
            channels=lambda: tuple(settings.channels),
        )
        endpoint = Endpoint(listen=settings.metrics.listen, metrics=metrics, log=telemetry.logger())
        await endpoint.run()
