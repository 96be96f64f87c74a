"""Standing for leader: of several pollers one polls, the others wait for its lease to run out.

The lease is kept from a thread of its own with a connection of its own, so that a hundred polls
that wait for Redis do not hold it up. What counts here is our own clock from the moment we asked:
when the lease may have run out we have stopped, before Redis gives it to another.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from typing import Final

from structlog.typing import FilteringBoundLogger

from monitor.errors import Bug, StoreUnavailable
from monitor.poller.waiting import event_of
from monitor.store import LEAD_S, Store

ASK_EVERY_S: Final = 0.5
"""How often who does not lead asks whether it may."""

MARGIN_S: Final = 0.5
"""So much earlier than Redis we hold our lease for lost."""

_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""One that goes on while the machine sleeps."""


def poller_name() -> str:
    """A name that no other poller has or had, on any host."""
    return f"{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(4)}"


class Candidate:
    """One poller among several, from `start` until `close`; then it leads no more.

    `store` is its own, and closed by it. `waited` is told why it cannot ask, `config` says which
    configuration it follows. `answered_s` is when Redis last answered.
    """

    def __init__(
        self,
        *,
        store: Store,
        name: str,
        log: FilteringBoundLogger,
        waited: Callable[[str, str], None],
        config: Callable[[], str] = str,
    ) -> None:
        self._store, self._name, self._log = store, name, log
        self._waited, self._config = waited, config
        self._term, self._until_s = 0, 0.0
        self._awaited, self._refused, self._trouble = "", False, ""
        self.answered_s = time.monotonic()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._stand, daemon=True)

    def start(self) -> None:
        """Begin to stand for leader."""
        self._thread.start()

    def close(self) -> None:
        """Stand no more, and hand over at once."""
        self._ending.set()
        self._thread.join(LEAD_S)  # one that hangs in Redis lets its lease run out

    @property
    def term(self) -> int:
        """Our term, 0 while another leads or our lease may have run out."""
        return self._term if _now_s() < self._until_s else 0

    @property
    def lost_by(self) -> str:
        """Why we lead no more, in words."""
        if self._awaited:
            return f"another leads: {self._awaited}"
        return self._trouble or "the lease ran out first: this process, or Redis, was held up"

    def _stand(self) -> None:
        while not self._ending.is_set():
            self._ask()
            self._ending.wait(LEAD_S / 3 if self.term else ASK_EVERY_S)
        if self._term:
            self._resign()
        self._store.close()

    def _ask(self) -> None:
        asked_s = _now_s()
        try:
            standing = self._store.leaders.stand(self._name, config=self._config())
        except StoreUnavailable as error:
            self._trouble = error.message
            self._waited(event_of(error), error.message)
            return
        except Exception:  # noqa: BLE001  # whatever it was: who does not ask never leads again
            if not self._refused:  # said once, not twice a second
                self._log.exception("leader.awaited", leader="", reason="bug")
            self._refused = True
            return
        self._refused, self._trouble = False, ""
        self.answered_s = time.monotonic()
        self._term = standing.term
        self._until_s = asked_s + LEAD_S - MARGIN_S
        if not standing.term and standing.leader != self._awaited:
            self._log.info("leader.awaited", leader=standing.leader)
        self._awaited = "" if standing.term else standing.leader

    def _resign(self) -> None:
        self._term = 0
        try:
            self._store.leaders.resign(self._name)
        except (StoreUnavailable, Bug):
            return  # the lease runs out instead
        self._log.info("leader.resigned", leader=self._name)


def _now_s() -> float:
    return time.clock_gettime(_CLOCK)
