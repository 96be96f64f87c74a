"""How a server is reached: headers, a login, a proxy, certificates; and where they stay."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from loopback import LoopbackHttp

from monitor.errors import AddressRefused, FetchError, Unreachable
from monitor.model import PLAIN, Access
from monitor.net import Client, Response

CERTIFICATE = Path(__file__).parents[1] / "fixtures" / "tls" / "loopback.pem"
LOGIN = Access(authorization="Basic aHVzaA==", headers=(("X-Api-Key", "hush"),))


def got(url: str, access: Access = PLAIN, *, allow: str = "127.0.0.0/8") -> Response:
    async def ask() -> Response:
        async with Client(allow=(ip_network(allow),)) as client:
            return await client.get(url, access=access)

    return asyncio.run(ask())


@pytest.fixture
def web() -> Iterator[LoopbackHttp]:
    with LoopbackHttp({"/feed": (200, {"Set-Cookie": "a=b"}, b"news")}) as web:
        yield web


def test_a_login_and_headers_are_sent_and_no_cookie_comes_back(web: LoopbackHttp) -> None:
    web.pages["/"] = (302, {"Location": "/feed", "Set-Cookie": "c=d"}, b"")

    assert got(web.url(), LOGIN).body == b"news"

    for request in web.requests:
        assert request.headers["authorization"] == "Basic aHVzaA=="
        assert request.headers["x-api-key"] == "hush"
        assert "cookie" not in request.headers


def test_what_is_secret_follows_no_redirect_to_another_server_nor_back(web: LoopbackHttp) -> None:
    with LoopbackHttp({"/": (307, {"Location": web.url("/feed")}, b"")}, address="127.0.0.2") as by:
        web.pages["/"] = (302, {"Location": by.url()}, b"")

        assert got(web.url(), LOGIN).body == b"news"

    first, second, third = web.requests[0], by.requests[0], web.requests[1]
    assert "x-api-key" in first.headers
    for request in (second, third):
        assert not {"authorization", "x-api-key"} & request.headers.keys()


def test_a_proxy_is_asked_for_the_address_and_given_its_own_login_only() -> None:
    with LoopbackHttp({"http://news.example/feed": (200, {}, b"by proxy")}) as proxy:
        through = Access(
            proxy=f"http://me:pw@127.0.0.1:{proxy.port}", authorization=LOGIN.authorization
        )
        # when: the proxy's address need not be in [net] allow, it stands in the configuration
        response = got("http://news.example/feed", through, allow="192.0.2.0/24")

    (request,) = proxy.requests
    assert (response.body, request.path) == (b"by proxy", "http://news.example/feed")
    assert request.headers["proxy-authorization"] == "Basic bWU6cHc="
    assert request.headers["authorization"] == "Basic aHVzaA=="


def test_a_proxy_is_not_asked_for_what_is_spelt_as_a_private_number() -> None:
    there = (302, {"Location": "http://127.0.0.9/secret"}, b"")
    with LoopbackHttp({"http://news.example/feed": there}) as proxy:
        through = Access(proxy=f"http://127.0.0.1:{proxy.port}")
        numbers = ("10.0.0.1", "[::ffff:10.0.0.1]", "167772161", "012.1", "0x0a.0.0.1")
        for host in (*numbers, "news.example"):
            with pytest.raises(AddressRefused):
                got(f"http://{host}/feed", through, allow="192.0.2.0/24")
    assert [request.path for request in proxy.requests] == ["http://news.example/feed"]


def test_trouble_with_a_proxy_is_told_without_its_password() -> None:
    with LoopbackHttp() as proxy:
        through = Access(proxy=f"http://me:hush@127.0.0.1:{proxy.port}")
        # given: one that makes no tunnels, which TLS needs
        with pytest.raises(FetchError, match="does not let us through") as refused:
            got("https://news.example/", through)
    # and: one that is gone
    with pytest.raises(Unreachable, match="no connection to the proxy") as gone:
        got("http://news.example/", through)
    assert "hush" not in f"{refused.value} {gone.value}"


@pytest.fixture
def tls() -> Iterator[LoopbackHttp]:
    """The same server behind a certificate that no authority has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    web = LoopbackHttp({"/feed": (200, {}, b"over tls")})
    web._server.socket = context.wrap_socket(web._server.socket, server_side=True)
    with web:
        yield web


@pytest.fixture
def tunnel() -> Iterator[tuple[int, list[bytes]]]:
    """A proxy that makes tunnels: its port, and the first lines it was sent."""
    listening, asked = socket.create_server(("127.0.0.1", 0)), []

    def pump(a: socket.socket, b: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := a.recv(65536):
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)

    def serve() -> None:
        with contextlib.suppress(OSError):
            here, _ = listening.accept()
            head = here.recv(65536)
            asked.extend(head.split(b"\r\n"))
            host, port = head.split()[1].decode().split(":")
            there = socket.create_connection((host, int(port)))
            here.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
            back = threading.Thread(target=pump, args=(there, here), daemon=True)
            back.start()
            pump(here, there)
            back.join(5)
            here.close()
            there.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1], asked
    listening.close()
    thread.join(5)


def test_through_a_tunnel_the_proxy_sees_the_name_only(
    tls: LoopbackHttp, tunnel: tuple[int, list[bytes]]
) -> None:
    port, asked = tunnel
    through = Access(
        ca=CERTIFICATE.read_text(),
        proxy=f"http://me:pw@127.0.0.1:{port}",
        authorization=LOGIN.authorization,
    )

    assert got(f"https://127.0.0.1:{tls.port}/feed", through).body == b"over tls"

    assert asked[0].startswith(b"CONNECT 127.0.0.1:")
    assert b"Proxy-Authorization: Basic bWU6cHc=" in asked
    assert not any(LOGIN.authorization.encode() in each for each in asked)
    assert tls.requests[0].headers["authorization"] == LOGIN.authorization
    assert "proxy-authorization" not in tls.requests[0].headers


def test_a_certificate_of_its_own_is_trusted_for_the_source_that_says_so(tls: LoopbackHttp) -> None:
    url = f"https://127.0.0.1:{tls.port}/feed"

    assert got(url, Access(ca=CERTIFICATE.read_text())).body == b"over tls"
    with pytest.raises(Unreachable, match="no valid TLS certificate"):
        got(url)
