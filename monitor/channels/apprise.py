"""Apprise: alerts to the many services that the library apprise knows: Slack, Teams, ntfy, Matrix …

https://github.com/caronc/apprise. It opens its own connections, so the guard of `monitor/net` does
not stand before them: where they lead is what the configuration says. It answers yes or no; what it
says beside that is in its log, from which we take the reason.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import OrderedDict
from contextlib import suppress
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from monitor.channels.channel import Channel, ChannelConfig, IPNetwork, kind
from monitor.channels.note import heading
from monitor.channels.safe import clip, line
from monitor.channels.signing import listed
from monitor.model import Later, Rate, Receipt, Refused, Sent, digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from monitor.channels.apprise_service import Service
    from monitor.model import Delivery, Message

MOST_URLS = 20
REMEMBERED = 1000
"""Deliveries of which it is remembered who has them already, while others do not."""

TRIPS = 2
FIRST_S, LONGEST_S = 10.0, 300.0
"""After so many calls in a row without an answer one address of several is left alone: so long at
first, and at most; it doubles."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://\S")


def _services(urls: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if not 1 <= len(urls) <= MOST_URLS:
        raise ValueError(f"found {len(urls)} addresses, wanted 1 to {MOST_URLS}")
    for number, url in enumerate(urls, start=1):
        if not _SCHEME.match(url.get_secret_value()):
            raise ValueError(
                f"found no address at place {number} (not shown: it may be secret),"
                " wanted those of apprise, such as slack://… or ntfy://…"
            )
    return urls


def shown(url: str) -> str:
    """An address of a service for people: its scheme, and by a digest that it has changed."""
    return f"{url.partition('://')[0].lower()}://… ({digest(url)[:8]})"


class Config(ChannelConfig):
    """Alerts to chats and phones, through apprise."""

    allowance: ClassVar = Rate(most=20, span=timedelta(hours=1))

    type: Literal["apprise"] = Field(default="apprise", description="This kind of channel.")
    urls: Annotated[tuple[SecretStr, ...], BeforeValidator(listed), AfterValidator(_services)] = (
        Field(
            description='Where to, as apprise writes it; each is a secret: give it as "env:NAME".'
        )
    )
    timeout_s: float = Field(
        default=30,
        gt=0,
        le=300,
        description="A service that has not taken it by then gets it later.",
    )

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        """Addresses hold tokens: their scheme shows, and by a digest that one has changed."""
        for name, value in super().__repr_args__():
            yield name, self.shown if name == "urls" else value

    @property
    def shown(self) -> tuple[str, ...]:
        """The addresses for people."""
        return tuple(shown(url.get_secret_value()) for url in self.urls)


def odd(config: Config, _: tuple[IPNetwork, ...]) -> tuple[str, ...]:
    """What apprise makes nothing of, in words. Looking takes a second, so not at every start."""
    return tuple(
        f"urls[{number}]: found {shown(secret.get_secret_value())}, wanted an address that apprise"
        " understands (https://appriseit.com lists them)"
        for number, secret in enumerate(config.urls, start=1)
        if _opened(secret.get_secret_value(), config.timeout_s) is None
    )


def open_channel(
    name: str, config: Config, *, allow: tuple[IPNetwork, ...], contact: str
) -> Channel:
    """An apprise channel. It makes its own connections, so `allow` does not bind it."""
    return AppriseChannel(name, config)


KIND = kind(Config, open_channel, odd=odd)


@cache
def _opened(url: str, timeout_s: float) -> Service | None:
    from monitor.channels.apprise_service import opened  # a second to import: only who sends pays

    return opened(url, timeout_s)


class AppriseChannel:
    """Tells each service in a thread of its own, one message at a time and bounded in time."""

    def __init__(self, name: str, config: Config) -> None:
        self.name = name
        self._lines = tuple(
            _Line(url.get_secret_value(), config.timeout_s, config.zone) for url in config.urls
        )
        self._have: OrderedDict[str, frozenset[str]] = OrderedDict()

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        """Tell every service; who has it already, from an earlier attempt, is not told again."""
        have = self._have.pop(delivery.id, frozenset())
        rest = [each for each in self._lines if each.url not in have]
        several = len(self._lines) > 1
        receipts = await asyncio.gather(*(each.send(message, several=several) for each in rest))
        told = [each.url for each, got in zip(rest, receipts, strict=True) if isinstance(got, Sent)]
        if len(told) < len(rest):
            self._have[delivery.id] = have | frozenset(told)
            while len(self._have) > REMEMBERED:
                self._have.popitem(last=False)
        return _together(receipts, some_have=bool(have))

    def draft(self, delivery: Delivery, message: Message) -> str:
        """What each service would be told."""
        return "\n".join(each.draft(message) for each in self._lines)

    async def close(self) -> None:
        """Nothing to give back: threads end with their call, or with us."""


class _Line:
    """The way to one service."""

    def __init__(self, url: str, timeout_s: float, zone: tzinfo) -> None:
        self.url, self._timeout_s, self._zone, self._shown = url, timeout_s, zone, shown(url)
        self._failures, self._until = 0, 0.0
        self._turn = asyncio.Lock()
        self.calling = False

    async def send(self, message: Message, *, several: bool) -> Receipt:
        """Tell the service, when it is free; neither waiting nor loading the library is counted.

        Of a channel with several, one that is down is left alone for a while, ever longer, so that
        the others do not wait for it.
        """
        clock = asyncio.get_running_loop().time
        async with self._turn:
            if several and clock() < self._until:
                return Later(answer=f"{self._shown} is down, and left alone", down=True)
            receipt = await self._send(message)
            down = isinstance(receipt, Later) and receipt.down
            self._failures = self._failures + 1 if down else 0
            if self._failures >= TRIPS:
                alone_s = FIRST_S * 2 ** min(self._failures - TRIPS, 10)
                self._until = clock() + min(alone_s, LONGEST_S)
            return receipt

    async def _send(self, message: Message) -> Receipt:
        await asyncio.to_thread(_opened, self.url, self._timeout_s)
        if self.calling:
            return Later(answer=f"{self._shown} still hangs in an earlier call", down=True)
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self.calling = True
        threading.Thread(target=_told, args=(self, message, answer), daemon=True).start()
        try:
            async with asyncio.timeout(self._timeout_s):
                return await answer
        except TimeoutError:
            return Later(answer=f"{self._shown} took longer than {self._timeout_s:g} s", down=True)

    def tell(self, message: Message) -> Receipt:
        """Tell it now, in this thread."""
        service = _opened(self.url, self._timeout_s)
        if service is None:
            return Refused(answer=f"apprise does not understand {self._shown} (`wirewatch check`)")
        took, said = service.tell(message, self._zone)
        because = f": {clip(line(said), 200)}" if said else ""
        if took:
            return Sent(answer=f"{service.name} has it")
        # Every plugin of apprise says so of requests that came to no answer.
        down = "onnection error" in said
        return Later(answer=f"{service.name} did not take it{because}", down=down)

    def draft(self, message: Message) -> str:
        service = _opened(self.url, self._timeout_s)
        if service is None:
            return f"to {self._shown}, which apprise does not understand"
        title, body = service.words(message, self._zone)
        return (
            f"to {service.name} ({self._shown})\n{title or heading(message, self._zone)}\n\n{body}"
        )


def _told(way: _Line, message: Message, answer: asyncio.Future[Receipt]) -> None:
    """Tell the service, and answer on the loop that waits, if it still does."""
    try:
        say = partial(answer.set_result, way.tell(message))
    except Exception as error:  # noqa: BLE001  # a plugin's bug: the guard of the worker logs it
        say = partial(answer.set_exception, error)
    way.calling = False
    with suppress(RuntimeError):  # the loop has ended, and nobody waits
        answer.get_loop().call_soon_threadsafe(lambda: None if answer.done() else say())


def _together(receipts: list[Receipt], *, some_have: bool) -> Receipt:
    """One receipt for all services: later where one may take it yet, sent where all have it. The
    channel is down only where none of its services works.
    """
    answer = "; ".join(receipt.answer for receipt in receipts) or "all have it"
    later = [receipt for receipt in receipts if isinstance(receipt, Later)]
    if later:
        dead = [receipt for receipt in later if receipt.down]
        return Later(answer=answer, down=not some_have and len(dead) == len(receipts))
    if any(isinstance(receipt, Refused) for receipt in receipts):
        return Refused(answer=answer)
    return Sent(answer=answer)
