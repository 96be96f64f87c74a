"""What a worker uses between two articles: wall time, its CPU, Redis's CPU, commands, round trips.

The worker itself opens and closes the window, so that no start, no idle wait and no draining is in
it. A queue holds more articles than the window takes, before it and after it.
"""

from __future__ import annotations

import os
import resource
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
import redis

TICK_US = 1_000_000 // os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Counters at one moment."""

    wall_us: float
    python_us: float
    redis_us: float
    commands: int
    reads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What the articles of one window used, each."""

    rate: float
    python_us: float
    redis_us: float
    commands: float
    reads: float

    @property
    def cpu_us(self) -> float:
        """Python's and Redis's."""
        return self.python_us + self.redis_us


class Window:
    """Opens at article number `first`, closes at article number `last`, then writes its report."""

    def __init__(
        self, url: str, report: Path, first: int, last: int, *, parent: bool = False
    ) -> None:
        self._url, self._report, self._first, self._last = url, report, first, last
        self._parent = parent
        self._lock = threading.Lock()
        self._client: redis.Redis | None = None
        self._begin: Point | None = None
        self.count = 0

    def article(self) -> None:
        """The work on one article, which is none. Called by whatever worker this is."""
        with self._lock:
            if self.count == self._first:
                self._begin = self._point_opening()
            elif self.count == self._last and self._begin is not None:
                self._say(self._begin, self._point_closing())
            self.count += 1

    def _point_opening(self) -> Point:
        redis_us, commands, reads = self._server()
        return Point(
            wall_us=time.perf_counter() * 1e6,
            python_us=self._python_us(),
            redis_us=redis_us,
            commands=commands,
            reads=reads,
        )

    def _point_closing(self) -> Point:
        wall_us, python_us = time.perf_counter() * 1e6, self._python_us()
        redis_us, commands, reads = self._server()
        return Point(
            wall_us=wall_us,
            python_us=python_us,
            redis_us=redis_us,
            commands=commands,
            reads=reads,
        )

    def _python_us(self) -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        own = (used.ru_utime + used.ru_stime) * 1e6
        return own + (_process_us(os.getppid()) if self._parent else 0.0)

    def _server(self) -> tuple[float, int, int]:
        """Redis's CPU, commands (those inside scripts too; not our own questions) and reads."""
        if self._client is None:
            # A connection of its own: this may be a fork, and peers share theirs between threads.
            self._client = redis.Redis.from_url(self._url)
        told = self._client.info("everything")
        commands = sum(
            each["calls"]
            for name, each in told.items()
            if name.startswith("cmdstat_")
            and not name.startswith(("cmdstat_info", "cmdstat_client"))
        )
        redis_us = (told["used_cpu_user"] + told["used_cpu_sys"]) * 1e6
        return redis_us, commands, told["total_reads_processed"]

    def _say(self, begin: Point, end: Point) -> None:
        articles = self._last - self._first
        use = Use(
            rate=articles / (end.wall_us - begin.wall_us) * 1e6,
            python_us=(end.python_us - begin.python_us) / articles,
            redis_us=(end.redis_us - begin.redis_us) / articles,
            commands=(end.commands - begin.commands) / articles,
            reads=(end.reads - begin.reads) / articles,
        )
        draft = self._report.with_suffix(".draft")
        draft.write_bytes(msgspec.json.encode(asdict(use)))
        draft.replace(self._report)


def _process_us(pid: int) -> float:
    """CPU of another process (Linux), to the clock tick."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_US
