"""Killed before and after every command to Redis, robbed of every reply, and Redis itself killed at
every command: nothing lost, nothing doubled. The points are counted in a clean run, so that a new
call is a new point."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from loopback import LoopbackHttp, Request
from proxy import Harm, Proxy

from monitor.embedded import Embedded, embedded
from monitor.errors import StoreUnavailable
from monitor.model import ARTICLES, JOBS, FullText
from monitor.store import Store, keys
from tests.crash import steps

LUA = Path(keys.__file__).parent / "lua"
ARTICLE_COUNT, ALERT_COUNT = 4, 3
TEXTS = (
    "A drone was seen over the harbour on Tuesday.",
    "The market opened as usual in the old town.",
    "A drone fell into the river near the bridge.",
    "The fire brigade lifted a drone from the roof of the school.",
)
FEED = "".join(
    f"<item><title>News {number}</title><guid>g{number}</guid>"
    f"<link>https://harbour.example/{number}</link><description>{text}</description></item>"
    for number, text in enumerate(TEXTS)
)
RSS = f'<rss version="2.0"><channel><title>Harbour</title>{FEED}</channel></rss>'.encode()
# The same news, the first of it as a teaser whose page has the rest.
TEASER = "Something was seen over the harbour."
PAGE = f"<html><body><article><h1>News 0</h1><p>{TEXTS[0]} {TEXTS[1]}</p></article></body></html>"


class Scene:
    """A feed, a folder of seeds, a webhook, an empty store; and the work, step by step."""

    def __init__(self, store: Store, folder: Path, web: LoopbackHttp) -> None:
        self.store, self.folder, self.web = store, folder, web
        self.server = store.client.connection_pool.connection_kwargs["path"]
        self.direct = f"unix://{self.server}"
        seeds = folder / "seeds"
        seeds.mkdir()
        rows = [
            {"id": f"{n}", "source": "s", "title": f"News {n}", "body": t}
            for n, t in enumerate(TEXTS)
        ]
        (seeds / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        self.calls: dict[str, tuple[Callable[..., None], tuple[str | FullText, ...]]] = {
            "poll_seeds": (steps.poll_seeds, (str(seeds),)),
            "poll_feed": (steps.poll_feed, (web.url("/feed"),)),
            "poll_pages": (steps.poll_feed, (web.url("/teasers"), FullText.ALWAYS)),
            "read_pages": (steps.read_pages, ()),
            "judge": (steps.judge, ()),
            "deliver": (steps.deliver, (web.url("/hook"),)),
            "upkeep": (steps.upkeep, ()),
            "bury": (steps.bury, ()),
        }

    def reset(self) -> None:
        self.store.client.flushall()
        for path in LUA.glob("*.lua"):  # or the first call of each would count twice
            self.store.client.script_load(path.read_text())
        self.web.requests.clear()

    def run(self, step: str, url: str | None = None) -> int | None:
        """Do one step in a process of its own; its exit code, negative when killed."""
        call, arguments = self.calls[step]
        process = steps.CONTEXT.Process(target=call, args=(url or self.direct, *arguments))
        process.start()
        process.join(60)
        code = process.exitcode
        process.close()
        return code

    def finish(self, *steps_: str) -> None:
        """What a supervisor and fresh processes do after a death: give back, do it again."""
        self.run("bury")
        for step in steps_:
            assert self.run(step) == 0
        # A bundle given back is split, and its articles run alone: so judge until nothing is left.
        assert self.run("judge") == 0
        assert self.run("deliver") == 0

    def webhooks(self) -> list[Request]:
        return [request for request in self.web.requests if request.path == "/hook"]

    def check(self, where: str, *, once: bool, pages: int = 0) -> None:
        """Every article judged once, every alert raised once and received, nothing left over."""
        counts = dict(self.store.view.counts())
        assert counts["articles.admitted"] == ARTICLE_COUNT, where
        assert counts.get("articles.new") == ARTICLE_COUNT, (where, counts)
        assert counts.get("alerts.raised") == ALERT_COUNT, (where, counts)
        assert counts.get("deliveries.sent") == ALERT_COUNT, (where, counts)
        assert counts.pop("pages.read", 0) == pages, (where, counts)
        assert set(counts) == {
            *("articles.admitted", "articles.new", "alerts.raised", "deliveries.sent")
        }, (where, counts)
        ids = [request.headers["webhook-id"] for request in self.webhooks()]
        assert len(set(ids)) == ALERT_COUNT, where
        assert not once or len(ids) == ALERT_COUNT, where
        for queue in JOBS:
            assert self.store.view.depth(queue).total == 0, where
            assert not self.store.client.exists(keys.holders(queue)), where
            assert not self.store.client.exists(keys.ledger(queue)), where
        assert self.store.client.keys("rq:job:*") == [], where
        assert self.store.letters.all() == (), where


@contextmanager
def serving() -> Iterator[LoopbackHttp]:
    """The feed, the same with a teaser whose page has the text, and a webhook."""
    with LoopbackHttp({"/feed": (200, {}, RSS), "/hook": (200, {}, b"")}) as web:
        teasers = RSS.decode().replace("https://harbour.example/0", web.url("/0"))
        teasers = teasers.replace(TEXTS[0], TEASER).replace("https://harbour.example/", "mailto:")
        web.pages["/teasers"] = (200, {}, teasers.encode())
        web.pages["/0"] = (200, {"Content-Type": "text/html"}, PAGE.encode())
        yield web


@pytest.fixture
def scene(store: Store, tmp_path: Path) -> Iterator[Scene]:
    with serving() as web:
        yield Scene(store, tmp_path, web)


BEFORE = {
    "poll_seeds": (),
    "poll_feed": (),
    "read_pages": ("poll_pages",),
    "judge": ("poll_seeds",),
    "deliver": ("poll_seeds", "judge"),
    "upkeep": ("poll_seeds",),
    "bury": ("poll_seeds",),
}
"""What has to be done before a step has something to do."""


AFTER = {"poll_feed": ("poll_feed",), "read_pages": ("poll_pages", "read_pages")}
"""What begins the work anew, where it is not the seeds."""


def prepared(scene: Scene, step: str) -> None:
    scene.reset()
    for earlier in BEFORE[step]:
        assert scene.run(earlier) == 0
    if step in {"bury", "upkeep"}:  # work held by a process that is no more
        (job,) = scene.store.articles.take(steps.WORKER, "t", 1)
        scene.store.client.zadd(keys.leases(ARTICLES), {job.id: 1})


def points(scene: Scene, step: str) -> list[str]:
    """The commands of a clean run."""
    prepared(scene, step)
    path = scene.folder / f"clean-{step}"
    with Proxy(path, scene.server) as proxy:
        assert scene.run(step, proxy.url) == 0
    return proxy.points


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", list(BEFORE))
@pytest.mark.parametrize("harm", ["before", "after", "lose"])
def test_nothing_is_lost_or_doubled_wherever_it_is_struck(
    scene: Scene, step: str, harm: Harm
) -> None:
    # given
    path = points(scene, step)
    assert path, "a clean run speaks to Redis"
    for point, command in enumerate(path):
        where = f"{harm} {command}, command {point} of {step}"
        prepared(scene, step)
        # when
        with Proxy(scene.folder / f"p{point}", scene.server, point=point, harm=harm) as proxy:
            code = scene.run(step, proxy.url)
        struck = len(proxy.points) > point  # how often an empty queue is asked is chance
        assert (code == 0) == (harm == "lose" or not struck), (where, code)
        # then
        scene.finish(*AFTER.get(step, ("poll_seeds",)))
        once = harm == "lose" or step != "deliver"
        scene.check(where, once=once, pages=1 if step == "read_pages" else 0)


@pytest.fixture
def mortal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Embedded]:
    """A server of its own that is started again when it dies, its log mended before; and at once,
    though it dies young again and again.
    """
    monkeypatch.setattr(embedded, "_LONGEST_PAUSE_S", embedded._FIRST_PAUSE_S)
    with Embedded(tmp_path / "redis") as server:
        yield server


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", list(BEFORE))
def test_nothing_is_lost_or_doubled_wherever_redis_dies(
    mortal: Embedded, tmp_path: Path, until: Callable[..., None], step: str
) -> None:
    # given
    def kill() -> None:
        assert mortal.pid is not None
        os.kill(mortal.pid, signal.SIGKILL)

    with serving() as web, closing(Store(mortal.url)) as store:
        scene = Scene(store, tmp_path, web)
        for point, command in enumerate(points(scene, step)):
            where = f"redis killed after {command}, command {point} of {step}"
            prepared(scene, step)
            first = mortal.pid
            # when
            path = tmp_path / f"p{point}"
            with Proxy(path, scene.server, point=point, harm="server", kill_server=kill) as proxy:
                scene.run(step, proxy.url)
            if len(proxy.points) > point:
                until(lambda first=first: mortal.pid not in (None, first), what="a new server")
            until(lambda: answers(store), what="it answers")
            # then
            scene.finish(*AFTER.get(step, ("poll_seeds",)))
            scene.check(where, once=step != "deliver", pages=1 if step == "read_pages" else 0)


def answers(store: Store) -> bool:
    try:
        return not store.view.refuses_writes()
    except StoreUnavailable:
        return False
