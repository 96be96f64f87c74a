"""One engine with one number of watches, measured in a process of its own.

    python -m benchmarks.matchbench.measure ENGINE WATCHES ARTICLES

The unit, `re.findall(r"\\w+", text.lower())` on the same articles, is measured in the same process
in alternation, so that the noise of the machine falls on both. Prints a JSON line.
"""

from __future__ import annotations

import gc
import json
import re
import statistics
import sys
import time
from pathlib import Path

from benchmarks.matchbench.articles import World
from benchmarks.matchbench.engines import ENGINES
from benchmarks.matchbench.watches import Watches
from monitor.model import Article

ROUNDS = 7
_SLOW_S = 20.0
"""An engine that needs longer for one round is asked about fewer articles."""


def main(name: str, count: int, articles: int) -> None:
    """Build, warm up, measure, print."""
    world = World()
    texts = world.articles(articles)
    watches = Watches(world).first(count)
    gc.collect()
    before, started = resident_kb(), time.process_time()
    engine = ENGINES[name][0](watches)
    built = time.process_time() - started
    gc.collect()
    memory = resident_kb() - before
    gc.freeze()
    engine.count(texts[0])  # what names mean is worked out when a text first holds them
    started = time.process_time()
    engine.count(texts[0])
    once = time.process_time() - started
    texts = texts[: max(10, min(articles, int(_SLOW_S / ROUNDS / max(once, 1e-6))))]
    matches = sum(engine.count(text) for text in texts)
    rounds = [(unit_us(texts), cost_us(engine.count, texts)) for _ in range(ROUNDS)]
    print(
        json.dumps(
            {
                "engine": name,
                "watches": count,
                "articles": len(texts),
                "built_s": round(built, 2),
                "memory_kb": memory,
                "matches": matches / len(texts),
                "unit_us": statistics.median(unit for unit, _ in rounds),
                "cost_us": statistics.median(cost for _, cost in rounds),
                "ratio": statistics.median(cost / unit for unit, cost in rounds),
            }
        )
    )


def unit_us(texts: list[Article]) -> float:
    """CPU µs an article of the unit."""
    find = re.compile(r"\w+").findall
    joined = [f"{text.title} {text.summary} {text.body}" for text in texts]
    started = time.process_time()
    for text in joined:
        find(text.lower())
    return (time.process_time() - started) / len(texts) * 1e6


def cost_us(count: object, texts: list[Article]) -> float:
    """CPU µs an article of an engine."""
    assert callable(count)
    started = time.process_time()
    for text in texts:
        count(text)
    return (time.process_time() - started) / len(texts) * 1e6


def resident_kb() -> int:
    """Memory of this process."""
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * 4


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
