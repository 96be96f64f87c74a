"""What keeps the queues whole and the store small: leases that ran out, pages that are too late,
the ledger as the second net; workers that were lost, and dead letters that nobody looked after."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from monitor.store import Returned, Store, Work
from workers.hand_on import HandOn
from workers.pace import Pace

SWEEP_EVERY = timedelta(seconds=1)
RECOVER_EVERY = timedelta(seconds=60)
RECOVER_AFTER = timedelta(seconds=60)
"""A job on the ledger that long is looked for; it is put back only if it is nowhere."""
LETTERS_EVERY = timedelta(hours=1)


@dataclass(slots=True, kw_only=True)
class Upkeep:
    """Run by every supervisor; any number of them do no harm to each other."""

    store: Store
    now: Callable[[], datetime]
    log: FilteringBoundLogger
    era: str = ""
    sweeps: Pace = field(default_factory=Pace)
    recoveries: Pace = field(default_factory=Pace)
    expiries: Pace = field(default_factory=Pace)

    @property
    def hand_on(self) -> HandOn:
        """Where articles go that have waited too long for a page, even if nobody reads pages."""
        worker = f"{socket.gethostname()}.{os.getpid()}.upkeep"
        return HandOn(store=self.store, worker=worker, now=self.now, log=self.log)

    def run(self) -> None:
        """Do what is due."""
        at = self.now()
        if self.sweeps.is_time(at, SWEEP_EVERY):
            self._look_for_loss(at)
            for work in (self.store.articles, self.store.pages, self.store.deliveries):
                self.say(work, work.sweep(at), "its lease ran out")
            self.hand_on.late(f"{self.hand_on.worker}/{at.timestamp():.6f}")
        if self.recoveries.is_time(at, RECOVER_EVERY):
            self._recover(at)
        if self.expiries.is_time(at, min(LETTERS_EVERY, self.store.letters.kept)):
            for letter in self.store.letters.expire(at):
                self.log.warning(
                    "letter.expired",
                    letter=letter.id,
                    kind=letter.kind,
                    set_aside=letter.at.isoformat(timespec="seconds"),
                    reason=letter.reason,
                )

    def _recover(self, at: datetime) -> None:
        for work in (self.store.articles, self.store.pages):
            back = work.recover(admitted_before=at - RECOVER_AFTER)
            if back:
                self.log.warning(
                    "lease.returned",
                    queue=work.queue,
                    jobs=len(back),
                    reason="found on the ledger only",
                )
        for work in (self.store.articles, self.store.pages, self.store.deliveries):
            work.dismiss()

    def _look_for_loss(self, at: datetime) -> None:
        """Say loudly when the state in Redis is gone, before a double alert says it."""
        era = self.store.era(f"{at.timestamp():.6f}")
        if self.era and era != self.era:
            self.log.error(
                "store.emptied",
                reason="Redis has lost its state (restarted empty, flushed, or another server):"
                " what was queued is gone, and stories may be told again; going on",
            )
        self.era = era

    def say(self, work: Work, returned: Returned, reason: str) -> None:
        """Log what went back and what was set aside."""
        if returned.back:
            self.log.warning(
                "lease.returned", queue=work.queue, jobs=len(returned.back), reason=reason
            )
        for job in returned.dead:
            self.log.error("article.set_aside", job=job, reason="its process died again and again")
