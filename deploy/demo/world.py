"""A small world for a demonstration: a newspaper that publishes every 15 s, a mail server and a
webhook that say what arrived. Python's standard library only.

    http://127.0.0.1:8000/news.xml   the feed        http://127.0.0.1:8000/hook   takes webhooks
    smtp://127.0.0.1:2525            takes mail

Who is to read it shares its network, as `network_mode: service:demo-world` does in Compose: feeds
of this machine may be polled as often as one likes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import cast
from xml.sax.saxutils import escape

EVERY_S = 15
SHOWN = 20
LINE_BYTES = 1 << 20

STORIES = (
    (
        "Port of Basra closed after drone sighting",
        "A drone was seen over Basra on Tuesday evening. The harbour was closed for two hours.",
    ),
    ("Market day in the old town", "The market opened as usual. Dates were cheaper."),
    (
        "Envoys meet in Baghdad",
        "U.S. and Iranian officials met in Baghdad and spoke about Iraq for three hours.",
    ),
    ("Ferries run late", "Fog held up the morning ferries. Nobody was hurt."),
    (
        "Gas for Ukraine stops at the border",
        "The supply of gas to Ukraine stopped at noon, two traders said. Prices rose by a tenth.",
    ),
    ("Town hall gets a new roof", "The roof of the town hall will be mended in spring."),
)


def say(text: str) -> None:
    """A line for whoever looks on."""
    sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} {text}\n")
    sys.stdout.flush()


def published(now_s: float) -> list[tuple[int, str, str]]:
    """What has been published so far: number, title and text, the newest first."""
    newest = int(now_s // EVERY_S)
    return [
        (number, f"{title} ({number})", f"{text} This is report number {number} of the day.")
        for number in range(newest, newest - SHOWN, -1)
        for title, text in (STORIES[number % len(STORIES)],)
    ]


def date(number: int) -> str:
    """When a story was published."""
    return format_datetime(datetime.fromtimestamp(number * EVERY_S, UTC))


def feed(now_s: float) -> bytes:
    """The newspaper's feed."""
    items = "".join(
        f"<item><title>{escape(title)}</title><guid>demo-{number}</guid>"
        f"<link>https://demo.example/{number}</link><description>{escape(text)}</description>"
        f"<pubDate>{date(number)}</pubDate></item>"
        for number, title, text in published(now_s)
    )
    head = (
        "<title>Demo Post</title><link>https://demo.example/</link><description>news</description>"
    )
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request a connection."""
    try:
        method, path, _ = (await reader.readline()).decode("latin-1").split(" ", 2)
        length = 0
        while (line := await reader.readline()).strip():
            name, _, value = line.decode("latin-1").partition(":")
            if name.lower() == "content-length":
                length = int(value)
        body = await reader.readexactly(min(length, LINE_BYTES))
        status, answer = "200 OK", b""
        if path == "/news.xml":
            answer = feed(time.time())
        elif path == "/hook" and method == "POST":
            alert = json.loads(body)["data"]
            say(f"webhook: {alert['watch']}: {alert['article']['title']}")
        else:
            status = "404 Not Found"
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/rss+xml\r\n"
        writer.write(f"{head}Content-Length: {len(answer)}\r\nConnection: close\r\n\r\n".encode())
        writer.write(answer)
        await writer.drain()
    except (ValueError, KeyError, ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


def letter(mail: EmailMessage) -> str:
    """Says what arrived, and takes it."""
    say(f"mail to {mail['To']}: {mail['Subject']}")
    return "250 taken"


async def smtp(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    taken: Callable[[EmailMessage], str] = letter,
) -> None:
    """Takes any mail from anybody; `taken` is given it, and says what the sender is answered."""

    async def tell(line: str) -> None:
        writer.write(f"{line}\r\n".encode())
        await writer.drain()

    try:
        await tell("220 demo-world")
        while line := await reader.readline():
            word = line.decode("latin-1").strip().upper()
            if word.startswith("DATA"):
                await tell("354 go on")
                lines = []
                while (line := await reader.readline()) not in (b".\r\n", b""):
                    lines.append(line.removeprefix(b"."))
                mail = message_from_bytes(b"".join(lines), policy=policy.default)
                await tell(taken(cast("EmailMessage", mail)))
            elif word.startswith("QUIT"):
                await tell("221 bye")
                return
            else:
                await tell("250 demo-world")
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main() -> None:
    """Serve for ever."""
    servers = (
        await asyncio.start_server(http, "127.0.0.1", 8000, limit=LINE_BYTES),
        await asyncio.start_server(smtp, "127.0.0.1", 2525, limit=LINE_BYTES),
    )
    say(f"a story every {EVERY_S} s on http://127.0.0.1:8000/news.xml")
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
