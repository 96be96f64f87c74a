"""A hub tells of news: a real hub and a real feed on loopback, the real poller and callback."""

from __future__ import annotations

import asyncio
import hmac
import socket
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode
from urllib.request import Request as Call
from urllib.request import urlopen

import pytest
import structlog
from loopback import Answer, LoopbackHttp, Request, free_port

from monitor.errors import WirewatchError
from monitor.inbound import BODY_BYTES, Inbound
from monitor.model import ARTICLES, Hub, Subscription, SubscriptionState
from monitor.poller import Poller
from monitor.settings import Settings, load
from monitor.store import Store

pytestmark = pytest.mark.usefixtures("quiet")

MASTER = "a-master-secret-nobody-guesses"


def rss(*numbers: int) -> bytes:
    entries = "".join(f"<item><title>News {n}</title><guid>g{n}</guid></item>" for n in numbers)
    return f"<rss version='2.0'><channel><title>Harbour</title>{entries}</channel></rss>".encode()


class Hubbub:
    """A feed, and the hub it names; `asked` are the forms the hub was sent."""

    def __init__(self) -> None:
        self.web = LoopbackHttp()
        self.asked: list[dict[str, str]] = []
        self.web.pages = {"/hub": self._take}
        self.show(1)

    def show(self, *numbers: int) -> None:
        links = f'<{self.web.url("/hub")}>; rel="hub", <{self.web.url("/feed")}>; rel=self'
        self.web.pages["/feed"] = 200, {"Link": links}, rss(*numbers)

    def _take(self, request: Request) -> Answer:
        self.asked.append({name: text[0] for name, text in parse_qs(request.body.decode()).items()})
        return 202, {}, b""

    @property
    def polls(self) -> int:
        return sum(request.path == "/feed" for request in self.web.requests)

    def verify(self, **said: str) -> tuple[int, bytes]:
        form = self.asked[-1]
        question = {
            "hub.mode": "subscribe",
            "hub.topic": form["hub.topic"],
            "hub.challenge": "c 1",
            "hub.lease_seconds": "864000",
        } | {f"hub.{name}": text for name, text in said.items()}
        return call(f"{form['hub.callback']}?{urlencode(question)}")

    def push(self, body: bytes, *, method: str = "sha256", secret: str | None = None) -> int:
        form = self.asked[-1]
        key = (form["hub.secret"] if secret is None else secret).encode()
        signature = f"{method}={hmac.new(key, body, method).hexdigest()}"
        return call(form["hub.callback"], body, {"X-Hub-Signature": signature})[0]


