"""Every key of a run has an end, or is one of those whose size is bounded."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from fnmatch import fnmatchcase
from inspect import getmembers, isfunction, signature
from typing import Any

import redis
from loopback import LoopbackHttp
from product import Product
from server import ManagedServer

from monitor.store import Store, keys
from tests.conftest import NOON

Until = Callable[..., None]

PAGE = b"<html><body><article><p>%s</p></article></body></html>" % (b"A drone over Basra. " * 30)
RSS = """<rss version="2.0"><channel><title>Harbour Post</title>
<item><title>Port closed</title><link>{0}</link><guid>harbour-1</guid>
<description>A drone was seen over Basra on Tuesday evening.</description></item></channel></rss>"""
HOOK = 'type = "webhook"\nsecret = "any secret at all"\n'


def configure(product: Product, web: LoopbackHttp) -> None:
    """A bit of everything."""
    product.write("monitor.toml", '[net]\nallow = ["127.0.0.0/8"]\n[workers]\nprocesses = 1\n')
    product.write(
        "feeds.toml",
        f'[source.harbour]\nurl = "{web.url("/feed")}"\nfull_text = true\n'
        f'[source.gone]\nurl = "{web.url("/gone")}"\n',
    )
    channels = ("hook", "refusing", "down", "gone")
    product.write(
        "channels.toml",
        "".join(f'[channel.{name}]\nurl = "{web.url("/" + name)}"\n{HOOK}' for name in channels)
        + f'[channel.daily]\nurl = "{web.url("/daily")}"\nmode = "digest"\nevery = "day"\n{HOOK}',
    )
    product.write(
        "watchlist.toml",
        '[watch.drones]\nwhen = "drone"\nnotify = ["hook", "refusing", "down", "gone", "daily"]\n'
        'expect = "1 per week"\nat_most = "1 per hour"\nupdates = [2]\n'
        '[watch.many]\nwhen = "drone OR ship"\nnotify = ["hook"]\n'
        'threshold = { stories = 9, within = "6h" }\n'
        '[watch.pieces]\nwhen = "drone AND zebra"\nnotify = ["hook"]\nscope = "story"\n'
        '[watch.emerging]\nemerging = true\nnotify = ["hook"]\n',
    )


def without_an_end(client: redis.Redis) -> list[str]:
    """The keys that Redis will not end."""
    found = sorted(name.decode() for name in client.scan_iter(count=1000))
    with client.pipeline(transaction=False) as pipe:
        for name in found:
            pipe.ttl(name)
        return [name for name, ttl in zip(found, pipe.execute(), strict=True) if ttl == -1]


def pattern(key: Callable[..., str]) -> str:
    """All keys that a function of keys.py can make."""
    return key(*("*" for _ in signature(key).parameters))


def test_no_key_of_a_run_lasts_that_is_not_bounded(
    product: Product, server: ManagedServer, until: Until
) -> None:
    pages: dict[str, Any] = {"/page": (200, {"Content-Type": "text/html"}, PAGE)}
    for name, status in {"hook": 200, "refusing": 403, "down": 503, "gone": 410}.items():
        pages[f"/{name}"] = (status, {}, b"")
    with LoopbackHttp(pages) as web:
        # given
        web.pages["/feed"] = (200, {}, RSS.format(web.url("/page")).encode())
        configure(product, web)
        rows = (
            {"id": f"a{n}", "source": f"s{n}", "title": f"News {n}", "body": f"A drone at {n}."}
            for n in range(5)
        )
        product.seed("news.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
        product.environment["WIREWATCH_REDIS_URL"] = server.url
        store = Store(server.url)
        # when
        product.start("worker")
        product.start("poller", "--seeds", "seeds")
        until(lambda: store.view.counts().get("articles.new") == 6, what="all judged", within_s=60)
        until(lambda: len(store.letters.all()) >= 2, what="some are parked")
        until(lambda: "delivery.delayed" in product.said(), what="one is to be tried again")
        store.paused_watches.pause("drones", NOON)
        # then
        lasting = [pattern(key) for key in keys.LASTING]
        found = without_an_end(store.client)
        assert [name for name in found if not any(fnmatchcase(name, p) for p in lasting)] == []
        # and: there was much to find
        seen = {p for p in lasting for name in found if fnmatchcase(name, p)}
        assert len(seen) > 20, sorted(set(lasting) - seen)
        store.close()


def test_every_key_ends_or_lasts_and_is_listed_once() -> None:
    made = [key for _, key in getmembers(keys, isfunction) if key.__module__ == keys.__name__]
    assert Counter(keys.ALL) == Counter(made)
