"""What each answer of a real receiver comes to: the rows of the table in the docs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from pathlib import Path

import pytest

from monitor.channels import CHANNELS
from monitor.channels.answers import MEANINGS
from monitor.channels.webhook import Webhook
from monitor.codec import decode_alert
from monitor.model import Alert, Delivery, Later, Receipt, Refused, Sent
from monitor.net import Client, Limits

ROOT = Path(__file__).parents[2]
LOOPBACK = (ip_network("127.0.0.0/8"),)
FAST = Limits(total_s=0.4)

Serve = Callable[[asyncio.StreamWriter, asyncio.Event], Awaitable[None]]


@pytest.fixture
def envoys() -> Alert:
    return decode_alert((ROOT / "tests" / "fixtures" / "alerts" / "envoys.json").read_bytes())


@asynccontextmanager
async def receiver(serve: Serve) -> AsyncIterator[str]:
    """A server that takes a whole request and then does as it is told."""
    over = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        try:
            await serve(writer, over)
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
        over.set()


def told(alert: Alert, serve: Serve) -> Receipt:
    """The receipt of one attempt, with less patience than in production."""

    async def go() -> Receipt:
        kind = CHANNELS["webhook"]
        async with receiver(serve) as url:
            config = kind.config.model_validate({"url": url, "secret": "s"})
            hook = kind.open_channel("hook", config, allow=LOOPBACK, contact="")
            assert isinstance(hook, Webhook)
            async with Client(allow=LOOPBACK, limits=FAST) as hook._client:
                delivery = Delivery(id="d1", alert=alert.id, channel="hook")
                return await hook.send(delivery, alert)

    return asyncio.run(go())


def says(status: int, *headers: str) -> Serve:
    async def serve(writer: asyncio.StreamWriter, _: asyncio.Event) -> None:
        lines = [f"HTTP/1.1 {status} Said", "Content-Length: 0", "Connection: close", *headers]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await writer.drain()

    return serve


@pytest.mark.parametrize(
    ("status", "headers", "kind", "after"),
    [
        (200, (), Sent, None),
        (202, (), Sent, None),
        (204, (), Sent, None),
        (301, ("Location: /elsewhere",), Refused, None),
        (307, ("Location: /elsewhere",), Refused, None),
        (400, (), Refused, None),
        (401, (), Refused, None),
        (403, (), Refused, None),
        (404, (), Refused, None),
        (408, (), Later, None),
        (410, (), Refused, None),
        (413, (), Refused, None),
        (425, (), Later, None),
        (429, (), Later, None),
        (429, ("Retry-After: 120",), Later, 120),
        (500, (), Later, None),
        (502, (), Later, None),
        (503, ("Retry-After: 7",), Later, 7),
        (504, (), Later, None),
    ],
)
def test_a_status_code_decides(
    envoys: Alert, status: int, headers: tuple[str, ...], kind: type[Receipt], after: int | None
) -> None:
    # when
    receipt = told(envoys, says(status, *headers))

    # then
    assert isinstance(receipt, kind)
    assert receipt.answer.startswith(f"{status}: ")
    if isinstance(receipt, Later):
        assert receipt.down is (status >= 500)
        asked_s = None if receipt.after is None else receipt.after.total_seconds()
        assert asked_s == (None if after is None else pytest.approx(after, abs=60))
    if isinstance(receipt, Refused):
        assert receipt.disables is (status == 410)
    row = next(meaning for meaning in MEANINGS if status in meaning.codes)
    assert row.words in receipt.answer


def test_a_time_to_come_again_is_heard(envoys: Alert) -> None:
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    receipt = told(envoys, says(429, f"Retry-After: {in_an_hour}"))

    assert isinstance(receipt, Later)
    assert receipt.after is not None
    assert receipt.after.total_seconds() == pytest.approx(3600, abs=60)


async def _never(_: asyncio.StreamWriter, over: asyncio.Event) -> None:
    await over.wait()


async def _reset(writer: asyncio.StreamWriter, _: asyncio.Event) -> None:
    writer.transport.abort()


async def _hangs_up(_: asyncio.StreamWriter, __: asyncio.Event) -> None:
    """The connection is closed in order, and unanswered."""


async def _half_a_head(writer: asyncio.StreamWriter, _: asyncio.Event) -> None:
    writer.write(b"HTTP/1.1 200 O")
    await writer.drain()


async def _drips(writer: asyncio.StreamWriter, over: asyncio.Event) -> None:
    for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
        writer.write(bytes([letter]))
        if await _ended(over, within_s=0.02):
            return


async def _ended(over: asyncio.Event, within_s: float) -> bool:
    try:
        await asyncio.wait_for(over.wait(), within_s)
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("serve", [_never, _reset, _hangs_up, _half_a_head, _drips])
def test_no_whole_answer_means_later_and_that_the_other_side_is_down(
    envoys: Alert, serve: Serve
) -> None:
    # when
    receipt = told(envoys, serve)

    # then
    assert isinstance(receipt, Later)
    assert receipt.after is None
    assert "127.0.0.1" in receipt.answer


def test_what_is_no_http_is_later(envoys: Alert) -> None:
    async def talks(writer: asyncio.StreamWriter, _: asyncio.Event) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n")
        await writer.drain()

    assert isinstance(told(envoys, talks), Later)


def test_a_slow_answer_that_comes_in_time_counts(envoys: Alert) -> None:
    async def slow(writer: asyncio.StreamWriter, over: asyncio.Event) -> None:
        await _ended(over, within_s=0.2)
        await says(202)(writer, over)

    assert told(envoys, slow) == Sent(answer="202: the alert has arrived")


def test_half_a_reply_counts_once_its_status_has_come(envoys: Alert) -> None:
    async def half(writer: asyncio.StreamWriter, _: asyncio.Event) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthank y")
        await writer.drain()

    assert told(envoys, half) == Sent(answer="200: the alert has arrived")
