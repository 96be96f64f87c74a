"""Polls of real servers on loopback into the real store, on a clock that tests move by hand."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from ipaddress import ip_network
from itertools import pairwise
from typing import Any, TypeVar

import pytest
import structlog
from loopback import Answer, LoopbackHttp, Request

from monitor.errors import StoreConflict
from monitor.model import ARTICLES, DELIVERIES, Article, Origin, ParsedSource, Source
from monitor.net import Client
from monitor.poller.feeds import FeedPoll, Turn
from monitor.poller.health import Ops, told
from monitor.poller.record import Record, fields_of
from monitor.poller.report import FeedReport, reports
from monitor.poller.traffic import Traffic
from monitor.queues import articles_of
from monitor.sources.childparse import Parser
from monitor.store import Begun, Store, keys

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Did = TypeVar("Did")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


class Desk:
    """A store, a clock and the parts of a poll."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, Clock()
        self.log = structlog.get_logger()

    def run(self, work: Callable[[FeedPoll], Awaitable[Did]]) -> Did:
        async def whole() -> Did:
            async with (
                Client(allow=(ip_network("127.0.0.0/8"),)) as client,
                Parser() as parser,
            ):
                return await work(
                    FeedPoll(
                        store=self.store,
                        client=client,
                        parser=parser,
                        now=self.clock,
                        log=self.log,
                    )
                )

        return asyncio.run(whole())

    def polls(self, source: Source, *after: timedelta) -> list[Turn]:
        """A poll after each of these times."""

        async def work(feeds: FeedPoll) -> list[Turn]:
            turns = []
            for span in after:
                self.clock.at += span
                turns.append(await feeds.poll(source))
            return turns

        return self.run(work)

    def traffic(self, feeds: FeedPoll, *sources: Source) -> Traffic:
        return Traffic(
            sources=sources,
            feeds=feeds,
            store=self.store,
            log=self.log,
            now=feeds.now,
            crowded=lambda: False,
            waited=lambda event, reason: None,
        )

    def report(self, source: Source) -> FeedReport:
        (report,) = reports(self.store, (source,), self.clock.at)
        return report

    def put(self) -> list[Article]:
        """What was put on the queue since the last look, oldest first."""
        found: list[Article] = []
        while jobs := self.store.articles.take("w", str(time.monotonic_ns()), 100):
            found += (article for job in jobs for article in articles_of(job.data))
        return found


@pytest.fixture
def desk(store: Store, quiet: None) -> Desk:
    return Desk(store)


def rss(*numbers: int, age: timedelta = HOUR, head: str = "") -> bytes:
    """A feed with these entries; the higher the number the newer."""
    date = {n: format_datetime(NOON - age + timedelta(minutes=n), usegmt=True) for n in numbers}
    entries = "".join(
        f"<item><title>News {n}</title><guid>g{n}</guid><link>https://harbour.example/{n}</link>"
        f"<pubDate>{date[n]}</pubDate><description>Report number {n}.</description></item>"
        for n in sorted(numbers, reverse=True)
    )
    return (
        f'<rss version="2.0"><channel><title>Harbour</title>{head}{entries}</channel></rss>'
    ).encode()


def page(*numbers: int, **given: Any) -> Answer:
    return 200, {"Content-Type": "application/rss+xml"}, rss(*numbers, **given)


def source(web: LoopbackHttp, name: str = "harbour", path: str = "/feed", **given: Any) -> Source:
    return Source(id=name, url=web.url(path), **({"interval": timedelta(minutes=15)} | given))


@pytest.mark.parametrize(("backfill", "put"), [(0, 0), (3, 3), (10, 10), (None, 15)])
def test_of_a_first_poll_the_newest_become_articles_and_later_all_that_is_new(
    desk: Desk, backfill: int | None, put: int
) -> None:
    with LoopbackHttp({"/feed": page(*range(15))}) as web:
        # when
        feed = source(web, backfill=backfill)
        desk.polls(feed, HOUR)
        # then: the newest, oldest first
        assert [a.id for a in desk.put()] == [f"g{n}" for n in range(15 - put, 15)]
        # and when: what was passed over stays passed over, what is new comes
        web.pages["/feed"] = page(*range(17))
        desk.polls(feed, HOUR)
        assert [a.id for a in desk.put()] == ["g15", "g16"]


