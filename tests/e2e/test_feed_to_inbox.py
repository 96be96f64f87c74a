"""A feed on a real server, an item published later; a real mail server and webhook: once each."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from inbox import Inbox, opened
from loopback import LoopbackHttp
from product import Product
from standardwebhooks.webhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Harbour Post</title><link>https://harbour.example/</link>
<description>news</description>{items}</channel></rss>"""
ITEM = """<item><title>{title}</title><link>https://harbour.example/{number}</link>
<guid>harbour-{number}</guid><description>{text}</description></item>"""
OLD = ITEM.format(number=1, title="Market day", text="The market opened as usual in the old town.")
NEW = ITEM.format(
    number=2,
    title="Port closed after sighting",
    text="A drone was seen over Basra on Tuesday evening. The harbour was closed for two hours.",
)


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    with opened() as found:
        yield found


def feed(*items: str) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "application/rss+xml"}, FEED.format(items="".join(items)).encode()


def configure(product: Product, web: LoopbackHttp, smtp_port: int) -> None:
    product.write("monitor.toml", '[net]\nallow = ["127.0.0.0/8"]\n')
    product.write(
        "feeds.toml", f'[source.harbour]\nurl = "{web.url("/feed")}"\ninterval = "0.5s"\n'
    )
    product.write(
        "watchlist.toml",
        "[watch.drones]\ntitle = 'Drones over Basra'\nwhen = 'drone AND place:basra'\n"
        'notify = ["desk", "hook"]\n',
    )
    product.write(
        "channels.toml",
        '[channel.desk]\ntype = "email"\nto = ["desk@example.org"]\nfrom = "w@example.org"\n'
        f'smtp = "smtp://127.0.0.1:{smtp_port}"\n'
        f'[channel.hook]\ntype = "webhook"\nurl = "{web.url("/hook")}"\nsecret = "env:HOOK"\n',
    )
    product.environment["HOOK"] = SECRET


def hooks(web: LoopbackHttp) -> list[Any]:
    return [request for request in web.requests if request.path == "/hook"]


def test_an_item_published_later_arrives_once_by_mail_and_once_by_webhook(
    product: Product, inbox: tuple[Inbox, int], until: Callable[..., None]
) -> None:
    letters, smtp_port = inbox[0].letters, inbox[1]
    with LoopbackHttp({"/feed": feed(OLD), "/hook": (200, {}, b"")}) as web:
        # given: the feed was polled and had nothing of interest
        configure(product, web, smtp_port)
        running = product.start("run")
        until(lambda: len(web.requests) >= 2, what="two polls")
        assert letters == []
        # when
        web.pages["/feed"] = feed(NEW, OLD)
        # then
        until(lambda: letters and hooks(web), what="a letter and a call")
        assert "Port closed after sighting" in letters[0]["Subject"]
        assert "https://harbour.example/2" in letters[0].get_body(("plain",)).get_content()
        call = hooks(web)[0]
        body = Webhook(SECRET).verify(call.body, dict(call.headers))
        assert body["type"] == "alert.raised"
        assert body["data"]["article"]["url"] == "https://harbour.example/2"
        assert body["data"]["evidence"][0]["text"] == "drone"

        # and when: killed without warning and started again
        running.send_signal(signal.SIGKILL)
        running.wait()
        again = product.start("run")
        seen = len(web.requests)
        until(lambda: len(web.requests) >= seen + 3, what="polls after the restart", within_s=60)
        # then: nothing is said twice, and Ctrl-C ends it soon
        again.send_signal(signal.SIGINT)
        assert again.wait(5) == 0, product.said()
        assert (len(letters), len(hooks(web))) == (1, 1)


def test_a_feed_that_is_no_feed_is_told_and_the_others_go_on(
    product: Product, inbox: tuple[Inbox, int]
) -> None:
    html = b"<!doctype html><html><head><title>Harbour</title></head><body>Hello</body></html>"
    with LoopbackHttp(
        {
            "/feed": feed(NEW),
            "/hook": (200, {}, b""),
            "/html": (200, {"Content-Type": "text/html"}, html),
            "/empty": (200, {}, b""),
            "/cut": (200, {}, feed(NEW, OLD)[2][:-150]),
            "/latin": (200, {}, FEED.format(items=OLD).encode().replace(b"Market", b"M\xe4rkte")),
        }
    ) as web:
        # given
        configure(product, web, inbox[1])
        feeds = "".join(
            f'[source.{name}]\nurl = "{web.url("/" + name)}"\n'
            for name in ("feed", "html", "empty", "cut", "latin", "nowhere")
        )
        product.write("feeds.toml", feeds)
        # when
        done = product.run_once()
    # then
    summary = json.loads(done.stdout)
    assert (summary["feeds"], summary["feeds_failed"]) == (6, 3), done.stderr
    assert summary["sent"] == 2
    assert "HTML page" in done.stderr
    assert "empty" in done.stderr
    assert "404" in done.stderr
