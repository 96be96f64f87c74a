"""The floor: a Redis stream read and acknowledged 50 entries at a time, and nothing else.

No lease that runs out by itself, no attempts, no fencing, no record: what any queue on Redis has
to pay before it does its work. An entry is one article as JSON.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import redis

from benchmarks.queue_peers.window import Window
from monitor.model import Article

STREAM, GROUP = "bench", "judges"


def fill(url: str, articles: Sequence[Article], each: int) -> None:
    """Articles as stream entries."""
    with redis.Redis.from_url(url) as client:
        client.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
        for at in range(0, len(articles), 1000):
            with client.pipeline(transaction=False) as pipe:
                for article in articles[at : at + 1000]:
                    pipe.xadd(STREAM, {"article": msgspec.json.encode(article)})
                pipe.execute()


def work(url: str, window: Window, each: int) -> None:
    """Read, decode, do nothing, acknowledge and delete; ends when killed."""
    client = redis.Redis.from_url(url)
    while True:
        answer = client.xreadgroup(GROUP, "one", {STREAM: ">"}, count=each, block=1000)
        for _, entries in answer.items() if isinstance(answer, dict) else answer:
            flat = entries[0] if entries and isinstance(entries[0], list) else entries
            for _, fields in flat:
                msgspec.json.decode(fields[b"article"])
                window.article()
            ids = [name for name, _ in flat]
            with client.pipeline(transaction=False) as pipe:
                pipe.xack(STREAM, GROUP, *ids)
                pipe.xdel(STREAM, *ids)
                pipe.execute()
