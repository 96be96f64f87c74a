"""How the traffic waits: by the real clock, or by one that is moved by hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

Wait = Callable[[asyncio.Event, float, bool], Awaitable[None]]
"""Waits until woken, or for so many seconds of the clock; the last says whether polls are under
way, for a clock that is moved by hand and stands still meanwhile."""


async def until_woken(wake: asyncio.Event, wait_s: float, _: bool) -> None:
    """Wait by the real clock."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(wait_s):
            await wake.wait()
