"""A feed is paused and resumed while the product runs; and its secrets stay where they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from loopback import LoopbackHttp
from product import Product

from monitor.cli import feeds, why

FEED = (
    b"<rss version='2.0'><channel><title>Harbour</title><item><title>Ferry late</title>"
    b"<guid>Ferry late</guid></item></channel></rss>"
)


def test_a_feed_is_paused_and_resumed_while_it_runs_and_no_secret_is_shown(
    product: Product, until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def call(*arguments: str) -> Result:
        """A command beside the run, in this process: a start of Python for each takes seconds."""
        command = {"feeds": feeds.command, "why": why.command}[arguments[0]]
        places = ("--config", str(product.config), "--data", str(product.data))
        return CliRunner().invoke(command, [*arguments[1:], *places])

    product.environment = {"PW": "hush-hush"}
    monkeypatch.setenv("PW", "hush-hush")
    product.write("monitor.toml", '[net]\nallow = ["127.0.0.0/8"]\n')
    with LoopbackHttp({"/a.xml": (200, {}, FEED)}) as web:
        # given: a feed behind a login, polled five times a second, muted
        product.write(
            "feeds.toml",
            f'[source.harbour]\nurl = "{web.url("/a.xml")}"\ninterval = "0.2s"\nmute = true\n'
            'user = "desk"\npassword = "env:PW"\npriority = "high"\n',
        )
        product.write("watchlist.toml", '[watch.w]\nwhen = "ferry"\nnotify = ["console"]\n')
        product.start("run")
        until(lambda: len(web.requests) > 2, what="it is polled", within_s=40)
        # when
        assert call("feeds", "pause", "harbour").exit_code == 0
        until(lambda: '"source.paused"' in product.log(), what="the poller heeds it", within_s=3)
        seen = len(web.requests)
        # then
        told = call("feeds")
        for words in ("paused", "feeds resume harbour", "muted", "high priority"):
            assert words in told.stderr
        assert call("feeds", "poll", "harbour").exit_code == 2
        assert len(web.requests) <= seen + 1
        # and when
        assert call("feeds", "resume", "harbour").exit_code == 0
        until(lambda: len(web.requests) > seen + 3, what="it goes on")
        # then: no alert, and `why` says why
        until(lambda: '"article.judged"' in product.log(), what="it is judged", within_s=40)
        asked = call("why", "Ferry late", "w")
        assert "no alert: its source is muted" in asked.stderr
        assert web.requests[0].headers["authorization"] == "Basic ZGVzazpodXNoLWh1c2g="
        shown = call("feeds", "--json").stdout + product.log() + product.said()
        kept = b"".join(path.read_bytes() for path in product.data.rglob("*.aof") if path.is_file())
        for secret in ("hush", "ZGVzaz"):
            assert secret not in shown
            assert secret.encode() not in kept
