"""The floor: a Redis stream read and acknowledged 50 entries at a time, and nothing else.

No lease that runs out by itself, no attempts, no fencing, no record: what any queue on Redis has
to pay before it does its work. An entry is one article as JSON. The second manner also keeps one
record of each article, in the same round trip: the floor of a queue that can say what became of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import redis

from benchmarks.queue_peers.window import Window
from monitor.model import Article

STREAM, GROUP = "bench", "judges"
READ = 50
LIFE_S = 3 * 24 * 3600


def fill(url: str, articles: Sequence[Article], _each: int) -> None:
    """Articles as stream entries."""
    with redis.Redis.from_url(url) as client:
        client.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
        for at in range(0, len(articles), 1000):
            with client.pipeline(transaction=False) as pipe:
                for article in articles[at : at + 1000]:
                    pipe.xadd(STREAM, {"article": msgspec.json.encode(article)})
                pipe.execute()


def work(url: str, window: Window, manner: str) -> None:
    """Read, decode, do nothing, acknowledge and delete; ends when killed."""
    # RESP2: the third generation of the protocol answers XREADGROUP in another shape.
    client = redis.Redis.from_url(url, protocol=2)
    while True:
        for _, entries in client.xreadgroup(GROUP, "one", {STREAM: ">"}, count=READ, block=1000):
            with client.pipeline(transaction=False) as pipe:
                for _, fields in entries:
                    article = msgspec.json.decode(fields[b"article"])
                    window.article()
                    if manner == "kept":
                        pipe.set(f"kept:{article['id']}", fields[b"article"], ex=LIFE_S)
                ids = [name for name, _ in entries]
                pipe.xack(STREAM, GROUP, *ids)
                pipe.xdel(STREAM, *ids)
                pipe.execute()
