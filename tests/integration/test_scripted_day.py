"""A day of a thousand feeds, with all that happens to feeds, and the books balanced at its end.

The real traffic, parser and store poll a real server on a clock that stands still while polls are
under way and jumps when nothing is due. Every entry a feed published is an article once, or came
while a gap was counted; nothing is lost without a word, nothing comes twice.

    pytest tests/integration/test_scripted_day.py -s              46 feeds, 14 hours, in seconds
    pytest tests/integration/test_scripted_day.py -s -m soak      1,000 feeds, a day

prints the books.
"""

from __future__ import annotations

import asyncio
import random
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_network
from typing import Any

import pytest
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from loopback import LoopbackHttp
from scripted_feeds import REVISED, TRAITS, Day, Feed, answer, scripted

from monitor.model import Source
from monitor.net import Client
from monitor.poller.feeds import FeedPoll
from monitor.poller.report import FeedReport, reports
from monitor.poller.traffic import Traffic
from monitor.queues import articles_of
from monitor.sources.childparse import Parser
from monitor.store import Store

DAY = Day(noon=datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
A_HOST = 4
"""Feeds on one host."""


class Clock:
    """Stands still while polls are under way, and jumps to when the next is due."""

    def __init__(self, end: datetime) -> None:
        self.at, self.end = DAY.noon, end
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
    pages = {f"/{n}": partial(answer, DAY, clock, feed) for n, feed in enumerate(feeds)}
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
        pytest.param(2 * len(TRAITS), 14, id="46 feeds"),
        pytest.param(1_000, 24, id="1,000", marks=[pytest.mark.soak, pytest.mark.timeout(1_800)]),
    ],
)
def test_after_a_day_every_entry_is_an_article_once_or_in_a_counted_gap(
    store: Store, count: int, hours: int
) -> None:
    dice, end = random.Random(7), DAY.noon + hours * DAY.hour
    feeds = [scripted(number, dice, DAY, hours) for number in range(count)]
    # when
    began = time.monotonic()
    books = lived(store, feeds, end)
    sys.stdout.write(f"\n{told(books, feeds)}{time.monotonic() - began:.1f} s\n")
    # then: the books balance
    for each in feeds:
        came = books.articles.get(each.name, [])
        assert len(came) == len(set(came)) or each.trait in REVISED, f"{each.name}: twice"
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
