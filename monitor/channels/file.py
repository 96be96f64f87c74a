"""File: alerts as JSON Lines for programs that follow a file, rotated by size.

Of a digest every alert has a line of its own, as if it had come by itself; then comes the digest's,
which counts them.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from monitor.channels.body import encode
from monitor.channels.channel import Channel, ChannelConfig, IPNetwork, kind
from monitor.channels.disk import Hand, absolute, locked, no_folder
from monitor.channels.outline import counted_only
from monitor.model import Digest, Receipt, Refused, Sent

if TYPE_CHECKING:
    from collections.abc import Collection

    from monitor.model import Alert, Delivery, Message

LONGEST_LINE_BYTES = 1 << 20
"""A single line may be longer than a file may grow; longer than this no alert is."""
_BEGINNING = b'{"type":"'
"""How each of our lines begins."""


class Config(ChannelConfig):
    """Alerts at the end of a file."""

    type: Literal["file"] = Field(default="file", description="This kind of channel.")
    path: Annotated[str, AfterValidator(absolute)] = Field(
        description="The file, from the root on; its folder must be there."
    )
    max_mb: float = Field(
        default=10,
        gt=0,
        le=1000,
        description="Before it grows larger it becomes NAME.1, and a new one is begun.",
    )
    keep: int = Field(
        default=5, ge=1, le=1000, description="How many old files stay: NAME.1 is the newest."
    )


def open_channel(
    name: str, config: Config, *, allow: tuple[IPNetwork, ...], contact: str
) -> Channel:
    """A file channel. It calls nobody, so `allow` and `contact` do not matter."""
    return File(name, config)


def odd(config: Config, _: tuple[IPNetwork, ...]) -> tuple[str, ...]:
    """That its folder is not there."""
    return no_folder("path", Path(config.path).parent)


KIND = kind(Config, open_channel, odd=odd)


class File:
    """Appends what comes in one write, alone among all processes, and tells when it is on disk."""

    def __init__(self, name: str, config: Config) -> None:
        self.name = name
        self._path, self._keep = Path(config.path), config.keep
        self._max_bytes = int(config.max_mb * (1 << 20))
        self._hand = Hand(name)

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        """Write what does not stand there already: an attempt that was cut off may have written."""
        return await self._put(delivery, _rows(message))

    async def keep(self, delivery: Delivery, alerts: tuple[Alert, ...]) -> Receipt:
        """Write the lines of a page of a digest, but for those that stand there already."""
        return await self._put(delivery, [row for alert in alerts for row in _rows(alert)])

    def draft(self, delivery: Delivery, message: Message) -> str:
        """What would be written, and where."""
        lines = b"".join(_rows(message)).decode().rstrip("\n")
        return f"to the end of {self._path}\n{lines}"

    async def close(self) -> None:
        """Take nothing more."""
        self._hand.close()

    def _old(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    async def _put(self, delivery: Delivery, rows: list[bytes]) -> Receipt:
        old = tuple(map(self._old, range(1, self._keep + 1))) if delivery.attempts > 1 else ()
        return await self._hand.do(partial(self._append, rows, old))

    def _append(self, rows: list[bytes], old: tuple[Path, ...]) -> Receipt:
        if self._path.exists() and not self._path.is_file():
            return Refused(answer=f"{self._path} is no file")
        with locked(self._path.parent) as folder:
            there = self._end_of(self._path)
            wanted, seen = dict.fromkeys(rows), self._path
            for path in (self._path, *old):
                if not wanted:
                    break
                if found := _lines_of(there if path == self._path else self._end_of(path), wanted):
                    _sync(seen := path)  # the attempt that wrote them may have died before it did
                    wanted = {row: None for row in wanted if row not in found}
            if not wanted:
                return Sent(answer=f"it was in {seen} already" if rows else "nothing to add")
            self._write(list(wanted), _mended(self._path, there))
            os.fsync(folder)  # the names, too: a new file must be found after a power cut
        return Sent(answer=f"written to {self._path}")

    def _write(self, rows: list[bytes], before: bytes) -> None:
        """The rows, in one write for each file that they go into. Raises OSError."""
        size, piece = _size(self._path), b""
        for row in rows:
            if (there := size + len(piece)) and there + len(row) > self._max_bytes:
                if piece:
                    _write(self._path, before + piece)
                self._rotate()
                before, size, piece = b"", 0, b""
            piece += row
        _write(self._path, before + piece)

    def _end_of(self, path: Path) -> bytes:
        """The file; of one larger than ours can grow its end; nothing if there is none."""
        try:
            with path.open("rb") as file:
                file.seek(max(0, _size(path) - self._max_bytes - LONGEST_LINE_BYTES))
                return file.read()
        except FileNotFoundError:
            return b""

    def _rotate(self) -> None:
        """Make room at .1; a gap that a kill has left is filled, so that none is lost for it."""
        free = next((n for n in range(1, self._keep) if not self._old(n).exists()), self._keep)
        for number in range(free, 1, -1):
            self._old(number - 1).replace(self._old(number))
        self._path.replace(self._old(1))


def _rows(message: Message) -> list[bytes]:
    told: tuple[Message, ...] = (message,)
    if isinstance(message, Digest):
        told = (*message.alerts, counted_only(message))
    return [encode(each) + b"\n" for each in told]


def _lines_of(there: bytes, wanted: Collection[bytes]) -> set[bytes]:
    return {line for line in io.BytesIO(there) if line in wanted}


def _mended(path: Path, there: bytes) -> bytes:
    """What must come before the next line. Raises OSError.

    A piece of a line of ours that a power cut has left at the end was never acknowledged: it makes
    way. What somebody else has left there without an end of line gets one.
    """
    piece = there[there.rfind(b"\n") + 1 :]
    if piece.startswith(_BEGINNING):
        os.truncate(path, _size(path) - len(piece))
        return b""
    return b"\n" if piece else b""


def _write(path: Path, row: bytes) -> None:
    """Append the row whole and to the disk, or leave the file as it was. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        size = os.fstat(descriptor).st_size
        if os.write(descriptor, row) < len(row):
            os.ftruncate(descriptor, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _size(path: Path) -> int:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0
