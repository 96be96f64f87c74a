"""Poller and worker as services, with secrets everywhere: what they tell, and what they do not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from click.testing import CliRunner
from loopback import LoopbackHttp, Request, free_port
from product import Product
from server import ManagedServer

from monitor.cli import wirewatch

Until = Callable[..., None]

FEED = b"""<rss version="2.0"><channel><title>Harbour Post</title>
<item><title>Port closed</title><link>https://harbour.example/1</link><guid>harbour-1</guid>
<description>A drone was seen over Basra on Tuesday evening.</description></item></channel></rss>"""
LOGIN = "Basic ZGVzazpodXNoLW9mLWZlZWQ="  # desk:hush-of-feed
SECRETS = ("hush", "ZGVzazpodXNo", "aHVzaC")
"""All that was planted, in clear and as HTTP and SMTP write it."""


class Postbox:
    """A mail server that wants a login."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []

    def __call__(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        return AuthResult(success=data.password == b"hush-of-desk", handled=False)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(envelope.content)
        return "250 kept"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    box, port = Postbox(), free_port()
    controller = Controller(
        box, hostname="127.0.0.1", port=port, authenticator=box, auth_require_tls=False
    )
    controller.start()
    yield box, port
    controller.stop()


def behind_a_login(request: Request) -> tuple[int, dict[str, str], bytes]:
    known = request.headers.get("authorization") == LOGIN
    known = known and request.headers.get("x-api-key") == "hush-of-header"
    return (200, {}, FEED) if known else (401, {}, b"who are you?")


def configure(product: Product, web: LoopbackHttp, smtp_port: int) -> None:
    product.write(
        "monitor.toml",
        '[net]\nallow = ["127.0.0.0/8"]\n[workers]\nprocesses = 1\n[heartbeat]\nurl = "env:BEAT"\n',
    )
    product.write(
        "feeds.toml",
        f'[source.harbour]\nurl = "{web.url("/feed")}"\nuser = "desk"\npassword = "env:FEED"\n'
        'headers = { X-Api-Key = "env:HEADER" }\n'
        f'[source.gone]\nurl = "env:GONE"\n'
        f'[source.far]\nurl = "http://example.org/x"\nproxy = "http://me:hush-of-proxy@127.0.0.1:1"\n'
        f'[source.inline]\nurl = "http://me:hush-of-url@127.0.0.1:{web.port}/nowhere"\n',
    )
    product.write(
        "watchlist.toml",
        '[watch.drones]\nwhen = "drone"\nnotify = ["desk", "hook", "refusing", "program"]\n',
    )
    product.write(
        "channels.toml",
        '[channel.desk]\ntype = "email"\nto = ["d@example.org"]\nfrom = "w@example.org"\n'
        f'smtp = "smtp://127.0.0.1:{smtp_port}"\nusername = "desk"\npassword = "env:DESK"\n'
        f'[channel.hook]\ntype = "webhook"\nurl = "{web.url("/hook/hush-of-path")}"\n'
        'secret = "env:HOOK"\n'
        f'[channel.refusing]\ntype = "webhook"\nurl = "{web.url("/no/hush-of-path")}"\n'
        'secret = "env:HOOK"\n'
        '[channel.program]\ntype = "exec"\ncommand = ["/bin/sh", "-c", "exit 78"]\n'
        'environment = { TOKEN = "env:HOOK" }\n',
    )
    product.environment |= {
        "GONE": web.url("/missing?key=hush-of-query"),
        "BEAT": web.url("/beat/hush-of-beat"),
        "FEED": "hush-of-feed",
        "HEADER": "hush-of-header",
        "DESK": "hush-of-desk",
        "HOOK": "whsec_aHVzaC1vZi1ob29r",
    }


COMMANDS = (
    ("check",),
    ("status",),
    ("status", "--json"),
    ("feeds", "--json"),
    ("feeds", "export"),
    ("alerts", "--json"),
    ("channels", "list", "--json"),
    ("channels", "test", "hook"),
    ("channels", "test", "desk"),
    ("channels", "test", "refusing"),
    ("dead", "list", "--json"),
    ("doctor", "--json"),
    ("health", "--service", "poller"),
    ("health", "--service", "worker"),
)


def test_services_tell_how_they_are_and_never_a_secret(
    product: Product, server: ManagedServer, postbox: tuple[Postbox, int], until: Until
) -> None:
    letters = postbox[0].letters
    with LoopbackHttp({"/feed": behind_a_login, "/hook/hush-of-path": (200, {}, b"")}) as web:
        # given
        configure(product, web, postbox[1])
        server.tell("CONFIG", "SET", "requirepass", "hush-of-redis")
        product.environment["WIREWATCH_REDIS_URL"] = server.url.replace("://", "://:hush-of-redis@")
        listening = {}
        for service in ("worker", "poller"):
            listening[service] = f"127.0.0.1:{free_port()}"
            product.environment["WIREWATCH_METRICS_LISTEN"] = listening[service]
            product.start(service)
        # when: it is found, told to four channels, and refused by two of them
        until(lambda: letters, what="a letter", within_s=60)
        until(lambda: product.said().count('"delivery.parked"') == 2, what="two are parked")
        until(lambda: product.said().count('"source.failed"') >= 3, what="three feeds failed")
        until(lambda: product.said().count('"endpoint.opened"') == 2, what="both can be asked")
        until(lambda: '"heartbeat.failed"' in product.said(), what="a call outside that failed")
        # then: what Prometheus is told is the same at both
        texts = {name: told(at, "/metrics") for name, at in listening.items()}
        for text in texts.values():
            assert 'wirewatch_articles_total{outcome="new"} 1.0' in text
            assert 'wirewatch_delivery_attempts_total{channel="desk",outcome="sent"} 1.0' in text
            assert 'wirewatch_fetched_to_sent_seconds_bucket{le="+Inf"} 2.0' in text
            assert 'wirewatch_services{service="worker",version=' in text
        assert 'wirewatch_feeds{state="failing"} 3.0' in texts["poller"]
        assert "came round" in told(listening["worker"], "/healthz")
        assert "Redis answers" in told(listening["poller"], "/readyz")
        # and: what every command says
        outputs = {words: call(product, *words) for words in COMMANDS}
    seen = json.loads(outputs["status", "--json"])
    assert [service["service"] for service in seen["services"]] == ["poller", "worker"]
    assert seen["rates"]["alerts_hour"] == 1
    assert {feed["source"] for feed in seen["failing"]} == {"gone", "far", "inline"}
    for service in ("poller", "worker"):
        assert outputs["health", "--service", service] == f"{service}: ok\n"
    assert "Redis version" in outputs["doctor", "--json"]
    # and: the ids follow through
    lines = [json.loads(line) for line in product.said().splitlines() if line.startswith("{")]
    (judged,) = [line for line in lines if line["event"] == "article.judged"]
    (raised,) = [line for line in lines if line["event"] == "alert.raised"]
    assert raised["source"] == judged["source"] == "harbour"
    sent = [line for line in lines if line["event"] in ("delivery.sent", "delivery.parked")]
    assert len(sent) == 4
    for line in (raised, *sent):
        assert (line["article"], line["story"]) == (judged["article"], judged["story"])
        assert (line["source"], line["watch"]) == ("harbour", raised["watch"])
        assert line["alert"] == raised["alert"]
    assert all(line["channel"] for line in sent)
    polls = ("source.polled", "source.failed")
    polled = {line["source"] for line in lines if line["event"] in polls}
    assert polled == {"harbour", "gone", "far", "inline"}
    # and: no secret is anywhere
    everything = {**outputs, **texts, "logs": product.said()}
    for where, text in everything.items():
        for secret in SECRETS:
            assert secret not in text, (where, [x for x in text.splitlines() if secret in x])


def told(listen: str, path: str) -> str:
    with urlopen(f"http://{listen}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def call(product: Product, *words: str) -> str:
    """All that a command says, called as by a user but without a new process for each."""
    group, *rest = words
    options = ["--config", str(product.config)]
    if group not in ("check", "channels") and rest[:1] != ["export"]:
        options += ["--data", str(product.data)]
    done = CliRunner(env=product.environment).invoke(wirewatch, [*words, *options])
    assert done.exit_code in (0, 1), (words, done.output, done.exception)
    return done.output
