"""Dramatiq on its Redis broker, with the middleware it ships with (retries, limits).

Its second manner keeps one record of each article, in one round trip a message: what a task has to
do at the least that should be able to say what became of its articles.
"""

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
LIFE_S = 3 * 24 * 3600


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


def work(url: str, window: Window, manner: str) -> None:
    """Be a worker of one process; `manner` is its threads, then "kept" or "". Ends when killed."""
    client = redis.Redis.from_url(url)
    broker = RedisBroker(client=client)
    threads, _, kept = manner.partition(" ")

    @dramatiq.actor(actor_name=ACTOR, queue_name=QUEUE, broker=broker)
    def judge(articles: list[dict[str, object]]) -> None:
        for _ in articles:
            window.article()
        if kept:
            with client.pipeline(transaction=False) as pipe:
                for article in articles:
                    pipe.set(f"kept:{article['id']}", msgspec.json.encode(article), ex=LIFE_S)
                pipe.execute()

    dramatiq.Worker(broker, worker_threads=int(threads)).start()
    threading.Event().wait()
