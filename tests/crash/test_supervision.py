"""Processes that die, stall, or are asked to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from product import Product
from services import Services

from monitor.model import ARTICLES, DELIVERIES, Article
from monitor.store import Store, keys

Until = Callable[..., None]


def test_killed_workers_are_replaced_and_their_work_done(services: Services, until: Until) -> None:
    # given
    services.product.start("worker", "--processes", "2")
    services.product.start("poller", "--seeds", "seeds")
    # when: each kind is killed in turn, with work under way
    for queue in (ARTICLES, DELIVERIES, ARTICLES, DELIVERIES):
        until(lambda queue=queue: services.children(queue), what="a child runs")
        services.drop(100)
        for pid in services.children(queue):
            os.kill(pid, signal.SIGKILL)
    # then
    until(services.all_received, what="all is received", within_s=60)
    services.check()


def test_a_killed_supervisor_takes_its_children_along_and_another_does_the_work(
    services: Services, until: Until
) -> None:
    # given: two supervisors on one Redis
    first = services.product.start("worker", "--processes", "1")
    until(lambda: services.children(ARTICLES), what="the first runs")
    children = services.children(ARTICLES) + services.children(DELIVERIES)
    services.product.start("worker", "--processes", "1")
    services.product.start("poller", "--seeds", "seeds")
    services.drop(200)
    # when
    first.send_signal(signal.SIGKILL)
    first.wait()
    # then
    until(services.all_received, what="all is received", within_s=60)
    services.check()
    until(lambda: not alive(children), what="the children of the first are gone")


def test_a_stuck_judge_does_not_outlive_its_supervisor(services: Services, until: Until) -> None:
    # given: a process that hears nothing, as one that is lost in C code
    worker = services.product.start("worker", "--processes", "1", "--queue", "articles")
    until(lambda: services.children(ARTICLES), what="it runs")
    until(lambda: services.store.client.smembers("rq:workers"), what="it serves")
    (judge,) = services.children(ARTICLES)
    os.kill(judge, signal.SIGSTOP)
    # when
    worker.kill()
    worker.wait()
    # then
    until(lambda: not alive([judge]), what="it is gone")


def alive(pids: list[int]) -> list[int]:
    running = []
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123  a path of the kernel's
                if stat.read().rsplit(")", 1)[1].split()[0] != "Z":
                    running.append(pid)
        except OSError:
            continue
    return running


def test_asked_to_stop_it_leaves_nothing_leased(services: Services, until: Until) -> None:
    # given: much work
    services.product.start("poller", "--seeds", "seeds")
    services.drop(2000)
    until(
        lambda: services.store.view.counts().get("articles.admitted") == 2000, what="it is queued"
    )
    worker = services.product.start("worker", "--processes", "2")
    until(lambda: services.store.view.counts().get("articles.new"), what="work has begun")
    # when
    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    # then
    assert worker.wait(10) == 0
    assert time.monotonic() - began < 10
    for queue in (ARTICLES, DELIVERIES):
        assert services.store.view.depth(queue).leased == 0
    # and the rest is done by the next
    services.product.start("worker", "--processes", "2")
    until(services.all_received, what="all is received", within_s=90)
    services.check()


def test_processes_are_replaced_after_enough_articles(services: Services, until: Until) -> None:
    # given
    services.product.write(
        "monitor.toml", '[net]\nallow = ["127.0.0.0/8"]\n[workers]\nrecycle_after = 10\n'
    )
    services.product.start("worker", "--processes", "1")
    services.product.start("poller", "--seeds", "seeds")
    # when
    for _ in range(4):
        services.drop(15)
        until(services.all_received, what="the drop is received", within_s=30)
    # then: one after the other, none of them by a crash
    services.check()
    said = [json.loads(line) for line in services.product.said().splitlines() if line[0] == "{"]
    ended = [event["status"] for event in said if event["event"] == "process.ended"]
    assert len(ended) >= 3
    assert set(ended) == {0}


def test_an_article_that_takes_too_long_is_set_aside_and_its_neighbours_go_through(
    product: Product,
) -> None:
    # given
    product.write("monitor.toml", '[workers]\ntime_limit = "0.3s"\n')
    product.write("watchlist.toml", '[watch.drones]\nwhen = "drone"\nnotify = ["console"]\n')
    product.write("channels.toml", '[channel.console]\ntype = "console"\n')
    endless = "".join(f"The drone number{number} flew. " for number in range(150_000))
    rows = [
        {"id": "1", "title": "Before", "body": "A drone over the harbour."},
        {"id": "2", "title": "Endless", "body": endless},
        {"id": "3", "title": "After", "body": "A drone over the bridge."},
    ]
    product.seed("news.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    # when
    done = product.call("run", "--once", "--seeds", "seeds")
    # then
    assert done.returncode == 1
    summary = json.loads(done.stdout)
    assert (summary["new"], summary["set_aside"], summary["alerts"]) == (2, 1, 2), done.stderr
    assert "took longer than 0.3 s" in done.stderr


def test_an_alert_that_cannot_be_read_is_set_aside_and_delivery_goes_on(
    services: Services, until: Until
) -> None:
    # given: somebody wrote nonsense into Redis
    services.product.start("poller", "--seeds", "seeds")
    services.product.start("worker", "--processes", "1", "--queue", "articles")
    services.drop(3)
    until(lambda: services.store.view.counts().get("alerts.raised") == 3, what="alerts are raised")
    spoilt = services.store.view.alerts(1)[0].id
    services.store.client.hset(keys.alert(spoilt), "alert", "nonsense")
    # when
    services.product.start("worker", "--queue", "deliveries")
    # then
    until(lambda: len(set(services.received())) == 2, what="the others are received")
    until(services.store.letters.all, what="it is set aside")
    (letter,) = services.store.letters.all()
    assert "cannot be read" in letter.reason
    assert "process.ended" not in services.product.said()


def test_rqs_own_tools_see_our_queues_workers_and_failures(
    services: Services, until: Until
) -> None:
    # given: a delivery that its webhook refuses for good
    services.web.pages["/hook"] = (403, {}, b"")
    services.product.start("worker", "--processes", "2")
    services.product.start("poller", "--seeds", "seeds")
    services.drop(1)
    until(lambda: services.store.letters.all(), what="the delivery is parked")
    # when
    shown = rq("info", "--raw", url=services.server.url)
    # then
    assert "queue articles 0, 0 executing" in shown
    assert "queue deliveries 0, 0 executing, 0 finished, 1 failed" in shown
    assert shown.count("worker ") == 3, shown
    # when: the webhook has been mended
    services.web.pages["/hook"] = (200, {}, b"")
    before = len(services.received())
    rq("requeue", "--all", "--queue", "deliveries", "--serializer", "json", url=services.server.url)
    # then
    until(lambda: len(services.received()) > before, what="it is sent after all")
    until(lambda: not services.store.letters.all(), what="it is no dead letter any more")


def rq(*arguments: str, url: str) -> str:
    """RQ's own command line."""
    done = subprocess.run(
        [sys.executable, "-m", "rq.cli", *arguments, "--url", url],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_clocks_that_jump_do_not_matter_to_leases(
    store: Store, article: Callable[..., Article]
) -> None:
    # given: a host whose clock is an hour ahead, one whose clock is an hour behind
    now = article().fetched
    store.sources.put("s", version=0, state={}, seen=(), articles=(article(),), now=now)
    (job,) = store.articles.take("w1", "t1", 5)
    # when
    for clock in (now + timedelta(hours=1), now - timedelta(hours=1)):
        swept = store.articles.sweep(clock)
        recovered = store.articles.recover(admitted_before=clock - timedelta(seconds=60))
        # then
        assert (swept.back, recovered) == ((), ())
    assert store.client.hget(keys.holders(ARTICLES), job.id) == b"w1"
