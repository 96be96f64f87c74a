"""Dramatiq on its Redis broker, with the middleware it ships with (retries, limits)."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import dramatiq
import msgspec
import redis
from dramatiq.brokers.redis import RedisBroker

from benchmarks.queue_peers.window import Window
from monitor.model import Article

ACTOR, QUEUE = "judge", "bench"


def fill(url: str, articles: Sequence[Article], each: int) -> None:
    """Enqueue `each` articles a message."""
    broker = RedisBroker(client=redis.Redis.from_url(url))
    broker.declare_queue(QUEUE)
    plain = msgspec.to_builtins(list(articles))
    for at in range(0, len(plain), each):
        broker.enqueue(
            dramatiq.Message(
                queue_name=QUEUE,
                actor_name=ACTOR,
                args=(plain[at : at + each],),
                kwargs={},
                options={},
            )
        )
    broker.close()


def work(url: str, window: Window, threads: int) -> None:
    """Be a worker of one process; ends when killed."""
    broker = RedisBroker(client=redis.Redis.from_url(url))

    @dramatiq.actor(actor_name=ACTOR, queue_name=QUEUE, broker=broker)
    def judge(articles: list[dict[str, object]]) -> None:
        for _ in articles:
            window.article()

    dramatiq.Worker(broker, worker_threads=threads).start()
    threading.Event().wait()
