"""Which sources there are: said once a day, and what is known of those that are long gone goes.

Only while a poller runs is anything forgotten, and only after it has said which sources there are:
a Wirewatch that was switched off for a year knows its feeds and files as it did before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from structlog.typing import FilteringBoundLogger

from monitor.model import Source
from monitor.store import Store

SAY_EVERY: Final = timedelta(days=1)

MOST_NAMED: Final = 20
"""Sources in a line of the log."""


@dataclass(slots=True, kw_only=True)
class Keeping:
    """To be run now and then, also by a poller that leads no more: it does no harm."""

    store: Store
    now: Callable[[], datetime]
    log: FilteringBoundLogger
    said: datetime | None = None

    def run(self, sources: Sequence[Source], files: Callable[[], Sequence[str]]) -> None:
        """Say that these feeds are configured and these files lie in a folder, if it is time."""
        at = self.now()
        if self.said is not None and timedelta(0) <= at - self.said < SAY_EVERY:
            return
        there = (*(source.id for source in sources), *files())
        gone = self.store.sources.keep(there, at)
        self.said = at
        if gone:
            self.log.info("source.forgotten", sources=len(gone), named=list(gone[:MOST_NAMED]))
