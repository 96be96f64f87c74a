"""Seed files that come packed: `.gz` and `.zip`.

They are read as they unpack and never written to disk. An archive may unpack to a hundred times its
size and to 1 GiB at most, hold 10,000 files, and none of them packed again; what goes beyond is a
problem, and what came before it is read.
"""

from __future__ import annotations

import gzip
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from monitor.errors import ParseError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

RATIO: Final = 100
TOTAL_BYTES: Final = 2**30
MOST_FILES: Final = 10_000

_SMALL_BYTES: Final = 16 * 2**20  # so much may always come out: a small file may repeat itself
_DIRECTORY_BYTES: Final = 8 * 2**20
_END: Final = struct.Struct("<4s4H2LH")  # the end record of a zip archive (APPNOTE 4.3.16)
_END_MARK: Final = b"PK\x05\x06"
_ZIP64_MARK: Final = b"PK\x06\x07"
_ENCRYPTED: Final = 1
_DAMAGED: Final = (zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, EOFError)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFile:
    """A file within another: its name there, and how to open it (once, before the next one).

    `name` may hold folders; `open` raises ParseError where the file cannot be unpacked.
    """

    name: str
    open: Callable[[], BinaryIO]


Unpacker = Callable[[BinaryIO, str], Iterator[PackedFile]]


def one(stream: BinaryIO, name: str) -> Iterator[PackedFile]:
    """The one file of a gzip file: `wire.jsonl.gz` holds `wire.jsonl`."""
    budget = _Budget(_size(stream))
    yield PackedFile(
        name=Path(name).stem, open=lambda: budget.metered(gzip.GzipFile(fileobj=stream))
    )


def many(stream: BinaryIO, name: str) -> Iterator[PackedFile]:
    """The files of a zip archive, in its order; folders and hidden files are skipped."""
    del name
    budget = _Budget(_size(stream))
    _refuse_large_directory(stream)
    try:
        archive = zipfile.ZipFile(stream)
    except (*_DAMAGED, ValueError, NotImplementedError) as error:
        raise ParseError(f"found a damaged zip archive ({error}), wanted a whole one") from error
    files = [one for one in archive.infolist() if not one.is_dir() and not _is_hidden(one.filename)]
    if len(files) > MOST_FILES:
        raise ParseError(f"found {len(files)} files in one archive, wanted at most {MOST_FILES}")
    if not files:
        raise ParseError("found a zip archive without files, wanted articles")
    for info in files:
        if budget.left_bytes < 0:
            return  # said of the file that went beyond
        yield PackedFile(name=info.filename, open=_opener(archive, info, budget))


UNPACKERS: Final[Mapping[str, Unpacker]] = {".gz": one, ".zip": many}


def _opener(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget
) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        if info.flag_bits & _ENCRYPTED:
            raise ParseError("found a file with a password, wanted one without")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            # the others cannot be unpacked a bounded piece at a time
            raise ParseError("found a kind of compression other than deflate, wanted that one")
        try:
            return budget.metered(archive.open(info))
        except (*_DAMAGED, RuntimeError, NotImplementedError, ValueError) as error:
            raise ParseError(f"found a damaged file in the archive ({error})") from error

    return opened


class _Unpacking(Protocol):
    """A stream of the standard library that gives at most as many bytes as asked for."""

    def read(self, size: int, /) -> bytes: ...


class _Budget:
    """What one archive may still unpack to, all its files together."""

    def __init__(self, packed_bytes: int) -> None:
        self.total_bytes = min(TOTAL_BYTES, max(_SMALL_BYTES, RATIO * packed_bytes))
        self.left_bytes = self.total_bytes

    def metered(self, unpacking: _Unpacking) -> BinaryIO:
        """The stream, which ends with a ParseError when the budget does."""
        return io.BufferedReader(_Metered(unpacking, self), 2**16)

    def take(self, size_bytes: int) -> None:
        """Charge what was unpacked. Raises ParseError when it is too much."""
        self.left_bytes -= size_bytes
        if self.left_bytes >= 0:
            return
        if self.total_bytes == TOTAL_BYTES:
            limit = f"more than {TOTAL_BYTES // 2**30} GiB, wanted less. Unpack it first"
        else:
            limit = f"more than {RATIO} times its size, as no text does. The rest is not read"
        raise ParseError(f"found what unpacks to {limit}")


class _Metered(io.RawIOBase):
    """A stream that unpacks, charged to the budget of its archive; damage is a ParseError."""

    def __init__(self, unpacking: _Unpacking, budget: _Budget) -> None:
        self._unpacking = unpacking
        self._budget = budget

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, room: WriteableBuffer, /) -> int:
        """The next bytes."""
        with memoryview(room).cast("B") as place:
            try:
                data = self._unpacking.read(len(place))
            except _DAMAGED as error:
                raise ParseError(
                    f"found damaged packed data ({error}), wanted all of it"
                ) from error
            self._budget.take(len(data))
            place[: len(data)] = data
        return len(data)


def _size(stream: BinaryIO) -> int:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if not size:
        raise ParseError("found an empty file, wanted a packed one. Was the download cut off?")
    return size


def _refuse_large_directory(stream: BinaryIO) -> None:
    """Look at the archive's end before its directory is read, which is read as a whole.

    An archive within our bounds needs none of the extensions for large ones (zip64).
    """
    size = stream.seek(0, os.SEEK_END)
    start = max(size - 2**16 - _END.size, 0)
    stream.seek(start)
    tail = stream.read()
    place = tail.rfind(_END_MARK)
    if place < 0 or place + _END.size > len(tail):
        raise ParseError("found no zip archive, or one cut off; wanted a whole one")
    directory_bytes = _END.unpack_from(tail, place)[5]
    if tail.find(_ZIP64_MARK) >= 0 or directory_bytes > _DIRECTORY_BYTES:
        raise ParseError(f"found an archive of a huge number of files, wanted at most {MOST_FILES}")
    stream.seek(0)


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") or part == "__MACOSX" for part in parts if part != "..")
