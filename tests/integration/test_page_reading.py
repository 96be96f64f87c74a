"""Pages read from real servers in real processes: what comes of them, of harmful ones, too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network

import pytest
from loopback import Answer, LoopbackHttp
from structlog.testing import capture_logs

from monitor import telemetry
from monitor.app import now
from monitor.hosts import host_of, spacing_s
from monitor.model import ARTICLES, PAGES, PLAIN, Access, Article, Origin, PageOutcome
from monitor.net import Client
from monitor.queues import articles_of
from monitor.sources.childpage import PageReader
from monitor.store import PageWanted, Store, keys
from workers.hand_on import HandOn
from workers.page import ReadPages, way_to_pages
from workers.page_outcome import Done
from workers.runtime import guarded_page

Make = Callable[..., Article]

TEASER = "Something was seen over the harbour."
TEXT = "A drone was seen over the harbour on Tuesday evening, and the port was closed. " * 3
HTML = f"<html><body><nav>Home</nav><article><h1>Seen</h1><p>{TEXT}</p></article></body></html>"
TYPE = {"Content-Type": "text/html; charset=utf-8"}
PAGE: Answer = (200, TYPE, HTML.encode())


@pytest.fixture
def web() -> Iterator[LoopbackHttp]:
    with LoopbackHttp({"/a": PAGE}) as web:
        yield web


def put(store: Store, make: Make, *urls: str, room_s: float | None = None) -> None:
    """Articles whose ids are their urls, in the order given."""
    pages = []
    for url in urls:
        given = {"summary": TEASER, "body": "", "origin": Origin.FEED, "fetched": now()}
        one = make(1, id=url, url=url, **given)
        host = host_of(url)
        room = spacing_s(host) if room_s is None else room_s
        pages.append(PageWanted(article=one, host=host, room_s=room))
    store.sources.put("example", version=0, state={}, seen=(), articles=(), pages=pages, now=now())


def work(
    store: Store,
    *,
    wall_s: float = 5,
    network: str = "127.0.0.0/8",
    access: Access = PLAIN,
) -> dict[str, Article]:
    """Serve the queue until nothing on it can be done now; what stands on the next, by id."""

    async def go() -> None:
        async with (
            Client(allow=(ip_network(network), ip_network("::1"))) as client,
            PageReader(wall_s=wall_s) as reader,
        ):
            pages = ReadPages(
                store=store,
                client=client,
                reader=reader,
                worker="w1",
                now=now,
                guard=guarded_page,
                log=telemetry.logger(),
                access={"example": way_to_pages(access)},
            )
            while await pages.fill() or pages.under_way or (pages.next_s or 9) < 1:
                await pages.under_way.reap(5)
                await asyncio.sleep(pages.next_s or 0 if not pages.under_way else 0)

    asyncio.run(go())
    jobs = store.articles.take("w1", "t", 100)
    return {article.id: article for job in jobs for article in articles_of(job.data)}


def test_each_page_has_its_outcome_and_each_article_goes_on(
    store: Store, article: Make, web: LoopbackHttp
) -> None:
    # given
    cyrillic = HTML.replace(TEXT, "Над гаванью видели беспилотник, порт закрыли. " * 5)
    there = web.url("/a", host="localhost")
    outcomes: Mapping[str, tuple[Answer, PageOutcome, str]] = {
        "/read": (PAGE, PageOutcome.READ, ""),
        "/moved": ((301, {"Location": "/a"}, b""), PageOutcome.READ, ""),
        "/away": ((302, {"Location": there}, b""), PageOutcome.READ, ""),
        "/cyrillic": (
            (200, {"Content-Type": "text/html; charset=windows-1251"}, cyrillic.encode("cp1251")),
            PageOutcome.READ,
            "",
        ),
        "/hidden": ((301, {"Location": "/private/b"}, b""), PageOutcome.REFUSED, "robots.txt"),
        "/round": ((301, {"Location": "/round"}, b""), PageOutcome.FAILED, "more than 5 times"),
        "/charset": (
            (200, {"Content-Type": "text/html; charset=nonsense"}, HTML.encode()),
            PageOutcome.READ,
            "",
        ),
        "/private/a": (PAGE, PageOutcome.REFUSED, "robots.txt of 127.0.0.1 does not allow it"),
        "/walled": ((403, {}, b""), PageOutcome.REFUSED, "403"),
        "/gone": ((410, {}, b""), PageOutcome.GONE, "410"),
        "/odd": ((418, {}, b""), PageOutcome.FAILED, "418"),
        "/pdf": ((200, {"Content-Type": "application/pdf"}, b"%PDF"), PageOutcome.EMPTY, "pdf"),
        "/short": ((200, TYPE, b"<p>Log in</p>"), PageOutcome.EMPTY, "no more text"),
        "/nothing": ((200, TYPE, b""), PageOutcome.EMPTY, "empty"),
        "/huge": ((200, TYPE, b"<p>" + b"news " * (2 << 20)), PageOutcome.FAILED, "5 MiB"),
    }
    web.pages |= {path: answer for path, (answer, _, _) in outcomes.items()}
    web.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private/\n")
    put(store, article, *(web.url(path) for path in outcomes))
    # when
    found = work(store)
    # then
    for path, (_, outcome, said) in outcomes.items():
        one = found[web.url(path)]
        assert one.page is not None
        assert (path, one.page.outcome) == (path, outcome)
        assert said in one.page.said
        assert one.summary == TEASER
        assert bool(one.body) == (outcome is PageOutcome.READ)
    assert "беспилотник" in found[web.url("/cyrillic")].body
    counts = {name: n for name, n in store.view.counts().items() if name.startswith("pages.")}
    assert counts == {
        "pages.read": 5, "pages.refused": 3, "pages.gone": 1, "pages.failed": 3, "pages.empty": 3
    }  # fmt: skip
    # and: the rules were asked for once a host
    asked = [r.headers["host"] for r in web.requests if r.path == "/robots.txt"]
    assert sorted(asked) == sorted([f"127.0.0.1:{web.port}", f"localhost:{web.port}"])
    assert not any(request.path.startswith("/private/") for request in web.requests)
    assert all(r.headers["user-agent"].startswith("Wirewatch/") for r in web.requests)


@pytest.mark.parametrize(
    ("path", "answer", "after_s"),
    [
        ("/robots.txt", (503, {}, b""), 30),
        ("/robots.txt", (429, {}, b""), 300),
        ("/a", (503, {"Retry-After": "77"}, b""), 77),
        ("/a", (500, {}, b""), 30),
    ],
)
def test_trouble_that_may_pass_is_waited_for_and_the_host_left_alone(
    store: Store, article: Make, web: LoopbackHttp, path: str, answer: Answer, after_s: float
) -> None:
    # given
    web.pages[path] = answer
    put(store, article, web.url("/a"))
    # when
    with capture_logs() as logs:
        assert work(store) == {}
    # then
    (event,) = logs
    assert (event["event"], event["again_in_s"]) == ("page.delayed", after_s)
    now_s = store.client.time()[0]
    opens = float(store.client.hget(keys.lane("127.0.0.1"), "opens") or 0)
    ((_, due),) = store.client.zrange(keys.later(PAGES), 0, -1, withscores=True)
    assert after_s - 2 < opens - now_s < after_s + 2
    assert after_s - 2 < due - now_s < after_s + 2
    if path == "/robots.txt":
        assert [request.path for request in web.requests] == [path]


def test_a_server_that_wants_more_time_than_there_is_gets_it_and_the_article_goes_on(
    store: Store, article: Make, web: LoopbackHttp
) -> None:
    # given
    web.pages["/a"] = (503, {"Retry-After": "3600"}, b"")
    put(store, article, web.url("/a"), web.url("/b"))
    # when
    found = work(store)
    # then: the first is given up at once, and so is the second, which could not be asked for
    assert {one.page.outcome for one in found.values() if one.page} == {
        PageOutcome.FAILED,
        PageOutcome.LATE,
    }
    assert [request.path for request in web.requests].count("/b") == 0


def test_rules_and_pages_that_mean_harm_are_given_up_in_time(
    store: Store, article: Make, web: LoopbackHttp
) -> None:
    # given: many agents share many rules; and a page is nested without end
    agents = "".join(f"User-agent: b{number}\n" for number in range(2_000))
    rules = "".join(f"Disallow: /a{number}*x\n" for number in range(10_000))
    with LoopbackHttp({"/robots.txt": (200, {}, f"{agents}{rules}".encode())}) as other:
        nested = b"<html><body>" + b"<div>" * 100_000 + TEXT.encode()
        web.pages["/a"] = (200, TYPE, nested)
        put(store, article, other.url("/a", host="localhost"), web.url("/a"))
        # when
        found = work(store, wall_s=1)
    # then
    harmed = found[other.url("/a", host="localhost")].page
    assert harmed is not None
    assert harmed.outcome is PageOutcome.REFUSED
    assert len(found) == 2


def test_a_page_may_not_lead_into_the_private_network(
    store: Store, article: Make, web: LoopbackHttp
) -> None:
    # given
    with LoopbackHttp({"/secret": PAGE}, address="127.0.0.2") as inside:
        web.pages["/a"] = (302, {"Location": inside.url("/secret")}, b"")
        put(store, article, web.url("/a"), inside.url("/secret"))
        # when
        found = work(store, network="127.0.0.1/32")
        # then
        assert inside.requests == []
    for one in found.values():
        assert one.page is not None
        assert one.page.outcome is PageOutcome.FAILED
        assert "not a public address" in one.page.said


def test_rules_that_redirect_without_end_are_none(
    store: Store, article: Make, web: LoopbackHttp
) -> None:
    web.pages["/robots.txt"] = (301, {"Location": "/robots.txt"}, b"")
    put(store, article, web.url("/a"))
    assert work(store)[web.url("/a")].body


def test_a_job_that_holds_no_article_is_set_aside_and_the_others_go_on(
    store: Store, article: Make, web: LoopbackHttp
) -> None:
    # given
    put(store, article, web.url("/a"), web.url("/b"))
    first = store.client.lindex(keys.rq_queue(PAGES), 0)
    assert isinstance(first, bytes)
    store.client.hset(keys.rq_job(first.decode()), "data", b"not ours")
    # when
    found = work(store)
    # then
    assert set(found) == {web.url("/b")}
    (letter,) = store.letters.all()
    assert letter.id == first.decode()


def test_pages_are_reached_as_their_feed_is_and_told_no_secret(
    store: Store, article: Make, web: LoopbackHttp
) -> None:
    # given: a source behind a proxy, which knows who we are
    url = "http://news.example/a"
    web.pages[url] = PAGE
    access = Access(proxy=web.url(), authorization="Basic hush", headers=(("X-Key", "hush"),))
    put(store, article, url, room_s=0)
    # when
    found = work(store, access=access)
    # then
    assert found[url].body
    assert [request.path for request in web.requests] == ["http://news.example/robots.txt", url]
    assert "hush" not in "".join(str(request.headers) for request in web.requests)


def test_articles_go_on_in_time_even_if_nobody_reads_pages(
    store: Store, article: Make, web: LoopbackHttp
) -> None:
    # given
    put(store, article, web.url("/a"), web.url("/b"))
    waiting = store.client.zrange(keys.deadlines(), 0, -1)
    store.client.zadd(keys.deadlines(), dict.fromkeys(waiting, 1))
    # when
    HandOn(store=store, worker="u", now=now, log=telemetry.logger()).late("t")
    # then
    assert store.view.depth(ARTICLES).waiting == 2
    assert store.view.counts()["pages.late"] == 2
    assert web.requests == []


def test_an_article_on_whose_page_processes_die_goes_on_without_it(
    store: Store, article: Make, web: LoopbackHttp
) -> None:
    # given
    put(store, article, web.url("/a"))
    for death in range(4):
        store.pages.take_turns(f"w{death}", "t", 1)
        store.pages.give_back(f"w{death}", "crash", now())
    # when
    (one,) = work(store).values()
    # then
    assert one.page is not None
    assert (one.page.outcome, one.body) == (PageOutcome.FAILED, "")
    assert "died" in one.page.said
    assert web.requests == []


def test_an_odd_address_costs_no_article(store: Store, article: Make, web: LoopbackHttp) -> None:
    # given
    odd = ("http://127.0.0.1:99999/a", f"http://{'a' * 70}.example/a", "http://u:p@127.0.0.1:1/a")
    put(store, article, *odd, web.url("/a"))
    # when
    found = work(store, network="127.0.0.2/32")
    # then
    # then
    assert set(found) == {*odd, web.url("/a")}
    assert {one.page.outcome for one in found.values() if one.page} == {PageOutcome.FAILED}


async def broken() -> Done:
    raise KeyError("ours")


def test_a_bug_met_in_one_page_is_told_and_is_no_end_of_the_process() -> None:
    with capture_logs() as logs:
        answer = asyncio.run(guarded_page(broken()))
    assert isinstance(answer, KeyError)
    assert [(event["event"], event["log_level"]) for event in logs] == [("page.missed", "error")]
