"""Waiting for something, with a deadline: what tests do instead of sleeping."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


def at_last(look: Callable[[], Seen], *, within_s: float, every_s: float = 0.02) -> Seen:
    """The first true thing that is seen, looked for every so often; after the deadline, the last
    thing that was seen, true or not. It is looked for once at the least.
    """
    deadline, pause = time.monotonic() + within_s, threading.Event()
    while not (seen := look()) and time.monotonic() < deadline:
        pause.wait(every_s)
    return seen
