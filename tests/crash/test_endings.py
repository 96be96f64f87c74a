"""Services end when they are told to, and only then, whatever Redis does."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from product import Product
from services import Services

Until = Callable[..., None]

WORKER_S, POLLER_S, RUN_S = 20.0, 12.0, 30.0


def running(services: Services, until: Until) -> None:
    """Poller and worker run, and a first drop has gone all the way."""
    services.drop(2)
    services.product.start("worker", "--processes", "1")
    services.product.start("poller", "--seeds", "seeds")
    until(services.all_received, what="the first drop is received", within_s=60)


@pytest.mark.soak
def test_with_a_redis_that_hangs_services_end_all_the_same(
    services: Services, until: Until
) -> None:
    # given: it answers nobody, and hangs up on nobody
    running(services, until)
    children = [pid for queue in QUEUES for pid in services.children(queue)]
    assert len(children) == len(QUEUES)
    os.kill(services.server.client().info("server")["process_id"], signal.SIGSTOP)
    worker, poller = services.product.started
    # when
    began_s = time.monotonic()
    for service in (worker, poller):
        service.terminate()
    # then
    poller.wait(POLLER_S)
    worker.wait(WORKER_S - (time.monotonic() - began_s))
    assert "process.cut" in services.product.said()
    until(lambda: not any(map(_runs, children)), what="its children have ended", within_s=2)


@pytest.mark.soak
def test_a_run_whose_redis_hangs_ends_all_the_same(product: Product, until: Until) -> None:
    # given: poller, workers and their server in one
    product.write("watchlist.toml", "")
    run = product.start("run", "--seeds", "seeds")
    until(lambda: '"process.started"' in product.log(), what="its workers run", within_s=60)
    server = int((product.data / "server.lock").read_text().split()[0])
    children = started(product.log())
    os.kill(server, signal.SIGSTOP)
    # when
    run.terminate()
    # then
    assert run.wait(RUN_S) == 0
    assert "process.cut" in product.log()
    until(lambda: not any(map(_runs, [server, *children])), what="all of it has ended")


def started(log: str) -> list[int]:
    """The processes that it says were started."""
    lines = (json.loads(line) for line in log.splitlines() if '"process.started"' in line)
    return [line["pid"] for line in lines]


def test_services_outlive_that_redis_refuses_them_something(
    services: Services, until: Until
) -> None:
    # given
    running(services, until)
    # when: the rights of a user are changed by mistake
    services.server.tell("acl", "setuser", "default", "-hset", "-hget", "-llen", "-smembers")
    until(
        lambda: all(f'"who":"{who}"' in said(services) for who in ("supervisor", "poller")),
        what="both say so",
        within_s=30,
    )
    services.server.tell("acl", "setuser", "default", "+@all")
    # then
    services.drop(3)
    until(services.all_received, what="they go on", within_s=60)
    assert all(service.poll() is None for service in services.product.started)
    assert "Redis does not let our user run" in said(services)


QUEUES = ("articles", "pages", "deliveries")


def said(services: Services) -> str:
    """What was said of Redis."""
    lines = services.product.said().splitlines()
    return "".join(line for line in lines if '"store.refused"' in line).replace(": ", ":")


def _runs(pid: int) -> bool:
    """Whether a process runs; nobody may have buried it yet."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"
