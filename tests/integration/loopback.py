"""A real HTTP server on loopback for tests: pages by path, every request kept.

    with LoopbackHttp({"/feed": (200, {"ETag": '"1"'}, b"...")}) as web:
        await client.get(web.url("/feed"))
        assert web.requests[0].headers["if-none-match"] == '"1"'

A page is (status, headers, body) or a function from the request to one. A body of bytes is sent
with its length; any other iterable piece by piece until it or the connection ends. `pages` may be
changed while the server runs. Paths include the query; an unknown one is a 404.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

Answer = tuple[int, Mapping[str, str], bytes | Iterable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the client sent; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


Page = Answer | Callable[[Request], Answer]


class LoopbackHttp:
    """The server; `address` may be any of 127.0.0.0/8. Without a `port` a free one is taken."""

    def __init__(
        self, pages: Mapping[str, Page] | None = None, *, address: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.pages: dict[str, Page] = dict(pages or {})
        self.requests: list[Request] = []
        self._server = _Server((address, port), _Handler)
        self._server.web = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def address(self) -> str:
        return str(self._server.server_address[0])

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/", *, host: str | None = None) -> str:
        return f"http://{host or self.address}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    web: LoopbackHttp

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed has hung up: that is what some tests are about."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # any will do


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a body waits until its head is confirmed: 40 ms each
    server: _Server

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        web = self.server.web
        web.requests.append(request)
        page = web.pages.get(self.path, (404, {}, b"no such page"))
        status, headers, body = page(request) if callable(page) else page
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        try:
            self._send(status, headers, body)
        except ConnectionError:
            self.close_connection = True

    def _send(self, status: int, headers: Mapping[str, str], body: bytes | Iterable[bytes]) -> None:
        if not isinstance(body, bytes):
            self.close_connection = True
            self.send_header("Connection", "close")
            self.end_headers()
            for piece in body:
                self.wfile.write(piece)
            return
        if status not in {204, 304} and "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status not in {204, 304}:
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  the names http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name in http.server
        """Nothing: tests look at `requests`."""
