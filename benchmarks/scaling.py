"""What more worker processes bring: articles a second with 1, 2 and 4 of them, as a ratio to one.

    .venv/bin/python benchmarks/scaling.py [--processes 1 2 4] [--articles 4000] [--rounds 3]

A queue of articles of some 450 words, no two alike, is put as the poller puts it. The real
`wirewatch worker` takes it up, with the sample watchlist and all shipped names, on an embedded
server on the same machine. Between the first fifth and the last tenth of the queue the clock is
read, so that no start and no end is in it. Rounds are interleaved, figures are medians. The server
needs a core of its own: on a small machine it takes one from the workers.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:] = [
    str(ROOT),
    str(ROOT / "tests" / "e2e"),
    *(place for place in sys.path if place != str(ROOT / "benchmarks")),
]

import argparse  # noqa: E402  # the path comes first
import os  # noqa: E402
import shutil  # noqa: E402
import statistics  # noqa: E402
import tempfile  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from collections import defaultdict  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from dataclasses import dataclass, replace  # noqa: E402

from product import Product  # noqa: E402

from benchmarks.latency import cpu_s  # noqa: E402
from benchmarks.matchbench.articles import World  # noqa: E402
from benchmarks.queue_peers.admission import put_all  # noqa: E402
from monitor.app import now  # noqa: E402
from monitor.embedded import Embedded  # noqa: E402
from monitor.model import ARTICLES, Article  # noqa: E402
from monitor.store import Store  # noqa: E402

JUDGED = tuple(f"articles.{how}" for how in ("new", "copy", "revision", "repeat", "set_aside"))
SOURCES = 40
OPENED, CLOSED = 0.2, 0.9
PATIENCE_S = 120.0
PAUSE = threading.Event()


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Of one round: articles a second; CPU an article, of all worker processes and of Redis."""

    rate: float
    workers_us: float
    redis_us: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What had been done and used by then."""

    at_s: float
    done: int
    workers_s: float
    redis_s: float


def articles(count: int) -> list[Article]:
    """So many articles, of forty sources."""
    made = World().generated(count)
    return [
        replace(
            article,
            id=f"scaling-{number}",
            source=f"source-{number % SOURCES}",
            url=f"https://bench.example/{number}",
        )
        for number, article in enumerate(made)
    ]


def measured(store: Store, made: Sequence[Article], folder: Path, url: str, processes: int) -> Use:
    """One round: an emptied server, a full queue, and so many processes."""
    store.client.flushall()
    put_all(store, [replace(article, fetched=now()) for article in made])
    product = Product(folder, environment={"WIREWATCH_REDIS_URL": url})
    worker = product.start("worker", "--queue", ARTICLES, "--processes", str(processes))
    try:
        opened = reached(store, worker.pid, OPENED * len(made))
        closed = reached(store, worker.pid, CLOSED * len(made))
    finally:
        worker.terminate()
        worker.wait()
    done = closed.done - opened.done
    return Use(
        rate=done / (closed.at_s - opened.at_s),
        workers_us=(closed.workers_s - opened.workers_s) / done * 1e6,
        redis_us=(closed.redis_s - opened.redis_s) / done * 1e6,
    )


def reached(store: Store, worker: int, wanted: float) -> Moment:
    """The moment when so many articles have their outcome."""
    until = time.monotonic() + PATIENCE_S
    while (done := sum(store.view.counts().get(name, 0) for name in JUDGED)) < wanted:
        if time.monotonic() > until:
            raise SystemExit(f"{done} articles within {PATIENCE_S:g} s, wanted {wanted:g}")
        PAUSE.wait(0.01)
    told = store.client.info("cpu")
    return Moment(
        at_s=time.monotonic(),
        done=done,
        workers_s=cpu_s(worker),
        redis_s=told["used_cpu_user"] + told["used_cpu_sys"],
    )


def table(found: dict[int, list[Use]], cores: int) -> None:
    """Say it."""
    rates = {count: statistics.median(use.rate for use in uses) for count, uses in found.items()}
    first = min(rates)
    print(f"{'processes':>9} {'articles/s':>11} {'to one':>7} {'to cores':>9}  CPU an article, us")
    for count, uses in found.items():
        ratio = rates[count] / (rates[first] / first)
        workers = statistics.median(use.workers_us for use in uses)
        redis = statistics.median(use.redis_us for use in uses)
        print(
            f"{count:>9} {rates[count]:>11,.0f} {ratio:>7.2f} {ratio / min(count, cores):>9.2f}"
            f"  workers {workers:,.0f}, Redis {redis:,.0f}"
        )
    print("to one: times the rate of one process; to cores: that by processes, or cores if fewer")


def main() -> int:
    """Run it; 0 when done."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4], help="(1 2 4)")
    parser.add_argument("--articles", type=int, default=4_000, help="a round (4000)")
    parser.add_argument("--rounds", type=int, default=3, help="of each (3)")
    options = parser.parse_args()
    made, cores = articles(options.articles), os.cpu_count() or 1
    words = statistics.mean(len(article.body.split()) for article in made)
    print(f"{cores} cores, load {os.getloadavg()[0]:.1f}; articles of {words:.0f} words")
    found: dict[int, list[Use]] = defaultdict(list)
    with (
        tempfile.TemporaryDirectory(prefix="ww-bench-") as made_in,
        Embedded(Path(made_in) / "redis") as server,
    ):
        folder = Path(made_in)
        shutil.copytree(ROOT / "config", folder / "config")
        store = Store(server.url)
        for _ in range(options.rounds):
            for count in options.processes:
                found[count].append(measured(store, made, folder, server.url, count))
        store.close()
    table(found, cores)
    return 0


if __name__ == "__main__":
    sys.exit(main())
