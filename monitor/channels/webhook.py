"""Webhook: the alert as signed JSON to a URL, by the rules of Standard Webhooks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from monitor.channels import exchange
from monitor.channels.answers import receipt_of, receipt_of_error
from monitor.channels.body import encode
from monitor.channels.channel import Channel, ChannelConfig, Exchange, IPNetwork, kind
from monitor.channels.safe import atom
from monitor.channels.signing import Secrets, Signer
from monitor.channels.template import Template, filled, sketched
from monitor.errors import FetchError
from monitor.model import Receipt, digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model import Delivery, Message
    from monitor.net import Client

CONTENT_TYPE = "application/json; charset=utf-8"


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"not a URL ({error}), wanted https://host/path") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError("wanted https://host/path (or http://)")
    if parts.username is not None:
        raise ValueError(
            "a user name or password in the URL, wanted none: the secret signs each call"
        )
    return value


class Config(ChannelConfig):
    """Alerts to a program of yours."""

    type: Literal["webhook"] = Field(default="webhook", description="This kind of channel.")
    url: Annotated[str, AfterValidator(_web_address)] = Field(
        description="Where to POST; http or https. A private address must be in [net] allow.",
    )
    secret: Secrets = Field(
        description='Signs every call: whsec_ and base64, or any text; give it as "env:NAME".'
        " A list of up to three while one takes the place of another."
    )
    template: Template = Field(
        default=None, description="A body of your own, with places for what the alert says."
    )

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        """Many a URL is itself a secret: its host shows, and by a digest that it has changed."""
        for name, value in super().__repr_args__():
            yield name, _discreet(self.url) if name == "url" else value


def _discreet(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}/… ({digest(url)[:8]})"


def open_channel(
    name: str, config: Config, *, allow: tuple[IPNetwork, ...], contact: str
) -> Channel:
    """A webhook channel, with a client of its own that is opened at the first alert."""
    return Webhook(name, config, allow=allow, contact=contact)


def odd(config: Config, allow: tuple[IPNetwork, ...]) -> tuple[str, ...]:
    """That its address is spelt as one that will not be called. Names are not looked up."""
    from monitor.net.guard import Guard, number_of  # as below: it loads aiohttp

    parts = urlsplit(config.url)
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
    address = number_of(host)
    if address is None:
        return ()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    objection = Guard(allow).objection(address, port)
    if not objection:
        return ()
    return (
        f'url: {objection}, and will not be called; allow it: [net] allow = ["{address}"] in'
        " monitor.toml",
    )


KIND = kind(Config, open_channel, odd=odd)


class Webhook:
    """Posts each alert; the receiver's status code is the receipt."""

    def __init__(
        self, name: str, config: Config, *, allow: tuple[IPNetwork, ...], contact: str
    ) -> None:
        self.name = name
        self._config = config
        self._allow, self._contact = allow, contact
        self._signer = Signer(config.secret)
        self._client: Client | None = None
        self._opening = asyncio.Lock()

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        """Post the alert. Only a 2xx answer means it has arrived."""
        return (await self.exchange(delivery, message)).receipt

    async def exchange(self, delivery: Delivery, message: Message) -> Exchange:
        """Post the alert; and what went over the line both ways, for a person."""
        body = self._body(message)
        now = datetime.now(UTC)
        headers = {
            "Content-Type": CONTENT_TYPE,
            **self._signer.headers(atom(delivery.id), body, now),
        }
        said = partial(exchange.sent, self._config.url, headers, self._sketch(message))
        client = await self._opened()
        try:
            answer = await client.post(self._config.url, body=body, headers=headers)
        except FetchError as error:
            return Exchange(receipt=receipt_of_error(error), sent=said)
        secrets = exchange.secrets_in(
            self._config.url, (each.get_secret_value() for each in self._config.secret)
        )
        receipt = receipt_of(
            answer.status,
            answer.headers.get("Retry-After"),
            now,
            said=exchange.words_of(answer, secrets),
        )
        return Exchange(receipt=receipt, sent=said, came=partial(exchange.came, answer, secrets))

    def draft(self, delivery: Delivery, message: Message) -> str:
        """The call, but for its time and signature: those are made when it is sent."""
        headers = {"Content-Type": CONTENT_TYPE, "webhook-id": atom(delivery.id)}
        return "\n".join(exchange.sent(self._config.url, headers, self._sketch(message)))

    async def close(self) -> None:
        """Close the connections kept open."""
        client, self._client = self._client, None
        if client is not None:
            await client.__aexit__(None, None, None)

    def _body(self, message: Message) -> bytes:
        if self._config.template is None:
            return encode(message)
        return filled(self._config.template, message)

    def _sketch(self, message: Message) -> bytes:
        """The body as a person may see it: no secret of a template is in it."""
        if self._config.template is None:
            return encode(message)
        return sketched(self._config.template, message)

    async def _opened(self) -> Client:
        from monitor.net import Client  # aiohttp takes 170 ms to import: only who sends pays

        async with self._opening:
            if self._client is None:
                client = Client(allow=self._allow, contact=self._contact)
                self._client = await client.__aenter__()
            return self._client
