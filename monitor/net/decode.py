"""The body behind a Content-Encoding, never larger than asked for.

Only what we offer is decoded: gzip and deflate. A brotli body of 3,233 bytes sent unasked cost a
well-known client 8 GiB in our lab.
"""

from __future__ import annotations

import zlib
from typing import Final

from monitor.errors import FetchError, TooLarge

OFFERED: Final = "gzip, deflate"
_STEP: Final = 1 << 16
_MEMBER: Final = b"\x1f\x8b"
_EITHER, _ZLIB, _RAW = 47, 15, -15  # zlib's window bits: gzip or zlib, zlib, bare deflate


class Decoder:
    """Takes the body in pieces and keeps what it decodes to.

    `wire_bytes` bounds what comes in, `body_bytes` what comes out; one byte more is TooLarge.
    """

    def __init__(self, encoding: str, *, wire_bytes: int, body_bytes: int) -> None:
        self._encoding = encoding.strip().lower() or "identity"
        self._wire_bytes, self._body_bytes = wire_bytes, body_bytes
        self._wire = 0
        self._body = bytearray()
        self._after = b""
        match self._encoding:
            case "identity":
                self._inflate = None
            case "gzip" | "x-gzip":
                self._inflate = zlib.decompressobj(_EITHER)
            case "deflate":
                self._inflate = zlib.decompressobj(_ZLIB)
            case other:
                raise FetchError(
                    f"the body came as {other[:40]!r}, but only {OFFERED} is asked for"
                )
        self._head: bytes | None = b"" if self._encoding == "deflate" else None

    def feed(self, raw: bytes) -> None:
        """Take one more piece."""
        self._wire += len(raw)
        if self._wire > self._wire_bytes:
            raise TooLarge(f"the body is more than {_mib(self._wire_bytes)} on the wire; cut off")
        if self._inflate is None:
            self._keep(raw)
            return
        if self._head is not None:
            self._head += raw
            if len(self._head) < 2:
                return
            raw, self._head = self._head, None
            if raw[0] & 15 != 8 or int.from_bytes(raw[:2], "big") % 31:
                self._inflate = zlib.decompressobj(_RAW)  # no zlib header (RFC 1950, 2.2)
        try:
            self._inflate_all(raw)
        except zlib.error as error:
            raise FetchError(f"the body says it is {self._encoding} but is not") from error

    def body(self) -> bytes:
        """All of it. Raises FetchError where the compressed body has no end."""
        if self._inflate is not None and self._wire and not self._inflate.eof:
            raise FetchError("the compressed body was cut off")
        return bytes(self._body)

    def _inflate_all(self, raw: bytes) -> None:
        """Decode a piece. What follows the end is the next member of a gzip body, or padding."""
        assert self._inflate is not None
        raw, self._after = self._after + raw, b""
        while raw:
            if self._inflate.eof:
                if not raw.startswith(_MEMBER):
                    self._after = raw[:2]  # half a member's beginning; else it never is one
                    return
                self._inflate = zlib.decompressobj(_EITHER)
            self._keep(self._inflate.decompress(raw, _STEP))
            raw = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail

    def _keep(self, piece: bytes) -> None:
        self._body += piece
        if len(self._body) > self._body_bytes:
            raise TooLarge(f"the body is more than {_mib(self._body_bytes)} unpacked; cut off")


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 20):.3g} MiB"
