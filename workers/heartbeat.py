"""The heartbeat of a supervisor: sent while it and all its children go round their loops.

A supervisor forks, so it must stay a single thread without an event loop: each call is made by a
child of its own, which ends with it. Beside a poller in one `wirewatch run` it vouches instead, by
a file, and the poller calls for both.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from monitor import telemetry
from monitor.heartbeat import STUCK_S, Calls, call, vouch
from monitor.settings import Settings

VOUCH_EVERY_S = 1.0
UNANSWERED = "the call has not come to an end, or could not be made"


@dataclass(slots=True, kw_only=True)
class SupervisorHeartbeat:
    """Asked again and again; does what is due.

    `still_s` answers how long each child has stood; `born` is what a forked child does first.
    """

    settings: Settings
    still_s: Callable[[], list[float]]
    born: Callable[[], None]
    vouch: Path | None = None
    stuck_s: float = STUCK_S
    calls: Calls = field(init=False)
    _caller: int = 0
    _ear: int = -1
    _vouched: float = float("-inf")

    def __post_init__(self) -> None:
        every_s = self.settings.heartbeat.every.total_seconds()
        self.calls = Calls(every_s=every_s, log=telemetry.logger())

    def run(self) -> None:
        """To be called by the supervisor once a round, when Redis has answered."""
        if not self.settings.heartbeat.url.get_secret_value():
            return
        alive = all(still_s < self.stuck_s for still_s in self.still_s())
        if self.vouch is not None:
            if alive and time.monotonic() - self._vouched >= VOUCH_EVERY_S:
                self._vouched = time.monotonic()
                vouch(self.vouch)
            return
        if self._caller:
            self._listen()
        elif self.calls.wants(alive=alive):
            self._call()

    def _call(self) -> None:
        self._ear, mouth = os.pipe()
        self._caller = os.fork()
        if self._caller == 0:
            said = UNANSWERED
            try:
                self.born()
                said = asyncio.run(call(self.settings, "worker"))
            finally:
                os.write(mouth, said.encode()[:1000])
                os._exit(0)
        os.close(mouth)
        os.set_blocking(self._ear, False)

    def _listen(self) -> None:
        pid, _ = os.waitpid(self._caller, os.WNOHANG)
        if pid == 0:
            return
        said = os.read(self._ear, 1000)
        os.close(self._ear)
        self._caller = 0
        self.calls.answered(said.decode(errors="replace"))
