"""The others, which `make bench` installs: datasketch (with its index on Redis) and simhash."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import redis

from benchmarks.storybench.scale import server_us

ARE_INSTALLED = find_spec("datasketch") is not None and find_spec("simhash") is not None
SLOTS, BANDS, ROWS, NEAR_BITS = 64, 16, 4, 3
"""16 bands of 4: datasketch's choice for a threshold of .5. Simhash: 3 bits of 64 (Manku 2007)."""


def shingles(words: Sequence[str]) -> list[str]:
    """Runs of three words."""
    return list(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def minhash(words: Sequence[str]) -> Any:
    """datasketch's MinHash."""
    import datasketch

    made = datasketch.MinHash(SLOTS, seed=1)
    made.update_batch([each.encode() for each in shingles(words)])
    return made


def simhash(words: Sequence[str]) -> Any:
    """The simhash package's."""
    import simhash as package

    return package.Simhash(shingles(words))


def same_by_minhash(one: Any, other: Any) -> bool:
    """A band in common, and half of the slots."""
    ours, theirs = one.hashvalues, other.hashvalues
    banded = any(
        (ours[at : at + ROWS] == theirs[at : at + ROWS]).all() for at in range(0, SLOTS, ROWS)
    )
    return banded and one.jaccard(other) >= 0.5


def same_by_simhash(one: Any, other: Any) -> bool:
    """At most three bits apart."""
    return bool(one.distance(other) <= NEAR_BITS)


PEERS: dict[str, tuple[Callable[[Sequence[str]], Any], Callable[[Any, Any], bool]]] = {
    "datasketch": (minhash, same_by_minhash),
    "simhash": (simhash, same_by_simhash),
}


def index(url: str) -> Any:
    """datasketch's index on Redis."""
    import datasketch

    return datasketch.MinHashLSH(
        num_perm=SLOTS,
        params=(BANDS, ROWS),
        storage_config={
            "type": "redis",
            "basename": b"bench",
            "redis": {"unix_socket_path": urlsplit(url).path},
        },
    )


def index_cost(url: str, client: redis.Redis, texts: Sequence[Sequence[str]]) -> dict[str, float]:
    """Query, then insert, each text: server and client CPU (us), memory (bytes)."""
    made = [minhash(words) for words in texts]
    lsh, empty = index(url), client.info("memory")["used_memory"]
    server, began = server_us(client), time.process_time()
    for number, each in enumerate(made):
        lsh.query(each)
        lsh.insert(str(number), each)
    count = len(made)
    return {
        "server_us": (server_us(client) - server) / count,
        "client_us": (time.process_time() - began) / count * 1e6,
        "story_bytes": (client.info("memory")["used_memory"] - empty) / count,
    }
