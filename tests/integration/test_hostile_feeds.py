"""Feeds that mean harm, each served for real, polled beside one that means none.

Every attack ends as a failure of its own feed (or as a feed read in bounds), in words a person can
act on; the honest feed is read all the same, and neither time nor memory runs away.
    pytest tests/integration/test_hostile_feeds.py -s
shows the outcomes as a table.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import resource
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from gateway import RawServer
from loopback import Answer, LoopbackHttp, Page, Request

from monitor.model import ARTICLES, Source
from monitor.net import Client, Limits
from monitor.poller.feeds import FeedPoll
from monitor.poller.report import reports
from monitor.poller.traffic import Traffic
from monitor.queues import articles_of
from monitor.sources.childparse import Parser
from monitor.store import Store

pytestmark = pytest.mark.usefixtures("quiet")

OUTSIDE, INSIDE = "127.0.0.1", "127.0.0.2"
ONLY_OUTSIDE = (ip_network(f"{OUTSIDE}/32"),)
TOTAL_S, WALL_S = 1.0, 1.5
GOOD = (
    b"<rss version='2.0'><channel><item><title>Ferry late</title><guid>1</guid></item>"
    b"</channel></rss>"
)
ENOUGH_MB = 200


def rss(entries: bytes, head: bytes = b"", before: bytes = b"") -> bytes:
    return before + b"<rss version='2.0'><channel>" + head + entries + b"</channel></rss>"


def entry(title: bytes = b"News", rest: bytes = b"") -> bytes:
    return b"<item><title>" + title + b"</title>" + rest + b"</item>"


def many(count: int) -> bytes:
    return b"".join(entry(b"News %d" % number) for number in range(count))


def attributes(count: int) -> bytes:
    return b" ".join(b"a%d='1'" % number for number in range(count))


def laughs() -> bytes:
    declared = (
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(12)
    )
    return rss(entry(b"&l11;"), before=b"<!DOCTYPE r [" + b"".join(declared) + b"]>")


def without_end(piece: bytes, pause_s: float = 0.0) -> Callable[[Request], Answer]:
    def answer(request: Request) -> Answer:
        def pieces() -> Iterator[bytes]:
            while not threading.Event().wait(pause_s):
                yield piece

        return 200, {}, pieces()

    return answer


def elsewhere(target: str) -> Page:
    return 302, {"Location": target}, b""


def packed(body: bytes, encoding: str = "gzip") -> Page:
    return 200, {"Content-Encoding": encoding}, body


@dataclass(frozen=True)
class Attack:
    """What is served, and a word of what must come of it; `articles` where it is read in bounds."""

    page: Page
    ends: str = ""
    articles: int = 0


def document(body: bytes, ends: str = "", articles: int = 0) -> Attack:
    return Attack((200, {}, body), ends, articles)


def attacks(inside: LoopbackHttp, pipe: Path) -> Mapping[str, Attack]:
    heavy = b"harbour " * 60_000
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "t" * 400_000}
    authors = [{"name": f"{n}" * 4_000} for n in range(100)]
    entries = [{"id": str(n), "content_text": "x"} for n in range(200)]
    return {
        "redirect inside": Attack(elsewhere(inside.url()), "not a public address"),
        "redirect to a number": Attack(elsewhere(inside.url(host="2130706434")), "no web address"),
        "redirect by name": Attack(elsewhere(inside.url(host="inside.test")), "not a public"),
        "redirect to a file": Attack(elsewhere("file:///etc/passwd"), "only http and https"),
        "redirect in a circle": Attack(elsewhere("/"), "more than 5 times"),
        "slow body": Attack(without_end(b"x", 0.05), "within 1 s"),
        "body without end": Attack(without_end(bytes(65536)), "8 MiB on the wire"),
        "gzip bomb": Attack(packed(gzip.compress(bytes(64 << 20))), "10 MiB unpacked"),
        "gzip bomb inside": document(gzip.compress(bytes(64 << 20)), "more than 10 MiB"),
        "brotli unasked": Attack(packed(b"\xcf\xff\xff\x7f\xf8" * 600, "br"), "'br'"),
        "100,000 attributes": document(
            rss(b"<item><x " + attributes(100_000) + b"/></item>"), "longer than"
        ),
        "comment bomb": document(
            rss(entry(b"News", b"<description>" + b"&lt;!--" * 50_000 + b"</description>")),
            articles=1,
        ),
        "billion laughs": document(laughs(), articles=1),
        "quadratic entities": document(
            rss(
                entry(b"&a;" * 20_000),
                before=b"<!DOCTYPE r [<!ENTITY a '" + b"x" * 90_000 + b"'>]>",
            ),
            articles=1,
        ),
        "file as entity": document(
            rss(
                entry(b"News &f;"),
                before=b"<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/hostname'>]>",
            ),
            articles=1,
        ),
        "200,000 open elements": document(
            rss(b"<item>" + b"<a>" * 200_000), "longer than"
        ),
        "author of a million @": document(
            rss(entry(b"News", b"<author>a@" + b"a." * 500_000 + b"</author>")), "longer than"
        ),
        "one title for all": document(
            rss(many(200), b"<title>" + heavy + b"</title>"), articles=10
        ),
        "authors for all": document(
            json.dumps(feed | {"authors": authors, "items": entries}).encode(), articles=10
        ),
        "lists in lists": document(
            b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 1_000_000,
            "nested too deep",
        ),
        "spells a path": document(str(Path(__file__)).encode(), "not a feed"),
        "spells a pipe": document(str(pipe).encode(), "not a feed"),
        "spells an address": document(inside.url().encode(), "not a feed"),
    }  # fmt: skip


RAW: Mapping[str, tuple[bytes, bytes, float, str]] = {
    "slow headers": (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.05, "within 1 s"),
    "headers without end": (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1_000, 0.0, "not HTTP"),
    "one long header": (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65_536, 0.0, "not HTTP"),
    "100 for ever": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.05, "within 1 s"),
    "a chunk of zeros": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0" * 512, 0.05, "within 1 s"
    ),
}  # fmt: skip
"""Name -> what comes first, what is then repeated, seconds between, how it ends."""


class TwoFaced(AbstractResolver):
    """Every name is outside; `inside` is inside, and `rebound` is so from its second look-up on."""

    def __init__(self) -> None:
        self.looked: dict[str, int] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.looked[host] = self.looked.get(host, 0) + 1
        hidden = host == "inside.test" or (host == "rebound.test" and self.looked[host] > 1)
        return [
            ResolveResult(
                hostname=host,
                host=INSIDE if hidden else OUTSIDE,
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=0,
            )
        ]

    async def close(self) -> None:
        pass


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def polled(store: Store, names: TwoFaced, *sources: Source) -> None:
    """Each source once, as the poller does it, with little patience."""
    log, now = structlog.get_logger(), lambda: datetime.now(UTC)

    async def work() -> None:
        limits = Limits(total_s=TOTAL_S)
        async with (
            Client(allow=ONLY_OUTSIDE, resolver=names, limits=limits) as client,
            Parser(wall_s=WALL_S, children=2) as parser,
        ):
            feeds = FeedPoll(store=store, client=client, parser=parser, now=now, log=log)
            await Traffic(
                sources=sources,
                feeds=feeds,
                store=store,
                log=log,
                now=now,
                crowded=lambda: False,
                waited=lambda event, reason: None,
            ).once()

    asyncio.run(work())


def articles_by_source(store: Store) -> dict[str, int]:
    found: dict[str, int] = {}
    while jobs := store.articles.take("w", str(time.monotonic_ns()), 100):
        for job in jobs:
            for article in articles_of(job.data):
                assert len(str(article)) < 1 << 17
                found[article.source] = found.get(article.source, 0) + 1
    return found


def test_each_attack_ends_as_its_own_feeds_failure_and_the_honest_feed_is_read(
    store: Store, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ExitStack() as servers:
        # given: the inside, and one server of attacks, each under a host name of its own
        inside = servers.enter_context(LoopbackHttp({"/": (200, {}, GOOD)}, address=INSIDE))
        served = attacks(inside, pipe)
        pages = {f"/{number}": attack.page for number, attack in enumerate(served.values())}
        pages |= {"/": elsewhere("/"), "/good": (200, {}, GOOD)}
        web = servers.enter_context(LoopbackHttp(pages))
        wanted = {name: (attack.ends, attack.articles) for name, attack in served.items()}
        sources = [
            Source(id=name, url=web.url(f"/{number}", host=f"h{number}.test"))
            for number, name in enumerate(served)
        ]
        for name, (first, repeated, pause_s, ends) in RAW.items():
            raw = RawServer(first, repeated=repeated, pause_s=pause_s, to=OUTSIDE)
            port = servers.enter_context(raw).port
            sources.append(Source(id=name, url=f"http://r{port}.test:{port}/"))
            wanted[name] = ends, 0
        for name, host in (
            ("inside by name", "inside.test"), ("inside by address", INSIDE),
            ("inside in octal", "0177.0.0.2"), ("inside in hex", "0x7f000002"),
            ("inside in short", "127.2"), ("inside, mapped", f"[::ffff:{INSIDE}]"),
        ):  # fmt: skip
            sources.append(Source(id=name, url=inside.url(host=host)))
            wanted[name] = "", 0
        good = Source(id="honest", url=web.url("/good", host="honest.test"), backfill=None)
        # when
        before_mb, began = peak_mb(), time.monotonic()
        polled(store, TwoFaced(), *sources, good)
        took_s, grew_mb = time.monotonic() - began, peak_mb() - before_mb
        # then: nobody inside was ever asked
        assert inside.requests == []
    # and: each attack ended as it should
    came = articles_by_source(store)
    told = {report.source: report for report in reports(store, sources, datetime.now(UTC))}
    for name, report in told.items():
        sys.stdout.write(f"{name:24} {report.error or f'{came.get(name, 0)} articles'}\n")
    for name, (ends, articles) in wanted.items():
        assert came.get(name, 0) == articles, name
        assert (told[name].state == "failing") == (articles == 0), name
        assert ends in told[name].error, name
    # and: the honest feed was read, in bounded time and memory
    assert came["honest"] == 1
    sys.stdout.write(f"{len(wanted)} attacks in {took_s:.1f} s, +{grew_mb} MB\n")
    assert grew_mb < ENOUGH_MB
    assert took_s < 30


def test_a_name_that_turns_inwards_between_two_polls_is_refused(store: Store) -> None:
    names = TwoFaced()
    with LoopbackHttp({"/": (200, {"Connection": "close"}, GOOD)}) as web:
        feed = Source(id="rebound", url=web.url(host="rebound.test"), interval=timedelta(minutes=5))
        polled(store, names, feed)
        polled(store, names, feed)

        (report,) = reports(store, (feed,), datetime.now(UTC))
        assert f"{INSIDE} is not a public address" in report.error
        assert len(web.requests) == 1
    assert store.view.waiting(ARTICLES) == 1
