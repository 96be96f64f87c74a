"""The HTTP client against a real server: 127.0.0.1 plays the internet, 127.0.0.2 the inside."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from ipaddress import ip_network

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from gateway import RawServer
from loopback import LoopbackHttp, Request, free_port

from monitor.errors import (
    AddressRefused,
    BadStatus,
    FetchError,
    TimedOut,
    TooLarge,
    Unreachable,
)
from monitor.net import Client, Limits, Response

OUTSIDE = (ip_network("127.0.0.1/32"),)
PATIENT = Limits(total_s=5)


class Names(AbstractResolver):
    """A name service: each name has a list of answers, used in turn, the last for ever."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = answers

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        answers = self.answers.get(host.partition(".")[0])
        if not answers:
            raise OSError(None, "no such name")
        now = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host, host=ip, port=port, family=socket.AF_INET, proto=0, flags=0
            )
            for ip in now
        ]

    async def close(self) -> None:
        pass


def asked(call: Callable[[Client], Awaitable[Response]], **client: object) -> Response:
    async def ask() -> Response:
        async with Client(**{"allow": OUTSIDE, **client}) as opened:  # type: ignore[arg-type]
            return await call(opened)

    return asyncio.run(ask())


def got(url: str, limits: Limits = PATIENT, **client: object) -> Response:
    return asked(lambda opened: opened.get(url, limits=limits), **client)


def test_a_document_comes_back_with_status_headers_and_final_address() -> None:
    with LoopbackHttp({"/feed": (200, {"ETag": 'W/"a"'}, b"news")}) as web:
        response = got(web.url("/feed"))

    assert (response.status, response.body, response.permanent) == (200, b"news", False)
    assert response.headers["etag"] == 'W/"a"'
    assert response.url == web.url("/feed")


def test_the_client_says_who_it_is_and_what_it_unpacks() -> None:
    with LoopbackHttp({"/": (200, {}, b"")}) as web:
        got(web.url(), contact="https://watch.example/bot")

    assert web.requests[0].headers["user-agent"].endswith(" (+https://watch.example/bot)")
    assert web.requests[0].headers["user-agent"].startswith("Wirewatch/")
    assert web.requests[0].headers["accept-encoding"] == "gzip, deflate"


def test_any_status_of_a_get_is_an_answer() -> None:
    with LoopbackHttp({"/": (503, {"Retry-After": "9"}, b"later")}) as web:
        response = got(web.url())

    assert (response.status, response.body, response.headers["retry-after"]) == (503, b"later", "9")


def test_a_private_address_is_refused_before_a_byte_is_sent() -> None:
    with (
        LoopbackHttp({"/": (200, {}, b"secret")}) as web,
        pytest.raises(AddressRefused, match=r"127\.0\.0\.1.*`allow` under \[net\]"),
    ):
        got(web.url(), allow=())

    assert web.requests == []


@pytest.mark.parametrize("host", ["2130706434", "0177.0.0.2", "0x7f000002", "127.2", "[::1]"])
def test_odd_spellings_of_a_private_address_do_not_get_through(host: str) -> None:
    with (
        LoopbackHttp({"/": (200, {}, b"secret")}, address="127.0.0.2") as inside,
        pytest.raises(FetchError),
    ):
        got(inside.url(host=host))

    assert inside.requests == []


@pytest.mark.parametrize("host", ["127.0.0.2", "2130706434", "inside.test"])
def test_a_redirect_to_the_inside_is_refused(host: str) -> None:
    with LoopbackHttp({"/": (200, {}, b"secret")}, address="127.0.0.2") as inside:
        hop = (302, {"Location": inside.url(host=host)}, b"")
        with LoopbackHttp({"/hop": hop}) as web, pytest.raises(FetchError) as refused:
            got(
                web.url("/hop", host="news.test"),
                resolver=Names(news=[["127.0.0.1"]], inside=[["127.0.0.2"]]),
            )

    assert inside.requests == []
    assert refused.value.ids["url"] == web.url("/hop", host="news.test")


def test_a_name_that_resolves_inside_at_the_second_look_is_refused() -> None:
    # given a name that is outside once and inside from then on
    names = Names(news=[["127.0.0.1"], ["127.0.0.2"]])
    with LoopbackHttp({"/": (200, {"Connection": "close"}, b"news")}) as web:

        async def twice(client: Client) -> Response:
            await client.get(web.url(host="news.test"))
            client._opened.connector.clear_dns_cache()  # type: ignore[union-attr]  time passes
            return await client.get(web.url(host="news.test"))

        # when it is asked again over a new connection, then the address itself is refused
        with pytest.raises(AddressRefused, match=r"127\.0\.0\.2"):
            asked(twice, resolver=names)

    assert len(web.requests) == 1


def test_of_several_addresses_only_allowed_ones_are_connected_to() -> None:
    names = Names(news=[["127.0.0.2", "10.0.0.1", "127.0.0.1"]])
    with LoopbackHttp({"/": (200, {}, b"news")}) as web:
        assert got(web.url(host="news.test"), resolver=names).body == b"news"


