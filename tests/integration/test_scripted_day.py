"""A day of a thousand feeds, with all that happens to feeds, and the books balanced at its end.

The real traffic, parser and store poll a real server on a clock that stands still while polls are
under way and jumps when nothing is due. Every entry a feed published is an article once, or came
while a gap was counted; nothing is lost without a word, nothing comes twice.

    pytest tests/integration/test_scripted_day.py -s              38 feeds, 14 hours, in seconds
    pytest tests/integration/test_scripted_day.py -s -m soak      1,000 feeds, a day

prints the books.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from ipaddress import ip_network
from typing import Any

import pytest
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from loopback import Answer, LoopbackHttp, Request

from monitor.model import Source
from monitor.net import Client
from monitor.poller.feeds import FeedPoll
from monitor.poller.report import FeedReport, reports
from monitor.poller.traffic import Traffic
from monitor.queues import articles_of
from monitor.sources.childparse import Parser
from monitor.store import Store

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SHOWN = 10
"""Entries in a document: so many newest ones."""

A_HOST = 4
"""Feeds on one host."""

TRAITS = (
    "plain",
    "etag",
    "last-modified",
    "quiet",
    "busy",
    "rolls over",
    "one guid for all",
    "no guids",
    "JSON Feed",
    "packed",
    "429, Retry-After",
    "503, Retry-After",
    "moved for a while",
    "moved for good",
    "404 for hours",
    "500 for hours",
    "410 in the end",
    "pages and pieces",
    "slow",
)


@dataclass(kw_only=True)
class Feed:
    """One feed: when its entries come, what its server does, and since when it has shown a
    whole document: what came and went before that nobody can know.
    """

    name: str
    trait: str
    published: list[datetime]
    asked: Counter[int] = field(default_factory=Counter)
    since: datetime | None = None

    def shown(self, now: datetime) -> list[int]:
        """The numbers of the entries it shows, the newest first."""
        here = sum(at <= now for at in self.published)
        return list(range(here, max(here - SHOWN, 0), -1))

    def refs(self, now: datetime) -> set[int]:
        return {n for n, at in enumerate(self.published, 1) if at <= now}


def feed(number: int, dice: random.Random, end: datetime) -> Feed:
    """A feed of the trait whose turn it is; entries before the day, then as they come."""
    trait = TRAITS[number % len(TRAITS)]
    every = {"quiet": 6 * HOUR, "busy": 8 * MINUTE}.get(trait, dice.uniform(25, 70) * MINUTE)
    at, published = NOON - 6 * every, []
    while (at := at + every * dice.expovariate(1)) < end:
        published.append(at)
    if trait == "rolls over":
        burst = NOON + dice.uniform(4, 12) * HOUR
        published += [burst + n * timedelta(seconds=2) for n in range(3 * SHOWN)]
    if trait == "410 in the end":
        published = [at for at in published if at < NOON + 8 * HOUR]
    return Feed(name=f"{trait} {number}", trait=trait, published=sorted(published))


class Clock:
    """Stands still while polls are under way, and jumps to when the next is due."""

    def __init__(self, end: datetime) -> None:
        self.at, self.end = NOON, end
        self.over = asyncio.Event()

    def __call__(self) -> datetime:
        return self.at

    async def wait(self, wake: asyncio.Event, wait_s: float, under_way: bool) -> None:
        if under_way:
            await wake.wait()
            return
        self.at += timedelta(seconds=max(wait_s, 0.001))
        if self.at >= self.end:
            self.over.set()
        await asyncio.sleep(0)  # others get a turn


class Here(AbstractResolver):
    """Every name is this machine: so hosts have names, and with them their spacing."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        pass


# -- what the servers answer


def answer(clock: Clock, feed: Feed, request: Request) -> Answer:
    """What this feed's server says now."""
    status, headers, body = trouble(clock.at, feed, request) or document(clock.at, feed, request)
    feed.asked[status] += 1
    return status, headers, body


def trouble(now: datetime, feed: Feed, request: Request) -> Answer | None:
    hours = (now - NOON) / HOUR
    home = request.path.endswith("/home")
    match feed.trait:
        case "429, Retry-After" if 6 <= hours < 8:
            return 429, {"Retry-After": "1800"}, b""
        case "503, Retry-After" if 6 <= hours < 7:
            until = format_datetime(datetime.now(UTC) + 10 * MINUTE, usegmt=True)
            return 503, {"Retry-After": until}, b""
        case "moved for a while" if 3 <= hours < 9 and not home:
            return 302, {"Location": f"{request.path}/home"}, b""
        case "moved for good" if not home:
            return 301, {"Location": f"{request.path}/home"}, b""
        case "404 for hours" if 9 <= hours < 12:
            return 404, {}, b"no such page"
        case "500 for hours" if 3 <= hours < 5:
            return 500, {}, b""
        case "410 in the end" if hours >= 8:
            return 410, {}, b""
        case "pages and pieces" if now.minute % 10 < 3:
            return 200, {}, b"<!doctype html><html><body>Maintenance</body></html>"
        case "slow":
            threading.Event().wait(0.02)
    return None


