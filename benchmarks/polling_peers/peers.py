"""The others: lemon24/reader, feedparser in a loop, and a GET by itself."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.polling_peers.cost import Cost, Meter
from benchmarks.polling_peers.phases import FIRST, NOT_MODIFIED, ONE_NEW, SAME_BODY
from benchmarks.polling_peers.server import turn_to, url

AT_ONCE = 20


def with_reader(port: int, feeds: int) -> dict[str, Cost]:
    """The PyPI package `reader` on a database on disk; one worker, its cheapest way."""
    import feedparser_sgmllib

    # Its own copy of feedparser asks for the module by the name it had before.
    sys.modules.setdefault("sgmllib", feedparser_sgmllib)
    from reader import make_reader

    meter = Meter(feeds)
    with tempfile.TemporaryDirectory() as place:
        for kind, phases in (("plain", (None, SAME_BODY)), ("etag", (FIRST, NOT_MODIFIED))):
            reader = make_reader(str(Path(place) / f"{kind}.sqlite"))
            for number in range(feeds):
                reader.add_feed(url(port, kind, number))
            for phase in phases:
                with meter.phase(phase or "unused"):
                    reader.update_feeds(scheduled=False)
            if kind == "etag":
                turn_to(port, 1)
                with meter.phase(ONE_NEW):
                    reader.update_feeds(scheduled=False)
            reader.close()
    return meter.costs


def with_feedparser(port: int, feeds: int) -> dict[str, Cost]:
    """feedparser.parse(URL) in a loop, the validators handed back; it remembers nothing else."""
    import feedparser

    meter = Meter(feeds)
    tags: dict[int, Any] = {}

    def poll(kind: str) -> None:
        for number in range(feeds):
            found = feedparser.parse(url(port, kind, number), etag=tags.get(number))
            tags[number] = found.get("etag")

    with meter.phase(SAME_BODY):
        poll("plain")
    with meter.phase(FIRST):
        poll("etag")
    with meter.phase(NOT_MODIFIED):
        poll("etag")
    turn_to(port, 1)
    with meter.phase(ONE_NEW):
        poll("etag")
    return meter.costs


def with_a_bare_get(port: int, feeds: int) -> dict[str, Cost]:
    """The client library that we use, and nothing read, kept or checked."""
    import aiohttp

    meter = Meter(feeds)

    async def poll(session: aiohttp.ClientSession, kind: str, tag: str) -> None:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with (
                room,
                session.get(
                    url(port, kind, number), headers={"If-None-Match": f'"{tag}"'}
                ) as answer,
            ):
                await answer.read()

        await asyncio.gather(*(one(number) for number in range(feeds)))

    async def work() -> None:
        async with aiohttp.ClientSession() as session:
            with meter.phase(FIRST):
                await poll(session, "etag", "none")
            with meter.phase(SAME_BODY):
                await poll(session, "plain", "0")
            with meter.phase(NOT_MODIFIED):
                await poll(session, "etag", "0")
            turn_to(port, 1)
            with meter.phase(ONE_NEW):
                await poll(session, "etag", "0")

    asyncio.run(work())
    return meter.costs
