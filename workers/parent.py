"""Processes that end when the one that started them ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from monitor import telemetry

PR_SET_PDEATHSIG = 1
WATCH_EVERY_S = 0.5


def die_with_parent(parent: int, by: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to end us when our parent ends (Linux); end at once if it already has.

    SIGTERM is heard when Python comes to it, which code in C may hold up for ever; SIGKILL is not
    asked.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:
        os._exit(1)


def watch_parent(parent: int, ask: Callable[[], None], grace_s: float) -> None:
    """From a thread: when our parent has ended, have us asked to finish, and end us `grace_s` later
    whatever we are at. So no child outlives it, also where the kernel knows no such request.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_EVERY_S)
        ask()
        time.sleep(grace_s)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def orphan(parent: int) -> None:
    """Be a child that has no work to finish: end when told to, and with its parent."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C: the supervisor ends, and we with it
    die_with_parent(parent)


def alone(parent: int, life: Callable[[], None]) -> None:
    """Live on as a forked process that has no work to finish; never returns."""
    try:
        orphan(parent)
        life()
    except BaseException:  # noqa: BLE001  # the last line of a process: say why, then end
        telemetry.logger().exception("process.ended", worker="endpoint")
    finally:
        os._exit(1)
