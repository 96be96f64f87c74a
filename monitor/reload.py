"""Another configuration while it runs: the whole of it or nothing.

Each service looks at the files by itself, twice a second. What has changed and stands still is
loaded beside what is in force; a file with a problem, or a new or changed watch that fails its own
examples, leaves all of it as it was, with an error that says where. The rule needs nothing but the
files, so all services that follow one folder come to the same configuration.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
from structlog.typing import FilteringBoundLogger

from monitor import telemetry
from monitor.app import Desk, ExampleFailure
from monitor.aside import unless
from monitor.errors import ConfigError, ConfigProblem, StoreUnavailable
from monitor.model import Watch
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

TRIED_WITHIN_S: Final = 120.0
"""How long the examples of another configuration may take in a service that judges nothing."""

UNTRIED: Final = ConfigProblem(
    file="watchlist.toml",
    table="",
    key="",
    found=f"examples that could not be tried: no answer within {TRIED_WITHIN_S:g} s, or the process"
    " that tries them was ended",
    wanted="examples that can",
    fix="They are tried again. Is the machine overloaded or short of memory, or does the folder not"
    " answer?",
)

CHANGED: Final = 3
"""How the process ends that should try them, when the files do not load any more."""

AGAIN_S: Final = 2.0
"""How long to wait before they are tried again."""

Adapt = Callable[[Settings], Settings]


def problem_of(failure: ExampleFailure) -> ConfigProblem:
    """A failing example as a problem of the file."""
    does = "does not match" if failure.key == "must_match" else "matches"
    return ConfigProblem(
        file="watchlist.toml",
        table=f"watch.{failure.watch}",
        key=failure.key,
        found=f"{failure.text!r}, which the watch {does}",
        wanted="an example that it matches"
        if failure.key == "must_match"
        else "one that it does not match",
        fix="Mend the watch or the example; `wirewatch why` shows what holds where",
    )


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

    def refuse(self, version: str, problems: tuple[ConfigProblem, ...]) -> None:
        """Say what is wrong with another configuration; the old one stays in force."""
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
        self._untried = ""
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
        return None
    if tried is None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), AGAIN_S)
        following.untried(version)
        return None
    return version, proposed, tried


async def tried_within(
    within_s: float, config: Path, watches: tuple[Watch, ...], stop: asyncio.Event
) -> tuple[ConfigProblem, ...] | None:
    """What fails of these watches, in a process of its own: the names take half a second of work
    and a hundred megabytes, which a poller has no other use for.

    None where nobody can say: that takes longer, as it does for ever on a folder that does not
    answer, or the process ended before it could. Nothing when `stop` is set meanwhile, or the files
    have changed so that they do not load: then they are looked at anew. No process stays behind.
    """
    if not watches:
        return ()
    arguments = [sys.executable, "-P", "-m", "monitor.reload", str(config)]
    child = await asyncio.create_subprocess_exec(*arguments, stdin=PIPE, stdout=PIPE)
    asked = msgspec.json.encode([watch.id for watch in watches])
    asking = asyncio.create_task(child.communicate(asked))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait(
            {asking, stopping}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED
        )
        late = not asking.done()
    finally:
        stopping.cancel()
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            child.kill()
        answer, _ = await asking
    if late:
        return () if stop.is_set() else None
    if child.returncode != 0:
        return () if child.returncode == CHANGED else None
    return msgspec.json.decode(answer, type=tuple[ConfigProblem, ...])


def main() -> None:
    """The child of `tried_within`: the folder as argument, the ids of watches on stdin."""
    wanted = set(msgspec.json.decode(sys.stdin.buffer.read(), type=tuple[str, ...]))
    try:
        settings = load(Path(sys.argv[1]), channels="sealed")
    except ConfigError:
        sys.exit(CHANGED)
    watches = tuple(watch for watch in settings.watches if watch.id in wanted)
    failures = Desk.of(watches, settings.knowledge).failing_examples()
    sys.stdout.buffer.write(msgspec.json.encode([problem_of(each) for each in failures]))


if __name__ == "__main__":
    main()