def test_old_entries_of_a_first_poll_raise_no_alert_also_when_polls_before_failed(
    desk: Desk,
) -> None:
    with LoopbackHttp() as web:
        # given
        desk.polls(source(web), HOUR, HOUR)
        assert desk.report(source(web)).state == "failing"
        # when
        web.pages["/feed"] = page(1, 2, age=3 * DAY)
        desk.polls(source(web), HOUR)
        # then
        assert {article.origin for article in desk.put()} == {Origin.BACKFILL}
        assert desk.report(source(web)).state == "ok"
        # and: what comes later may alert, however old it says it is
        web.pages["/feed"] = page(1, 2, 3, age=3 * DAY)
        desk.polls(source(web), HOUR)
        assert [article.origin for article in desk.put()] == [Origin.FEED]


def test_a_feed_that_rolled_over_is_a_possible_gap_counted_shown_and_polled_faster(
    desk: Desk,
) -> None:
    with LoopbackHttp({"/feed": page(*range(10))}) as web:
        # given: a poll that shares an entry with the last
        feed = source(web)
        (first,) = desk.polls(feed, HOUR)
        quiet = first.due - desk.clock.at
        web.pages["/feed"] = page(*range(9, 19))
        desk.polls(feed, HOUR)
        assert desk.report(feed).gaps == 0
        # when: one that shares none
        web.pages["/feed"] = page(*range(40, 50))
        (turn,) = desk.polls(feed, HOUR)
        # then
        report = desk.report(feed)
        assert (report.gaps, report.outcomes[-1].came) == (1, "gap")
        assert desk.store.view.counts()["feeds.gaps"] == 1
        assert turn.due - desk.clock.at < quiet
        assert len(desk.put()) == 29
        # and: changed texts and old acquaintances are no gap
        web.pages["/feed"] = 200, {}, rss(*range(40, 50)).replace(b"Report", b"Corrected report")
        desk.polls(feed, HOUR)
        web.pages["/feed"] = page(*range(10))
        desk.polls(feed, HOUR)
        assert desk.report(feed).gaps == 1


def test_an_empty_document_between_does_not_hide_a_gap(desk: Desk) -> None:
    with LoopbackHttp({"/feed": page(1, 2)}) as web:
        feed = source(web)
        desk.polls(feed, HOUR)
        web.pages["/feed"] = page()
        desk.polls(feed, HOUR)
        web.pages["/feed"] = page(8, 9)
        desk.polls(feed, HOUR)
        assert desk.report(feed).gaps == 1


def test_another_address_in_the_configuration_is_no_gap(desk: Desk) -> None:
    with LoopbackHttp({"/feed": page(1, 2), "/other": page(8, 9)}) as web:
        desk.polls(source(web), HOUR)
        desk.polls(source(web, path="/other"), HOUR)
        assert desk.report(source(web, path="/other")).gaps == 0
        assert len(desk.put()) == 4


def test_what_stands_in_a_feed_that_rests_for_months_is_not_new_one_day(desk: Desk) -> None:
    with LoopbackHttp({"/feed": page(1, 2)}) as web:
        # given: unchanged for ten weeks, asked each ten days
        feed = source(web, backfill=None)
        desk.polls(feed, HOUR, *(10 * DAY for _ in range(7)))
        assert len(desk.put()) == 2
        # when
        web.pages["/feed"] = page(1, 2, 3)
        desk.polls(feed, DAY)
        # then
        assert [article.id for article in desk.put()] == ["g3"]