def test_a_host_whose_allowed_address_is_down_is_unreachable_not_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(Unreachable):
        got(f"http://news.test:{port}/", resolver=Names(news=[["127.0.0.2", "127.0.0.1"]]))
    with pytest.raises(AddressRefused):
        got(f"http://news.test:{port}/", resolver=Names(news=[["127.0.0.2", "10.0.0.1"]]))


def test_redirects_are_followed_and_told_apart() -> None:
    with LoopbackHttp({"/end": (200, {}, b"news")}) as web:
        web.pages |= {
            "/moved": (301, {"Location": "/moved2"}, b"a page about moving"),
            "/moved2": (308, {"Location": web.url("/end")}, b""),
            "/mixed": (301, {"Location": "/found"}, b""),
            "/found": (302, {"Location": "end"}, b""),
        }
        moved, mixed = got(web.url("/moved")), got(web.url("/mixed"))

    assert (moved.url, moved.permanent) == (web.url("/end"), True)
    assert (mixed.url, mixed.permanent) == (web.url("/end"), False)


def test_a_redirect_can_be_told_instead_of_followed() -> None:
    with LoopbackHttp({"/a": (301, {"Location": "b?c=d"}, b"")}) as web:
        found = asked(lambda client: client.get(web.url("/a"), redirects="told"))

        assert (found.status, found.elsewhere) == (301, web.url("/b?c=d"))
        assert [request.path for request in web.requests] == ["/a"]


def test_a_circle_of_redirects_ends_after_five() -> None:
    with (
        LoopbackHttp({"/": (307, {"Location": "/"}, b"")}) as web,
        pytest.raises(BadStatus, match="more than 5 times") as circle,
    ):
        got(web.url())

    assert circle.value.status == 307
    assert len(web.requests) == 6


def test_a_redirect_without_a_target_is_the_answer() -> None:
    with LoopbackHttp({"/": (302, {}, b"lost")}) as web:
        assert got(web.url()).status == 302


@pytest.mark.parametrize("target", ["http://[", "http://:80/", "file:///etc/passwd"])
def test_a_redirect_to_no_web_address_is_an_error_of_ours(target: str) -> None:
    with LoopbackHttp({"/": (302, {"Location": target}, b"")}) as web, pytest.raises(FetchError):
        got(web.url())


def test_secret_headers_stay_with_the_host_they_were_for() -> None:
    with (
        LoopbackHttp({"/": (200, {}, b"")}) as other,
        LoopbackHttp({"/": (302, {"Location": other.url()}, b"")}) as web,
    ):
        asked(
            lambda client: client.get(
                web.url(), headers={"Authorization": "Bearer 1", "If-None-Match": '"x"'}
            )
        )

    assert web.requests[0].headers["authorization"] == "Bearer 1"
    assert "authorization" not in other.requests[0].headers
    assert other.requests[0].headers["if-none-match"] == '"x"'


def test_credentials_of_an_address_are_sent_but_never_shown() -> None:
    with LoopbackHttp({"/": (200, {}, b"")}) as web:
        response = got(web.url(host="reader:pass-word@127.0.0.1"))
        with pytest.raises(FetchError) as refused:
            got(web.url("/?key=hush", host="reader:pass-word@127.0.0.1"), allow=())

    assert web.requests[0].headers["authorization"].startswith("Basic ")
    assert response.url == web.url()
    assert "pass-word" not in str(refused.value)
    assert "hush" not in str(refused.value)


def test_cookies_are_not_kept_and_proxies_of_the_environment_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with LoopbackHttp({"/": (200, {"Set-Cookie": "a=1"}, b"")}) as web:

        async def twice(client: Client) -> Response:
            await client.get(web.url())
            return await client.get(web.url())

        asked(twice)

    assert "cookie" not in web.requests[1].headers


def test_a_gzip_body_is_unpacked_and_a_bomb_is_not() -> None:
    packed = {"Content-Encoding": "gzip"}
    with LoopbackHttp(
        {
            "/news": (200, packed, gzip.compress(b"news")),
            "/bomb": (200, packed, gzip.compress(bytes(32 << 20))),
            "/broken": (500, packed, gzip.compress(bytes(32 << 20))),
        }
    ) as web:
        assert got(web.url("/news")).body == b"news"
        assert got(web.url("/broken")).status == 500
        with pytest.raises(TooLarge, match="10 MiB unpacked"):
            got(web.url("/bomb"), limits=Limits())


def test_a_brotli_body_sent_unasked_is_refused() -> None:
    with (
        LoopbackHttp({"/": (200, {"Content-Encoding": "br"}, b"\x8b")}) as web,
        pytest.raises(FetchError, match="'br'"),
    ):
        got(web.url())


