"""One server process: launched, asked, ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from monitor.embedded.binary import Server
from monitor.embedded.lock import is_free, lines_of
from monitor.errors import EmbeddedError

ANSWER_WITHIN_S: Final = 15.0  # to the first answer; "I am loading" counts as one
END_WITHIN_S: Final = 10.0
_REPLY_WITHIN_S: Final = 1.0
_LOOK_EVERY_S: Final = 0.01
_LONGEST_SOCKET_PATH_BYTES: Final = 100  # sun_path holds 108 on Linux, 104 on macOS, with its NUL
_LOG_LIMIT_BYTES: Final = 1 << 20

# The child's first act, in an interpreter of its own, because Python between fork and exec is not
# safe in a process with threads. It ties itself to our life, takes server.lock, and becomes the
# server, which keeps the lock: flock stays with the open file.
_LAUNCH: Final = """
import ctypes, fcntl, os, signal, sys
owner, lock, url, server = sys.argv[1:5]
signal.signal(signal.SIGTERM, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_SETMASK, [])
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 is PR_SET_PDEATHSIG
if os.getppid() != int(owner):
    sys.exit("wirewatch: the owner is gone")
fd = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
os.ftruncate(fd, 0)
os.pwrite(fd, f"{os.getpid()}\\n{url}\\n".encode(), 0)
os.set_inheritable(fd, True)
os.execv(server, sys.argv[4:])
"""


def socket_for(data: Path) -> Path:
    """Where the folder's server listens: in it, or in a new private folder if the path is long."""
    near = data / "redis.sock"
    if len(os.fsencode(near)) <= _LONGEST_SOCKET_PATH_BYTES:
        return near
    far = Path(tempfile.mkdtemp(prefix="wirewatch-")) / "redis.sock"
    if len(os.fsencode(far)) <= _LONGEST_SOCKET_PATH_BYTES:
        return far
    far.parent.rmdir()
    return Path(tempfile.mkdtemp(prefix="wirewatch-", dir="/tmp")) / "redis.sock"


def url_for(path: Path) -> str:
    """The URL of a socket, as redis-py and rq read it."""
    return f"unix://{urllib.parse.quote(str(path))}"


def socket_said(data: Path) -> Path | None:
    """The socket of the folder's latest server, as that wrote it down."""
    lines = lines_of(data / "server.lock")
    if len(lines) < 2:
        return None
    return Path(urllib.parse.unquote(lines[1].removeprefix("unix://")))


def url_of(data: Path) -> str | None:
    """Where the server of a data folder answers now, None if it does not: for other commands."""
    path = socket_said(data)
    return url_for(path) if path and asked(path, "PING") else None


def asked(path: Path, command: str) -> str:
    """The first line of a server's reply, empty if nobody answers."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_REPLY_WITHIN_S)
        try:
            connection.connect(str(path))
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(256).decode(errors="replace").partition("\r\n")[0]
        except OSError:
            return ""


def launch(server: Server, data: Path, path: Path) -> subprocess.Popen[bytes]:
    """Start the server. It lives as long as the thread that calls this, at most."""
    said = data / "server.log"
    if said.exists() and said.stat().st_size > _LOG_LIMIT_BYTES:
        said.replace(data / "server.log.1")
    arguments = (
        *("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"),
        *("--dir", str(data), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        # Bands of near texts stay packed up to three million stories a week (docs/operations.md).
        *("--hash-max-listpack-entries", "512"),
        *("--maxmemory-policy", "noeviction", "--daemonize", "no", "--logfile", str(said)),
    )
    launcher = (sys.executable, "-I", "-S", "-c", _LAUNCH)
    about = (str(os.getpid()), str(data / "server.lock"), url_for(path), str(server.path))
    with said.open("ab") as log:
        return subprocess.Popen(
            [*launcher, *about, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=data,
            start_new_session=True,  # Ctrl-C at the terminal is for us: we stop it when we are done
        )


def await_answer(process: subprocess.Popen[bytes], data: Path, path: Path) -> None:
    """Wait until the server is ready; EmbeddedError if it ends, or says nothing for too long."""
    deadline = time.monotonic() + ANSWER_WITHIN_S
    while not (answer := asked(path, "PING")).startswith("+PONG"):
        if process.poll() is not None:
            raise EmbeddedError(
                f"the private server ended at once: {_last_said(data)}; see {data / 'server.log'}"
            )
        if answer:
            deadline = time.monotonic() + ANSWER_WITHIN_S
        if time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise EmbeddedError(
                f"the private server did not answer within {ANSWER_WITHIN_S:g} s; "
                f"see {data / 'server.log'}"
            )
        time.sleep(_LOOK_EVERY_S)


def _last_said(data: Path) -> str:
    """The last line of the server's log."""
    lines = lines_of(data / "server.log")
    return next((line for line in reversed(lines) if line.strip()), "it said nothing")


def end_others(data: Path, path: Path) -> None:
    """End a server that is still on the folder although the folder is ours: ask, wait, kill.

    It is one that outlived its owner (macOS; or it was too busy to hear the signal). One whose lock
    file was deleted is known by its socket. EmbeddedError if it will not go.
    """
    lock = data / "server.lock"

    def gone() -> bool:
        return is_free(lock) and not asked(path, "PING")

    if gone():
        return
    for known in {path, socket_said(data) or path}:
        asked(known, "SHUTDOWN NOSAVE")  # no RDB file; the append-only file is flushed all the same
    if _within(END_WITHIN_S, gone):
        return
    pid = (lines_of(lock) or ("?",))[0]
    if not is_free(lock) and "-server" in _command_of(pid):
        os.kill(int(pid), signal.SIGKILL)
    if not _within(END_WITHIN_S, gone):
        raise EmbeddedError(
            f"a server still runs on {data} and does not end when asked: stop process {pid}"
        )


def _command_of(pid: str) -> str:
    """What a process was started as; a number that was given to another by now says so."""
    # -ww: without it ps cuts long lines, also where nobody looks at a terminal.
    arguments = ["ps", "-ww", "-o", "command=", "-p", pid]
    ps = subprocess.run(arguments, capture_output=True, text=True)
    return ps.stdout


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY_S)
    return held
