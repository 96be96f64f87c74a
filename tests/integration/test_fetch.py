"""The conditional GET against a real server."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network

import pytest
from loopback import LoopbackHttp, Request

from monitor.errors import BadStatus
from monitor.model import Source
from monitor.net import Client
from monitor.sources.fetch import Fetched, NotModified, Validators, fetch, retry_after_s

NOW = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
EXPIRING = {"Expires": "Thu, 05 Nov 2026 12:30:00 GMT", "Date": "Thu, 05 Nov 2026 12:00:00 GMT"}
STAMP = "Tue, 03 Nov 2026 10:00:00 GMT"


def fetched(url: str, validators: Validators = Validators()) -> Fetched | NotModified:  # noqa: B008  frozen
    async def ask() -> Fetched | NotModified:
        async with Client(allow=(ip_network("127.0.0.0/8"),)) as client:
            return await fetch(client, Source(id="harbour", url=url), validators)

    return asyncio.run(ask())


def conditional(request: Request) -> tuple[int, dict[str, str], bytes]:
    """A server as it should be."""
    headers = {"ETag": 'W/"a-gzip"', "Last-Modified": STAMP, "Cache-Control": "max-age=900"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return 304, {"Cache-Control": "max-age=600"}, b""
    return 200, headers | {"Content-Type": "application/rss+xml"}, b"<rss/>"


def test_a_new_document_comes_with_its_validators() -> None:
    with LoopbackHttp({"/feed": conditional}) as web:
        got = fetched(web.url("/feed"))

    assert isinstance(got, Fetched)
    assert (got.body, got.content_type, got.url) == (
        b"<rss/>",
        "application/rss+xml",
        web.url("/feed"),
    )
    assert (got.validators.etag, got.validators.last_modified) == ('W/"a-gzip"', STAMP)
    assert got.body_hash == got.validators.body_hash != ""
    assert got.fresh_for_s == 900
    assert "if-none-match" not in web.requests[0].headers
    assert "application/rss+xml" in web.requests[0].headers["accept"]


def test_validators_go_back_as_they_came() -> None:
    with LoopbackHttp({"/feed": conditional}) as web:
        first = fetched(web.url("/feed"))
        second = fetched(web.url("/feed"), first.validators)

    assert isinstance(second, NotModified)
    assert second.validators == first.validators
    assert second.fresh_for_s == 600
    assert web.requests[1].headers["if-none-match"] == 'W/"a-gzip"'
    assert web.requests[1].headers["if-modified-since"] == STAMP


def test_a_304_may_bring_new_validators() -> None:
    page = (304, {"ETag": '"new"'}, b"")
    before = Validators(etag='"old"', last_modified=STAMP, body_hash="h")
    with LoopbackHttp({"/": page}) as web:
        got = fetched(web.url(), before)

    assert isinstance(got, NotModified)
    assert got.validators == Validators(etag='"new"', last_modified=STAMP, body_hash="h")


def test_the_same_body_again_is_not_modified_but_renews_the_validators() -> None:
    with LoopbackHttp({"/": (200, {"ETag": '"1"'}, b"<rss/>")}) as web:
        first = fetched(web.url())
        web.pages["/"] = (200, {"ETag": '"2"'}, b"<rss/>")
        second = fetched(web.url(), first.validators)
        web.pages["/"] = (200, {}, b"<rss>new</rss>")
        third = fetched(web.url(), second.validators)

    assert isinstance(second, NotModified)
    assert second.validators.etag == '"2"'
    assert isinstance(third, Fetched)
    assert third.validators.etag is None


def test_validators_that_cannot_be_sent_back_are_not_kept() -> None:
    with LoopbackHttp({"/": (200, {"ETag": '"' + "x" * 3000 + '"'}, b"<rss/>")}) as web:
        assert fetched(web.url()).validators.etag is None


def test_a_304_nobody_asked_for_is_a_bad_status() -> None:
    with (
        LoopbackHttp({"/": (304, {}, b"")}) as web,
        pytest.raises(BadStatus, match="asked for the whole"),
    ):
        fetched(web.url(), Validators(body_hash="h"))


@pytest.mark.parametrize("status", [204, 206, 300, 400, 401, 403, 404, 410, 418, 500, 503])
def test_any_other_status_is_an_error_that_names_it(status: int) -> None:
    with LoopbackHttp({"/": (status, {}, b"")}) as web, pytest.raises(BadStatus) as bad:
        fetched(web.url())

    assert bad.value.status == status
    assert str(status) in bad.value.message
    assert bad.value.ids == {"source": "harbour"}
    assert bad.value.retry_after_s is None


@pytest.mark.parametrize("status", [429, 503])
def test_how_long_to_stay_away_is_told(status: int) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    with LoopbackHttp({"/": (status, {"Retry-After": "120"}, b"")}) as web:
        with pytest.raises(BadStatus) as seconds:
            fetched(web.url())
        web.pages["/"] = (status, {"Retry-After": later}, b"")
        with pytest.raises(BadStatus) as date:
            fetched(web.url())

    assert seconds.value.retry_after_s == 120
    assert date.value.retry_after_s == pytest.approx(300, abs=5)


def test_a_feed_that_moved_for_good_says_so() -> None:
    with LoopbackHttp({"/old": (301, {"Location": "/feed"}, b""), "/feed": conditional}) as web:
        got = fetched(web.url("/old"))
        again = fetched(web.url("/old"), got.validators)

    assert (got.url, got.permanent) == (web.url("/feed"), True)
    assert isinstance(again, NotModified)
    assert again.permanent


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("0", 0),
        (" 30 ", 30),
        ("2.5", 2.5),
        ("999999", 86_400),
        ("99999999999999999999", None),
        ("Thu, 05 Nov 2026 12:10:00 GMT", 600),
        ("Thu, 05 Nov 2026 11:00:00 GMT", 0),
        ("Thu, 05 Nov 2099 11:00:00 GMT", 86_400),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(
    value: str | None, seconds: float | None
) -> None:
    assert retry_after_s(value, now=NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": 'public, Max-Age="60"'}, 60),
        ({"Cache-Control": "no-cache"}, 0),
        ({"Cache-Control": "s-maxage=9, max-age=99999999"}, 86_400),
        (EXPIRING, 30 * 60),
        ({"Expires": "0"}, None),
    ],
)  # fmt: skip
def test_how_long_a_document_is_fresh_is_told(
    headers: dict[str, str], seconds: float | None
) -> None:
    with LoopbackHttp({"/": (200, headers, b"<rss/>")}) as web:
        assert fetched(web.url()).fresh_for_s == seconds
