"""Jobs that one process has under way at a time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from dataclasses import dataclass, field


@dataclass(slots=True)
class UnderWay:
    """At most `most` jobs, each a task of its own: who waits for a stranger holds one place."""

    most: int = sys.maxsize
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.tasks)

    @property
    def places(self) -> int:
        """How many more there may be."""
        return self.most - len(self.tasks)

    @property
    def held(self) -> tuple[str, ...]:
        """The jobs whose leases are to be kept."""
        return tuple(self.tasks)

    def has(self, job: str) -> bool:
        """Whether it is at this job. What has lost its lease may come back to who is at it still:
        it goes on, for what it does cannot be taken back.
        """
        task = self.tasks.get(job)
        return task is not None and not task.done()

    def start(self, job: str, serving: Coroutine[None, None, None]) -> None:
        """Begin with a job."""
        self.tasks[job] = asyncio.create_task(serving)

    async def reap(self, timeout_s: float) -> None:
        """Wait until a job is done, at most `timeout_s`, and raise what went wrong in one."""
        if not self.tasks:
            return
        done, _ = await asyncio.wait(
            self.tasks.values(), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
        )
        for job in [job for job, task in self.tasks.items() if task in done]:
            self.tasks.pop(job).result()

    async def end(self) -> None:
        """Leave the rest; its leases are given back."""
        rest = tuple(self.tasks.values())
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
