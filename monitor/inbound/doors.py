"""A small web server for strangers: so many connections at a time, each for so long.

Of itself it would keep a connection that has sent half a request for ever, and one that has sent a
whole one for an hour. A thousand of those take all the files a process may open, and then no feed
can be polled.
"""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

MOST: Final = 100
LIFE_S: Final = 30.0
"""A connection that old is closed, unless it is being answered; twice that old, in any case."""

IDLE_S: Final = 5.0
"""How long one is kept for another request."""

END_S: Final = 2.0
"""How long answers under way may take when the service ends; of itself it would be a minute."""


class Doors:
    """Add handlers to `app`, then open. `body_bytes` bounds what a request may bring."""

    def __init__(self, *, body_bytes: int, most: int = MOST, life_s: float = LIFE_S) -> None:
        self.app = web.Application(client_max_size=body_bytes, middlewares=[self._answering])
        self._most, self._life_s = most, life_s
        self._busy: set[asyncio.BaseProtocol] = set()
        self._runner = web.AppRunner(
            self.app, access_log=None, keepalive_timeout=IDLE_S, shutdown_timeout=END_S
        )
        self._server: asyncio.Server | None = None

    async def open(self, listen: str) -> None:
        """Listen on HOST:PORT. Raises OSError or OverflowError where it is not to be had; then it
        may be tried again.
        """
        if self._runner.server is None:
            await self._runner.setup()
        host, _, port = listen.rpartition(":")
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._accepted, host.strip("[]") or None, int(port), backlog=self._most
        )

    async def close(self) -> None:
        """Listen no more, and answer nobody."""
        if self._server is not None:
            self._server.close()
        await self._runner.cleanup()

    @web.middleware
    async def _answering(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self._busy.add(request.protocol)
        try:
            return await handler(request)
        finally:
            self._busy.discard(request.protocol)

    def _accepted(self) -> asyncio.Protocol:
        server = self._runner.server
        assert server is not None
        if len(server.connections) >= self._most:
            return _Refused()
        protocol = server()
        loop = asyncio.get_running_loop()
        loop.call_later(self._life_s, self._old, protocol)
        loop.call_later(2 * self._life_s, protocol.force_close)
        return protocol

    def _old(self, protocol: web.RequestHandler) -> None:
        if protocol not in self._busy:
            protocol.force_close()


class _Refused(asyncio.Protocol):
    """A connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close it, unheard."""
        assert isinstance(transport, asyncio.Transport)
        transport.abort()
