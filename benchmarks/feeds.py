"""What a poll costs, and what 10,000 scheduled feeds cost, with a server of its own on loopback.

CPU is that of the polling process, its threads included; the server and the parser are processes of
their own. Beside each figure stands a bare GET of the same client library in the same run, and for
the unchanged document also what feedparser takes to read it, which the digest of the body spares.
"""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
import feedparser

from monitor import telemetry
from monitor.embedded import Embedded
from monitor.model import Source
from monitor.net import Client
from monitor.poller.feeds import FeedPoll, Turn
from monitor.poller.record import Record, fields_of, mark_of
from monitor.poller.traffic import Traffic
from monitor.sources.childparse import Parser
from monitor.store import Store, written

FEEDS, ROUNDS, ENTRIES, AT_ONCE = 200, 10, 50, 20
SCHEDULED, WATCHED_S = 10_000, 20.0
HOSTS = [f"127.0.1.{n}" for n in range(1, 101)]
QUARTER = timedelta(minutes=15)


def document() -> bytes:
    """A feed of 50 entries of some 120 words."""
    date = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    text = "The harbour was quiet on Tuesday, the mayor said, and the ferries ran on time. " * 8
    entries = "".join(
        f"<item><title>News {n}</title><guid>g{n}</guid><link>https://harbour.example/{n}</link>"
        f"<pubDate>{date}</pubDate><description>{text}</description></item>"
        for n in range(ENTRIES)
    )
    return f'<rss version="2.0"><channel><title>Harbour</title>{entries}</channel></rss>'.encode()


def serve(pipe: Connection, body: bytes) -> None:
    """Answer /etag… with validators and 304, anything else in full."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                tag = b'ETag: "1"\r\n' if head.startswith(b"GET /etag") else b""
                if tag and b"if-none-match" in head.lower():
                    writer.write(b"HTTP/1.1 304 Not Modified\r\n" + tag + b"\r\n")
                    continue
                length = b"Content-Length: %d\r\n\r\n" % len(body)
                writer.write(b"HTTP/1.1 200 OK\r\n" + tag + length + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, HOSTS[0], 0)
        port = server.sockets[0].getsockname()[1]
        others = await asyncio.start_server(answer, HOSTS[1:], port)
        pipe.send(port)
        await asyncio.gather(server.serve_forever(), others.serve_forever())

    asyncio.run(main())


async def cpu_ms(count: int, work: Callable[[int], Awaitable[object]]) -> float:
    """Milliseconds of CPU for each of so many, 20 at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with room:
            await work(number)

    begun = time.process_time()
    await asyncio.gather(*(one(number) for number in range(count)))
    return (time.process_time() - begun) * 1000 / count


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Bench:
    store: Store
    client: Client
    parser: Parser
    port: int

    def url(self, number: int, path: str) -> str:
        return f"http://{HOSTS[number % len(HOSTS)]}:{self.port}/{path}{number}"

    @property
    def feeds(self) -> FeedPoll:
        return FeedPoll(
            store=self.store,
            client=self.client,
            parser=self.parser,
            now=now,
            log=telemetry.logger(),
        )

    async def polls(self, path: str) -> tuple[float, float]:
        """CPU of a first poll and of one that finds nothing changed."""
        feeds = self.feeds
        sources = [
            Source(id=f"{path}{n}", url=self.url(n, path), interval=QUARTER) for n in range(FEEDS)
        ]

        async def poll(number: int) -> Turn:
            return await feeds.poll(sources[number % FEEDS])

        first = await cpu_ms(FEEDS, poll)
        return first, await cpu_ms(FEEDS * ROUNDS, poll)

    async def bare(self, path: str) -> float:
        """CPU of a GET and nothing else."""
        headers = {"If-None-Match": '"1"'}
        async with aiohttp.ClientSession() as session:

            async def get(number: int) -> None:
                async with session.get(self.url(number % FEEDS, path), headers=headers) as answer:
                    await answer.read()

            return await cpu_ms(FEEDS * ROUNDS, get)

    async def scheduled(self) -> None:
        """10,000 feeds, each polled once in a quarter of an hour, for 20 s of it."""
        sources = tuple(
            Source(id=f"s{n}", url=self.url(n, "etag"), interval=QUARTER) for n in range(SCHEDULED)
        )
        moment = now()
        for n, source in enumerate(sources):
            record = Record(
                of=mark_of(source.url), etag='"1"', asked_whole=moment, began=moment, well=moment
            )
            due = moment + timedelta(seconds=5) + QUARTER * n / SCHEDULED
            self.store.sources.put(
                source.id,
                version=0,
                state=fields_of(record) | {"next_due": written(due)},
                seen=(),
                articles=(),
                now=moment,
            )
        before = rss_mb()
        traffic = Traffic(
            sources=sources,
            feeds=self.feeds,
            store=self.store,
            log=telemetry.logger(),
            now=now,
            crowded=lambda: False,
            waited=lambda event, reason: None,
        )
        stop = asyncio.Event()
        begun, cpu = time.monotonic(), time.process_time()
        asyncio.get_running_loop().call_later(WATCHED_S, stop.set)
        await traffic.run(stop)
        wall, cpu = time.monotonic() - begun, time.process_time() - cpu
        polled = self.count(sources)
        print(
            f"{SCHEDULED} feeds scheduled: {100 * cpu / wall:.1f} % of a core in {wall:.0f} s with"
            f" {polled} polls by 304 ({polled / wall:.1f}/s), {rss_mb():.0f} MB resident"
            f" (+{rss_mb() - before:.0f} for the schedule), peak {peak_mb():.0f} MB"
        )

    def count(self, sources: tuple[Source, ...]) -> int:
        rows = self.store.sources.states([source.id for source in sources], ("version",))
        return sum(int(version) > 1 for _, (version,) in rows)


def rss_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def peak_mb() -> float:
    per = 1024 if sys.platform == "linux" else 1024 * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per


def parse_ms(body: bytes) -> float:
    begun = time.process_time()
    for _ in range(10):
        feedparser.parse(io.BytesIO(body))
    return (time.process_time() - begun) * 100


async def run(store: Store, port: int, body: bytes) -> None:
    async with (
        Client(allow=(ip_network("127.0.0.0/8"),)) as client,
        Parser(children=2) as parser,
    ):
        bench = Bench(store, client, parser, port)
        await bench.scheduled()
        store.client.flushall()
        for name, path in (("304", "etag"), ("same body", "plain")):
            first, again = await bench.polls(path)
            bare = await bench.bare(path)
            print(
                f"unchanged by {name:<10} {again:.2f} ms CPU a poll; a bare GET {bare:.2f}"
                f" ({again / bare:.1f}x); the first poll {first:.2f}, its parsing elsewhere"
            )
        print(f"feedparser.parse of the document ({len(body) >> 10} KB): {parse_ms(body):.2f} ms")


def main() -> None:
    """The table."""
    telemetry.set_up(level="error", format_="json")
    body = document()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(theirs, body), daemon=True
    )
    server.start()
    with tempfile.TemporaryDirectory() as place, Embedded(Path(place)) as redis:
        store = Store(redis.url)
        asyncio.run(run(store, ours.recv(), body))
        store.close()
    server.terminate()


if __name__ == "__main__":
    main()