def call(
    url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    try:
        with urlopen(Call(url, body, headers or {}), timeout=10) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, b""


@pytest.fixture
def hub() -> Iterator[Hubbub]:
    hub = Hubbub()
    with hub.web:
        yield hub


@pytest.fixture
def settings(hub: Hubbub, tmp_path: Path) -> Settings:
    port = free_port()
    (tmp_path / "monitor.toml").write_text(
        '[net]\nallow = ["127.0.0.0/8"]\n'
        f'[websub]\ncallback = "http://127.0.0.1:{port}"\nlisten = "127.0.0.1:{port}"\n'
        f'secret = "{MASTER}"\n'
    )
    (tmp_path / "feeds.toml").write_text(
        f'[source.harbour]\nurl = "{hub.web.url("/feed")}"\ninterval = "6h"\n'
    )
    return load(tmp_path, {})


def now() -> datetime:
    return datetime.now(UTC)


def lived(
    settings: Settings, store: Store, during: Callable[[Callable[..., Awaitable[None]]], object]
) -> None:
    """Poller and callback run while `during` does; it is given a way to wait."""

    async def until(holds: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(holds):
                await asyncio.sleep(0.02)

    async def whole() -> None:
        stop, log = asyncio.Event(), structlog.get_logger()
        poller = Poller(settings=settings, store=store, log=log, now=now)
        inbound = Inbound(settings=settings, store=store, log=log, now=now, every_s=0.05)
        running = [
            asyncio.create_task(poller.run(stop)), asyncio.create_task(inbound.run(stop))
        ]  # fmt: skip
        try:
            await during(until)  # type: ignore[misc]  # it is a coroutine
        finally:
            stop.set()
            await asyncio.gather(*running)

    asyncio.run(whole())


def test_a_push_brings_the_news_hours_before_the_next_poll_and_nothing_twice(
    hub: Hubbub, settings: Settings, store: Store
) -> None:
    async def during(until: Callable[..., Awaitable[None]]) -> None:
        # given: a feed that was polled and names its hub, which is asked and asks back
        await until(lambda: hub.asked)
        form = hub.asked[0]
        assert form["hub.mode"] == "subscribe"
        assert form["hub.topic"] == hub.web.url("/feed")
        assert MASTER not in form["hub.secret"]
        assert await asyncio.to_thread(hub.verify) == (200, b"c 1")
        # when: there is news, and the hub says so; twice, as hubs do
        polls = hub.polls
        hub.show(2, 1)
        assert await asyncio.to_thread(hub.push, rss(2)) == 202
        await until(lambda: hub.polls > polls)
        await until(lambda: store.view.counts().get("articles.admitted") == 2)
        again = hub.polls
        assert await asyncio.to_thread(lambda: hub.push(rss(2), method="sha1")) == 202
        await until(lambda: hub.polls > again and store.sources.asked() == ())
        # then
        assert store.view.counts()["articles.admitted"] == 2
        assert len(hub.asked) == 1, "it is not asked again before the lease nears its end"

    lived(settings, store, during)


def test_what_nobody_asked_for_or_no_hub_signed_is_refused(
    hub: Hubbub, settings: Settings, store: Store
) -> None:
    async def during(until: Callable[..., Awaitable[None]]) -> None:
        def tried() -> None:
            # before it is confirmed nothing may be pushed
            assert hub.push(rss(2)) == 404
            # a confirmation of something else, or for no time, or by somebody else
            assert hub.verify(topic="https://other.example/")[0] == 404
            assert hub.verify(lease_seconds="soon")[0] == 404
            assert hub.verify(mode="unsubscribe")[0] == 404
            assert hub.verify(challenge="")[0] == 404
            assert call(f"{settings.websub.callback}/guess?hub.mode=subscribe")[0] == 404
            assert call(f"{settings.websub.callback}/guess", b"x")[0] == 404
            assert hub.verify()[0] == 200
            # and after it only what is signed
            callback = hub.asked[0]["hub.callback"]
            assert call(callback, rss(2))[0] == 403
            assert call(callback, rss(2), {"X-Hub-Signature": "sha256="})[0] == 403
            assert call(callback, rss(2), {"X-Hub-Signature": "md5=1"})[0] == 403
            assert hub.push(rss(2), secret="wrong") == 403
            assert hub.push(rss(2), secret=MASTER) == 403
            assert hub.push(b"x" * (BODY_BYTES + 1)) == 413
            assert store.sources.asked() == ()
            # and a hub that wants no more is believed
            assert hub.verify(mode="denied")[0] == 200
            assert hub.verify(mode="denied", topic="https://other.example/")[0] == 404
            assert hub.push(rss(2)) == 404

        await until(lambda: hub.asked)
        polls = hub.polls
        await asyncio.to_thread(tried)
        assert hub.polls == polls

    lived(settings, store, during)
    assert store.view.waiting(ARTICLES) == 1


def test_an_address_that_is_taken_is_said_with_the_fix(settings: Settings, store: Store) -> None:
    port = int(settings.websub.listen.rpartition(":")[2])
    inbound = Inbound(settings=settings, store=store, log=structlog.get_logger(), now=now)

    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(WirewatchError, match=r"under \[websub\] listen"),
    ):
        asyncio.run(inbound.run(asyncio.Event()))


def test_asking_and_confirming_may_be_sent_twice_and_by_two(store: Store) -> None:
    subscriptions, noon = store.subscriptions, datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    one, other = Hub(url="https://h.example/", topic="t"), Hub(url="https://h.example/", topic="u")
    hour, day = timedelta(hours=1), timedelta(days=1)

    def known() -> Subscription:
        (found,) = subscriptions.of(("a",))
        assert found
        return found

    # when: the reply is lost and it is sent again; another process has read the same
    assert subscriptions.ask("a", one, None, noon)
    assert subscriptions.ask("a", one, None, noon)
    assert not subscriptions.ask("a", one, None, noon + hour)
    # then
    assert known() == Subscription(hub=one, state=SubscriptionState.ASKED, asked=noon, tries=1)
    # and when: confirmed, twice; not for another topic, nor long after it was asked
    for _ in range(2):
        assert subscriptions.confirm("a", "t", now=noon, lease=day, within=hour)
    assert not subscriptions.confirm("a", "u", now=noon, lease=day, within=hour)
    assert not subscriptions.confirm("a", "t", now=noon + 2 * hour, lease=day, within=hour)
    assert not subscriptions.confirm("b", "t", now=noon, lease=day, within=hour)
    assert known().until == noon + day
    # and when: renewed, it stays active; another topic begins anew
    assert subscriptions.ask("a", one, known(), noon + 2 * hour)
    assert known().state is SubscriptionState.ACTIVE
    assert subscriptions.ask("a", other, known(), noon + 3 * hour)
    assert known() == Subscription(
        hub=other, state=SubscriptionState.ASKED, asked=noon + 3 * hour, tries=1
    )
    assert subscriptions.deny("a", "u")
    assert known().state is SubscriptionState.DENIED
