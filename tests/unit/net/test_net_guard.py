"""Which addresses may be connected to, and how a bounded body is unpacked."""

from __future__ import annotations

import gzip
import socket
import zlib
from ipaddress import ip_address, ip_network

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from monitor.errors import AddressRefused, FetchError, TimedOut, TooLarge, Unreachable
from monitor.net.decode import Decoder
from monitor.net.faults import FAULTS, translated
from monitor.net.guard import Guard, address_of, is_public, number_of
from monitor.net.hops import next_hop

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.1",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.254", "192.0.0.8", "192.0.2.1",
    "198.18.0.1", "198.51.100.7", "203.0.113.9", "192.88.99.1", "168.63.129.16", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1", "2002:7f00:1::", "2001::1", "2001:db8::1", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "3fff::1", "5f00::1", "100::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.32.0.1",
    "192.0.1.1", "168.63.129.17", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:1.1.1.1",
]  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE)
def test_an_address_that_is_not_everyones_is_not_public(text: str) -> None:
    assert not is_public(address_of(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_an_address_of_the_internet_is_public(text: str) -> None:
    assert is_public(address_of(text))


def info(address: str, port: int) -> tuple[int, int, int, str, tuple[str, int]]:
    family = socket.AF_INET6 if ip_address(address).version == 6 else socket.AF_INET
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port)


@pytest.mark.parametrize("port", [80, 443, 8080, 8443])
def test_a_public_address_gets_a_socket_on_a_port_of_the_web(port: int) -> None:
    Guard(()).socket(info("93.184.215.14", port)).close()


@pytest.mark.parametrize("port", [22, 25, 6379, 11211])
def test_a_public_address_gets_none_on_another_port(port: int) -> None:
    with pytest.raises(OSError, match=f"port {port}"):
        Guard(()).socket(info("93.184.215.14", port))


def test_the_allow_list_opens_a_private_network_on_every_port() -> None:
    guard = Guard((ip_network("10.1.0.0/16"), ip_network("fd00::/8")))

    guard.socket(info("10.1.2.3", 9000)).close()
    guard.socket(info("::ffff:10.1.2.3", 9000)).close()
    guard.socket(info("fd00::1", 9000)).close()
    with pytest.raises(OSError, match="not a public address"):
        guard.socket(info("10.2.0.1", 80))


def test_a_redirect_from_https_to_http_is_refused() -> None:
    with pytest.raises(AddressRefused, match="from https to http"):
        next_hop(URL("https://news.example/feed"), "http://news.example/feed")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://x/", "javascript:alert(1)"])
def test_a_redirect_to_another_scheme_is_refused(target: str) -> None:
    with pytest.raises(AddressRefused, match="only http and https"):
        next_hop(URL("http://news.example/feed"), target)


def test_a_redirect_keeps_credentials_at_home() -> None:
    home = URL("http://reader:pw@news.example/feed")

    assert next_hop(home, "/new").user == "reader"
    assert next_hop(home, "http://other.example/feed").user is None
    assert next_hop(home, "http://a:b@other.example/feed").user is None


def errors_of(kind: type[Exception]) -> set[type[Exception]]:
    return {kind}.union(*(errors_of(each) for each in kind.__subclasses__()))


def test_every_error_of_aiohttp_has_a_row_of_its_own_or_its_kind() -> None:
    known = tuple(foreign for foreign, _, _ in FAULTS)

    missing = {
        each.__name__
        for each in errors_of(aiohttp.ClientError) - {aiohttp.ClientError}
        if each.__module__.startswith("aiohttp") and not issubclass(each, known)
    }

    assert missing == set()


@pytest.mark.parametrize(
    ("error", "ours", "words"),
    [
        (TimeoutError(), TimedOut, "within 3 s"),
        (ConnectionRefusedError(111, "x"), Unreachable, "connection refused"),
        (aiohttp.ServerDisconnectedError(), Unreachable, "closed the connection"),
        (aiohttp.ClientPayloadError("secret"), Unreachable, "broke off"),
        (RuntimeError("secret"), FetchError, "could not be asked"),
    ],
)
def test_an_error_is_told_in_our_words(
    error: Exception, ours: type[FetchError], words: str
) -> None:
    told = translated(error, host="news.example", port=443, url="http://news.example/", total_s=3)

    assert type(told) is ours
    assert words in str(told)
    assert "secret" not in str(told)


def unpack(
    encoding: str, *pieces: bytes, wire_bytes: int = 1 << 20, body_bytes: int = 1 << 20
) -> bytes:
    decoder = Decoder(encoding, wire_bytes=wire_bytes, body_bytes=body_bytes)
    for piece in pieces:
        decoder.feed(piece)
    return decoder.body()


def bare_deflate(text: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(text) + squeeze.flush()


@given(st.binary(max_size=2_000), st.integers(min_value=1, max_value=50))
def test_a_body_comes_out_as_it_went_in_however_it_was_cut(text: bytes, size: int) -> None:
    for encoding, packed in (
        ("", text),
        ("gzip", gzip.compress(text, mtime=0)),
        ("X-GZIP", gzip.compress(text[:10], mtime=0) + gzip.compress(text[10:], mtime=0)),
        ("deflate", zlib.compress(text)),
        ("deflate", bare_deflate(text)),
        ("identity", text),
    ):
        pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
        assert unpack(encoding, *pieces) == text


def test_padding_after_the_end_of_a_gzip_body_is_left_out() -> None:
    assert unpack("gzip", gzip.compress(b"text") + b"\0\0\0") == b"text"


def test_a_gzip_bomb_stops_at_the_cap() -> None:
    bomb = gzip.compress(bytes(50 << 20))

    with pytest.raises(TooLarge, match="unpacked"):
        unpack("gzip", bomb)


def test_one_byte_over_the_cap_is_too_large() -> None:
    assert len(unpack("", bytes(100), wire_bytes=100, body_bytes=100)) == 100
    with pytest.raises(TooLarge, match="on the wire"):
        unpack("", bytes(101), wire_bytes=100)
    with pytest.raises(TooLarge, match="unpacked"):
        unpack("", bytes(101), body_bytes=100)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_an_encoding_nobody_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(FetchError, match="only gzip, deflate"):
        unpack(encoding, b"x")


def test_a_compressed_body_without_end_is_an_error() -> None:
    with pytest.raises(FetchError, match="cut off"):
        unpack("gzip", gzip.compress(bytes(1000))[:-12])


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_that_is_not_compressed_as_it_says_is_an_error(encoding: str) -> None:
    with pytest.raises(FetchError, match="but is not"):
        unpack(encoding, b"<rss version='2.0'/>")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1.", "2130706433", "0177.0.0.1", "0x7f.1", "::ffff:127.0.0.1"]
)
def test_a_host_spelt_as_a_number_is_known_in_every_spelling(host: str) -> None:
    assert str(number_of(host)) == "127.0.0.1"


@pytest.mark.parametrize("host", ["localhost", "example.org.", "1.2.3.4.example", ""])
def test_a_name_is_no_number(host: str) -> None:
    assert number_of(host) is None
