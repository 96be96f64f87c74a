"""What came back: the answer of a server, its body read within limits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.errors import FetchError
from monitor.net.decode import Decoder
from monitor.net.faults import FOREIGN
from monitor.net.hops import bare

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp
    from yarl import URL

_BODILESS: Final = frozenset({204, 304})
_PIECE: Final = 1 << 16
_NOTE_BYTES: Final = 16 << 10  # of an answer that is not the document, enough to say what it was
_NOTE_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may take: seconds over all redirects, bytes in and unpacked, redirects."""

    total_s: float = 30.0
    wire_bytes: int = 8 << 20
    body_bytes: int = 10 << 20
    redirects: int = 5


DEFAULT: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back in the end. `url` is where it came from, after redirects, without credentials.

    `headers` ignores case. The body of an answer that is not 2xx, or that follows a post, may be
    cut after 16 KiB. `permanent` is whether there were redirects and every one was for good.
    `elsewhere` is where a redirect leads that was not followed, "" for none; `reason` is what the
    server puts behind its status.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    permanent: bool
    elsewhere: str = ""
    reason: str = ""


def response(answer: aiohttp.ClientResponse, url: URL, body: bytes, *, permanent: bool) -> Response:
    """An answer with its body, as we hand it on."""
    return Response(
        status=answer.status,
        url=str(bare(url)),
        headers=answer.headers,
        body=body,
        permanent=permanent,
        reason=answer.reason or "",
    )


async def document(answer: aiohttp.ClientResponse, limits: Limits) -> bytes:
    """The body of a 2xx answer in full, unpacked; of any other answer its first words."""
    if not 200 <= answer.status < 300:
        return await note(answer)
    decoder = Decoder(
        answer.headers.get("Content-Encoding", ""),
        wire_bytes=limits.wire_bytes,
        body_bytes=limits.body_bytes,
    )
    async for piece in answer.content.iter_chunked(_PIECE):
        decoder.feed(piece)
    return decoder.body()


async def note(answer: aiohttp.ClientResponse) -> bytes:
    """The first 16 KiB of a body, or as much of them as comes within 5 s. Raises nothing."""
    if answer.status in _BODILESS:
        return b""
    raw = bytearray()
    try:
        async with asyncio.timeout(_NOTE_S):
            async for piece in answer.content.iter_chunked(_NOTE_BYTES):
                raw += piece
                if len(raw) >= _NOTE_BYTES:
                    break
    except FOREIGN:
        pass  # what came is enough
    if not answer.headers.get("Content-Encoding"):
        return bytes(raw[:_NOTE_BYTES])
    try:
        decoder = Decoder(
            answer.headers["Content-Encoding"], wire_bytes=len(raw), body_bytes=_NOTE_BYTES
        )
        decoder.feed(bytes(raw))
        return decoder.body()
    except FetchError:
        return b""