def test_only_entries_that_were_not_read_before_are_read(desk: Desk) -> None:
    read: list[int] = []

    class Counting(Parser):
        async def parse(self, body: bytes, **given: Any) -> ParsedSource:
            parsed = await super().parse(body, **given)
            read.append(len(parsed.articles))
            return parsed

    with LoopbackHttp({"/feed": page(*range(10))}) as web:
        feed = source(web, backfill=None)

        def poll(after: timedelta) -> None:
            async def work(feeds: FeedPoll) -> None:
                async with Counting() as parser:
                    await replace(feeds, parser=parser).poll(feed)

            desk.clock.at += after
            desk.run(work)

        # when: two more, one that left, one whose text was changed, a document with another date
        poll(HOUR)
        web.pages["/feed"] = page(*range(1, 12))
        poll(HOUR)
        web.pages["/feed"] = 200, {}, rss(*range(1, 12)).replace(b"number 5.", b"number five.")
        poll(HOUR)
        web.pages["/feed"] = 200, {}, rss(*range(1, 12)).replace(b"number 5.", b"number five. ")
        poll(HOUR)
        web.pages["/feed"] = page(*range(1, 12), head="<lastBuildDate>now</lastBuildDate>")
        poll(HOUR)
        # then
        assert read == [10, 2, 1, 1, 1]
        assert desk.report(feed).gaps == 0
        put = [article.id for article in desk.put()]
        assert put == [f"g{n}" for n in range(12)] + ["g5"]
        # and: once in eight days it is read whole
        web.pages["/feed"] = page(*range(1, 13))
        poll(8 * DAY)
        assert read[-1] == 12
        # and: what has anything odd about it is always read whole
        web.pages["/feed"] = 200, {}, rss(*range(1, 13)).replace(b"<guid>g3</guid>", b"")
        poll(HOUR)
        web.pages["/feed"] = 200, {}, rss(*range(1, 14)).replace(b"<guid>g3</guid>", b"")
        poll(HOUR)
        assert read[-1] == 13
        assert desk.report(feed).problems == 1


def test_validators_are_sent_verbatim_and_the_wishes_of_a_304_hold(desk: Desk) -> None:
    def answer(request: Request) -> Answer:
        headers = {"ETag": 'W/"a b-gzip"', "Cache-Control": "max-age=7200"}
        if "if-none-match" in request.headers:
            return 304, headers, b""
        return 200, headers, rss(1)

    with LoopbackHttp({"/feed": answer}) as web:
        turns = desk.polls(source(web), HOUR, HOUR, 8 * DAY)
        sent = [request.headers.get("if-none-match") for request in web.requests]
    # then: in full once in eight days
    assert sent == [None, 'W/"a b-gzip"', None]
    assert all(turn.due - NOON >= 2 * HOUR for turn in turns)
    assert desk.report(source(web)).outcomes[-1].came == "unchanged"


def test_a_feeds_own_wish_holds_unless_the_source_says_otherwise(desk: Desk) -> None:
    with LoopbackHttp({"/feed": page(1, head="<ttl>120</ttl>")}) as web:
        (patient,) = desk.polls(source(web), HOUR)
        assert patient.due - desk.clock.at >= 2 * HOUR
        assert "ttl" in desk.report(source(web)).why
        (rude,) = desk.polls(source(web, "rude", respect_hints=False), HOUR)
        assert rude.due - desk.clock.at < HOUR


def test_a_feed_that_moved_for_good_is_polled_at_its_new_address(desk: Desk) -> None:
    moved = (301, {"Location": "/new"}, b"")
    with LoopbackHttp({"/feed": moved, "/new": page(1)}) as web:
        feed = source(web)
        desk.polls(feed, *(DAY for _ in range(8)))
        assert desk.report(feed).moved_to == web.url("/new")
        web.requests.clear()
        desk.polls(feed, DAY)
        assert [request.path for request in web.requests] == ["/new"]


