"""Redis in trouble: everyone waits, says so, and goes on; nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from product import Product
from services import Services

from monitor.errors import StoreUnavailable
from monitor.model import Article
from monitor.store import Store

Until = Callable[..., None]
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def running(services: Services, until: Until) -> None:
    """Poller and worker run, and a first drop has gone all the way."""
    services.drop(5)
    services.product.start("worker", "--processes", "2")
    services.product.start("poller", "--seeds", "seeds")
    until(services.all_received, what="the first drop is received", within_s=60)


def said_by(services: Services, event: str) -> Counter[str]:
    """Who has said this, and how often."""
    lines = (line for line in services.product.said().splitlines() if f'"{event}"' in line)
    return Counter(json.loads(line)["who"] for line in lines)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("down_s", [1, 12, pytest.param(60, marks=pytest.mark.soak)])
def test_redis_down_for_a_while(services: Services, until: Until, down_s: float) -> None:
    # given
    running(services, until)
    # when
    services.server.kill()
    services.drop(20)
    back = time.monotonic() + down_s
    until(lambda: time.monotonic() > back, what="the outage", within_s=down_s + 5)
    services.server.start()
    # then
    until(services.all_received, what="the second drop is received", within_s=30)
    services.check()
    assert all(process.poll() is None for process in services.product.started)
    if down_s > 5:
        assert "store.unavailable" in services.product.said()


def test_redis_lost_in_the_middle_of_a_seed_file(services: Services, until: Until) -> None:
    # given: a file that takes many steps to put
    running(services, until)
    services.drop(4000)
    until(lambda: services.store.view.counts()["articles.admitted"] > 100, what="it is being read")
    # when
    services.server.kill()
    until(
        lambda: "store.unavailable" in services.product.said(), what="someone says so", within_s=30
    )
    services.server.start()
    # then: the rest of it is read
    until(services.all_received, what="all is received", within_s=90)
    services.check()


def test_a_read_only_replica_after_a_failover(services: Services, until: Until) -> None:
    # given
    running(services, until)
    # when: the server follows a master that is not there, and takes no writes
    services.server.tell("replicaof", "127.0.0.1", "1")
    services.drop(20)
    who = {"poller", "supervisor", "worker"}
    until(lambda: {*said_by(services, "store.unavailable")} >= who, what="all say so", within_s=10)
    over = time.monotonic() + 4
    until(lambda: time.monotonic() > over, what="they wait", within_s=10)
    # then: said once by each, for a minute; what only reads is no end of it
    said = said_by(services, "store.unavailable")
    assert said["poller"] == said["supervisor"] == 1, said
    assert not said_by(services, "store.available")
    # when
    services.server.tell("replicaof", "no", "one")
    # then
    until(services.all_received, what="the second drop is received", within_s=30)
    services.check()
    until(
        lambda: said_by(services, "store.available") == said_by(services, "store.unavailable"),
        what="all say that it is over",
        within_s=30,
    )


def test_a_full_redis(services: Services, until: Until) -> None:
    # given
    running(services, until)
    # when
    services.server.tell("config", "set", "maxmemory", "1mb")
    services.drop(20)
    until(
        lambda: "store.unavailable" in services.product.said(), what="someone says so", within_s=30
    )
    services.server.tell("config", "set", "maxmemory", "0")
    # then
    until(services.all_received, what="the second drop is received", within_s=30)
    services.check()


def test_a_redis_that_lost_everything_is_said_loudly(services: Services, until: Until) -> None:
    # given
    running(services, until)
    # when
    services.server.tell("flushall")
    # then
    until(lambda: "store.emptied" in services.product.said(), what="it is said", within_s=30)
    services.drop(3)
    until(services.all_received, what="it goes on", within_s=30)


def test_a_full_redis_changes_nothing_by_halves(
    store: Store, article: Callable[..., Article]
) -> None:
    # given
    store.client.config_set("maxmemory", "1")
    try:
        # when
        with pytest.raises(StoreUnavailable, match="takes no writes"):
            store.sources.put(
                "s", version=0, state={"a": "b"}, seen=["x"], articles=(article(),), now=NOON
            )
    finally:
        store.client.config_set("maxmemory", "0")
    # then
    assert store.client.keys("*") == []


def test_the_embedded_server_killed_under_a_run(product: Product, until: Until) -> None:
    # given
    product.write("watchlist.toml", '[watch.drones]\nwhen = "drone"\nnotify = ["console"]\n')
    product.write("channels.toml", '[channel.console]\ntype = "console"\n')
    product.seed("one.jsonl", '{"id": "1", "title": "One", "body": "A drone over the harbour."}\n')
    product.start("run", "--seeds", "seeds")
    until(lambda: "One" in product.said(), what="the first alert")
    # when
    pid = int((product.data / "server.lock").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    product.seed("two.jsonl", '{"id": "2", "title": "Two", "body": "A drone over the bridge."}\n')
    # then
    until(lambda: "Two" in product.said(), what="the second alert", within_s=30)
    assert product.said().count("  One") == 1