def endless(request: Request) -> tuple[int, dict[str, str], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        while True:
            yield bytes(65536)

    return 200, {}, pieces()


def dripping(request: Request) -> tuple[int, dict[str, str], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        while not threading.Event().wait(0.02):
            yield b"x"

    return 200, {}, pieces()


def stalling(request: Request) -> tuple[int, dict[str, str], bytes]:
    threading.Event().wait(2)
    return 200, {}, b""


def test_a_body_without_end_stops_at_the_cap() -> None:
    with LoopbackHttp({"/": endless}) as web, pytest.raises(TooLarge, match="8 MiB on the wire"):
        got(web.url(), limits=Limits())


@pytest.mark.parametrize("page", [dripping, stalling])
def test_time_runs_out_for_a_slow_server(
    page: Callable[[Request], tuple[int, dict[str, str], bytes]],
) -> None:
    with LoopbackHttp({"/": page}) as web, pytest.raises(TimedOut, match=r"within 0\.2 s"):
        got(web.url(), limits=Limits(total_s=0.2))


def test_the_deadline_counts_over_all_redirects() -> None:
    def slow_hop(request: Request) -> tuple[int, dict[str, str], bytes]:
        threading.Event().wait(0.15)
        return 302, {"Location": "/"}, b""

    with LoopbackHttp({"/": slow_hop}) as web, pytest.raises(TimedOut):
        got(web.url(), limits=Limits(total_s=0.4))


def test_a_closed_port_is_unreachable() -> None:
    port = free_port()
    with pytest.raises(Unreachable, match="connection refused"):
        got(f"http://127.0.0.1:{port}/")


def test_names_are_looked_up_though_every_thread_of_the_loop_is_busy() -> None:
    busy = threading.Event()

    async def crowded(client: Client) -> Response:
        loop = asyncio.get_running_loop()
        others = [loop.run_in_executor(None, busy.wait) for _ in range(64)]
        try:
            return await client.get(web.url(host="localhost"), limits=PATIENT)
        finally:
            busy.set()
            await asyncio.gather(*others)

    with LoopbackHttp({"/": (200, {}, b"news")}) as web:
        assert asked(crowded).body == b"news"


def test_a_name_that_does_not_resolve_is_unreachable() -> None:
    with pytest.raises(Unreachable, match=r"nowhere\.test does not resolve"):
        got("http://nowhere.test/", resolver=Names())


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (b"", Unreachable, "unanswered"),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", FetchError, "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", Unreachable, "broke off"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", FetchError, "not HTTP"),
    ],
)
def test_a_broken_answer_is_an_error_of_ours(
    answer: bytes, kind: type[FetchError], words: str
) -> None:
    with RawServer(answer) as server, pytest.raises(kind, match=words):
        got(f"http://127.0.0.1:{server.port}/")


def test_tls_with_a_server_that_speaks_none_is_unreachable() -> None:
    with (
        RawServer(b"HTTP/1.1 400 Bad Request\r\n\r\n") as server,
        pytest.raises(Unreachable, match="TLS"),
    ):
        got(f"https://127.0.0.1:{server.port}/")


@pytest.mark.parametrize(
    "url", ["", "news", "file:///etc/passwd", "http://", "ftp://x/", "http://[::1", "http://a..b/"]
)
def test_what_is_no_web_address_is_not_asked(url: str) -> None:
    with pytest.raises(FetchError):
        got(url)


def test_a_post_sends_the_body_and_takes_any_answer() -> None:
    with LoopbackHttp({"/hook": (422, {}, b"no such room")}) as web:
        response = asked(
            lambda client: client.post(
                web.url("/hook"), body=b'{"a":1}', headers={"Content-Type": "application/json"}
            )
        )

    assert (response.status, response.body) == (422, b"no such room")
    assert web.requests[0].body == b'{"a":1}'
    assert web.requests[0].headers["content-type"] == "application/json"


def test_a_post_follows_no_redirect() -> None:
    with LoopbackHttp({"/": (302, {"Location": "/other"}, b"")}) as web:
        assert asked(lambda client: client.post(web.url(), body=b"")).status == 302

    assert len(web.requests) == 1


def test_a_post_whose_answer_breaks_off_after_the_status_was_received() -> None:
    with RawServer(b"HTTP/1.1 202 Accepted\r\nContent-Length: 50\r\n\r\nthank") as server:
        response = asked(lambda client: client.post(f"http://127.0.0.1:{server.port}/", body=b"x"))

    assert (response.status, response.body) == (202, b"thank")


def test_a_long_answer_to_a_post_is_cut() -> None:
    with LoopbackHttp({"/": endless}) as web:
        assert len(asked(lambda client: client.post(web.url(), body=b"")).body) == 16 << 10


def test_a_post_to_a_private_address_is_refused() -> None:
    with pytest.raises(AddressRefused):
        asked(lambda client: client.post("http://127.0.0.2:80/", body=b""))


def test_the_time_of_a_post_is_bounded() -> None:
    with LoopbackHttp({"/": stalling}) as web, pytest.raises(TimedOut):
        asked(lambda client: client.post(web.url(), body=b"", limits=Limits(total_s=0.1)))
