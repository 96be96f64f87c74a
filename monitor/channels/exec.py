"""Exec: a program of yours is run for each alert, with the webhook's body on standard input."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AfterValidator, Field, SecretStr

from monitor.channels.body import encode
from monitor.channels.channel import Channel, ChannelConfig, IPNetwork, kind
from monitor.channels.disk import absolute, said
from monitor.channels.safe import atom, clip, line
from monitor.model import Later, Receipt, Refused, Sent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.model import Delivery, Message

REAP_S = 2.0
"""How long a killed program may take to be gone."""
MAX_HEARD_BYTES = 2000
"""So much of standard error is looked at; the rest is read and forgotten."""

ENVIRONMENT: Final[Mapping[str, str]] = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
"""What a program is given of ours: nothing. No secret of Wirewatch reaches it by accident."""

TEMPFAIL = 75
NEVER: Final[Mapping[int, str]] = {
    64: "it was called wrongly",
    65: "it cannot do with this alert",
    77: "it may not",
    78: "its configuration is wrong",
}
"""Exit codes of sysexits.h by which a program says that another try would end the same."""


def _program(command: tuple[str, ...]) -> tuple[str, ...]:
    if not command or any("\0" in argument for argument in command):
        raise ValueError('wanted a list of program and arguments, like ["/usr/bin/logger", "-s"]')
    absolute(command[0])
    return command


def _names(environment: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in environment.items():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or "\0" in value.get_secret_value():
            raise ValueError(f"{name!r} cannot be given: wanted names of letters, digits and _")
    return environment


class Config(ChannelConfig):
    """Alerts to a program on this machine."""

    type: Literal["exec"] = Field(default="exec", description="This kind of channel.")
    command: Annotated[tuple[str, ...], AfterValidator(_program)] = Field(
        description="The program, from the root on, and its arguments; no shell reads them."
    )
    timeout_s: float = Field(
        default=30, gt=0, le=300, description="Then it is killed, and run again later."
    )
    environment: Annotated[dict[str, SecretStr], AfterValidator(_names)] = Field(
        default={}, description="More variables for it; all it has else are PATH and LANG."
    )


def open_channel(
    name: str, config: Config, *, allow: tuple[IPNetwork, ...], contact: str
) -> Channel:
    """An exec channel. Whom the program calls is its own affair, whatever `allow` says."""
    return Exec(name, config)


def odd(config: Config, _: tuple[IPNetwork, ...]) -> tuple[str, ...]:
    """That its program is not there, or cannot be run."""
    program = Path(config.command[0])
    if not program.is_file():
        return (f"command: there is no program {program}",)
    if not os.access(program, os.X_OK):
        return (f"command: {program} may not be run; `chmod +x {program}`",)
    return ()


KIND = kind(Config, open_channel, odd=odd)


class Exec:
    """A process per alert, in a group of its own; its exit code is the receipt."""

    def __init__(self, name: str, config: Config) -> None:
        self.name = name
        self._config = config

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        """Run the program to its end, or to that of its time."""
        try:
            with tempfile.TemporaryFile() as document:
                # A file, no pipe: a program that does not read it holds up nobody.
                document.write(encode(message) + b"\n")
                document.seek(0)
                return await self._run(document.fileno(), delivery)
        except OSError as error:
            return Later(answer=f"the program cannot be started: {said(error)}", down=True)

    def draft(self, delivery: Delivery, message: Message) -> str:
        """What would be run, and what it would be given."""
        given = "\n".join(f"{name}={value}" for name, value in self._told(delivery).items())
        return f"{list(self._config.command)}\n{given}\n\n{encode(message).decode()}"

    async def close(self) -> None:
        """Nothing to give back."""

    def _told(self, delivery: Delivery) -> dict[str, str]:
        """Words for the program; never an article's own: some shell reads them in the end."""
        return {
            "WIREWATCH_CHANNEL": self.name,
            "WIREWATCH_DELIVERY": atom(delivery.id),
            "WIREWATCH_ATTEMPT": str(delivery.attempts),
        }

    def _environment(self, delivery: Delivery) -> dict[str, str]:
        more = self._config.environment
        given = {name: value.get_secret_value() for name, value in more.items()}
        return {**ENVIRONMENT, **given, **self._told(delivery)}

    async def _run(self, document: int, delivery: Delivery) -> Receipt:
        ear = _Ear()
        try:
            process = await asyncio.create_subprocess_exec(
                *self._config.command,
                stdin=document,
                stdout=subprocess.DEVNULL,
                stderr=ear.mouth,
                env=self._environment(delivery),
                cwd="/",
                start_new_session=True,
            )
            try:
                async with asyncio.timeout(self._config.timeout_s):
                    code = await process.wait()
            except TimeoutError:
                code = None
            finally:  # also when we are told to stop: whatever it has started ends with it
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                with suppress(TimeoutError):  # one with another's rights may not be ours to kill
                    await asyncio.wait_for(process.wait(), REAP_S)
        finally:
            words = ear.close()
        if code is None:
            answer = f"killed: not done in {self._config.timeout_s:g} s{words}"
            return Later(answer=answer, down=True)
        return receipt_of(code, words)


class _Ear:
    """Standard error of a program. Read as it comes, past any child that keeps it open."""

    def __init__(self) -> None:
        self._ear, self.mouth = os.pipe()
        self._heard = bytearray()
        os.set_blocking(self._ear, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._ear, self._hear)

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            heard = os.read(self._ear, 1 << 16)  # as much as a pipe holds
            self._heard += heard[: MAX_HEARD_BYTES - len(self._heard)]

    def close(self) -> str:
        """The first lines of what was said, safe to show, with a colon before them."""
        self._hear()
        self._loop.remove_reader(self._ear)
        os.close(self._ear)
        os.close(self.mouth)
        words = line(self._heard.decode("utf-8", "replace"))
        return f": {clip(words, 300)}" if words else ""


def receipt_of(code: int, words: str) -> Receipt:
    """What an exit code means for the delivery; below zero it is the signal that ended it."""
    if code == 0:
        return Sent(answer=f"exit code 0{words}")
    if code < 0:
        return Later(answer=f"ended by signal {-code}{words}")
    if code in NEVER:
        return Refused(answer=f"exit code {code}, {NEVER[code]}{words}")
    not_yet = ", not now" if code == TEMPFAIL else ""
    return Later(answer=f"exit code {code}{not_yet}{words}")
