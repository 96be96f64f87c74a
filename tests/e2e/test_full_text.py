"""A feed of teasers: what its articles' pages say is matched, and no article waits in vain."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable

from loopback import Answer, LoopbackHttp, Request
from product import Product

TEXT = "A drone was seen over Basra on Tuesday evening, and the port was closed for two hours. "
TYPE = {"Content-Type": "text/html"}
PAGE = f"""<html lang="en"><head><title>Seen</title><meta name="author" content="Jane Roe"></head>
<body><nav>Home</nav><article><h1>Seen</h1><p>{TEXT * 4}</p></article></body></html>"""
ITEM = """<item><title>News {name}</title><guid>{name}</guid><link>{url}</link>
<description>Something was seen over the port, {name} says.</description></item>"""


def serve(web: LoopbackHttp, *names: str) -> None:
    """The feed, with an item and a page for each name."""
    items = "".join(ITEM.format(name=name, url=web.url(f"/{name}")) for name in names)
    rss = f"<rss version='2.0'><channel><title>Harbour</title>{items}</channel></rss>"
    web.pages["/feed"] = (200, {}, rss.encode())
    for name in names:
        web.pages.setdefault(f"/{name}", (200, TYPE, PAGE.encode()))


def configure(product: Product, web: LoopbackHttp) -> None:
    product.write("monitor.toml", '[net]\nallow = ["127.0.0.0/8"]\n')
    product.write(
        "feeds.toml",
        f'[source.harbour]\nurl = "{web.url("/feed")}"\ninterval = "0.5s"\nfull_text = true\n',
    )
    product.write(
        "watchlist.toml",
        "[watch.drones]\nwhen = 'drone AND place:basra'\nnotify = [\"console\"]\n",
    )


def test_a_kill_while_a_page_is_read_loses_nothing_and_a_refused_page_costs_only_its_text(
    product: Product, until: Callable[..., None]
) -> None:
    asked, answer = threading.Event(), threading.Event()

    def slow(request: Request) -> Answer:
        asked.set()
        answer.wait(60)
        return 200, TYPE, PAGE.encode()

    with LoopbackHttp({"/walled": (403, {}, b""), "/open": slow}) as web:
        # given: a page that is long in coming
        configure(product, web)
        serve(web, "open", "walled")
        running = product.start("run")
        until(asked.is_set, what="the page is asked for")
        # when
        running.send_signal(signal.SIGKILL)
        running.wait()
        answer.set()
        done = product.run_once()
    # then
    assert "A «drone» was seen over «Basra»" in done.stderr
    told = product.call("status", "--json")
    status = json.loads(told.stdout)
    wanted = {"articles.admitted": 2, "articles.new": 2, "pages.read": 1, "pages.refused": 1}
    assert status["counts"] == wanted | {"alerts.raised": 1, "deliveries.sent": 1}
    assert not any(status["queues"]["pages"].values())
    assert '"reason": "the server says 403"' in product.log()
