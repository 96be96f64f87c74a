"""Whose turn it is on a host: one request at a time and room between two starts, whoever asks; and
an article is on one queue at any time, on the real server."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count, pairwise

from monitor.embedded import Embedded
from monitor.model import ARTICLES, PAGES, Article, PageNote, PageOutcome
from monitor.queues import articles_of, page_of
from monitor.store import PATIENCE, Hop, PageTaken, PageWanted, Store, keys

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOST, ROOM_S = "news.example", 5.0
READ = PageNote(outcome=PageOutcome.READ)

Make = Callable[..., Article]


def put(store: Store, *articles: Article, host: str = HOST, room_s: float = ROOM_S) -> None:
    pages = [PageWanted(article=article, host=host, room_s=room_s) for article in articles]
    state = store.sources.state("example")
    store.sources.put(
        "example", version=state.version, state={}, seen=(), articles=(), pages=pages, now=NOON
    )


def take(store: Store, worker: str = "w1", token: str = "t1") -> tuple[PageTaken, ...]:
    return store.pages.take_turns(worker, token, 10)[0]


def next_s(store: Store, token: str) -> float | None:
    return store.pages.take_turns("w9", token, 10)[1]


def opened(store: Store, host: str = HOST) -> None:
    """As if the room of the host, and all that was promised on it, were over."""
    now_s = store.client.time()[0]
    store.client.hset(keys.lane(host), mapping={"opens": now_s - 1, "slot": now_s - 1})
    for job in store.client.zrange(keys.later(PAGES), 0, -1):
        store.client.zadd(keys.later(PAGES), {job: now_s - 1})


def hand_on(store: Store, page: PageTaken, worker: str = "w1", park_s: float = 0) -> bool:
    at = Hop(host=HOST, room_s=ROOM_S, park_s=park_s)
    return store.pages.hand_on(worker, page, page_of(page.data), READ, at=at, now=NOON)


def postpone(store: Store, page: PageTaken, *, then: str = HOST, park_s: float = 0) -> None:
    store.pages.postpone(
        "w1",
        page,
        after_s=0,
        at=Hop(host=HOST, room_s=ROOM_S, park_s=park_s),
        then=Hop(host=then, room_s=ROOM_S, url=f"https://{then}/a" if then != HOST else ""),
        tries=page.tries + 1,
        hops=page.hops,
        why="503",
    )


def test_one_page_of_a_host_is_handed_out_and_the_others_wait_in_their_order(
    store: Store, article: Make
) -> None:
    # given
    put(store, article(1), article(2), article(3))
    # when
    (first,) = take(store)
    # then
    assert page_of(first.data) == article(1)
    assert (first.turn, first.deaths, first.tries, first.room_s) == ("go", 0, 0, ROOM_S)
    assert PATIENCE.total_seconds() - 5 < first.left_s <= PATIENCE.total_seconds()
    due = store.client.zrange(keys.later(PAGES), 0, -1, withscores=True)
    opens = float(store.client.hget(keys.lane(HOST), "opens") or 0)
    assert [round(score - opens, 1) for _, score in due] == [0, ROOM_S]
    wait_s = next_s(store, "t2")
    assert wait_s is not None
    assert ROOM_S - 1 < wait_s <= ROOM_S


def test_another_host_need_not_wait(store: Store, article: Make) -> None:
    put(store, article(1))
    put(store, article(2), host="other.example")
    assert len(take(store)) == 2


def test_another_worker_has_to_keep_the_room_too(store: Store, article: Make) -> None:
    put(store, article(1), article(2))
    assert len(take(store, "w1")) == 1
    assert take(store, "w2", "u1") == ()


def test_the_room_of_a_host_is_kept_over_all_workers(
    embedded: Embedded, store: Store, article: Make
) -> None:
    # given: four workers, each with a connection of its own
    put(store, *(article(number) for number in range(6)), room_s=0.15)
    deadlines = dict(store.client.zrange(keys.deadlines(), 0, -1, withscores=True))
    starts: list[float] = []  # by the server's clock

    def serve(worker: str) -> None:
        own = Store(embedded.url)
        for turn in count():
            for page in own.pages.take_turns(worker, f"{worker}/{turn}", 10)[0]:
                starts.append(deadlines[page.id.encode()] - page.left_s)
                hand_on(own, page, worker)
            if own.view.depth(PAGES).total == 0:
                break
        own.close()

    # when
    with ThreadPoolExecutor() as pool:
        list(pool.map(serve, ["w1", "w2", "w3", "w4"]))
    # then
    assert len(starts) == 6
    assert min(late - early for early, late in pairwise(sorted(starts))) > 0.148


def test_a_host_that_is_still_being_asked_is_not_asked_again(store: Store, article: Make) -> None:
    # given: the room is over, but the first page has not come yet
    put(store, article(1), article(2))
    (first,) = take(store)
    opened(store)
    # then
    assert take(store, token="t2") == ()
    # when
    hand_on(store, first)
    opened(store)
    # then
    assert [page_of(page.data).id for page in take(store, token="t3")] == [article(2).id]


def test_a_dead_worker_does_not_keep_a_host_busy(store: Store, article: Make) -> None:
    # given
    put(store, article(1))
    take(store)
    # when
    store.pages.give_back("w1", "crash", NOON)
    opened(store)
    # then
    (again,) = take(store, "w2", "u1")
    assert page_of(again.data) == article(1)


def test_a_take_sent_twice_answers_the_same_pages(store: Store, article: Make) -> None:
    put(store, article(1), article(2))
    first, again = take(store), take(store)
    assert [page.id for page in first] == [page.id for page in again]
    assert again[0].turn == "go"
    assert len(again) == 1


def test_pages_that_come_later_do_not_overtake_those_that_wait(store: Store, article: Make) -> None:
    # given: one is under way, one waits for its turn, and the room is over
    put(store, article(1), article(2))
    (first,) = take(store)
    hand_on(store, first)
    opens = store.client.time()[0] - 1
    store.client.hset(keys.lane(HOST), "opens", opens)
    # when
    put(store, article(3))
    # then
    assert take(store, token="t2") == ()
    opened(store)
    assert page_of(take(store, token="t3")[0].data) == article(2)


def test_a_page_whose_turn_would_come_too_late_is_handed_out_as_such(
    store: Store, article: Make
) -> None:
    # given: more pages of a host than have room within the time an article may wait
    most = int(PATIENCE.total_seconds() / ROOM_S)
    put(store, *(article(number) for number in range(most + 3)))
    # when
    taken = [page for token in "abcdefghij" for page in store.pages.take_turns("w", token, 99)[0]]
    # then
    turns = [page.turn for page in taken]
    assert turns.count("go") == 1
    assert 1 <= turns.count("crowded") <= 3
    assert store.view.depth(PAGES).later == most + 2 - turns.count("crowded")


def test_a_page_that_has_waited_too_long_is_late_wherever_it_waits(
    store: Store, article: Make
) -> None:
    # given: one waits on the queue, one for its host, one is held
    put(store, article(1), article(2))
    take(store)
    put(store, article(3), host="other.example")
    ids = store.client.zrange(keys.deadlines(), 0, -1)
    store.client.zadd(keys.deadlines(), dict.fromkeys(ids, 1))
    # when
    late = store.pages.take_late("upkeep", "t1", 10)
    # then
    assert {page_of(page.data).id for page in late} == {article(2).id, article(3).id}
    assert {page.turn for page in late} == {"late"}
    assert all(page.left_s < 0 for page in late)
    depth = store.view.depth(PAGES)
    assert (depth.waiting, depth.leased, depth.later) == (0, 3, 0)


def test_an_article_handed_on_is_on_the_other_queue_and_counted(
    store: Store, article: Make
) -> None:
    # given
    put(store, article(1))
    (page,) = take(store)
    # when
    assert hand_on(store, page)
    # then: a resend does nothing
    assert not hand_on(store, page)
    (job,) = store.articles.take("w1", "t1", 10)
    assert articles_of(job.data) == (article(1),)
    assert store.view.depth(PAGES).total == 0
    assert store.view.counts() == {"articles.admitted": 1, "pages.read": 1}
    assert not store.client.exists(keys.ledger(PAGES), keys.deadlines())
    assert len(store.client.keys("rq:job:*")) == 1


def test_a_page_that_another_worker_holds_now_cannot_be_handed_on(
    store: Store, article: Make
) -> None:
    # given: a stalled worker whose lease ran out
    put(store, article(1))
    (page,) = take(store)
    store.client.zadd(keys.leases(PAGES), {page.id: 1})
    store.pages.sweep(NOON)
    opened(store)
    take(store, "w2", "u1")
    # then
    assert not hand_on(store, page)
    postpone(store, page)
    assert store.view.depth(PAGES).leased == 1
    assert store.view.depth(ARTICLES).total == 0


def test_a_host_that_asks_to_be_left_alone_is(store: Store, article: Make) -> None:
    # given
    put(store, article(1), article(2))
    (page,) = take(store)
    # when
    postpone(store, page, park_s=60)
    # then
    opened_s = float(store.client.hget(keys.lane(HOST), "opens") or 0) - store.client.time()[0]
    assert 58 < opened_s <= 61
    assert take(store, token="t2") == ()
    wait_s = next_s(store, "t3")
    assert wait_s is not None
    assert wait_s < 6  # of the second, which has a promise and will be told to wait then


def test_a_page_on_another_host_waits_in_that_hosts_lane(store: Store, article: Make) -> None:
    # given
    put(store, article(1))
    (page,) = take(store)
    # when
    postpone(store, page, then="cdn.example")
    # then
    (there,) = take(store, token="t2")
    assert (there.id, there.url, there.tries) == (page.id, "https://cdn.example/a", 1)


def test_a_killed_worker_is_not_held_against_its_article(store: Store, article: Make) -> None:
    # given
    put(store, article(1), room_s=0)
    # when: it dies again and again
    for death in range(8):
        take(store, f"w{death}", "t")
        store.pages.give_back(f"w{death}", "crash", NOON)
    # then: it is known, and nothing is set aside
    (page,) = take(store)
    assert page.deaths == 7
    assert store.letters.all() == ()


def test_a_job_nobody_can_read_is_set_aside_once(store: Store, article: Make) -> None:
    # given
    put(store, article(1))
    (page,) = take(store)
    # when
    store.pages.bury("w1", page.id, "no article in it", NOON)
    store.client.zadd(keys.deadlines(), {page.id: 1})
    # then
    assert store.pages.take_late("upkeep", "t", 10) == ()
    (letter,) = store.letters.all()
    assert letter.kind == "job"
    # and a person may try it again, or drop it
    assert store.letters.retry(letter, NOON)
    opened(store)
    (again,) = take(store, token="t2")
    assert again.left_s > 0
    store.pages.bury("w1", page.id, "no article in it", NOON)
    assert store.letters.drop(letter)
    assert store.client.keys("rq:job:*") == []


def test_the_ledger_finds_a_page_that_is_nowhere(store: Store, article: Make) -> None:
    # given
    put(store, article(1))
    store.client.delete(keys.rq_queue(PAGES))
    # when
    for queue in (ARTICLES, PAGES):
        store.work(queue).recover(admitted_before=NOON)
    # then
    assert len(take(store)) == 1
    assert store.view.depth(ARTICLES).total == 0


def test_a_put_of_pages_sent_twice_puts_once(store: Store, article: Make) -> None:
    # given
    pages = [PageWanted(article=article(1), host=HOST, room_s=ROOM_S)]
    # when
    for _ in range(2):
        store.sources.put(
            "example", version=0, state={}, seen=(), articles=(), pages=pages, now=NOON
        )
    # then
    assert store.view.depth(PAGES).total == 1
    assert store.view.counts() == {"articles.admitted": 1}


def test_a_robots_txt_is_kept_for_a_day(store: Store) -> None:
    # given
    origin = "https://news.example"
    assert store.pages.robots(origin) is None
    # when
    store.pages.keep_robots(origin, "User-agent: *\nDisallow: /")
    # then
    assert store.pages.robots(origin) == "User-agent: *\nDisallow: /"
    assert 86_000 < store.client.ttl(keys.robots(origin)) <= 86_400
    # and what somebody else wrote there is asked for anew
    store.client.set(keys.robots(origin), b"not ours")
    assert store.pages.robots(origin) is None