def test_a_feed_that_is_gone_is_asked_once_a_month(desk: Desk) -> None:
    with LoopbackHttp({"/feed": (410, {}, b"")}) as web:
        turns = desk.polls(source(web), DAY, DAY, DAY)
        assert desk.report(source(web)).state == "gone"
        assert turns[-1].due - desk.clock.at >= timedelta(days=30)
        web.pages["/feed"] = page(1)
        desk.polls(source(web), timedelta(days=30))
        assert desk.report(source(web)).state == "ok"


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_for_time_gets_it_for_all_its_feeds_also_after_a_restart(
    desk: Desk, status: int
) -> None:
    with LoopbackHttp({"/a": (status, {"Retry-After": "3600"}, b""), "/b": page(1)}) as web:
        a, b = source(web, "a", "/a"), source(web, "b", "/b")
        # given
        (turn,) = desk.polls(a, HOUR)
        assert turn.parked_until == desk.clock.at + HOUR
        # when: started anew within the hour
        desk.clock.at += HOUR / 2
        polled = desk.run(lambda feeds: desk.traffic(feeds, a, b).once())
        # then: nobody asks this host, and both feeds say why
        assert polled.feeds == 0
        assert len(web.requests) == 1
        for report in reports(desk.store, (a, b), desk.clock.at):
            assert "Retry-After" in report.why
        # and when: the hour is over, and it asks for another
        desk.clock.at += HOUR
        polled = desk.run(lambda feeds: desk.traffic(feeds, a, b).once())
        assert (polled.feeds, polled.failed) == (1, 1)
        # and when: it has recovered
        desk.clock.at += 2 * HOUR
        web.pages["/a"] = page(3)
        polled = desk.run(lambda feeds: desk.traffic(feeds, a, b).once())
        assert (polled.feeds, polled.failed, polled.articles) == (2, 0, 2)


def test_a_restart_polls_nobody_earlier(desk: Desk) -> None:
    with LoopbackHttp({"/feed": page(1), "/other": page(2)}) as web:
        # given: polled a minute ago
        known, unknown = source(web), source(web, "other", "/other")
        desk.polls(known, HOUR)
        desk.clock.at += timedelta(minutes=1)
        # when
        web.requests.clear()
        run_until(
            desk, (known, unknown), lambda: web.requests and not desk.report(unknown).failures
        )
        # then
        assert [request.path for request in web.requests] == ["/other"]


def run_until(
    desk: Desk,
    sources: tuple[Source, ...],
    condition: Callable[[], object],
    begun: Callable[[], None] = lambda: None,
) -> None:
    """Run the traffic, its clock moving with time, until the condition holds."""

    async def work(feeds: FeedPoll) -> None:
        start, base = time.monotonic(), desk.clock.at
        moving = replace(feeds, now=lambda: base + timedelta(seconds=time.monotonic() - start))
        stop = asyncio.Event()
        running = asyncio.create_task(desk.traffic(moving, *sources).run(stop))
        begun()
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(condition):
                await asyncio.sleep(0.01)
        stop.set()
        await running

    desk.run(work)


def test_a_person_asks_and_the_running_poller_polls(desk: Desk) -> None:
    with LoopbackHttp({"/feed": page(1)}) as web:
        # given: not due for an hour
        feed = source(web, interval=HOUR)
        desk.polls(feed, HOUR)
        web.requests.clear()
        # when / then
        run_until(
            desk,
            (feed,),
            lambda: desk.store.sources.asked() == () and web.requests,
            begun=lambda: desk.store.sources.hurry("harbour", desk.clock.at),
        )
        assert len(web.requests) == 1


