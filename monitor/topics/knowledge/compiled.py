"""The shipped knowledge in the form it is read fastest, kept between processes.

It lies in the user's cache folder (`$XDG_CACHE_HOME`, else `~/.cache`) as one file: a mark, a
digest of what it was made from, a digest of the rest, the rest in MessagePack. It is never needed
and never trusted: a file that is not our own, that others may write, that is damaged or made from
other sources is not read but made again. It is written beside itself and renamed, so two processes
may write it at once, and a reader sees the one or the other. Where it cannot be written nothing is
said: the files are read each time.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

import msgspec

from monitor.lexicon import Knowledge
from monitor.model import Actor, Place, Role, Theme

_MARK = b"wirewatch knowledge 2\n"
_DIGEST_BYTES = 32
_HEAD_BYTES = len(_MARK) + 2 * _DIGEST_BYTES
MOST_BYTES = 64 << 20
"""Twelve times what we write: what is larger is not ours."""

_Content: TypeAlias = tuple[tuple[Actor, ...], tuple[Place, ...], tuple[Theme, ...]]


def cache_folder() -> Path | None:
    """Where compiled knowledge is kept; None for a user without a home."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if given.is_absolute():
        return given / "wirewatch"
    home = Path(os.environ.get("HOME", ""))
    return home / ".cache" / "wirewatch" if home.is_absolute() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The compiled form of certain sources, in a folder (None: nowhere)."""

    folder: Path | None
    key: bytes

    @classmethod
    def of(cls, folder: Path | None, sources: Iterable[bytes]) -> Compiled:
        """The compiled form of these sources as this version of the code understands them."""
        digest = blake2b(digest_size=_DIGEST_BYTES)
        for kind in (Actor, Role, Place, Theme):
            digest.update(repr(kind.__annotations__).encode())
        for content in sources:
            digest.update(len(content).to_bytes(8, "big"))
            digest.update(content)
        return cls(folder=folder, key=digest.digest())

    def read(self) -> Knowledge | None:
        """The knowledge; None where there is no sound compiled form of these sources."""
        if self.folder is None:
            return None
        try:
            content = _own_bytes(self.folder / _NAME)
        except OSError:
            return None
        head, body = content[:_HEAD_BYTES], content[_HEAD_BYTES:]
        if head != self._head(body):
            return None
        try:
            actors, places, themes = msgspec.msgpack.decode(body, type=_Content)
        except msgspec.DecodeError:  # sound, yet written by code that means something else
            return None
        return Knowledge.of(actors, places, themes)

    def write(self, knowledge: Knowledge) -> None:
        """Leaves it for the next process, where that can be done."""
        if self.folder is None:
            return
        content: _Content = (
            tuple(knowledge.actors.values()),
            tuple(knowledge.places.values()),
            tuple(knowledge.themes.values()),
        )
        body = msgspec.msgpack.encode(content)
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _put(self.folder / _NAME, self._head(body) + body)

    def _head(self, body: bytes) -> bytes:
        return _MARK + self.key + blake2b(body, digest_size=_DIGEST_BYTES).digest()


_NAME = "knowledge.msgpack"


def _own_bytes(path: Path) -> bytes:
    """The content of a file that is ours alone to write; b"" of any other. Raises OSError."""
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        ours = found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if not ours or not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
            return b""
        return file.read()


def _put(path: Path, content: bytes) -> None:
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(beside).replace(path)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise
