"""The heartbeat out: an address of yours is called while all loops live.

A watchman outside (a dead man's switch) then notices what nobody inside can tell: that there is
silence. A call that fails is told in the log once, and harms nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import FetchError

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

    from monitor.settings import Settings

STUCK_S = 120.0
"""A loop that has not gone round for so long is stuck: reading one bundle may take a minute."""

LOOK_S = 1.0


async def call(settings: Settings, service: str) -> str:
    """Call the address; what was wrong with the answer, in words, or nothing."""
    from monitor.net import Client  # aiohttp: only who is asked to call pays for it

    table = settings.heartbeat
    url = table.url.get_secret_value().replace("{service}", service)
    try:
        async with Client(allow=settings.allow, contact=settings.contact) as client:
            if table.method == "POST":
                answer = await client.post(url, body=b"")
            else:
                answer = await client.get(url)
    except FetchError as error:
        return error.message  # no URL is in it: many are secret
    return "" if 200 <= answer.status < 300 else f"it answered {answer.status}, wanted 2xx"


@dataclass(slots=True, kw_only=True)
class Calls:
    """When to call, and what to say about it: once when it changes.

    `clock` counts seconds.
    """

    every_s: float
    log: FilteringBoundLogger
    clock: Callable[[], float] = time.monotonic
    due: float = float("-inf")
    trouble: str = ""
    withheld: bool = False
    dead_since: float | None = None
    lived: bool = False

    def wants(self, *, alive: bool) -> bool:
        """Whether to call now. While something is dead or stuck a call that is due waits; what has
        not begun yet is neither, but for so long.
        """
        self.lived, since = self.lived or alive, self.dead_since
        self.dead_since = None if alive else self.clock() if since is None else since
        if self.clock() < self.due:
            return False
        if not alive:
            if not self.lived and self.clock() - (self.dead_since or 0.0) < STUCK_S:
                return False
            if not self.withheld:
                self.log.warning("heartbeat.withheld", reason="a loop has died, or is stuck")
            self.withheld = True
            return False
        self.due = self.clock() + self.every_s
        return True

    def answered(self, trouble: str) -> None:
        """What came of a call: nothing, or what was wrong."""
        if trouble and not self.trouble:
            self.log.warning("heartbeat.failed", reason=trouble)
        if not trouble and (self.trouble or self.withheld):
            self.log.warning("heartbeat.resumed")
        self.trouble = trouble
        self.withheld = self.withheld and bool(trouble)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """Calls for a service that runs an event loop, from a task of it."""

    settings: Settings
    service: str
    alive: Callable[[], bool]
    log: FilteringBoundLogger
    look_s: float = LOOK_S
    calls: Calls = field(init=False)

    def __post_init__(self) -> None:
        every_s = self.settings.heartbeat.every.total_seconds()
        object.__setattr__(self, "calls", Calls(every_s=every_s, log=self.log))

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set."""
        while not stop.is_set():
            if self.calls.wants(alive=self.alive()):
                self.calls.answered(await call(self.settings, self.service))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self.look_s)


def vouch(path: Path) -> None:
    """Say for whoever looks at this file that all is well here, now."""
    path.touch(mode=0o600)


def vouched(path: Path, within_s: float = STUCK_S) -> bool:
    """Whether somebody has lately."""
    try:
        return time.time() - path.stat().st_mtime < within_s
    except FileNotFoundError:
        return False
