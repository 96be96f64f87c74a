"""Web archives: which of their records are articles, and archives that are damaged."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime

import pytest

from monitor.errors import ParseError
from monitor.model import Article, SourceProblem
from monitor.sources import warc

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = (
    b"<html><head><title>Mill closes</title><meta property='og:title' content='Mill closes'>"
    b"</head><body><article><p>The mill by the river closed on Friday after ninety years.</p>"
    b"<p>Its owner said so in the town hall, where forty people had come to hear it.</p>"
    b"</article></body></html>"
)
HTTP = "application/http; msgtype=response"


def record(kind: str, content: bytes, content_type: str = HTTP, uri: str = "a") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://mill.example/{uri}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def answer(body: bytes = PAGE, status: str = "200 OK", **headers: str) -> bytes:
    given = {"content_type": "text/html; charset=utf-8", **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def chunked(body: bytes) -> bytes:
    parts = [body[at : at + 100] for at in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def found(archive: bytes) -> list[Article | SourceProblem]:
    return list(warc.read(io.BytesIO(archive), "mill.warc", NOW))


def test_a_page_is_an_article_with_the_address_it_was_fetched_from() -> None:
    (article,) = found(record("response", answer()))

    assert isinstance(article, Article)
    assert (article.title, article.url) == ("Mill closes", "https://mill.example/a")
    assert article.body.startswith("The mill by the river closed")
    assert (article.source, article.published) == ("mill.warc", None)


def test_the_address_that_a_page_names_itself_wins() -> None:
    page = PAGE.replace(b"<title>", b"<link rel=canonical href='https://mill.example/own'><title>")

    (article,) = found(record("response", answer(page)))

    assert isinstance(article, Article)
    assert article.url == "https://mill.example/own"


@pytest.mark.parametrize(
    "content",
    [
        answer(gzip.compress(PAGE), content_encoding="gzip"),
        answer(chunked(PAGE), transfer_encoding="chunked"),
        answer(chunked(gzip.compress(PAGE)), content_encoding="gzip", transfer_encoding="chunked"),
        answer(PAGE, content_encoding="gzip"),  # as some archives keep it
        answer(PAGE, transfer_encoding="chunked"),
    ],
    ids=["gzip", "chunks", "both", "gunzipped before", "joined before"],
)
def test_a_page_is_read_as_it_was_sent(content: bytes) -> None:
    (article,) = found(record("response", content))

    assert isinstance(article, Article)
    assert article.title == "Mill closes"


def test_what_is_no_page_is_passed_over() -> None:
    archive = b"".join(
        [
            record("warcinfo", b"software: x\r\n", "application/warc-fields"),
            record("request", b"GET /a HTTP/1.1\r\n\r\n", "application/http; msgtype=request"),
            record("response", answer(b"\x89PNG", content_type="image/png")),
            record("response", answer(status="404 Not Found")),
            record("response", b"mill.example. A 192.0.2.1", "text/dns"),
            record("response", answer()),
        ]
    )

    assert [type(one) for one in found(archive)] == [Article]


def test_a_page_that_was_cut_off_is_a_problem_and_no_article() -> None:
    archive = record("response", answer()) + record("response", answer())

    whole, cut = found(archive[:-60])

    assert isinstance(whole, Article)
    assert isinstance(cut, SourceProblem)
    assert cut.found.endswith("bytes; the archive was cut off")


def test_a_page_that_cannot_be_read_costs_no_other() -> None:
    broken = answer(b"\x1f\x8bnot gzip", content_encoding="gzip")

    first, second, third = found(
        record("response", broken)
        + record("response", answer(b"<html></html>"))
        + record("response", answer())
    )

    assert isinstance(first, SourceProblem)
    assert first.where == "record 1 (https://mill.example/a)"
    assert isinstance(second, SourceProblem)
    assert isinstance(third, Article)


def test_a_page_that_unpacks_to_too_much_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "PAGE_BYTES", 10_000)
    bomb = answer(gzip.compress(bytes(1_000_000)), content_encoding="gzip")

    first, second, third = found(
        record("response", bomb)
        + record("response", answer(bytes(20_000)))
        + record("response", answer())
    )

    assert isinstance(first, SourceProblem)
    assert "more than 0.00954 MiB unpacked" in first.found
    assert isinstance(second, SourceProblem)
    assert isinstance(third, Article)


@pytest.mark.parametrize(
    ("archive", "words"),
    [
        (b"", "empty file"),
        (b"\r\n\r\n", "empty file"),
        (b"<html>", "found no WARC record behind record 0"),
        (record("response", answer())[:-4] + b"rubbish", "behind record 1"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "no Content-Length in record 1"),
        (b"WARC/1.0\r\n" + b"a: b\r\n" * 1_000, "more than 200 header lines"),
    ],
)
def test_a_damaged_archive_is_refused_where_it_is(archive: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        found(archive)


def test_a_record_that_says_it_is_endless_takes_no_memory() -> None:
    whole = record("response", answer())
    size = str(len(answer())).encode()

    (article,) = found(whole.replace(b"Content-Length: " + size, b"Content-Length: 99999999999999"))

    assert isinstance(article, SourceProblem | Article)