def test_a_request_is_one_however_often_it_is_sent_and_only_a_later_poll_answers_it(
    desk: Desk,
) -> None:
    store = desk.store

    def put(version: int, began: datetime) -> None:
        store.sources.put(
            "a",
            version=version,
            state={"next_due": "2026-03-01T18:00:00.000+00:00"},
            seen=(),
            articles=(),
            now=began,
            began=began,
        )

    # given: a poll is under way
    put(0, NOON - HOUR)
    # when
    for _ in range(2):
        store.sources.hurry("a", NOON)
    # then
    assert store.sources.asked() == ("a",)
    assert store.sources.state("a").get("next_due") == "2026-03-01T12:00:00.000+00:00"
    assert store.sources.state("a").version == 1, "the poll under way is not void"
    put(1, NOON - timedelta(minutes=1))
    assert store.sources.asked() == ("a",), "it began before it was asked for"
    put(2, NOON + timedelta(minutes=1))
    assert store.sources.asked() == ()
    with pytest.raises(StoreConflict):
        put(2, NOON + HOUR)
    # and: what nobody polls any more is forgotten
    store.sources.hurry("gone", NOON)
    store.sources.hurry("a", NOON + 2 * DAY)
    assert store.sources.asked() == ("a",)
    assert store.client.zcard(keys.asked()) == 1
    assert store.view.depth(ARTICLES).total == 0


def test_a_muted_feed_is_read_and_kept_but_may_not_alert(desk: Desk) -> None:
    with LoopbackHttp({"/feed": page(1)}) as web:
        feed = source(web, mute=True)
        desk.polls(feed, HOUR)
        web.pages["/feed"] = page(1, 2)
        desk.polls(feed, HOUR)
    assert [article.origin for article in desk.put()] == [Origin.MUTED, Origin.MUTED]
    assert desk.report(feed).mute


def test_a_paused_feed_waits_until_it_is_resumed_also_over_a_restart(desk: Desk) -> None:
    with LoopbackHttp({"/feed": page(1), "/other": page(2)}) as web:
        # given: two feeds that are polled ten times a second
        span = timedelta(seconds=0.1)
        feed, other = source(web, interval=span), source(web, "other", "/other", interval=span)
        paused = desk.store.paused_sources

        def asked(path: str) -> int:
            return sum(request.path == path for request in web.requests)

        def nine_more_of_the_other() -> bool:
            nonlocal began
            began = began or (asked("/feed"), asked("/other"))
            return asked("/other") >= began[1] + 9

        began: tuple[int, int] | None = None
        run_until(desk, (feed, other), lambda: asked("/feed") and asked("/other"))
        # when: paused while nothing runs
        assert paused.pause("harbour", desk.clock.at)
        assert not paused.pause("harbour", desk.clock.at + HOUR), "the first word stands"
        run_until(desk, (feed, other), nine_more_of_the_other)
        # then
        assert began is not None
        assert asked("/feed") == began[0]
        report = desk.report(feed)
        assert (report.state, report.paused_at) == ("paused", NOON)
        assert "feeds resume harbour" in report.why
        assert desk.run(lambda feeds: desk.traffic(feeds, feed, other).once()).feeds == 1
        # and when: resumed while the poller runs, it goes on within two seconds
        seen, began_s = asked("/feed"), time.monotonic()
        run_until(
            desk,
            (feed, other),
            lambda: asked("/feed") > seen,
            begun=lambda: paused.resume("harbour", desk.clock.at),
        )
        assert time.monotonic() - began_s < 4
        assert not paused.resume("harbour", desk.clock.at)
        # and when: paused while it runs
        began = None
        run_until(
            desk,
            (feed, other),
            lambda: nine_more_of_the_other() and asked("/feed") <= (began or (0, 0))[0] + 8,
            begun=lambda: paused.pause("harbour", desk.clock.at),
        )


def test_a_feed_that_is_switched_off_is_not_polled_and_says_so(desk: Desk) -> None:
    with LoopbackHttp({"/feed": page(1)}) as web:
        off = source(web, enabled=False)
        assert desk.run(lambda feeds: desk.traffic(feeds, off).once()).feeds == 0
        assert (desk.report(off).state, web.requests) == ("off", [])


