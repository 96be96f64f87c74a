"""How soon work is done after its worker was killed, or its host was lost.

A killed worker: its process gets kill -9 with articles in hand; measured from the kill until the
supervisor has given them back. A lost host: a worker takes a job and is never heard of again, while
another host's worker runs; measured from its last sign of life until the article is judged.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("crash", "integration", "e2e")]

from loopback import LoopbackHttp  # noqa: E402  after the path
from product import Product  # noqa: E402
from services import Services  # noqa: E402

from monitor import telemetry  # noqa: E402
from monitor.embedded import Embedded  # noqa: E402
from monitor.model import ARTICLES  # noqa: E402

ROUNDS = 5
PAUSE = threading.Event()


def wait(condition: object, within_s: float = 60.0) -> None:
    """Until the condition holds."""
    assert callable(condition)
    end = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        PAUSE.wait(0.005)


def returned_at(services: Services, after: float) -> float | None:
    """When the supervisor said that it gave work back, as seconds since the epoch."""
    for line in services.product.said().splitlines():
        if '"lease.returned"' in line or '"process.ended"' in line:
            at = datetime.fromisoformat(json.loads(line)["timestamp"]).timestamp()
            if at > after:
                return at
    return None


def killed(services: Services) -> float:
    """Seconds from kill -9 of a busy worker until its place is cleared."""
    services.drop(1500)
    wait(lambda: services.store.view.depth(ARTICLES).leased)
    at = time.time()
    for pid in services.children(ARTICLES):
        os.kill(pid, signal.SIGKILL)
    wait(lambda: returned_at(services, at))
    seconds = (returned_at(services, at) or 0) - at
    wait(services.all_received)
    return seconds


def lost(services: Services, number: int) -> float:
    """Seconds from a lost host's last sign of life until its article is judged by another."""
    for process in services.product.started[-1:]:
        process.send_signal(signal.SIGSTOP)  # so that the ghost gets the job
    ghost = services.store.articles
    for pid in services.children(ARTICLES):
        os.kill(pid, signal.SIGSTOP)
    before = services.store.view.counts().get("articles.new", 0)
    services.drop(1)
    wait(lambda: ghost.take(f"ghost{number}", f"t{time.monotonic_ns()}", 1))
    at = time.monotonic()
    for pid in services.children(ARTICLES):
        os.kill(pid, signal.SIGCONT)
    for process in services.product.started[-1:]:
        process.send_signal(signal.SIGCONT)
    wait(lambda: services.store.view.counts().get("articles.new", 0) > before)
    return time.monotonic() - at


def main() -> None:
    """Both, a few times; medians and the worst."""
    telemetry.set_up(level="error", format_="json")
    with (
        tempfile.TemporaryDirectory() as place,
        Embedded(Path(place) / "redis") as server,
        LoopbackHttp({"/hook": (200, {}, b"")}) as web,
    ):
        product = Product(Path(place))
        product.seed(".keep", "")
        services = Services(product, web, server)
        product.start("poller", "--seeds", "seeds")
        product.start("worker", "--processes", "2")
        wait(lambda: services.children(ARTICLES))
        rows = {
            "killed worker": [killed(services) for _ in range(ROUNDS)],
            "lost host": [lost(services, number) for number in range(ROUNDS)],
        }
        for process in product.started:
            process.terminate()
            process.wait()
    for name, seconds in rows.items():
        print(f"{name:<14} median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s")


if __name__ == "__main__":
    main()
