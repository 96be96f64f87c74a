"""What a child tells its supervisor through a page of memory they share."""

from __future__ import annotations

import mmap
import struct
import time

_SAID, _MOST_SAID = 64, 1000


class Vitals:
    """Since when a child has been reading one article, when it last went round its loop, and when
    its process last ran at all; what Redis refuses it.

    Made before the fork, written by the child.

    Writing is one aligned store of eight bytes: it holds even while C code holds the interpreter,
    which is what the time limit is for.
    """

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)

    def begin(self) -> None:
        """The child begins to read an article."""
        struct.pack_into("d", self._page, 0, time.monotonic())

    def end(self) -> None:
        """The child has read it."""
        struct.pack_into("d", self._page, 0, 0.0)

    def reading_s(self) -> float:
        """How long the child has been reading its article; 0 when it reads none."""
        (began,) = struct.unpack_from("d", self._page, 0)
        return time.monotonic() - began if began else 0.0

    def did(self) -> None:
        """The child has committed a bundle."""
        struct.pack_into("d", self._page, 16, time.time())

    @property
    def last(self) -> float:
        """When it last did, in seconds since 1970; 0 for not yet."""
        (at,) = struct.unpack_from("d", self._page, 16)
        return float(at)

    def turn(self) -> None:
        """The child has gone round its loop once more: Redis answered, it takes what there is."""
        struct.pack_into("d", self._page, 8, time.monotonic())

    def still_s(self) -> float:
        """How long it is since the child last went round its loop, or was born."""
        (turned,) = struct.unpack_from("d", self._page, 8)
        return float(time.monotonic() - turned)

    def tick(self) -> None:
        """The child's process runs, whatever it waits for."""
        struct.pack_into("d", self._page, 24, time.monotonic())

    def silent_s(self) -> float:
        """How long it is since the child last ticked, or was born."""
        (ticked,) = struct.unpack_from("d", self._page, 24)
        return float(time.monotonic() - ticked)

    def refuse(self, said: str) -> None:
        """Redis refuses the child what it needs, in words; "" for not any more."""
        text = said.encode()[:_MOST_SAID]
        struct.pack_into("H", self._page, _SAID, 0)
        self._page[_SAID + 2 : _SAID + 2 + len(text)] = text
        struct.pack_into("H", self._page, _SAID, len(text))

    @property
    def refused(self) -> str:
        """What the child is refused, "" for nothing."""
        (length,) = struct.unpack_from("H", self._page, _SAID)
        return self._page[_SAID + 2 : _SAID + 2 + length].decode("utf-8", "replace")

    def close(self) -> None:
        """Give the page back."""
        self._page.close()