def test_a_guid_that_different_entries_bore_names_none_of_them_later_either(desk: Desk) -> None:
    def entry(number: int) -> str:
        return (
            f"<item><title>News {number}</title><guid isPermaLink='false'>same</guid>"
            f"<link>https://harbour.example/{number}</link></item>"
        )

    with LoopbackHttp() as web:
        for numbers in ((1, 2, 3), (3,), (4,), (4, 5)):
            inside = "".join(map(entry, numbers))
            body = f"<rss version='2.0'><channel><title>H</title>{inside}</channel></rss>"
            web.pages["/feed"] = 200, {}, body.encode()
            desk.polls(source(web), HOUR)
    assert sorted(article.id for article in desk.put()) == [
        f"https://harbour.example/{number}" for number in range(1, 6)
    ]
    assert "shares its guid" in desk.report(source(web)).problem


def test_a_feed_of_one_entry_with_one_guid_for_ever_loses_none(desk: Desk) -> None:
    def one(number: int, said: str = "Report") -> Answer:
        body = rss(number).replace(f"<guid>g{number}".encode(), b"<guid>always")
        return 200, {}, body.replace(b"Report", said.encode())

    with LoopbackHttp() as web:
        # when: the third is the second, corrected
        for answer in (one(1), one(2), one(2, "Corrected report"), one(3), one(3)):
            web.pages["/feed"] = answer
            desk.polls(source(web), HOUR)
    # then
    assert [article.id for article in desk.put()] == [
        "always",
        *(f"https://harbour.example/{number}" for number in (2, 2, 3)),
    ]


def test_a_correction_of_the_only_entry_is_the_same_article(desk: Desk) -> None:
    with LoopbackHttp({"/feed": page(1)}) as web:
        desk.polls(source(web), HOUR)
        for old, new in ((b"News 1", b"News of 1"), (b"example/1", b"example/one")):
            status, headers, body = page(1)
            assert isinstance(body, bytes)
            web.pages["/feed"] = status, headers, body.replace(old, new)
            desk.polls(source(web), HOUR)
    assert {article.id for article in desk.put()} == {"g1"}


def sitemap(*numbers: int) -> bytes:
    news = "http://www.google.com/schemas/sitemap-news/0.9"
    urls = "".join(
        f"<url><loc>https://harbour.example/{n}</loc><news:news><news:title>News {n}</news:title>"
        f"<news:publication_date>2026-03-01T11:{n:02}:00Z</news:publication_date></news:news></url>"
        for n in numbers
    )
    return f'<urlset xmlns:news="{news}">{urls}</urlset>'.encode()


def index(*rows: tuple[str, str]) -> bytes:
    inside = "".join(
        f"<sitemap><loc>{loc}</loc><lastmod>{changed}</lastmod></sitemap>" for loc, changed in rows
    )
    return f"<sitemapindex>{inside}</sitemapindex>".encode()


def tagged(body: bytes) -> Callable[[Request], Answer]:
    """A page that knows its validator."""
    etag = f'"{len(body)}-{body.count(b"1")}"'

    def answer(request: Request) -> Answer:
        if request.headers.get("if-none-match") == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"ETag": etag}, body

    return answer


def test_of_a_list_of_sitemaps_each_is_asked_with_validators_of_its_own(desk: Desk) -> None:
    with LoopbackHttp() as web:
        # given: a list that never changes, though what it names does
        web.pages |= {
            "/feed": tagged(index(("/news-a.xml", "2026-03-01"), ("/news-b.xml", "2026-02-28"))),
            "/news-a.xml": tagged(sitemap(1, 2)),
            "/news-b.xml": tagged(sitemap(3)),
        }
        feed = source(web)
        desk.polls(feed, HOUR)
        assert len(desk.put()) == 3
        # when
        web.requests.clear()
        web.pages["/news-a.xml"] = tagged(sitemap(1, 2, 4))
        desk.polls(feed, HOUR)
        # then: all three were asked conditionally, and what is new came, without a false gap
        assert [request.path for request in web.requests] == ["/feed", "/news-a.xml", "/news-b.xml"]
        assert all("if-none-match" in request.headers for request in web.requests)
        assert [article.id for article in desk.put()] == ["https://harbour.example/4"]
        # and when: another is listed and nothing else changes
        web.pages["/news-c.xml"] = tagged(sitemap(7, 8))
        web.pages["/feed"] = tagged(index(("/news-c.xml", "2026-03-02"), ("/news-a.xml", "")))
        desk.polls(feed, HOUR, HOUR)
        assert len(desk.put()) == 2
        report = desk.report(feed)
        assert (report.gaps, report.state, report.outcomes[-1].came) == (0, "ok", "unchanged")
        # and when: one rolls over
        web.pages["/news-c.xml"] = tagged(sitemap(21, 22))
        desk.polls(feed, HOUR)
        assert desk.report(feed).gaps == 1
        # and: a crash before the put has saved nothing of any of them
        assert len(desk.put()) == 2


