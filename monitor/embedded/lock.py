"""Who may run on a data folder: one process at a time.

flock, not a process id in a file: the kernel lets go for a process that dies, however it dies.
Children must not hold on: exec closes the file (O_CLOEXEC), and a bare fork forgets it.
"""

from __future__ import annotations

import fcntl
import os
import time
import weakref
from pathlib import Path
from typing import Final, Self

from monitor import telemetry
from monitor.errors import EmbeddedError

WAIT_S: Final = 30.0
_LOOK_EVERY_S: Final = 0.05


class DataLock:
    """The right to run on a data folder, which is made if there is none; a context manager.

    Waits up to `wait_s` seconds for another process to let go, then raises EmbeddedError with its
    process id.
    """

    def __init__(self, data: Path, *, wait_s: float = WAIT_S) -> None:
        self._data, self._wait_s = data, wait_s
        self._path = data / "wirewatch.lock"
        self._fd: int | None = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def acquire(self) -> None:
        """Take the lock and write our process id into it."""
        try:
            self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise EmbeddedError(
                f"cannot use the data folder {self._data}: {error.strerror}; it must be a folder "
                "we may write to"
            ) from error
        try:
            self._wait_for(fd)
        except BaseException:
            os.close(fd)
            raise
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd
        _held.add(self)

    def _wait_for(self, fd: int) -> None:
        deadline = time.monotonic() + self._wait_s
        waited = False
        while not _took(fd):
            holder = (lines_of(self._path) or ("?",))[0]
            if time.monotonic() >= deadline:
                raise EmbeddedError(
                    f"the data folder {self._data} is in use by process {holder}, which did not "
                    f"end in {self._wait_s:g} s: stop it, or use another folder (--data)"
                )
            if not waited:
                waited = True
                telemetry.logger().warning(
                    "folder.awaited", data=str(self._data), held_by=holder, wait_s=self._wait_s
                )
            time.sleep(_LOOK_EVERY_S)

    def release(self) -> None:
        """Let go; does nothing if it is not held."""
        if self._fd is not None:
            os.ftruncate(self._fd, 0)
            fcntl.flock(self._fd, fcntl.LOCK_UN)
        self.forget()

    def forget(self) -> None:
        """Close our copy of the file; a process we were forked from goes on holding the lock."""
        if self._fd is not None:
            os.close(self._fd)
        self._fd = None
        _held.discard(self)


def lines_of(path: Path) -> tuple[str, ...]:
    """What the holder of a lock file wrote into it; nothing if there is no such file."""
    try:
        return tuple(path.read_text(encoding="utf-8", errors="replace").splitlines())
    except FileNotFoundError:
        return ()


def is_free(path: Path) -> bool:
    """Whether nobody holds this lock file."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        took = _took(fd)
        if took:
            fcntl.flock(
                fd, fcntl.LOCK_UN
            )  # said aloud: a fork in another thread may share the file
    finally:
        os.close(fd)
    return took


def _took(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise EmbeddedError(
            f"the data folder cannot be locked ({error.strerror}): it must be on a local disk"
        ) from error
    return True


_held: weakref.WeakSet[DataLock] = weakref.WeakSet()


def _forget_all() -> None:
    for lock in tuple(_held):
        lock.forget()


os.register_at_fork(after_in_child=_forget_all)
