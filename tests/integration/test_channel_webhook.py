"""The webhook channel against a real HTTP server on loopback."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from monitor.channels import CHANNELS, Channel
from monitor.channels.body import encode
from monitor.codec import decode_alert
from monitor.model import Alert, Delivery, Later, Receipt, Refused, Sent

ROOT = Path(__file__).parents[2]
LOOPBACK = (ip_network("127.0.0.0/8"),)
SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes of test secret!").decode()


class Receiver:
    """Keeps what is posted and answers as it is told."""

    def __init__(self, status: int = 204, **headers: str) -> None:
        self.status, self.headers = status, {k.replace("_", "-"): v for k, v in headers.items()}
        self.bodies: list[bytes] = []
        self.seen: list[dict[str, str]] = []
        self.paths: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.seen.append({name.lower(): value for name, value in request.headers.items()})
        self.paths.append(request.path)
        return web.Response(status=self.status, headers=self.headers)


@asynccontextmanager
async def listening(receiver: Receiver) -> AsyncIterator[str]:
    """The receiver's URL on a free port of 127.0.0.1."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/hook"
    finally:
        await runner.cleanup()


def channel(url: str, *, secret: str = SECRET, allow: tuple[Any, ...] = LOOPBACK) -> Channel:
    kind = CHANNELS["webhook"]
    config = kind.config.model_validate({"type": "webhook", "url": url, "secret": secret})
    return kind.open_channel("ops-hook", config, allow=allow, contact="ops@example.org")


def delivered(alert: Alert) -> Delivery:
    return Delivery(id=Delivery.id_for(alert.id, "ops-hook"), alert=alert.id, channel="ops-hook")


def sending(alert: Alert, receiver: Receiver, *, times: int = 1, **options: Any) -> list[Receipt]:
    async def go() -> list[Receipt]:
        async with listening(receiver) as url:
            hook = channel(url, **options)
            try:
                return [
                    await hook.send(replace(delivered(alert), attempts=attempt), alert)
                    for attempt in range(times)
                ]
            finally:
                await hook.close()

    return asyncio.run(go())


@pytest.fixture
def envoys() -> Alert:
    return decode_alert((ROOT / "tests" / "fixtures" / "alerts" / "envoys.json").read_bytes())


@pytest.mark.parametrize("secret", [SECRET, "open sesame ≠ whsec_"])
def test_an_alert_arrives_signed_and_the_documented_check_accepts_it(
    envoys: Alert, secret: str
) -> None:
    # given
    receiver = Receiver()
    page = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
    found = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert found is not None
    documented: dict[str, Callable[..., dict[str, Any]]] = {}
    exec(compile(found[1], "webhooks.md", "exec"), documented)

    # when
    (receipt,) = sending(envoys, receiver, secret=secret)

    # then
    assert receipt == Sent(answer="204: the alert has arrived")
    assert receiver.bodies == [encode(envoys)]
    (headers,) = receiver.seen
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["webhook-id"] == Delivery.id_for(envoys.id, "ops-hook")
    data = documented["alert_from"](receiver.bodies[0], headers, secret)
    assert data["alert"] == envoys.id
    assert data["article"]["title"] == envoys.article.title


def test_a_changed_body_or_id_does_not_pass_the_check(envoys: Alert) -> None:
    # given
    receiver = Receiver()
    sending(envoys, receiver)
    (body,), (headers,) = receiver.bodies, receiver.seen

    # then
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"high", b"low"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, headers | {"webhook-id": "another"})


def test_every_attempt_bears_the_same_id_and_body(envoys: Alert) -> None:
    # given
    receiver = Receiver(status=503)

    # when
    receipts = sending(envoys, receiver, times=3)

    # then
    assert all(isinstance(receipt, Later) for receipt in receipts)
    assert len({headers["webhook-id"] for headers in receiver.seen}) == 1
    assert receiver.bodies == [encode(envoys)] * 3
    for body, headers in zip(receiver.bodies, receiver.seen, strict=True):
        assert Webhook(SECRET).verify(body, headers)


def test_several_alerts_at_once_share_one_client(envoys: Alert) -> None:
    # given
    receiver = Receiver()
    alerts = [replace(envoys, id=f"a{number}") for number in range(8)]

    async def go() -> list[Receipt]:
        async with listening(receiver) as url:
            hook = channel(url)
            try:
                return await asyncio.gather(*(hook.send(delivered(a), a) for a in alerts))
            finally:
                await hook.close()

    # then
    assert set(asyncio.run(go())) == {Sent(answer="204: the alert has arrived")}
    told = {json.loads(body)["data"]["alert"] for body in receiver.bodies}
    assert told == {alert.id for alert in alerts}


def test_a_receiver_that_asks_for_time_gets_it(envoys: Alert) -> None:
    # when
    (receipt,) = sending(envoys, Receiver(status=429, Retry_After="90"))

    # then
    assert isinstance(receipt, Later)
    assert receipt.after == timedelta(seconds=90)


def test_a_receiver_that_is_gone_disables_the_channel(envoys: Alert) -> None:
    # when
    (receipt,) = sending(envoys, Receiver(status=410))

    # then
    assert isinstance(receipt, Refused)
    assert receipt.disables


def test_a_redirect_is_not_followed(envoys: Alert) -> None:
    # given
    receiver = Receiver(status=307, Location="/elsewhere")

    # when
    (receipt,) = sending(envoys, receiver)

    # then
    assert isinstance(receipt, Refused)
    assert "redirects are not followed" in receipt.answer
    assert receiver.paths == ["/hook"]


def test_a_private_address_is_not_called_unless_allowed(envoys: Alert) -> None:
    # given
    receiver = Receiver()

    # when
    (receipt,) = sending(envoys, receiver, allow=())

    # then
    assert isinstance(receipt, Refused)
    assert "[net] allow" in receipt.answer
    assert receiver.bodies == []


def test_no_receiver_there_means_later(envoys: Alert) -> None:
    # given: a port that was free a moment ago
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def go() -> Receipt:
        hook = channel(f"http://127.0.0.1:{port}/hook?token=s3cret")
        try:
            return await hook.send(delivered(envoys), envoys)
        finally:
            await hook.close()

    # when
    receipt = asyncio.run(go())

    # then
    assert isinstance(receipt, Later)
    assert "s3cret" not in receipt.answer


def test_a_receiver_that_hangs_up_means_later(envoys: Alert) -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async def go() -> Receipt:
        server = await asyncio.start_server(rude, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            hook = channel(f"http://127.0.0.1:{port}/hook")
            try:
                return await hook.send(delivered(envoys), envoys)
            finally:
                await hook.close()

    # then
    assert isinstance(asyncio.run(go()), Later)


def test_texts_of_a_stranger_change_no_header(envoys: Alert) -> None:
    # given
    trick = "x\r\nwebhook-signature: v1,forged\r\n\r\n\x1b[2J"
    hostile = replace(envoys, id=trick, title=trick, story=trick)
    receiver = Receiver()

    async def go() -> Receipt:
        async with listening(receiver) as url:
            hook = channel(url)
            try:
                return await hook.send(Delivery(id=trick, alert=trick, channel=trick), hostile)
            finally:
                await hook.close()

    # when
    receipt = asyncio.run(go())

    # then
    assert isinstance(receipt, Sent)
    assert Webhook(SECRET).verify(receiver.bodies[0], receiver.seen[0])["data"]["title"] == trick
    assert receiver.seen[0]["webhook-id"].isalnum()


def test_a_channel_never_used_closes_quietly() -> None:
    asyncio.run(channel("https://hooks.example.org/x").close())
