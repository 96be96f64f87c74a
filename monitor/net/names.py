"""Where is this host? Looked up in threads of their own.

A name server that does not answer holds a thread for half a minute. In the event loop's own pool of
six that is every other thread's work held up, Redis included: six feeds of a dead domain stopped
all polls.
"""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

AT_ONCE: Final = 128
"""Look-ups under way at a time, each with a thread, which is made when first needed."""


class Names(AbstractResolver):
    """The system's name service, asked in threads that nothing else uses."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Every address of the host. Raises OSError where there is none."""
        ask = partial(
            socket.getaddrinfo,
            *(host, port, family),
            type=socket.SOCK_STREAM,
            flags=socket.AI_ADDRCONFIG,
        )
        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        return [_result(host, *entry) for entry in found]

    async def close(self) -> None:
        """Nobody waits for look-ups that are under way."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _result(
    host: str,
    family: int,
    _: int,
    protocol: int,
    __: str,
    place: tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes],
) -> ResolveResult:
    address, port = str(place[0]), int(place[1])
    if len(place) == 4 and place[3]:
        address = f"{address}%{place[3]}"  # a link-local address is of one interface
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=family,
        proto=protocol,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
