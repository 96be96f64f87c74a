"""What a phase cost: CPU of every process that took part but the server, wall time, memory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Milliseconds a feed, and MiB at the peak so far, all processes together."""

    cpu_ms: float
    wall_ms: float
    peak_mib: float


class Meter:
    """Measures phases over so many feeds. `others` are processes that work for this one."""

    def __init__(self, feeds: int, others: Callable[[], Sequence[int]] = tuple) -> None:
        self.costs: dict[str, Cost] = {}
        self._feeds, self._others = feeds, others

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """What happens inside is this phase."""
        cpu_s, wall_s = self._cpu_s(), time.monotonic()
        yield
        cpu_s, wall_s = self._cpu_s() - cpu_s, time.monotonic() - wall_s
        pids = (os.getpid(), *self._others())
        self.costs[name] = Cost(
            cpu_ms=cpu_s * 1000 / self._feeds,
            wall_ms=wall_s * 1000 / self._feeds,
            peak_mib=sum(memory_mib(pid, "VmHWM") for pid in pids),
        )

    def _cpu_s(self) -> float:
        return time.process_time() + sum(map(cpu_s_of, self._others()))


def cpu_s_of(pid: int) -> float:
    """The CPU a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def memory_mib(pid: int, which: str = "VmRSS") -> float:
    """The memory of a process now (VmRSS) or at its peak (VmHWM)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(which):
            return int(line.split()[1]) / 1024
    return 0.0
