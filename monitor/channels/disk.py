"""Files that several processes write and strangers read: one at a time, and never half."""

from __future__ import annotations

import asyncio
import fcntl
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.channels.safe import clip, line
from monitor.model import Later, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WHOLE_S = 30.0
"""How long one alert may take, waiting for its turn included."""


def absolute(value: str) -> str:
    """The path as it was. Raises ValueError for a relative one: services start anywhere."""
    if not value.startswith("/") or "\0" in value:
        raise ValueError("wanted a path from the root on, like /var/lib/wirewatch/alerts")
    return value


def no_folder(key: str, folder: Path) -> tuple[str, ...]:
    """That the folder of this key is not there, for `wirewatch check`; nothing where it is."""
    if folder.is_dir():
        return ()
    return (f"{key}: there is no folder {folder}; make it, and let Wirewatch write there",)


class Hand:
    """Writes for one channel, in a thread of its own: a disk, or whatever else `where` names, that
    hangs holds up no other.
    """

    def __init__(self, channel: str, where: str = "the disk", whole_s: float = WHOLE_S) -> None:
        self._where, self._whole_s = where, whole_s
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"channel-{channel}")

    async def do(self, work: Callable[[], Receipt]) -> Receipt:
        """What the work answers; later when the disk does not let it, or takes too long."""
        try:
            async with asyncio.timeout(self._whole_s):
                return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except TimeoutError:  # it may be written yet: the next attempt looks
            return Later(answer=f"{self._where} took too long", down=True)
        except OSError as error:
            return Later(answer=f"cannot be written: {said(error)}")

    def close(self) -> None:
        """Take nothing more."""
        self._thread.shutdown(wait=False)


@contextmanager
def locked(folder: Path) -> Iterator[int]:
    """Alone in the folder among all processes of ours; gives its descriptor. Raises OSError.

    The folder itself is locked: no lock file is left behind, and the kernel frees it on a kill.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def replace(path: Path, content: bytes, folder: int) -> None:
    """Put the content there whole: whoever reads sees the old one or the new. Raises OSError.

    Only one process may do it at a time; `folder` is the descriptor that `locked` gave.
    """
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)  # a kill may have left it
    try:
        with beside.open("xb") as file:  # x: never through a link that somebody has put there
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    os.fsync(folder)


def said(error: OSError) -> str:
    """What went wrong, for a receipt: the file and the system's words."""
    name = f"{error.filename}: " if error.filename else ""
    return clip(line(f"{name}{error.strerror or error}"), 300)