def test_one_bad_sitemap_costs_no_other_and_a_busy_host_is_left_alone(desk: Desk) -> None:
    with LoopbackHttp({"/news-a.xml": (200, {}, sitemap(1))}) as web:
        feed = source(web)
        rows = [(f"/news-{name}.xml", "") for name in "abcdefgh"]
        web.pages["/feed"] = 200, {}, index(*rows, ("http://127.0.0.9/x.xml", ""))
        web.pages["/news-h.xml"] = 200, {}, b"<html>Maintenance</html>"
        web.pages["/news-g.xml"] = 200, {}, index(("/deeper.xml", ""))
        web.pages["/news-f.xml"] = 200, {}, sitemap(6)
        # when
        desk.polls(feed, HOUR)
        # then: five of them, the last by name, none elsewhere
        assert [request.path for request in web.requests] == [
            "/feed",
            *(f"/news-{name}.xml" for name in "hgfed"),
        ]
        assert [article.id for article in desk.put()] == ["https://harbour.example/6"]
        assert (desk.report(feed).state, desk.report(feed).problems) == ("ok", 4)
        # and when: two have been barren for three polls, others get their turn
        web.requests.clear()
        desk.polls(feed, HOUR, HOUR, HOUR)
        assert [request.path for request in web.requests][-5:] == [
            f"/news-{name}.xml" for name in "fedcb"
        ]
        # and when
        web.pages["/news-d.xml"] = 503, {"Retry-After": "3600"}, b""
        web.pages["/news-f.xml"] = 200, {}, sitemap(6, 7)
        (turn,) = desk.polls(feed, HOUR)
        # then: what had come so far is not saved half
        assert turn.parked_until is not None
        assert desk.put() == []
        web.pages["/news-d.xml"] = 200, {}, sitemap(4)
        desk.polls(feed, 2 * HOUR)
        assert len(desk.put()) == 2


def test_a_list_of_foreign_or_failing_sitemaps_is_a_failure(desk: Desk) -> None:
    with LoopbackHttp() as web:
        web.pages["/feed"] = 200, {}, index(("http://127.0.0.9/x.xml", ""))
        desk.polls(source(web), HOUR)
        assert "sitemaps of other hosts" in desk.report(source(web)).error
        web.pages["/feed"] = 200, {}, index(("/gone.xml", ""))
        desk.polls(source(web), HOUR)
        assert "404" in desk.report(source(web)).error


def test_operators_are_told_of_a_trouble_once_and_of_its_end_in_the_step_of_the_poll(
    desk: Desk,
) -> None:
    def titles() -> list[str]:
        return [alert.article.title for alert in desk.store.view.alerts(10)]

    with LoopbackHttp({"/feed": (500, {}, b"")}) as web:
        feed = source(web, name="harbour")

        def poll(after: timedelta) -> None:
            async def work(feeds: FeedPoll) -> None:
                await replace(feeds, ops=Ops(notify=("desk", "pager"))).poll(feed)

            desk.clock.at += after
            desk.run(work)

        # when: it fails for long, also to another poller that starts anew
        poll(HOUR)
        poll(5 * HOUR)
        assert titles() == []
        poll(HOUR)
        poll(HOUR)
        # then
        assert titles() == ["harbour has failed for 6 hours"]
        assert desk.store.view.depth(DELIVERIES).waiting == 2
        # and when
        web.pages["/feed"] = page(1)
        poll(HOUR)
        poll(HOUR)
        assert titles() == ["harbour answers again", "harbour has failed for 6 hours"]
        assert desk.store.view.depth(DELIVERIES).waiting == 4
        assert desk.store.view.counts()["alerts.raised"] == 2
        assert [article.id for article in desk.put()] == ["g1"]


