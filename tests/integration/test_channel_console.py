"""The console channel in a real process: on a pseudo-terminal, in a pipe, many at once."""

from __future__ import annotations

import asyncio
import fcntl
import io
import json
import os
import pty
import socket
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.channels import CHANNELS
from monitor.channels.body import encode
from monitor.channels.console import columns_of
from monitor.channels.sheet import printed
from monitor.codec import decode_alert
from monitor.model import Alert, Delivery, Later, Receipt, Sent

ENVOYS = Path(__file__).parents[1] / "fixtures" / "alerts" / "envoys.json"
PROGRAM = """
import asyncio, sys
from pathlib import Path
from monitor.channels import CHANNELS
from monitor.codec import decode_alert
from monitor.model import Delivery

path, form, times = sys.argv[1:]
kind = CHANNELS["console"]
alert = decode_alert(Path(path).read_bytes())
channel = kind.open_channel(
    "console", kind.config.model_validate({"format": form}), allow=(), contact=""
)

async def main():
    for number in range(int(times)):
        await channel.send(Delivery(id=str(number), alert=alert.id, channel="console"), alert)
    await channel.close()

asyncio.run(main())
"""


@pytest.fixture
def envoys() -> Alert:
    return decode_alert(ENVOYS.read_bytes())


def command(form: str = "text", times: int = 1) -> list[str]:
    return [sys.executable, "-c", PROGRAM, str(ENVOYS), form, str(times)]


def on_a_terminal(columns: int, **environment: str) -> str:
    """What the program shows on a pseudo-terminal of this width."""
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen(
        command(), stderr=secondary, env=clean | {"TERM": "xterm-256color"} | environment
    ) as process:
        os.close(secondary)
        shown = b"".join(read_all(primary))
    os.close(primary)
    assert process.returncode == 0
    return shown.decode().replace("\r\n", "\n")


def read_all(descriptor: int) -> Iterator[bytes]:
    try:
        while chunk := os.read(descriptor, 65536):
            yield chunk
    except OSError:  # Linux says EIO when the last writer is gone
        return


@pytest.mark.parametrize(("columns", "used"), [(60, 60), (240, 100)])
def test_on_a_terminal_it_is_coloured_and_fits(envoys: Alert, columns: int, used: int) -> None:
    assert on_a_terminal(columns) == printed(envoys, columns=used, colour=True)


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colour_gets_none(
    envoys: Alert, environment: dict[str, str]
) -> None:
    assert on_a_terminal(70, **environment) == printed(envoys, columns=70, colour=False)


def test_in_a_pipe_it_is_plain_and_goes_to_stderr(envoys: Alert) -> None:
    # when
    done = subprocess.run(command(), capture_output=True, check=True)

    # then
    assert done.stdout == b""
    assert done.stderr.decode() == printed(envoys, columns=None, colour=False)


def test_as_json_it_is_one_line_per_alert_on_stdout(envoys: Alert) -> None:
    # when
    done = subprocess.run(command("json", times=3), capture_output=True, check=True)

    # then
    assert done.stderr == b""
    assert done.stdout.splitlines() == [encode(envoys)] * 3
    assert json.loads(done.stdout.splitlines()[0])["data"]["alert"] == envoys.id


def test_each_alert_is_one_write_even_in_an_ascii_world(envoys: Alert) -> None:
    # given: a socket that keeps writes apart
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ascii_world = os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}

    # when
    with (
        ours,
        subprocess.Popen(
            command("text", times=2), stderr=theirs.fileno(), env=ascii_world
        ) as child,
    ):
        theirs.close()
        writes = list(iter(lambda: ours.recv(1 << 20), b""))

    # then
    assert child.returncode == 0
    shown = printed(envoys, columns=None, colour=False).encode("ascii", "backslashreplace")
    assert writes == [shown, shown]


def test_json_can_be_written_in_an_ascii_world(envoys: Alert) -> None:
    # given
    ascii_world = os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}

    # when
    done = subprocess.run(command("json"), capture_output=True, check=True, env=ascii_world)

    # then
    assert done.stdout == encode(envoys) + b"\n"


def sent_here(form: str, alert: Alert) -> Receipt:
    kind = CHANNELS["console"]
    config = kind.config.model_validate({"format": form})
    channel = kind.open_channel("console", config, allow=(), contact="")
    return asyncio.run(channel.send(Delivery(id="d", alert=alert.id, channel="console"), alert))


def test_what_was_shown_is_sent(envoys: Alert, capsys: pytest.CaptureFixture[str]) -> None:
    # then
    assert sent_here("text", envoys) == Sent(answer="shown")
    assert capsys.readouterr().err.startswith("[HIGH] U.S. and Iran over Iraq\n")


def test_a_process_started_without_a_console_says_later(
    envoys: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(sys, "stderr", None)

    # then
    assert sent_here("text", envoys) == Later(
        answer="the console cannot be written to: it is closed"
    )


@pytest.mark.parametrize(("set_to", "used"), [(10, 20), (72, 72), (300, 100), (0, 80)])
def test_the_width_is_the_terminals_within_reason(set_to: int, used: int) -> None:
    # given
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 40, set_to, 0, 0))

    # then
    with os.fdopen(secondary, "w") as stream:
        assert columns_of(stream) == used
    os.close(primary)


def test_a_stream_that_only_says_it_is_a_terminal_is_80_wide() -> None:
    # given
    class Pretender(io.StringIO):
        def isatty(self) -> bool:
            return True

    # then
    assert columns_of(Pretender()) == 80


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_console_nobody_reads_means_later(
    envoys: Alert, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    reading, writing = os.pipe()
    os.close(reading)
    broken = open(writing, "w", closefd=False)  # noqa: SIM115  closing would raise: it is broken
    monkeypatch.setattr(sys, "stdout" if form == "json" else "stderr", broken)

    # when
    receipt = sent_here(form, envoys)

    # then
    monkeypatch.undo()
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, writing)  # what is still held back has to go somewhere
    broken.close()
    for descriptor in (sink, writing):
        os.close(descriptor)
    assert isinstance(receipt, Later)
    assert "cannot be written to" in receipt.answer
