"""The configuration of a service that runs, and what the files say by now."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final

from structlog.typing import FilteringBoundLogger

from monitor import telemetry
from monitor.aside import unless
from monitor.errors import ConfigError, ConfigProblem, StoreUnavailable
from monitor.reload.trial import TRIED_WITHIN_S, UNTRIED, tried_within
from monitor.settings import Settings, load
from monitor.settings.differences import differences, tables_changed, to_be_tried
from monitor.settings.version import Files, version_of
from monitor.store.beats import Service

LOOK_S: Final = 0.5
"""How often to look at the files. A change is taken at the second look that finds it the same."""

LEVELS: Final = ("debug", "info", "warning", "error")

AT_START: Final = {
    "redis_url": "[redis] url, password",
    "websub": "[websub]",
    "metrics": "[metrics] listen",
    "heartbeat": "[heartbeat]",
}
"""What is read at start only, by its name in Settings."""

TABLES: Final = {"allow": "net", "contact": "net", "redis_url": "redis"}

AGAIN_S: Final = 2.0
"""How long to wait before they are tried again."""

Adapt = Callable[[Settings], Settings]


def _gone(file: str) -> ConfigProblem:
    return ConfigProblem(
        file=file,
        table="",
        key="",
        found="the file is gone",
        wanted="a file",
        fix="To mean that there is nothing in it, leave it there empty",
    )


class Following:
    """The configuration of one service, and the files it came from.

    `adapt` puts over each new one what the command line says; `who` is the service, for the log.
    `refused_since` is when what the files say was refused (seconds since 1970), 0 if it was not.
    """

    def __init__(
        self,
        files: Files,
        log: FilteringBoundLogger,
        adapt: Adapt = lambda same: same,
        who: Service = "poller",
    ) -> None:
        self._files, self._log, self._adapt = files, log, adapt
        self.who, self._untried = who, ""
        self.refused_since = 0.0

    @property
    def config(self) -> Path:
        """The folder."""
        return self._files.config

    @property
    def version(self) -> str:
        """The version in force."""
        return self._files.version

    def proposed(self) -> tuple[str, Settings] | None:
        """Another configuration that could be loaded, with its version; None while there is none.

        What is wrong with one is logged, once.
        """
        version = self._files.changed()
        if version is None:
            if self.refused_since and self._files.in_force:
                self._restored()
            return None
        if gone := self._files.gone:  # it may be on its way: a copy, a mount, a checkout
            self.refuse(version, tuple(map(_gone, gone)))
            return None
        try:
            settings = load(self.config, channels=self._files.channels)
        except ConfigError as error:
            self.refuse(version, error.problems)
            return None
        if not self.stands(version):
            return None  # it was written to while we read
        return version, self._adapt(settings)

    def stands(self, version: str) -> bool:
        """Whether the files are still of this version; if not, they are looked at again."""
        if version_of(self.config) == version:
            return True
        self._files.again()
        return False

    def failed(self) -> None:
        """It cannot be told what the files hold: the old configuration stays in force."""
        self.refused_since = self.refused_since or time.time()

    def refuse(self, version: str, problems: tuple[ConfigProblem, ...]) -> None:
        """Say what is wrong with another configuration; the old one stays in force."""
        self.failed()
        for problem in problems:
            self._log.error(
                "config.refused",
                who=self.who,
                config=version,
                in_force=self.version,
                file=problem.file,
                table=problem.table,
                key=problem.key,
                reason=str(problem),
            )

    def _restored(self) -> None:
        """The files say again what is in force."""
        self.refused_since, self._untried = 0.0, ""
        self._log.info("config.restored", who=self.who, config=self.version)

    def untried(self, version: str) -> None:
        """Refuse one whose examples could not be tried, and say so once; it is proposed again."""
        if self._untried != version:
            self._untried = version
            self.refuse(version, (UNTRIED,))
        self._files.again()

    def again(self) -> None:
        """It could not be taken now: it is proposed once more."""
        self._files.again()

    def take(self, version: str, before: Settings, after: Settings) -> None:
        """It is in force: say what is different, and from then on log as it says."""
        quieter = LEVELS.index(after.log.level) > LEVELS.index(before.log.level)
        if not quieter:
            telemetry.set_level(after.log.level)
        self._say(version, before, after)
        if quieter:
            telemetry.set_level(after.log.level)
        self.refused_since, self._untried = 0.0, ""
        self._files.take(version)

    def _say(self, version: str, before: Settings, after: Settings) -> None:
        changed = tables_changed(before, after)
        said = {
            f"{kind}_{word}": ids
            for kind, each in differences(before, after).items()
            for word, ids in each.said().items()
        }
        tables = sorted({TABLES.get(name, name) for name in changed})
        self._log.info(
            "config.reloaded",
            who=self.who,
            config=version,
            before=self.version,
            **said,
            **({"tables": tables} if tables else {}),
        )
        waiting = [AT_START[name] for name in changed if name in AT_START]
        if (before.log.format, before.log.file) != (after.log.format, after.log.file):
            waiting.append("[log] format, file")
        if waiting:
            self._log.warning(
                "config.restart_wanted",
                who=self.who,
                tables=waiting,
                reason="these are read at start only",
            )


async def follow(
    following: Following,
    settings: Settings,
    apply: Callable[[Settings, str], Awaitable[None]],
    stop: asyncio.Event,
) -> None:
    """Until `stop`, take what the files say into a service that judges nothing itself. `apply` may
    raise StoreUnavailable: then it is tried again.
    """
    while not stop.is_set():
        try:
            async with asyncio.timeout(LOOK_S):
                await stop.wait()
        except TimeoutError:
            pass
        else:
            return
        found = await _looked(following, settings, stop)
        if found is None or stop.is_set():
            continue
        version, proposed, problems = found
        if problems:
            following.refuse(version, problems)
        elif await unless(stop, partial(following.stands, version)):
            try:
                await apply(proposed, version)
            except StoreUnavailable:
                following.again()
                continue
            following.take(version, settings, proposed)
            settings = proposed


async def _looked(
    following: Following, settings: Settings, stop: asyncio.Event
) -> tuple[str, Settings, tuple[ConfigProblem, ...]] | None:
    """Another configuration, and what fails of its examples; None while there is none."""
    try:
        found = await unless(stop, following.proposed)
        if found is None:
            return None
        version, proposed = found
        tried = await tried_within(
            TRIED_WITHIN_S, following.config, to_be_tried(settings, proposed), stop
        )
    except Exception:  # noqa: BLE001  # whatever it holds, what is in force goes on; it is logged
        telemetry.logger().exception("config.refused", who=following.who, reason="bug")
        following.failed()
        return None
    if tried is None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), AGAIN_S)
        following.untried(version)
        return None
    return version, proposed, tried
