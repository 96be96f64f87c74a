"""Get and post over HTTP, within limits: address, ports, redirects, bytes and time."""

from __future__ import annotations

import asyncio
import errno
import ssl
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, Self

import aiohttp
from yarl import URL

from monitor import __version__
from monitor.errors import AddressRefused, BadStatus, FetchError
from monitor.model import PLAIN, Access
from monitor.net.answer import DEFAULT, Limits, Response, document, note, response
from monitor.net.decode import OFFERED
from monitor.net.faults import FOREIGN, translated
from monitor.net.guard import Guard, Network, number_of
from monitor.net.hops import address_to, next_hop, shown
from monitor.net.names import Names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.abc import AbstractResolver

_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_MOVED_FOR_GOOD: Final = frozenset({301, 308})
_SECRET_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization"})
_HEADER_BYTES: Final = 32 << 10  # some sites send policies of more than aiohttp's 8 KiB
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class Client:
    """An HTTP client for addresses we do not trust. Used as `async with Client() as client`.

    `allow` are networks that may be called although private, and on any port; `contact` is shown in
    the User-Agent. It keeps no cookies and takes no proxy from the environment. How many requests
    run at a time is the caller's affair: a request that waited for a slot would run out of time.
    `limits` hold for requests that bring none of their own; `resolver` is closed with it.

    Requests through a proxy have a session of their own without the guard: what is connected to is
    the proxy, which the configuration names, and which has to do the guarding. Only addresses that
    are spelt out as numbers are still judged here.
    """

    def __init__(
        self,
        *,
        allow: tuple[Network, ...] = (),
        contact: str = "",
        resolver: AbstractResolver | None = None,
        limits: Limits = DEFAULT,
    ) -> None:
        self._guard = Guard(allow)
        self._names, self._limits = resolver or Names(), limits
        shown = " ".join(contact.split())
        self._agent = f"Wirewatch/{__version__}" + (f" (+{shown})" if shown else "")
        self._session: aiohttp.ClientSession | None = None
        self._proxied: aiohttp.ClientSession | None = None
        self._trust: dict[str, ssl.SSLContext] = {}

    async def __aenter__(self) -> Self:
        self._session = self._opening(
            aiohttp.TCPConnector(limit=0, socket_factory=self._guard.socket, resolver=self._names)
        )
        return self

    def _opening(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None),
            headers={"User-Agent": self._agent, "Accept-Encoding": OFFERED},
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
        )

    async def __aexit__(self, *_: object) -> None:
        for session in (self._session, self._proxied):
            if session is not None:
                await session.close()
        await self._names.close()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = _NO_HEADERS,
        limits: Limits | None = None,
        access: Access = PLAIN,
        redirects: Literal["followed", "told"] = "followed",
    ) -> Response:
        """What is at this address, redirects followed. Any status is an answer, not an error.

        What `access` has to send goes to this origin alone: a redirect to another loses it.
        Redirects that are "told" are answers, too: where they lead other rules may hold. Raises one
        of the FetchError family.
        """
        asked, limits = address_to(url), limits or self._limits
        refused: list[str] = []
        Guard.refused.set(refused)
        try:
            async with asyncio.timeout(limits.total_s):
                return await self._follow(asked, dict(headers), limits, access, redirects)
        except FOREIGN as error:
            raise _fault(error, asked, refused, limits) from error
        except FetchError as error:
            error.ids.setdefault("url", shown(asked))
            raise

    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str] = _NO_HEADERS,
        limits: Limits | None = None,
    ) -> Response:
        """Send this body; any status is an answer. Redirects are not followed.

        An answer whose status came counts as received, even if its body then breaks off: the
        request has been taken, and must not be sent again for want of a few words.
        """
        asked, limits = address_to(url), limits or self._limits
        refused: list[str] = []
        Guard.refused.set(refused)
        try:
            async with asyncio.timeout(limits.total_s):
                answer = await self._opened.post(
                    asked, data=body, headers=headers, allow_redirects=False
                )
        except FOREIGN as error:
            raise _fault(error, asked, refused, limits) from error
        async with answer:
            return response(answer, asked, await note(answer), permanent=False)

    def _judge_number(self, url: URL) -> None:
        """Refuse an address spelt as a number that no proxy should be asked for."""
        address = number_of(url.host or "")
        # a name, the proxy resolves, and must judge what comes out
        if address is not None and not self._guard.allows(address):
            raise AddressRefused(f"{address} is not a public address")

    @property
    def _opened(self) -> aiohttp.ClientSession:
        assert self._session is not None, "use `async with Client() as client`"
        return self._session

    def _through(self, access: Access) -> aiohttp.ClientSession:
        """The session for this access: the guarded one, or that of proxies."""
        if not access.proxy:
            return self._opened
        if self._proxied is None:
            self._proxied = self._opening(aiohttp.TCPConnector(limit=0, resolver=self._names))
        return self._proxied

    def _trusting(self, ca: str) -> ssl.SSLContext | bool:
        """What TLS trusts: the system's certificates, and those given in PEM beside them."""
        if not ca:
            return True
        if ca not in self._trust:
            self._trust[ca] = trusting(ca)
        return self._trust[ca]

    async def _follow(
        self,
        url: URL,
        headers: dict[str, str],
        limits: Limits,
        access: Access,
        redirects: Literal["followed", "told"],
    ) -> Response:
        for_good = True
        status = 0
        session, trust = self._through(access), self._trusting(access.ca)
        private = dict(access.headers)
        if access.authorization:
            private["Authorization"] = access.authorization
        for hop in range(limits.redirects + 1):
            if access.proxy:
                self._judge_number(url)
            async with session.get(
                url,
                headers=headers | private,
                allow_redirects=False,
                ssl=trust,
                proxy=access.proxy or None,
            ) as answer:
                status = answer.status
                target = answer.headers.get("Location") if status in _MOVED else None
                if target is None:
                    body = await document(answer, limits)
                    return response(answer, url, body, permanent=hop > 0 and for_good)
            for_good = for_good and status in _MOVED_FOR_GOOD
            there = next_hop(url, target)
            if redirects == "told":
                answered = response(answer, url, b"", permanent=False)
                return replace(answered, elsewhere=str(there))
            if there.origin() != url.origin():
                headers = {k: v for k, v in headers.items() if k.lower() not in _SECRET_HEADERS}
                private = {}  # for good: who sends us away decides where we come back to
            url = there
        raise BadStatus(
            f"redirected more than {limits.redirects} times, last to {url.host}", status=status
        )


def trusting(ca: str) -> ssl.SSLContext:
    """TLS that trusts these certificates beside the system's. Raises ssl.SSLError for no PEM."""
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=ca)
    return context


def _fault(error: Exception, url: URL, refused: list[str], limits: Limits) -> FetchError:
    # where one address was refused and another did not answer, the number is a different one
    if refused and isinstance(error, aiohttp.ClientConnectorError) and error.errno == errno.EACCES:
        return AddressRefused(
            f"{refused[-1]}; if it is meant to be called all the same, add its network to `allow`"
            " under [net] in config/monitor.toml",
            url=shown(url),
        )
    return translated(
        error, host=str(url.host), port=url.port, url=shown(url), total_s=limits.total_s
    )