def document(now: datetime, feed: Feed, request: Request) -> Answer:
    cut_off = feed.trait == "pages and pieces" and now.minute % 10 == 3
    if not cut_off:
        feed.since = feed.since or now
    numbers = feed.shown(now)
    tag = f'W/"{numbers[0] if numbers else 0}-gzip"'
    stamp = format_datetime(feed.published[numbers[0] - 1] if numbers else NOON, usegmt=True)
    asked = request.headers
    headers: dict[str, str] = {"Content-Type": "application/rss+xml"}
    if feed.trait in ("etag", "quiet", "busy"):
        headers["ETag"] = tag
        if asked.get("if-none-match") == tag:
            return 304, {"ETag": tag}, b""
    if feed.trait == "last-modified":
        headers["Last-Modified"] = stamp
        if asked.get("if-modified-since") == stamp:
            return 304, {}, b""
    if feed.trait == "JSON Feed":
        return 200, {"Content-Type": "application/feed+json"}, as_json(feed, numbers)
    body = as_rss(feed, numbers)
    if feed.trait == "packed":
        return 200, headers | {"Content-Encoding": "gzip"}, gzip.compress(body)
    if cut_off:
        return 200, headers, body[: len(body) * 2 // 3]
    return 200, headers, body


def link(feed: Feed, number: int) -> str:
    return f"https://harbour.example/{feed.name.replace(' ', '-')}/{number}"


def as_rss(feed: Feed, numbers: list[int]) -> bytes:
    guids = {"one guid for all": "<guid>feed</guid>", "no guids": ""}
    entries = "".join(
        f"<item><title>News {n}</title><link>{link(feed, n)}</link>"
        f"{guids.get(feed.trait, f'<guid>g{n}</guid>')}"
        f"<pubDate>{format_datetime(feed.published[n - 1], usegmt=True)}</pubDate>"
        f"<description>Report {n} of {feed.name}.</description></item>"
        for n in numbers
    )
    return f'<rss version="2.0"><channel><title>Harbour</title>{entries}</channel></rss>'.encode()


def as_json(feed: Feed, numbers: list[int]) -> bytes:
    items = [
        {"id": f"g{n}", "url": link(feed, n), "content_text": f"Report {n} of {feed.name}."}
        for n in numbers
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour"}
    return json.dumps(head | {"items": items}).encode()


# -- the day


@dataclass(kw_only=True)
class Books:
    """What came of the day: articles by source, gaps as (source, since, until), the reports."""

    articles: dict[str, list[int]]
    gaps: dict[str, list[tuple[datetime, datetime]]]
    reports: dict[str, FeedReport]

    def lost(self, feed: Feed) -> tuple[list[int], list[int]]:
        """Entries that are no articles: those inside a counted gap, and those that are not."""
        good = self.reports[feed.name].last_good
        assert good is not None, feed.name
        assert feed.since is not None, feed.name
        came = set(self.articles.get(feed.name, ()))
        due = feed.refs(good) - feed.refs(feed.since) | set(feed.shown(feed.since))
        counted, uncounted = [], []
        for number in sorted(due - came):
            at = feed.published[number - 1]
            inside = any(since <= at <= until for since, until in self.gaps.get(feed.name, ()))
            (counted if inside else uncounted).append(number)
        return counted, uncounted


def lived(store: Store, feeds: list[Feed], end: datetime) -> Books:
    """Poll them all from noon on."""
    clock = Clock(end)
    gaps: dict[str, list[tuple[datetime, datetime]]] = {}

    def heard(_: object, __: str, event: dict[str, Any]) -> dict[str, Any]:
        if event["event"] == "gap.suspected":
            since = datetime.fromisoformat(event["since"])
            gaps.setdefault(event["source"], []).append((since, clock.at))
        raise structlog.DropEvent

    structlog.configure(processors=[heard], cache_logger_on_first_use=False)
    log = structlog.get_logger()
    pages = {f"/{n}": partial(answer, clock, feed) for n, feed in enumerate(feeds)}
    pages |= {f"{path}/home": page for path, page in pages.items()}
    with LoopbackHttp(pages) as web:
        sources = tuple(
            Source(
                id=feed.name,
                url=web.url(f"/{number}", host=f"h{number // A_HOST}.test"),
                backfill=None,
            )
            for number, feed in enumerate(feeds)
        )

        async def work() -> None:
            async with (
                Client(allow=(ip_network("127.0.0.0/8"),), resolver=Here()) as client,
                Parser(children=2) as parser,
            ):
                await Traffic(
                    sources=sources,
                    feeds=FeedPoll(store=store, client=client, parser=parser, now=clock, log=log),
                    store=store,
                    log=log,
                    now=clock,
                    crowded=lambda: False,
                    waited=lambda event, reason: None,
                    wait=clock.wait,
                ).run(clock.over)

        asyncio.run(work())
    told = {report.source: report for report in reports(store, sources, clock.at)}
    return Books(articles=taken(store), gaps=gaps, reports=told)


def taken(store: Store) -> dict[str, list[int]]:
    """The numbers of the articles on the queue, by source; no text of any stands there twice."""
    found: dict[str, list[int]] = {}
    texts: set[tuple[str, str, str]] = set()
    while jobs := store.articles.take("w", str(time.monotonic_ns()), 100):
        for job in jobs:
            for article in articles_of(job.data):
                assert article.url is not None
                text = (article.source, article.id, article.title + article.summary)
                assert text not in texts, "twice"
                texts.add(text)
                number = int(article.url.rpartition("/")[2])
                found.setdefault(article.source, []).append(number)
    return found


def told(books: Books, feeds: list[Feed]) -> str:
    """The books, a line a trait."""
    columns = "feeds asked 200 304 30x 4xx 5xx published articles gaps in-gaps lost revised"
    lines = [f"{'':18}" + "".join(f"{column:>10}" for column in columns.split())]
    total: Counter[str] = Counter()
    for trait in TRAITS:
        row: Counter[str] = Counter()
        for feed in (feed for feed in feeds if feed.trait == trait):
            counted, uncounted = books.lost(feed)
            came = books.articles.get(feed.name, [])
            row += Counter(
                {
                    "feeds": 1,
                    "asked": feed.asked.total(),
                    "200": feed.asked[200],
                    "304": feed.asked[304],
                    "30x": feed.asked[301] + feed.asked[302],
                    "4xx": feed.asked[404] + feed.asked[410] + feed.asked[429],
                    "5xx": feed.asked[500] + feed.asked[503],
                    "published": len(set(came)) + len(counted) + len(uncounted),
                    "articles": len(set(came)),
                    "gaps": len(books.gaps.get(feed.name, ())),
                    "in-gaps": len(counted),
                    "lost": len(uncounted),
                    "revised": len(came) - len(set(came)),
                }
            )
        total += row
        lines.append(f"{trait:18}" + "".join(f"{row[column]:10}" for column in columns.split()))
    lines.append(f"{'all':18}" + "".join(f"{total[column]:10}" for column in columns.split()))
    return "\n".join(lines) + "\n"


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("count", "hours"),
    [
        pytest.param(2 * len(TRAITS), 14, id="38 feeds"),
        pytest.param(1_000, 24, id="1,000", marks=[pytest.mark.soak, pytest.mark.timeout(1_800)]),
    ],
)
def test_after_a_day_every_entry_is_an_article_once_or_in_a_counted_gap(
    store: Store, count: int, hours: int
) -> None:
    dice, end = random.Random(7), NOON + hours * HOUR
    feeds = [feed(number, dice, end) for number in range(count)]
    # when
    began = time.monotonic()
    books = lived(store, feeds, end)
    sys.stdout.write(f"\n{told(books, feeds)}{time.monotonic() - began:.1f} s\n")
    # then: the books balance
    for each in feeds:
        came = books.articles.get(each.name, [])
        # half a text, and then all of it; or a guid that was an entry's own as long as it was alone
        revised = each.trait in ("pages and pieces", "one guid for all")
        assert len(came) == len(set(came)) or revised, f"{each.name}: twice"
        assert books.lost(each)[1] == [], f"{each.name}: lost without a word"
        assert len(books.gaps.get(each.name, ())) == books.reports[each.name].gaps
    # and: gaps are where a feed rolled over or was away, and nowhere else
    gaps: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for each in feeds:
        gaps[each.trait] += len(books.gaps.get(each.name, ()))
        asked[each.trait] += each.asked.total()
    assert gaps["rolls over"]
    assert not any(gaps[trait] for trait in ("plain", "etag", "quiet", "moved for good", "packed"))
    # and: effort follows what a feed brings
    assert asked["quiet"] < asked["etag"] < asked["busy"]
    # and: what is gone is not asked for ever, and who asks for room is given it
    for each in feeds:
        assert each.asked[410] <= 10
        assert each.asked[429] <= 5 * A_HOST
