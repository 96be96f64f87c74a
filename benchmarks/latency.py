"""How soon an article on the queue has reached a webhook: from `put` to the whole call received.

    .venv/bin/python benchmarks/latency.py [--rate 200] [--seconds 30] [--processes 2] [--share 1]

Articles of some 450 words, no two alike, are put as the poller puts them, at an even pace. A share
of them holds the word that is watched for (all, as it stands: an alert an article). The real
`wirewatch worker` judges and delivers, on an embedded server. The receiver is a process of its own
that answers 204; both read the system's clock. A second of articles before it is not counted.
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
import asyncio  # noqa: E402
import json  # noqa: E402
import multiprocessing  # noqa: E402
import os  # noqa: E402
import re  # noqa: E402
import statistics  # noqa: E402
import tempfile  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from dataclasses import replace  # noqa: E402
from multiprocessing.connection import Connection  # noqa: E402

from product import Product  # noqa: E402

from benchmarks.matchbench.articles import World  # noqa: E402
from benchmarks.queue_peers import admission  # noqa: E402
from monitor.app import now  # noqa: E402
from monitor.embedded import Embedded  # noqa: E402
from monitor.model import Article  # noqa: E402
from monitor.store import Store  # noqa: E402

TICK_S = 0.05
"""A put holds what has come in that time: a feed with news has several articles."""

PATIENCE_S = 60.0
GOAL_S = 1.0
PAUSE = threading.Event()
WHEN = "when did each come?"
ENOUGH = "that is all"

Times = dict[str, float]


def receive(mouth: Connection) -> None:
    """Be the receiver: say the port, then, when asked, when each article came."""
    asyncio.run(_receive(mouth))


async def _receive(mouth: Connection) -> None:
    came: Times = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = re.search(rb"(?i)content-length: (\d+)", head)
                body = await reader.readexactly(int(length[1]) if length else 0)
                at = time.monotonic()
                came.setdefault(json.loads(body)["data"]["article"]["id"], at)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    mouth.send(server.sockets[0].getsockname()[1])
    while await asyncio.to_thread(mouth.recv) == WHEN:
        mouth.send(dict(came))


def articles(count: int, share: float) -> list[Article]:
    """So many articles; of them the share that is watched for, evenly spread."""
    made = World().generated(count)
    return [
        replace(
            article,
            id=f"latency-{number}",
            url=f"https://bench.example/{number}",
            body=f"{article.body}\n\nA zeppelin was seen over harbour {number}.",
        )
        if int(number * share) != int((number + 1) * share) or share >= 1
        else replace(article, id=f"latency-{number}", url=f"https://bench.example/{number}")
        for number, article in enumerate(made)
    ]


def put(store: Store, source: str, some: Sequence[Article], rate: float) -> Times:
    """Put the articles of a source at this pace; when each was."""
    each = max(1, round(rate * TICK_S))
    times: Times = {}
    began = time.monotonic()
    for number, at in enumerate(range(0, len(some), each)):
        PAUSE.wait(max(0.0, began + number * each / rate - time.monotonic()))
        due = [replace(article, fetched=now()) for article in some[at : at + each]]
        times |= dict.fromkeys((article.id for article in due), time.monotonic())
        admission.put(store, number, due, source=source)
    return times


def received(receiver: Connection, wanted: int) -> Times:
    """When each came, once so many have, or none comes any more."""
    last, quiet_since = -1, time.monotonic()
    while True:
        receiver.send(WHEN)
        came: Times = receiver.recv()
        if len(came) != last:
            last, quiet_since = len(came), time.monotonic()
        if len(came) >= wanted or time.monotonic() - quiet_since > PATIENCE_S:
            return came
        PAUSE.wait(0.1)


def cpu_s(root: int) -> float:
    """What a process and all that come from it have used so far, of those that live (Linux)."""
    used, children = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(path.parent.name)
        children.setdefault(int(fields[1]), []).append(pid)
        used[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    total, left = 0.0, [root]
    while left:
        pid = left.pop()
        total += used.get(pid, 0.0)
        left += children.get(pid, [])
    return total


def table(waits: list[float], lost: int, cpu: float, options: argparse.Namespace) -> None:
    """Say it."""
    cuts = statistics.quantiles(waits, n=1000, method="inclusive")
    rows = {
        "p50": cuts[499],
        "p90": cuts[899],
        "p99": cuts[989],
        "p99.9": cuts[998],
        "most": max(waits),
    }
    print(f"{len(waits)} alerts of {options.rate:g} articles/s for {options.seconds:g} s")
    for name, wait_s in rows.items():
        print(f"  {name:<6} {wait_s * 1000:8.0f} ms")
    print(f"  CPU of the workers, an article: {cpu * 1000:.1f} ms")
    said = "reached" if rows["p99"] <= GOAL_S else "missed"
    print(f"goal p99 <= {GOAL_S:g} s: {said}" + (f"; {lost} never came" if lost else ""))


def main() -> int:
    """Run it; 0 when every alert came, whatever the goal says: a busy machine is no test."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rate", type=float, default=200, help="articles a second (200)")
    parser.add_argument("--seconds", type=float, default=30, help="for so long (30)")
    parser.add_argument("--processes", type=int, default=2, help="that judge articles (2)")
    parser.add_argument("--share", type=float, default=1.0, help="of articles that match (1)")
    options = parser.parse_args()
    warm = round(options.rate)
    made = articles(warm + round(options.rate * options.seconds), options.share)
    ear, mouth = multiprocessing.Pipe()
    receiver = multiprocessing.get_context("spawn").Process(
        target=receive, args=(mouth,), daemon=True
    )
    receiver.start()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {options.processes} processes")
    with (
        tempfile.TemporaryDirectory(prefix="ww-bench-") as made_in,
        Embedded(Path(made_in) / "redis") as server,
    ):
        product = Product(Path(made_in), environment={"WIREWATCH_REDIS_URL": server.url})
        hook = f"http://127.0.0.1:{ear.recv()}/hook"
        product.write("monitor.toml", '[net]\nallow = ["127.0.0.0/8"]\n')
        product.write("watchlist.toml", '[watch.z]\nwhen = "zeppelin"\nnotify = ["hook"]\n')
        product.write(
            "channels.toml", f'[channel.hook]\ntype = "webhook"\nurl = "{hook}"\nsecret = "s"\n'
        )
        worker = product.start("worker", "--processes", str(options.processes))
        store = Store(server.url)
        try:
            put(store, "warm", made[:warm], options.rate)
            wanted = [article.id for article in made if "zeppelin" in (article.body or "")]
            first = sum("zeppelin" in (article.body or "") for article in made[:warm])
            received(ear, first)
            before_s = cpu_s(worker.pid)
            times = put(store, "bench", made[warm:], options.rate)
            came = received(ear, len(wanted))
            used_s = cpu_s(worker.pid) - before_s
        finally:
            worker.terminate()
            worker.wait()
            store.close()
            ear.send(ENOUGH)
            receiver.join()
    waits = [came[id_] - times[id_] for id_ in wanted if id_ in times and id_ in came]
    lost = len(wanted) - first - len(waits)
    table(waits, lost, used_s / len(times), options)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
