"""What Redis keeps: keys and bytes by family."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import redis

from monitor.store import Store, keys

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "stories": ("claim", "url", "text", "story"),
    "near texts": ("near", "prints"),
    "events": ("event",),
    "articles": ("article", "kept"),
    "alerts": ("alert", "delivery", "spoken", "alerts"),
    "trends": ("trend", "trend-volume"),
    "sources": ("source", "known"),
    "seen": ("seen",),
    "dead letters": ("dead",),
}
"""Family -> the words after the prefix of its keys; what is in none is "other"."""

SAMPLE = 50
"""Of keys that are many and alike one in so many is weighed."""

_WALK = """
local page = redis.call('SCAN', ARGV[1], 'COUNT', 5000)
local number, bytes, lasting = {}, {}, {}
local many = { claim = true, url = true, text = true, story = true, near = true,
  article = true, kept = true }
for _, key in ipairs(page[2]) do
  local word = key:match('^ww:1:([^:]+)') or 'rq'
  if key:sub(-7) == ':prints' then word = 'prints' end
  number[word] = (number[word] or 0) + 1
  if redis.call('PTTL', key) == -1 then lasting[word] = (lasting[word] or 0) + 1 end
  if not many[word] or math.random(tonumber(ARGV[2])) == 1 then
    local weighed, size = bytes[word] or { 0, 0 }, redis.call('MEMORY', 'USAGE', key)
    bytes[word] = { weighed[1] + 1, weighed[2] + size }
  end
end
return cmsgpack.pack({ page[1], number, bytes, lasting })
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """Of a family: how many keys, how many of them without an end, and their bytes in all."""

    keys: int
    lasting: int
    total_bytes: float

    @property
    def each_bytes(self) -> float:
        """The mean of a key."""
        return self.total_bytes / self.keys if self.keys else 0.0


def used_bytes(client: redis.Redis) -> int:
    """What the server says it has in use."""
    return int(client.info("memory")["used_memory"])


def weighed_by_family(client: redis.Redis) -> dict[str, Weight]:
    """Every family, weighed by samples."""
    number: Counter[str] = Counter()
    lasting: Counter[str] = Counter()
    weighed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    cursor = "0"
    while True:
        answer = client.eval(_WALK, 0, cursor, SAMPLE)
        cursor, *maps = msgspec.msgpack.decode(answer)
        found, sampled, left = (each or {} for each in maps)  # an empty table is a list to Lua
        number.update(found)
        lasting.update(left)
        for word, (count, size) in sampled.items():
            weighed[word] += count
            total[word] += size
        if cursor == "0":
            break
    family = {word: name for name, words in FAMILIES.items() for word in words}
    weights: dict[str, Weight] = {}
    for word, count in number.items():
        name = family.get(word, "other")
        before = weights.get(name, Weight(keys=0, lasting=0, total_bytes=0.0))
        mean = total[word] / weighed[word] if weighed[word] else 0.0
        weights[name] = Weight(
            keys=before.keys + count,
            lasting=before.lasting + lasting[word],
            total_bytes=before.total_bytes + mean * count,
        )
    return weights


def number_of(client: redis.Redis, pattern: str) -> int:
    """How many keys there are of a kind."""
    return sum(1 for _ in client.scan_iter(match=pattern, count=5_000))


def seen_entries(store: Store, feeds: list[str]) -> int:
    """Entries that are remembered of all feeds."""
    with store.client.pipeline(transaction=False) as pipe:
        for feed in feeds:
            pipe.zcard(keys.seen(feed))
        return sum(pipe.execute())
