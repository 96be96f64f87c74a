"""A bound for the end of a service: what Redis or a disk holds up for ever ends all the same."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable

from monitor import telemetry


def end_within(limit_s: float, last: Callable[[], None] = lambda: None) -> None:
    """From the main thread: unless it has ended by itself until then, end this process, `last`
    having been called. To be called when it is told to stop; the second time changes nothing.

    By an alarm, which interrupts what waits for an answer and needs no thread: a supervisor forks.
    """

    def cut(*_: object) -> None:
        try:
            with contextlib.suppress(Exception):  # it may have come in the middle of a line
                reason = f"it had not ended within {limit_s:g} s; is Redis or the disk hanging?"
                telemetry.logger().warning("process.cut", pid=os.getpid(), reason=reason)
            last()
        finally:
            os._exit(0)  # as it was told to

    if not signal.getitimer(signal.ITIMER_REAL)[0]:
        signal.signal(signal.SIGALRM, cut)
        signal.setitimer(signal.ITIMER_REAL, limit_s)