def test_an_alert_about_a_source_is_raised_once_however_often_it_is_sent(desk: Desk) -> None:
    record = Record(failing_since=NOON - DAY, failures=9, error="500")
    feed = Source(id="a", url="https://a.example/feed")
    after, alerts = told(record, feed, NOON, Ops(notify=("desk",)))
    put = partial(
        desk.store.sources.put, "a", version=0, state=fields_of(after), seen=(), articles=()
    )
    # when: the reply is lost and it is sent again; another poller comes later
    for _ in range(2):
        put(now=NOON, alerts=alerts)
    with pytest.raises(StoreConflict):
        put(now=NOON + HOUR, alerts=alerts)
    # then
    assert desk.store.view.depth(DELIVERIES).waiting == 1
    assert desk.store.view.counts()["alerts.raised"] == 1
    # and: who deals with deliveries finds the alert as it was
    (job,) = desk.store.deliveries.take("w", "t", 10)
    found = desk.store.outbox.begin("w", job.id, "t", delivery=job.id, about=alerts[0].id, now=NOON)
    assert isinstance(found, Begun)
    assert found.message == alerts[0]


def test_a_feed_that_moves_and_goes_while_it_is_polled_is_let_go(desk: Desk) -> None:
    asked, may = threading.Event(), threading.Event()
    wrong: list[object] = []

    def slow(request: Request) -> Answer:
        asked.set()
        assert may.wait(20)
        return 200, {}, rss(1)

    async def work(feeds: FeedPoll) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, said: wrong.append(said))
        stop = asyncio.Event()
        traffic = desk.traffic(feeds, feed)
        running = asyncio.create_task(traffic.run(stop))
        # given: it is being asked
        desk.store.sources.hurry(feed.id, desk.clock.at)
        assert await asyncio.to_thread(asked.wait, 20)
        # when: it has another address, and then it is gone
        await traffic.change((replace(feed, url=web.url("/other")),), feeds)
        await traffic.change((), feeds)
        may.set()
        stop.set()
        await running  # until the poll is over

    with LoopbackHttp({"/feed": slow}) as web:
        feed = source(web)
        desk.run(work)
    # then
    assert not wrong


def test_a_slow_host_delays_no_other(desk: Desk) -> None:
    pause, slow_until = threading.Event(), time.monotonic() + 3.0
    came: list[float] = []

    def slow(request: Request) -> Answer:
        def pieces() -> Iterator[bytes]:
            while time.monotonic() < slow_until:
                yield b" "
                pause.wait(0.05)
            yield rss(1)

        return 200, {}, pieces()

    def quick(request: Request) -> Answer:
        came.append(time.monotonic())
        return 200, {}, rss(2)

    with (
        LoopbackHttp({f"/{n}": slow for n in range(20)}, address="127.0.0.2") as bad,
        LoopbackHttp({"/feed": quick}, address="127.0.0.3") as good,
    ):
        # given: twenty feeds on a host that takes three seconds for each, one elsewhere
        span = timedelta(seconds=0.2)
        many = [source(bad, f"slow{n}", f"/{n}", interval=span) for n in range(20)]
        # when
        run_until(
            desk,
            (*many, source(good, interval=span)),
            lambda: len(came) >= 6,
        )
    # then: every fifth of a second, and a tenth for jitter and the machine
    assert came[-1] < slow_until
    waits = [later - earlier for earlier, later in pairwise(came[1:])]
    assert max(waits) < 0.2 * 1.1 + 0.1
