"""The server all pollers are measured against: as many feeds as wanted, from one process.

/etag/N answers with a validator and 304, /plain/N always in full, /slow/N byte by byte for as long
as was said. /revision/N gives every feed N more entries; each document shows the newest 50.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from multiprocessing.connection import Connection
from urllib.request import urlopen

HOSTS = tuple(f"127.0.1.{number}" for number in range(1, 101))
"""The feeds are spread over these, as a poller asks a host one thing at a time."""

ENTRIES = 50
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
TEXT = "The harbour was quiet on Tuesday, the mayor said, and the ferries ran on time. " * 8


def document(revision: int) -> bytes:
    """A feed of 50 entries of some 120 words, the newest first."""
    entries = "".join(
        f"<item><title>News {n}</title><guid>g{n}</guid><link>https://harbour.example/{n}</link>"
        f"<pubDate>{format_datetime(BEGAN + timedelta(minutes=n), usegmt=True)}</pubDate>"
        f"<description>{TEXT}</description></item>"
        for n in range(revision + ENTRIES, revision, -1)
    )
    return f'<rss version="2.0"><channel><title>Harbour</title>{entries}</channel></rss>'.encode()


class Feeds:
    """What is served now."""

    def __init__(self, slow_s: float) -> None:
        self.slow_s = slow_s
        self.turn_to(0)

    def turn_to(self, revision: int) -> None:
        self.tag = b'ETag: "%d"\r\n' % revision
        body = document(revision)
        self.whole = b"Content-Length: %d\r\n\r\n" % len(body) + body

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._one(head, writer)
        writer.close()

    async def _one(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        path = head.split(b" ", 2)[1]
        if path.startswith(b"/revision/"):
            self.turn_to(int(path.rpartition(b"/")[2]))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return
        if path.startswith(b"/slow/"):
            await self._slowly(writer)
        tag = self.tag if path.startswith(b"/etag/") else b""
        if tag and tag[6:-2] in head:
            writer.write(b"HTTP/1.1 304 Not Modified\r\n" + tag + b"\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\n" + tag + self.whole)

    async def _slowly(self, writer: asyncio.StreamWriter) -> None:
        until = time.monotonic() + self.slow_s
        while time.monotonic() < until:
            writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
            await asyncio.sleep(0.5)


def _serve(pipe: Connection, slow_s: float) -> None:
    async def main() -> None:
        feeds = Feeds(slow_s)
        first = await asyncio.start_server(feeds.answer, HOSTS[0], 0, backlog=1000)
        port = first.sockets[0].getsockname()[1]
        others = await asyncio.start_server(feeds.answer, HOSTS[1:], port, backlog=1000)
        pipe.send(port)
        await asyncio.gather(first.serve_forever(), others.serve_forever())

    asyncio.run(main())


@contextlib.contextmanager
def server(slow_s: float) -> Iterator[int]:
    """Its port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs, slow_s), daemon=True
    )
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def url(port: int, kind: str, number: int) -> str:
    """The address of one feed."""
    return f"http://{HOSTS[number % len(HOSTS)]}:{port}/{kind}/{number}"


def turn_to(port: int, revision: int) -> None:
    """Every feed now has so many entries more than at first."""
    with urlopen(f"http://{HOSTS[0]}:{port}/revision/{revision}") as answer:
        answer.read()
