"""`wirewatch feeds`: how each feed fares, for people and for machines; and polling one now."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from loopback import LoopbackHttp
from product import Product

FEED = (
    b'<rss version="2.0"><channel><title>Harbour</title><item><title>Market day</title>'
    b"<guid>g1</guid><link>https://harbour.example/1</link></item></channel></rss>"
)


def configure(product: Product, web: LoopbackHttp) -> None:
    product.write("monitor.toml", '[net]\nallow = ["127.0.0.0/8"]\n')
    product.write(
        "feeds.toml",
        f'[source.harbour]\nurl = "{web.url("/feed")}"\ninterval = "6h"\n'
        f'[source.lost]\nurl = "{web.url("/lost")}"\nbackfill = "latest:3"\n',
    )


def rows(product: Product, *arguments: str) -> dict[str, Any]:
    done = product.call("feeds", "--json", *arguments)
    assert done.returncode in (0, 1), done.stderr
    return {row["source"]: row for row in map(json.loads, done.stdout.splitlines())}


def test_feeds_are_told_with_state_outcomes_and_why_not_now(
    product: Product, until: Callable[..., None]
) -> None:
    with LoopbackHttp({"/feed": (200, {}, FEED), "/lost": (404, {}, b"")}) as web:
        # given
        configure(product, web)
        product.start("run")
        until(lambda: len(web.requests) >= 2, what="both feeds are polled")
        until(lambda: rows(product)["lost"]["failures"], what="both polls are over", within_s=30)
        # when
        found = rows(product)
        told = product.call("feeds")
        # then
        assert (found["harbour"]["state"], found["lost"]["state"]) == ("ok", "failing")
        assert [outcome["came"] for outcome in found["harbour"]["outcomes"]] == ["new"]
        assert found["harbour"]["why"] == "the interval you set"
        assert "404" in found["lost"]["error"]
        assert told.returncode == 1, "a feed fails"
        assert (told.stdout, "harbour" in told.stderr, "lost" in told.stderr) == ("", True, True)
        assert list(rows(product, "--failing")) == ["lost"]
        # and when: a person will not wait six hours
        seen = len(web.requests)
        asked = product.call("feeds", "poll", "harbour")
        assert asked.returncode == 0, asked.stderr
        # then
        until(lambda: len(web.requests) > seen, what="it is polled")
        assert web.requests[-1].path == "/feed"


def test_a_feed_nobody_configured_cannot_be_polled(product: Product) -> None:
    with LoopbackHttp() as web:
        configure(product, web)
        done = product.call("feeds", "poll", "harbor")
    assert done.returncode == 2
    assert "harbor" in done.stderr


def test_operators_are_told_of_a_source_that_fails(product: Product) -> None:
    with LoopbackHttp({"/lost": (404, {}, b""), "/hook": (204, {}, b"")}) as web:
        # given
        product.write("feeds.toml", f'[source.lost]\nname = "Lost"\nurl = "{web.url("/lost")}"\n')
        product.write(
            "monitor.toml",
            '[net]\nallow = ["127.0.0.0/8"]\n'
            '[ops]\nnotify = ["console", "hook"]\nfailing_for = "0.001s"\n',
        )
        product.write(
            "channels.toml",
            '[channel.console]\ntype = "console"\n'
            f'[channel.hook]\ntype = "webhook"\nurl = "{web.url("/hook")}"\nsecret = "s"\n',
        )
        # when
        done = product.call("run", "--once")
        # then
        assert "  Lost has failed for 0 seconds\n" in done.stderr
        (call,) = [request for request in web.requests if request.path == "/hook"]
        body = json.loads(call.body)
        assert (body["type"], body["data"]["trouble"]) == ("source.failing", "failing")
        assert "404" in body["data"]["said"]
