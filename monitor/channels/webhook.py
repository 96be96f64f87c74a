"""Webhook: the alert as signed JSON to a URL, by the rules of Standard Webhooks.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr
from standardwebhooks import Webhook as Signer

from monitor.channels.body import encode
from monitor.channels.channel import Channel, ChannelConfig, IPNetwork, kind
from monitor.channels.safe import atom, clip, line
from monitor.errors import AddressRefused, BadStatus, FetchError, TooLarge
from monitor.model import Later, Receipt, Refused, Sent, digest

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from monitor.model import Delivery, Message
    from monitor.net import Client

CONTENT_TYPE = "application/json; charset=utf-8"
PREFIX = "whsec_"
MAX_WAIT = timedelta(days=1)
"""The longest Retry-After that is obeyed."""


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"not a URL ({error}), wanted https://host/path") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError("wanted https://host/path (or http://)")
    if parts.username is not None:
        raise ValueError("no user name or password in the URL: the secret signs each call")
    return value


def _usable(secret: SecretStr) -> SecretStr:
    if not key_of(secret.get_secret_value()):
        raise ValueError("the secret is empty")
    return secret


def key_of(secret: str) -> bytes:
    """The signing key: after `whsec_` it is base64, any other secret is its own UTF-8 bytes.

    Raises ValueError in plain words when what follows `whsec_` is no base64.
    """
    if not secret.startswith(PREFIX):
        return secret.encode()
    encoded = secret.removeprefix(PREFIX).rstrip("=")
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        raise ValueError("after whsec_ comes a key in base64, and this is none") from None


class Config(ChannelConfig):
    """Alerts to a program of yours."""

    type: Literal["webhook"] = Field(default="webhook", description="This kind of channel.")
    url: Annotated[str, AfterValidator(_web_address)] = Field(
        description="Where to POST; http or https. A private address must be in [net] allow.",
    )
    secret: Annotated[SecretStr, AfterValidator(_usable)] = Field(
        description='Signs every call: whsec_ and base64, or any text; give it as "env:NAME".'
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


KIND = kind(Config, open_channel)


class Webhook:
    """Posts each alert; the receiver's status code is the receipt."""

    def __init__(
        self, name: str, config: Config, *, allow: tuple[IPNetwork, ...], contact: str
    ) -> None:
        self.name = name
        self._config = config
        self._allow, self._contact = allow, contact
        self._signer = Signer(key_of(config.secret.get_secret_value()))
        self._client: Client | None = None
        self._opening = asyncio.Lock()

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        """Post the alert. Only a 2xx answer means it has arrived."""
        body = encode(message)
        now = datetime.now(UTC)
        client = await self._opened()
        try:
            response = await client.post(
                self._config.url, body=body, headers=self._headers(delivery, body, now)
            )
        except FetchError as error:
            return receipt_of_error(error)
        return receipt_of(response.status, response.headers.get("Retry-After"), now)

    def draft(self, delivery: Delivery, message: Message) -> str:
        """The call, but for its time and signature: those are made when it is sent."""
        headers = f"Content-Type: {CONTENT_TYPE}\nwebhook-id: {atom(delivery.id)}"
        return f"POST {_discreet(self._config.url)}\n{headers}\n\n{encode(message).decode()}"

    async def close(self) -> None:
        """Close the connections kept open."""
        client, self._client = self._client, None
        if client is not None:
            await client.__aexit__(None, None, None)

    def _headers(self, delivery: Delivery, body: bytes, now: datetime) -> dict[str, str]:
        identity = atom(delivery.id)
        return {
            "Content-Type": CONTENT_TYPE,
            "webhook-id": identity,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(identity, now, body.decode()),
        }

    async def _opened(self) -> Client:
        from monitor.net import Client  # aiohttp takes 170 ms to import: only who sends pays

        async with self._opening:
            if self._client is None:
                client = Client(allow=self._allow, contact=self._contact)
                self._client = await client.__aenter__()
            return self._client


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What some status codes mean for a delivery. `shown` is how the docs write them."""

    shown: str
    codes: Container[int]
    then: Literal["sent", "later", "refused", "gone"]
    words: str


MEANINGS: Final[tuple[Meaning, ...]] = (
    Meaning(shown="200–299", codes=range(200, 300), then="sent", words="the alert has arrived"),
    Meaning(
        shown="408, 425, 429",
        codes=frozenset({408, 425, 429}),
        then="later",
        words="the receiver is not ready; Retry-After is honoured",
    ),
    Meaning(
        shown="500–599",
        codes=range(500, 600),
        then="later",
        words="the receiver has trouble of its own; Retry-After is honoured",
    ),
    Meaning(
        shown="410",
        codes=frozenset({410}),
        then="gone",
        words="the receiver wants no more: the whole channel is disabled",
    ),
    Meaning(
        shown="300–399",
        codes=range(300, 400),
        then="refused",
        words="redirects are not followed: put the final address in url",
    ),
    Meaning(
        shown="anything else",
        codes=range(1000),
        then="refused",
        words="the receiver does not take this alert, and would not take it again",
    ),
)
"""The first line that holds a code decides."""


def receipt_of(status: int, retry_after: str | None, now: datetime) -> Receipt:
    """What the receiver's status code means for the delivery."""
    meaning = next((each for each in MEANINGS if status in each.codes), MEANINGS[-1])
    answer = f"{status}: {meaning.words}"
    match meaning.then:
        case "sent":
            return Sent(answer=answer)
        case "later":
            return Later(answer=answer, after=wait_of(retry_after, now))
        case "gone":
            return Refused(answer=answer, disables=True)
        case "refused":
            return Refused(answer=answer)


def wait_of(retry_after: str | None, now: datetime) -> timedelta | None:
    """How long a Retry-After header asks to wait: seconds or a date (RFC 9110 section 10.2.3)."""
    value = (retry_after or "").strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:9]), MAX_WAIT.total_seconds()))
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(timedelta(), min(until - now, MAX_WAIT))


def receipt_of_error(error: FetchError) -> Receipt:
    """What it means for the delivery that no whole answer came."""
    match error:
        case AddressRefused():  # its message says what to put under [net] allow
            return Refused(answer=_shown(error))
        case BadStatus():
            wait = None if error.retry_after_s is None else str(int(error.retry_after_s))
            return receipt_of(error.status, wait, datetime.now(UTC))
        case TooLarge():
            return Refused(answer=f"the receiver's answer is too large: {_shown(error)}")
        case _:
            return Later(answer=_shown(error))


def _shown(error: FetchError) -> str:
    return clip(line(error.message), 300)
