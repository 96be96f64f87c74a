"""The private server, kept up for as long as we run."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Final, Self

from monitor import telemetry
from monitor.embedded import aof, process
from monitor.embedded.binary import Server, find_server
from monitor.embedded.lock import WAIT_S, DataLock
from monitor.errors import EmbeddedError

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 5.0  # between restarts of a server that keeps dying
_STEADY_S: Final = 10.0  # one that lived this long is started again after the first pause


class Embedded:
    """A private server on a data folder, and the folder's lock; a context manager.

    A server that dies is started again. Raises EmbeddedError if there is none to start, if it does
    not come up, or if another process holds the folder for longer than `wait_s` seconds.
    """

    def __init__(self, data: Path, *, wait_s: float = WAIT_S) -> None:
        self._data = data.resolve()
        self._lock = DataLock(self._data, wait_s=wait_s)
        self._socket = self._data / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self._guard = threading.Lock()  # held over "not closing, so start a process"
        self._closing = threading.Event()
        self._owner = 0
        self._keeper: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Where it listens, as redis-py and rq read it; the same after a restart."""
        return process.url_for(self._socket)

    @property
    def pid(self) -> int | None:
        """The server's process id, None while it is down."""
        running = self._process
        return running.pid if running and running.poll() is None else None

    def start(self) -> None:
        """Take the folder, mend its files, start the server; return when it answers."""
        server = find_server()
        self._lock.acquire()
        self._owner = os.getpid()
        first: Future[None] = Future()
        try:
            self._forget_latest()
            self._socket = process.socket_for(self._data)
            # PR_SET_PDEATHSIG tells of the end of the thread that forked: so a lasting one does.
            self._keeper = threading.Thread(
                target=self._keep, args=(server, first), name="embedded-server", daemon=True
            )
            self._keeper.start()
            first.result()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop the server: ask, wait, kill. Does nothing in a process forked from the owner."""
        if os.getpid() != self._owner:
            return
        self._owner = 0
        with self._guard:
            self._closing.set()
            running = self._process
        if running:
            running.terminate()
        if self._keeper:
            self._keeper.join(process.END_WITHIN_S)
            if running and self._keeper.is_alive():
                running.kill()
            self._keeper.join()
        self._remove(self._socket)
        self._lock.release()

    def cut(self) -> None:
        """Kill the server, whatever it is at: for who ends at once. Its files outlive that."""
        self._closing.set()
        running = self._process
        if running and running.poll() is None:
            running.kill()

    def _forget_latest(self) -> None:
        """End a server that outlived its owner, and remove what it left outside the folder."""
        latest = process.socket_said(self._data)
        process.end_others(self._data, self._data / "redis.sock")
        if latest:
            self._remove(latest)

    def _remove(self, path: Path) -> None:
        if path.parent != self._data and path.parent.is_dir():
            path.unlink(missing_ok=True)
            path.parent.rmdir()

    def _keep(self, server: Server, first: Future[None]) -> None:
        """Start the server and, until we close, start it again whenever it ends."""
        running: subprocess.Popen[bytes] | None
        began = time.monotonic()
        try:
            running = self._started(server)
            first.set_result(None)
        except (EmbeddedError, OSError) as error:
            first.set_exception(error)
            return
        finally:
            first.cancel()  # open still only after what nobody foresaw: start() must not wait on
        pause_s, ended = _FIRST_PAUSE_S, 0
        while True:
            if running is not None:
                ended = running.wait()
            steady = time.monotonic() - began > _STEADY_S
            pause_s = _FIRST_PAUSE_S if steady else min(2 * pause_s, _LONGEST_PAUSE_S)
            if self._closing.wait(pause_s):
                return
            began = time.monotonic()
            running = self._restarted(server, ended)

    def _restarted(self, server: Server, ended: int) -> subprocess.Popen[bytes] | None:
        """The server again after it ended with this code, None if it does not come up now."""
        try:
            running = self._started(server)
        except (EmbeddedError, OSError) as error:
            if not self._closing.is_set():
                telemetry.logger().error("store.unavailable", reason=str(error))
            return None
        telemetry.logger().warning("store.restarted", pid=running.pid, exit_code=ended)
        return running

    def _started(self, server: Server) -> subprocess.Popen[bytes]:
        """A server that answers, on files that were checked."""
        process.end_others(self._data, self._socket)
        aof.mend(server, self._data)
        with self._guard:
            if self._closing.is_set():
                raise EmbeddedError("the private server is being closed")
            self._process = process.launch(server, self._data, self._socket)
        process.await_answer(self._process, self._data, self._socket)
        return self._process
