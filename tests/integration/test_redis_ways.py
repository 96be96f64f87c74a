"""The ways to Redis: a user who may do only what we do, TLS, sentinels; and the address."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from click.testing import CliRunner
from gateway import Gateway
from loopback import LoopbackHttp, free_port
from product import Product

from monitor.cli import wirewatch
from monitor.embedded import find_server
from monitor.errors import ConfigError, StoreUnavailable
from monitor.redis_url import is_address, with_password
from monitor.settings import load
from monitor.store import Store

Until = Callable[..., None]
ROOT = Path(__file__).parents[2]
USERS = ROOT / "deploy/valkey/users.acl"
CERTIFICATE = ROOT / "tests/fixtures/tls/loopback.pem"
PASSWORD = "open-sesame"


@contextmanager
def server(folder: Path, until: Until, *arguments: str, config: str = "") -> Iterator[int]:
    """A server with these lines in its configuration; its port."""
    folder.mkdir()
    port = free_port()
    (folder / "server.conf").write_text(f"port {port}\nbind 127.0.0.1\ndir {folder}\n{config}")
    with (folder / "server.log").open("wb") as log:
        running = subprocess.Popen(
            [find_server().path, folder / "server.conf", *arguments], stdout=log, stderr=log
        )
    try:

        def listens() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        until(listens, what="the server listens")
        yield port
    finally:
        running.kill()
        running.wait()


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    product = Product(tmp_path)
    yield product
    for process in product.started:
        process.kill()
        process.wait()


def test_all_services_do_with_the_commands_that_the_acl_file_grants(
    product: Product, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = USERS.read_text().replace(
        "PASSWORD_SHA256", hashlib.sha256(PASSWORD.encode()).hexdigest()
    )
    item = b"<item><title>A drone</title><guid>d</guid></item>"
    feed = b"<rss version='2.0'><channel>" + item + b"</channel></rss>"
    with (
        server(tmp_path / "redis", until, config=users) as port,
        LoopbackHttp({"/feed": (200, {}, feed), "/hook": (200, {}, b"")}) as web,
    ):
        # given
        (tmp_path / "password").write_text(PASSWORD + "\n")
        product.environment = {
            "WIREWATCH_REDIS_URL": f"redis://wirewatch@127.0.0.1:{port}/0",
            "WIREWATCH_REDIS_PASSWORD": f"file:{tmp_path}/password",
        }
        product.write("monitor.toml", '[net]\nallow = ["127.0.0.0/8"]\n')
        url = web.url("/feed")
        product.write("feeds.toml", f'[source.f]\nurl = "{url}"\ninterval = "0.5s"\n')
        product.write("watchlist.toml", '[watch.w]\nwhen = "drone"\nnotify = ["hook"]\n')
        product.write(
            "channels.toml",
            f'[channel.hook]\ntype = "webhook"\nurl = "{web.url("/hook")}"\n'
            'secret = "any secret"\n',
        )
        # when
        product.start("poller")
        product.start("worker")
        until(
            lambda: any(request.path == "/hook" for request in web.requests),
            what="an alert arrives",
            within_s=90,
        )
        for name, value in product.environment.items():
            monkeypatch.setenv(name, value)
        for line in ("status", "queue", "feeds", "alerts", "dead list", "feeds poll f"):
            first, *rest = line.split()
            done = CliRunner().invoke(wirewatch, [first, *rest, "--config", str(product.config)])
            assert done.exit_code == 0, (line, done.output)
        # then
        assert "NOPERM" not in product.said()
        assert "No permissions" not in product.said()
        with redis.Redis(port=port, username="wirewatch", password=PASSWORD) as client:
            for command in (
                "FLUSHALL",
                "KEYS *",
                "CONFIG SET maxmemory 1",
                "SHUTDOWN",
                "GET other",
            ):
                with pytest.raises(redis.exceptions.NoPermissionError):
                    client.execute_command(*command.split())
        with redis.Redis(port=port) as stranger, pytest.raises(redis.exceptions.RedisError):
            stranger.ping()
        with redis.Redis(port=port, username="health", password="any") as health:
            assert health.ping()


NO_COMMANDS = {"close", "delete", "execute", "pipeline"}


def test_the_acl_file_grants_every_command_that_is_called() -> None:
    # given
    granted = {word[1:] for word in USERS.read_text().split() if word.startswith("+")}
    store = ROOT / "monitor/store"
    calls = (
        (r"redis\.call\(\s*'([A-Z]+)'", store.glob("lua/*.lua")),
        (r"\b(?:_client|client|pipe)\.([a-z]+)\(", store.glob("*.py")),
    )
    # when
    called = {
        name.lower()
        for pattern, files in calls
        for file in files
        for name in re.findall(pattern, file.read_text())
    }
    # then
    assert len(called) > 30
    assert called - NO_COMMANDS - granted == set()


class TlsBefore(Gateway):
    """Speaks TLS, and in clear to a server behind it."""

    def __init__(self, port: int) -> None:
        super().__init__(socket.create_server(("127.0.0.1", 0)))
        self._behind = port
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(CERTIFICATE)

    def serve(self, client: socket.socket) -> None:
        try:
            secure = self._context.wrap_socket(client, server_side=True)
        except OSError:
            return
        behind = socket.create_connection(("127.0.0.1", self._behind))
        threading.Thread(target=self._pump, args=(behind, secure), daemon=True).start()
        self._pump(secure, behind)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            end.close()


def test_over_tls_only_a_server_that_the_authority_vouches_for_is_spoken_to(
    tmp_path: Path, until: Until
) -> None:
    with server(tmp_path / "redis", until) as behind, TlsBefore(behind) as tls:
        url = f"rediss://127.0.0.1:{tls.port}/0"
        trusted = Store(f"{url}?ssl_ca_certs={CERTIFICATE}")
        trusted.check_schema()
        assert trusted.leaders.stand("a").term == 1
        trusted.close()
        stranger = Store(url)
        with pytest.raises(StoreUnavailable, match=r"its certificate at .* is not trusted"):
            stranger.check_schema()
        stranger.close()


def test_an_authority_that_cannot_be_read_is_a_problem_of_the_configuration(tmp_path: Path) -> None:
    for path, said in (("/no/ca.pem", "No such file"), (str(Path(__file__)), "no certificate")):
        url = f"rediss://w:hush@127.0.0.1:6379/0?ssl_ca_certs={path}"
        (tmp_path / "monitor.toml").write_text(f'[redis]\nurl = "{url}"\n')
        with pytest.raises(ConfigError) as refused:
            load(tmp_path, {})
        for words in ("monitor.toml [redis] url", path, said):
            assert words in str(refused.value)
        assert "hush" not in str(refused.value)


def test_what_is_wrong_on_the_way_is_said_in_words_and_soon(tmp_path: Path, until: Until) -> None:
    nobody = free_port()
    with server(tmp_path / "redis", until) as port:
        for url, words in (
            (
                f"rediss://127.0.0.1:{port}/0",
                "what listens begins no TLS in time. It hangs, or does not speak TLS",
            ),
            (
                f"redis+sentinel://127.0.0.1:{nobody},127.0.0.1:1/news/0",
                f"no sentinel of 127.0.0.1:{nobody}, 127.0.0.1:1 names the master 'news'",
            ),
            (
                f"redis+sentinel://127.0.0.1:{nobody},127.0.0.1:{port}/news/0",
                f"of 127.0.0.1:{nobody}, 127.0.0.1:{port} one is no sentinel",
            ),
        ):
            # when
            began = time.monotonic()
            (tmp_path / "monitor.toml").write_text(f'[redis]\nurl = "{url}"\n')
            done = CliRunner().invoke(wirewatch, ["queue", "--config", str(tmp_path)])
            # then
            assert isinstance(done.exception, StoreUnavailable)
            assert words in done.exception.message
            assert "<" not in done.exception.message
            assert time.monotonic() - began < 5


@pytest.mark.soak
def test_the_master_that_sentinels_name_is_found_and_followed(tmp_path: Path, until: Until) -> None:
    with (
        server(tmp_path / "one", until) as one,
        server(tmp_path / "two", until, config=f"replicaof 127.0.0.1 {one}\n") as two,
        server(
            tmp_path / "sentinel",
            until,
            "--sentinel",
            config=f"sentinel monitor news 127.0.0.1 {one} 1\n"
            "sentinel down-after-milliseconds news 1000\nsentinel failover-timeout news 2000\n",
        ) as sentinel,
    ):
        # given
        store = Store(f"redis+sentinel://127.0.0.1:{sentinel}/news/0")
        assert store.leaders.stand("a").term == 1
        with redis.Redis(port=two) as replica:
            until(lambda: replica.info()["master_link_status"] == "up", what="it follows")
            until(lambda: replica.keys("ww:*"), what="it has what was written")
            asked = redis.Redis(port=sentinel)
            until(lambda: asked.execute_command("SENTINEL", "REPLICAS", "news"), what="it is known")
            # when
            asked.execute_command("SENTINEL", "FAILOVER", "news")
            asked.close()
            until(lambda: replica.info()["role"] == "master", what="it takes over")
        # then
        until(lambda: store.client.info()["tcp_port"] == two, what="we speak to it")
        assert store.leaders.stand("a").term == 1
        store.close()


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("redis://redis:6379/0", "redis://:p%40ss@redis:6379/0"),
        ("rediss://wirewatch@redis/0", "rediss://wirewatch:p%40ss@redis/0"),
        ("redis://:other@redis/0", "redis://:other@redis/0"),
        ("redis+sentinel://a:1,b:2/news/0", "redis+sentinel://:p%40ss@a:1,b:2/news/0"),
        ("", ""),
    ],
)
def test_a_password_of_its_own_goes_into_the_address(url: str, whole: str) -> None:
    assert with_password(url, "p@ss") == whole
    assert with_password(url, "") == url


def test_a_password_file_is_read_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hush-hush\n")
    environment = {
        "WIREWATCH_REDIS_URL": "redis://wirewatch@redis:6379/0",
        "WIREWATCH_REDIS_PASSWORD": f"file:{tmp_path}/password",
    }

    settings = load(tmp_path, environment)

    assert settings.redis_url == "redis://wirewatch:hush-hush@redis:6379/0"


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("redis://h/0", True),
        ("unix:///run/redis.sock", True),
        ("rediss+sentinel://w:p@a:26379,b:26379/news/1", True),
        ("redis+sentinel://a/news", False),
        ("redis+sentinel://a:1", False),
        ("http://h", False),
    ],
)
def test_an_address_that_cannot_be_one_is_refused(url: str, known: bool) -> None:
    assert is_address(url) is known
