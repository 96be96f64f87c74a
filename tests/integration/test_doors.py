"""Strangers who hold a door open, or crowd it, keep nobody else out for long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from aiohttp import web
from deadline import at_last
from loopback import free_port

from monitor.inbound.doors import Doors

HALF = b"GET /ok HTTP/1.1\r\nHost: x\r\nX-Long: "
WHOLE = b"GET /%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
WITHIN_S = 10.0


@asynccontextmanager
async def opened(*, most: int = 3, life_s: float = 0.4) -> AsyncIterator[int]:
    """Doors on a port of their own; /slow answers when it is older than a connection may be."""

    async def ok(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def slow(_: web.Request) -> web.Response:
        old = time.monotonic() + 1.5 * life_s
        waited = partial(at_last, lambda: time.monotonic() > old, within_s=WITHIN_S)
        await asyncio.to_thread(waited)
        return web.Response(text="ok")

    async def never(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    doors = Doors(body_bytes=1024, most=most, life_s=life_s)
    doors.app.router.add_get("/ok", ok)
    doors.app.router.add_get("/slow", slow)
    doors.app.router.add_get("/never", never)
    port = free_port()
    await doors.open(f"127.0.0.1:{port}")
    try:
        yield port
    finally:
        await doors.close()


async def sent(port: int, request: bytes) -> bytes:
    """All that comes back until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        async with asyncio.timeout(WITHIN_S):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("request_", [b"", HALF, HALF + b"y\r\n\r\n", WHOLE % b"never"])
def test_a_connection_lives_only_so_long_whatever_it_sends(request_: bytes) -> None:
    async def said() -> bytes:
        async with opened() as port:
            return await sent(port, request_)

    assert b"ok" not in asyncio.run(said()) or request_.startswith(HALF)


def test_an_answer_that_takes_a_while_is_not_cut_off() -> None:
    async def said() -> bytes:
        async with opened() as port:
            return await sent(port, WHOLE % b"slow")

    assert asyncio.run(said()).endswith(b"ok")


def test_a_crowd_is_turned_away_and_others_are_answered_when_it_has_gone() -> None:
    async def crowded() -> tuple[list[bytes], bytes]:
        async with opened() as port:
            crowd = [asyncio.create_task(sent(port, HALF)) for _ in range(8)]
            turned_away = await asyncio.gather(*crowd)
            return turned_away, await sent(port, WHOLE % b"ok")

    turned_away, after = asyncio.run(crowded())

    assert not any(turned_away)
    assert after.endswith(b"ok")
