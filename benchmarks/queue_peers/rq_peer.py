"""RQ's SimpleWorker (in process: no fork a job), JSON, no results kept, warnings only."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import redis
from rq import Queue, SimpleWorker

from benchmarks.queue_peers.window import Window
from monitor.model import Article

QUEUE = "bench"
CURRENT: list[Window] = []


def judge(articles: list[dict[str, object]]) -> None:
    """The job."""
    for _ in articles:
        CURRENT[0].article()


def fill(url: str, articles: Sequence[Article], each: int) -> None:
    """Enqueue `each` articles a job."""
    queue = Queue(QUEUE, connection=redis.Redis.from_url(url), serializer="json")
    plain = msgspec.to_builtins(list(articles))
    name = f"{__name__}.{judge.__name__}"
    jobs = [
        Queue.prepare_data(name, (plain[at : at + each],), description="-")
        for at in range(0, len(plain), each)
    ]
    for at in range(0, len(jobs), 200):
        queue.enqueue_many(jobs[at : at + 200])


def work(url: str, window: Window, _manner: str) -> None:
    """Be a worker; ends when killed."""
    CURRENT.append(window)
    client = redis.Redis.from_url(url)
    queue = Queue(QUEUE, connection=client, serializer="json")
    SimpleWorker([queue], connection=client, serializer="json").work(logging_level="WARNING")
