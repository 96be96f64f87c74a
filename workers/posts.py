"""The places of the children, and what a child is killed for that holds its place for nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor import telemetry
from workers.vitals import Vitals

STALLED_S = 30.0
"""A child whose process has not run for so long (stopped, or its loop stuck) is killed and
replaced. Neither Redis nor strangers hold up what ticks."""

STUCK_S = 330.0
"""One whose place another has taken may take as long as it likes, but not stand still so long."""

AWAY_S = 5.0
"""A supervisor that has not come round for so long was held up itself, and its children perhaps
with it: by a machine that slept, a container that was paused, a Redis that hangs."""


def worker_name(queue: str, number: int) -> str:
    """A name no other worker has or had, on any host."""
    return f"{socket.gethostname()}.{os.getpid()}.{queue}.{number}.{time.time_ns():x}"


@dataclass(slots=True, kw_only=True)
class Post:
    """A place for one child: what it serves, who holds it, how often in a row one died young.

    `struck` is set once its child was killed, `blame` where that is for an article.
    """

    queue: str
    number: int
    vitals: Vitals
    worker: str = ""
    pid: int = 0
    born_s: float = 0.0
    young_deaths: int = 0
    due_s: float = 0.0
    blame: str = ""
    struck: bool = False
    left_s: float = 0.0

    def taken(self, worker: str, pid: int) -> None:
        """A child was born to it."""
        self.worker, self.pid, self.born_s = worker, pid, time.monotonic()
        self.blame, self.struck = "", False

    def strike(self) -> None:
        """Kill its child."""
        self.struck = True
        os.kill(self.pid, signal.SIGKILL)


def see_off(leaving: Iterable[Post]) -> None:
    """Tell those whose place is taken to finish, again and again, and kill who is stuck."""
    for post in leaving:
        if post.pid:
            still_s = min(post.vitals.still_s(), time.monotonic() - post.left_s)
            os.kill(post.pid, signal.SIGKILL if still_s > STUCK_S else signal.SIGUSR1)


def cut(posts: Iterable[Post]) -> None:
    """Kill all their children, whatever they are at."""
    for post in posts:
        if post.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(post.pid, signal.SIGKILL)


@dataclass(slots=True)
class Striking:
    """Kills a child that reads one article for longer than the limit, or does nothing at all.
    `silent_s` is how long the most silent one has not run.
    """

    stalled_s: float = STALLED_S
    silent_s: float = 0.0
    _came_s: float = field(default_factory=time.monotonic)
    _back_s: float = field(default_factory=time.monotonic)

    def run(self, posts: Iterable[Post], limit_s: float) -> None:
        """To be called whenever the loop of the supervisor comes round."""
        at = time.monotonic()
        if at - self._came_s > AWAY_S:
            self._back_s = at
        self._came_s, self.silent_s = at, 0.0
        for post in posts:
            if not post.pid or post.struck:
                continue
            reading_s = min(post.vitals.reading_s(), at - self._back_s)
            # code that reads an article may let nothing else of its process run
            silent_s = 0.0 if reading_s else min(post.vitals.silent_s(), at - self._back_s)
            self.silent_s = max(self.silent_s, silent_s)
            if reading_s > limit_s:
                post.blame = f"reading it took longer than {limit_s:g} s ([workers] time_limit)"
                post.strike()
            elif silent_s > self.stalled_s:
                telemetry.logger().error(
                    "process.stalled",
                    worker=post.worker,
                    queue=post.queue,
                    pid=post.pid,
                    silent_s=round(silent_s),
                )
                post.strike()
