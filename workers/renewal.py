"""Another configuration for the workers of a host: compiled beside the one in force."""

from __future__ import annotations

import gc
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from monitor import telemetry
from monitor.app import App, Desk
from monitor.aside import aside
from monitor.errors import ConfigError
from monitor.reload import LOOK_S, Following, problem_of
from monitor.settings import Settings
from monitor.settings.differences import to_be_tried

HUNG_S: Final = 10.0
"""A folder whose files could not be read within that time does not answer."""


@dataclass(slots=True, repr=False)
class Renewal:
    """Follows the files for a supervisor, which goes on meanwhile: they are read by a thread, for a
    folder on a network may not answer for ever. Nothing of the app in force changes.
    """

    following: Following
    judges: bool
    _looked_s: float = field(default_factory=time.monotonic)
    _proposal: Future[tuple[str, Settings] | None] | None = None
    _standing: Future[bool] | None = None
    _next: tuple[str, Settings, App] | None = None
    _has_told: bool = False

    @property
    def reads(self) -> bool:
        """Whether a thread is at work just now: a process that is forked beside it would find locks
        that nobody opens. One that waits for a folder has none.
        """
        return self._asked is not None and time.monotonic() - self._looked_s < HUNG_S

    @property
    def _asked(self) -> Future[tuple[str, Settings] | None] | Future[bool] | None:
        return self._proposal or self._standing

    def run(self, app: App) -> App | None:
        """To be called again and again: the parts by another configuration, the desk compiled where
        somebody judges; None while there is none that can be taken, which is logged.
        """
        asked = self._asked
        if asked is None:
            if time.monotonic() - self._looked_s >= LOOK_S:
                self._looked_s = time.monotonic()
                self._proposal = aside(self.following.proposed)
            return None
        if not asked.done():
            self._tell_if_hung()
            return None
        self._looked_s, self._has_told = time.monotonic(), False
        if self._standing is not None:
            return self._taken(app)
        self._compile(app)
        return None

    def _compile(self, app: App) -> None:
        """What was proposed, if anything was; then it is asked whether the files still say so."""
        assert self._proposal is not None
        proposal, self._proposal = self._proposal, None
        try:
            found = proposal.result()
            after = None if found is None else self._after(app, *found)
        except Exception:  # noqa: BLE001  # whatever it holds, what is in force goes on; it is logged
            telemetry.logger().exception("config.refused", who="worker", reason="bug")
            self.following.failed()
            return
        if found is not None and after is not None:
            self._next, self._looked_s = (*found, after), time.monotonic()
            self._standing = aside(partial(self.following.stands, found[0]))

    def _after(self, app: App, version: str, settings: Settings) -> App | None:
        try:
            tried = to_be_tried(app.settings, settings)
            failures = Desk.of(tried, settings.knowledge).failing_examples() if tried else ()
            if failures:
                self.following.refuse(version, tuple(problem_of(failure) for failure in failures))
                return None
            after = App(settings, app.redis_url, version)
            if self.judges:
                _ = after.desk
        except ConfigError as error:  # it loads, but what it names cannot be had
            self.following.refuse(version, error.problems)
            return None
        return after

    def _taken(self, app: App) -> App | None:
        """It is in force, unless the files have changed since they were read."""
        assert self._standing is not None
        assert self._next is not None
        (standing, self._standing), (made, self._next) = (self._standing, None), (self._next, None)
        version, settings, after = made
        if not standing.result():
            return None
        self.following.take(version, app.settings, settings)
        return after

    def _tell_if_hung(self) -> None:
        if not self._has_told and time.monotonic() - self._looked_s > HUNG_S:
            self._has_told = True
            telemetry.logger().warning(
                "config.awaited",
                who="worker",
                folder=str(self.following.config),
                reason=f"its files could not be read within {HUNG_S:g} s; what is in force goes on",
            )


def tell_failing(app: App) -> None:
    """Say which watches fail their own examples, at the start: they are in force all the same, for
    no watch should be silent for the example of another.
    """
    for failure in app.desk.failing_examples():
        problem = problem_of(failure)
        telemetry.logger().error(
            "example.failed", watch=failure.watch, key=failure.key, reason=str(problem)
        )


def settle() -> None:
    """Let go of the configuration before, and keep the new one's pages shared by children."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
