"""The examples of another configuration, tried in a process of their own."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Final

import msgspec

from monitor.app import ExampleFailure
from monitor.errors import ConfigProblem
from monitor.model import Watch

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
