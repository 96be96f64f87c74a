"""Patience: waiting for Redis, by a thread or a task, and saying so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final, TypeVar

from monitor import telemetry
from monitor.errors import Bug, CommandRefused, StoreUnavailable, Unreadable

SAY_EVERY_S: Final = 60.0
Answered = TypeVar("Answered")

FIRST_S: Final = 0.05
LONGEST_S: Final = 2.0

BUGS: Final = 5
"""Answers in a row that are bugs: then it is what was asked, and no server that is starting."""


class Patience:
    """Says at once, then once a minute, that Redis is away or refuses what we send; pauses grow.

    `refused` is told in words what our user has no right to, "" once it has. `refuses` is asked,
    before it is said that Redis is back, why it takes no writes: much may go well meanwhile that
    only reads.
    """

    def __init__(
        self,
        what: str,
        refused: Callable[[str], None] = lambda _: None,
        refuses: Callable[[], str] = str,
    ) -> None:
        self._what, self._pause_s, self._said_s = what, FIRST_S, float("-inf")
        self._refuses = refuses
        self._log, self._refused, self._has_told = telemetry.logger(), refused, False

    def wait(self, error: StoreUnavailable | Bug) -> None:
        """Pause once."""
        self._say(error)
        time.sleep(self._pause_s)
        self._pause_s = min(self._pause_s * 2, LONGEST_S)

    async def answer(
        self, ask: Callable[[], Answered], threads: Executor | None = None
    ) -> Answered:
        """What Redis answers, however often it has to be asked: for what must not be dropped.

        It is asked in one of `threads`, else in one of those that all may use. Raises Bug where it
        cannot do what it is asked, and ParseError where it was read and is not ours.
        """
        pause_s, bugs, loop = FIRST_S, 0, asyncio.get_running_loop()
        while True:
            try:
                answer = await loop.run_in_executor(threads, ask)
            except Unreadable:
                raise
            except (StoreUnavailable, Bug) as error:
                bugs = bugs + 1 if isinstance(error, Bug) else 0
                if bugs == BUGS:
                    raise
                self._say(error)
            else:
                await self.over_aside()
                return answer
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_S)

    async def over_aside(self) -> None:
        """The same, without holding up the loop where Redis is to be asked."""
        if self._said_s == float("-inf"):
            self.over()
        else:
            await asyncio.to_thread(self.over)

    def over(self) -> None:
        """Redis answers: say so if we had said that it did not, and if it takes writes."""
        if self._said_s != float("-inf"):
            try:
                if self._refuses():
                    return
            except (StoreUnavailable, Bug):
                return
            self._log.info("store.available", who=self._what)
        self._pause_s, self._said_s = FIRST_S, float("-inf")
        self._allowed()

    def _allowed(self) -> None:
        if self._has_told:
            self._has_told = False
            self._refused("")

    def _say(self, error: StoreUnavailable | Bug) -> None:
        if isinstance(error, CommandRefused):
            self._has_told = True
            self._refused(error.message)
        if time.monotonic() - self._said_s >= SAY_EVERY_S:
            self._said_s = time.monotonic()
            if isinstance(error, CommandRefused):
                self._log.error("store.refused", who=self._what, reason=error.message)
            else:
                self._log.warning("store.unavailable", who=self._what, reason=error.message)
