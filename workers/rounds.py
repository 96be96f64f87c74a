"""The rounds of a supervisor: what it does once a second besides keeping its children."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from monitor import telemetry
from monitor.app import App, now
from monitor.errors import CommandRefused, StoreUnavailable
from monitor.store import Store
from workers.emerging import Emergence
from workers.release import Release
from workers.silence import Silence
from workers.upkeep import Upkeep

ROUNDS = ("upkeep", "release", "silence", "emergence")
WHILE_READING = ("upkeep", "release")
"""Those that do not ask what was found: where all is read once, the others come after it."""

AFTER_BUG_S = 60.0
"""How long a round rests that has met a bug."""


@dataclass(slots=True, kw_only=True)
class Rounds:
    """Any number of supervisors may go them at once. `refused` says which of them cannot be gone
    for what our user in Redis has no right to.
    """

    upkeep: Upkeep
    release: Release
    silence: Silence
    emergence: Emergence
    names: tuple[str, ...] = ROUNDS
    rests: dict[str, float] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, app: App, store: Store, *, judges: bool, names: tuple[str, ...] = ROUNDS) -> Self:
        """By the configuration of `app`; whoever `judges` tells what emerges."""
        return cls(
            upkeep=Upkeep(store=store, now=now, log=telemetry.logger()),
            release=_release(app, store),
            silence=_silence(app, store),
            emergence=_emergence(app, store, judges=judges),
            names=names,
        )

    def run(self) -> None:
        """Do what is due. Raises StoreUnavailable.

        What one of them breaks on, such as a record that cannot be read, ends none of the others.
        """
        for name in self.names:
            if self.rests.get(name, 0.0) > time.monotonic():
                continue
            try:
                getattr(self, name).run()
            except CommandRefused as error:
                telemetry.logger().error("round.failed", round=name, reason=error.message)
                self.refused[name] = error.message
                self.rests[name] = time.monotonic() + AFTER_BUG_S
            except StoreUnavailable:
                raise
            except Exception:  # noqa: BLE001  # it is logged, and tried again
                telemetry.logger().exception("round.failed", round=name)
                self.rests[name] = time.monotonic() + AFTER_BUG_S
            else:
                self.refused.pop(name, None)

    def renew(self, app: App, store: Store, *, judges: bool) -> None:
        """Go on by another configuration."""
        store.retain(app.settings.retention)
        self.release, self.silence = _release(app, store), _silence(app, store)
        self.emergence = _emergence(app, store, judges=judges)


def go_once(app: App) -> None:
    """Go each of them once, after all that came was judged. Raises StoreUnavailable.

    Feeds have just been read, so that nothing is waited for where a watch is silent.
    """
    store = app.store()
    try:
        rounds = Rounds.of(app, store, judges=True)
        rounds.silence.grace = timedelta(0)
        rounds.run()
    finally:
        store.close()


def _release(app: App, store: Store) -> Release:
    settings = app.settings
    return Release(
        store=store,
        timings=settings.timings,
        sources=settings.sources,
        watches={watch.id: watch for watch in settings.watches},
        now=now,
        log=telemetry.logger(),
    )


def _silence(app: App, store: Store) -> Silence:
    settings = app.settings
    return Silence(
        store=store,
        watches=settings.watches,
        timings=settings.timings,
        sources=settings.sources,
        worker=f"{socket.gethostname()}.{os.getpid()}.silence",
        now=now,
        log=telemetry.logger(),
    )


def _emergence(app: App, store: Store, *, judges: bool) -> Emergence:
    return Emergence(
        store=store,
        watches=lambda: app.settings.watches if judges else (),
        timings=app.settings.timings,
        worker=f"{socket.gethostname()}.{os.getpid()}.emerging",
        now=now,
        log=telemetry.logger(),
    )
