"""The webhook channel against a real HTTP server on loopback."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from loopback import LoopbackHttp, free_port
from standardwebhooks import Webhook, WebhookVerificationError

from monitor.channels import CHANNELS, Channel
from monitor.channels.body import encode
from monitor.codec import decode_alert
from monitor.model import Alert, Delivery, Later, Receipt, Refused, Sent
from monitor.net import DEFAULT

ROOT = Path(__file__).parents[2]
LOOPBACK = (ip_network("127.0.0.0/8"),)
SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes of test secret!").decode()


def channel(
    url: str, *, secret: str | list[str] = SECRET, allow: tuple[Any, ...] = LOOPBACK
) -> Channel:
    kind = CHANNELS["webhook"]
    config = kind.config.model_validate({"type": "webhook", "url": url, "secret": secret})
    return kind.open_channel("ops-hook", config, allow=allow, contact="ops@example.org")


def delivered(alert: Alert) -> Delivery:
    return Delivery(id=Delivery.id_for(alert.id, "ops-hook"), alert=alert.id, channel="ops-hook")


def sending(
    url: str, *alerts: Alert, delivery: Delivery | None = None, **options: Any
) -> list[Receipt]:
    """What the channel answers for each alert, all sent at once."""

    async def go() -> list[Receipt]:
        hook = channel(url, **options)
        try:
            return await asyncio.gather(
                *(hook.send(delivery or delivered(alert), alert) for alert in alerts)
            )
        finally:
            await hook.close()

    return asyncio.run(go())


@pytest.fixture
def receiver() -> Iterator[LoopbackHttp]:
    with LoopbackHttp({"/hook": (204, {}, b"")}) as receiver:
        yield receiver


@pytest.fixture
def envoys() -> Alert:
    return decode_alert((ROOT / "tests" / "fixtures" / "alerts" / "envoys.json").read_bytes())


@pytest.mark.parametrize("secret", [SECRET, "open sesame ≠ whsec_"])
def test_an_alert_arrives_signed_and_the_documented_check_accepts_it(
    envoys: Alert, receiver: LoopbackHttp, secret: str
) -> None:
    # given
    page = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
    found = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert found is not None
    documented: dict[str, Callable[..., dict[str, Any]]] = {}
    exec(compile(found[1], "webhooks.md", "exec"), documented)

    # when
    (receipt,) = sending(receiver.url("/hook"), envoys, secret=secret)

    # then
    assert receipt == Sent(answer="204: the alert has arrived")
    (request,) = receiver.requests
    assert (request.method, request.body) == ("POST", encode(envoys))
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert request.headers["webhook-id"] == Delivery.id_for(envoys.id, "ops-hook")
    data = documented["alert_from"](request.body, request.headers, secret)
    assert data["alert"] == envoys.id
    assert data["article"]["title"] == envoys.article.title


def test_while_secrets_change_receivers_with_the_old_and_the_new_one_accept(
    envoys: Alert, receiver: LoopbackHttp
) -> None:
    # given: the new secret, the one before, and a plain one of a receiver that is slow to follow
    new = "whsec_" + base64.b64encode(b"another thirty-two bytes of key!").decode()

    # when
    sending(receiver.url("/hook"), envoys, secret=[new, SECRET, "open sesame"])

    # then: one header, a signature for each
    (request,) = receiver.requests
    headers = dict(request.headers)
    assert len(headers["webhook-signature"].split(" ")) == 3
    for known in (new, SECRET, b"open sesame"):
        assert Webhook(known).verify(request.body, headers)["data"]["alert"] == envoys.id
    with pytest.raises(WebhookVerificationError):
        Webhook(b"a secret that was never one").verify(request.body, headers)


def test_a_changed_body_or_id_does_not_pass_the_check(
    envoys: Alert, receiver: LoopbackHttp
) -> None:
    # given
    sending(receiver.url("/hook"), envoys)
    (request,) = receiver.requests

    # then
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body.replace(b"high", b"low"), dict(request.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body, {**request.headers, "webhook-id": "another"})


def test_every_attempt_bears_the_same_id_and_body(envoys: Alert, receiver: LoopbackHttp) -> None:
    # given
    receiver.pages["/hook"] = (503, {}, b"not now")

    # when
    receipts = [receipt for _ in range(3) for receipt in sending(receiver.url("/hook"), envoys)]

    # then
    assert {type(receipt) for receipt in receipts} == {Later}
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert [request.body for request in receiver.requests] == [encode(envoys)] * 3
    for request in receiver.requests:
        assert Webhook(SECRET).verify(request.body, dict(request.headers))


def test_many_alerts_at_once_all_arrive(envoys: Alert, receiver: LoopbackHttp) -> None:
    # given
    alerts = [replace(envoys, id=f"a{number}") for number in range(8)]

    # when
    receipts = sending(receiver.url("/hook"), *alerts)

    # then
    assert set(receipts) == {Sent(answer="204: the alert has arrived")}
    told = {json.loads(request.body)["data"]["alert"] for request in receiver.requests}
    assert told == {alert.id for alert in alerts}


def test_a_receiver_that_asks_for_time_gets_it(envoys: Alert, receiver: LoopbackHttp) -> None:
    # given
    receiver.pages["/hook"] = (429, {"Retry-After": "90"}, b"")

    # when
    (receipt,) = sending(receiver.url("/hook"), envoys)

    # then
    assert isinstance(receipt, Later)
    assert receipt.after == timedelta(seconds=90)


def test_a_receiver_that_is_gone_disables_the_channel(
    envoys: Alert, receiver: LoopbackHttp
) -> None:
    # given
    receiver.pages["/hook"] = (410, {}, b"")

    # when
    (receipt,) = sending(receiver.url("/hook"), envoys)

    # then
    assert isinstance(receipt, Refused)
    assert receipt.disables


def test_a_redirect_is_not_followed(envoys: Alert, receiver: LoopbackHttp) -> None:
    # given
    receiver.pages["/hook"] = (307, {"Location": "/elsewhere"}, b"")

    # when
    (receipt,) = sending(receiver.url("/hook"), envoys)

    # then
    assert isinstance(receipt, Refused)
    assert "redirects are not followed" in receipt.answer
    assert [request.path for request in receiver.requests] == ["/hook"]


def test_a_huge_answer_is_not_read_and_the_alert_has_arrived(
    envoys: Alert, receiver: LoopbackHttp
) -> None:
    # given
    receiver.pages["/hook"] = (200, {}, b"thank you " * 1_000_000)

    # then
    assert sending(receiver.url("/hook"), envoys) == [Sent(answer="200: the alert has arrived")]


def test_a_private_address_is_not_called_unless_allowed(
    envoys: Alert, receiver: LoopbackHttp
) -> None:
    # when
    (receipt,) = sending(receiver.url("/hook"), envoys, allow=())

    # then
    assert isinstance(receipt, Refused)
    assert "127.0.0.1 is not a public address" in receipt.answer
    assert "`allow` under [net]" in receipt.answer
    assert receiver.requests == []


def test_no_receiver_there_means_later_and_the_url_stays_secret(envoys: Alert) -> None:
    # given: a port that was free a moment ago
    port = free_port()

    # when
    (receipt,) = sending(f"http://127.0.0.1:{port}/t0ken?token=s3cret", envoys)

    # then
    assert isinstance(receipt, Later)
    assert "no connection to 127.0.0.1 port " in receipt.answer
    assert "t0ken" not in receipt.answer
    assert "s3cret" not in receipt.answer


def test_a_receiver_that_hangs_up_means_later(envoys: Alert) -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async def go() -> Receipt:
        server = await asyncio.start_server(rude, "127.0.0.1", 0)
        async with server:
            hook = channel(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook")
            try:
                return await hook.send(delivered(envoys), envoys)
            finally:
                await hook.close()

    # then
    assert isinstance(asyncio.run(go()), Later)


def test_texts_of_a_stranger_change_no_header(envoys: Alert, receiver: LoopbackHttp) -> None:
    # given
    trick = "x\r\nwebhook-signature: v1,forged\r\n\r\n\x1b[2J"
    hostile = replace(envoys, id=trick, title=trick, story=trick)

    # when
    (receipt,) = sending(
        receiver.url("/hook"), hostile, delivery=Delivery(id=trick, alert=trick, channel=trick)
    )

    # then
    assert isinstance(receipt, Sent)
    (request,) = receiver.requests
    assert Webhook(SECRET).verify(request.body, dict(request.headers))["data"]["title"] == trick
    assert request.headers["webhook-id"].isalnum()


def test_a_channel_never_used_closes_quietly() -> None:
    asyncio.run(channel("https://hooks.example.org/x").close())


def test_the_page_names_the_time_an_answer_may_take() -> None:
    page = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
    assert f"within {DEFAULT.total_s:g} seconds" in page
