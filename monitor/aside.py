"""What may never come back, such as a file on a network, is asked by a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def aside(work: Callable[[], T]) -> Future[T]:
    """Done by a thread that ends with it, and holds up no process that ends before."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  # for who asks for the result
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


async def unless(stop: asyncio.Event, work: Callable[[], T]) -> T | None:
    """What it answers, without holding up the loop; None where `stop` is set sooner."""
    asked, stopping = asyncio.create_task(_answer(work)), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({asked, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return asked.result() if asked.done() else None
    finally:
        stopping.cancel()
        asked.cancel()


async def _answer(work: Callable[[], T]) -> T:
    return await asyncio.wrap_future(aside(work))
