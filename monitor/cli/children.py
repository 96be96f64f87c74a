"""`python -m workers` as a child of `wirewatch run`: started, replaced if it dies, ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor import telemetry

STOP_S = 10.0
SLOWEST_S = 5.0
ROUND_S = 60.0


@dataclass(slots=True)
class Workers:
    """The supervisor of workers as our child process."""

    arguments: Sequence[str]
    environment: dict[str, str]
    _child: subprocess.Popen[bytes] | None = field(default=None)
    _deaths: int = field(default=0)
    _next_s: float = field(default=0.0)

    def start(self) -> None:
        """Start it. It ends when we end, however we end."""
        self._child = subprocess.Popen(
            # -P: not what stands in the working folder under the name of a module of ours
            [sys.executable, "-P", "-m", "workers", *self.arguments, "--parent", str(os.getpid())],
            env={**os.environ, **self.environment},
            start_new_session=True,  # Ctrl-C is for us; we tell it in our own time
        )

    def go_round(self) -> None:
        """Have the rounds of a supervisor gone once, from beginning to end: what is due is told."""
        try:
            subprocess.run(
                [sys.executable, "-P", "-m", "workers", *self.arguments, "--round"],
                env={**os.environ, **self.environment},
                start_new_session=True,
                timeout=ROUND_S,
                check=False,  # its log says what was wrong
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = f"{type(error).__name__}; what is due waits for the next run"
            telemetry.logger().error("process.ended", worker="round", reason=reason)

    def keep(self) -> None:
        """Replace it if it has died; never more often than grows reasonable."""
        if self._child is None or self._child.poll() is None:
            return
        if time.monotonic() < self._next_s:
            return
        status = self._child.returncode
        self._deaths = min(self._deaths + 1, 10)  # or the power has no end, nor has a float
        self._next_s = time.monotonic() + min(0.1 * 2**self._deaths, SLOWEST_S)
        try:
            self.start()
        except OSError as error:  # no memory or no process is to be had: in a while, perhaps
            said = error.strerror or type(error).__name__
            telemetry.logger().error("process.ended", worker="supervisor", reason=f"{said}; waits")
            return
        telemetry.logger().error("process.ended", worker="supervisor", status=status)

    def cut(self) -> None:
        """Kill it, whatever it is at; its children die with it."""
        if self._child is not None:
            self._child.kill()

    def stop(self) -> None:
        """Ask it to finish; kill it when it does not."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
