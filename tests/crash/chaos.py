"""Chaos: everything is killed at random, again and again; then the books must balance.

`make soak` runs it for 20 minutes and prints the table; the tests run it for 20 seconds.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from deadline import at_last
from loopback import LoopbackHttp
from product import Product
from services import Services

from monitor.embedded import Embedded
from monitor.errors import StoreUnavailable
from monitor.model import ARTICLES, DELIVERIES, JOBS
from monitor.store import keys

SERVICES = {
    "poller": ("poller", "--seeds", "seeds"),
    "supervisor": ("worker", "--processes", "4"),
    "another supervisor": ("worker", "--processes", "4"),
}
VICTIMS = {"worker": 62, "delivery": 16, "supervisor": 6, "poller": 8, "redis": 8}
"""Who is killed, and how often relative to the others."""

PAUSES_S = 0.1, 1.2
"""Between two kills. Who dies young comes back ever more slowly: were there more, all would be
waiting to come back, and nothing would be at work that a kill could harm.
"""

KILLS_A_SECOND = 1.25
"""So many there are at the least, 1,500 in 20 minutes; a busy machine takes up to half as long
again for them."""

START_S = 60.0
"""How long all may take to come to life at first."""

DRAIN_S = 120.0
"""How long nothing may be finished, once nobody is killed any more, before what is left counts as
left over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What came of it. `repeats` are webhooks that came again under the same id."""

    seconds: float
    kills: dict[str, int]
    articles: int
    lost: int
    doubled: int
    left_over: int
    repeats: int
    drained_s: float

    def __str__(self) -> str:
        kills = ", ".join(f"{name} {number}" for name, number in sorted(self.kills.items()))
        return (
            f"{self.seconds:.0f} s, {sum(self.kills.values())} kills ({kills})\n"
            f"articles {self.articles}   lost {self.lost}   doubled {self.doubled}"
            f"   left over {self.left_over}\n"
            f"webhooks repeated under their id {self.repeats}   drained in {self.drained_s:.1f} s"
        )


@dataclass(slots=True)
class Chaos:
    """The services, what keeps them up, and what kills them."""

    services: Services
    server: Embedded
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def run(self, seconds: float) -> Books:
        """Once all live, kill for so long, and so often, then let the work end, and balance the
        books.
        """
        pause = threading.Event()
        self.keep_up()
        at_last(lambda: all(map(self.alive, VICTIMS)), within_s=START_S, every_s=0.1)
        end = time.monotonic() + seconds
        latest, least = end + seconds / 2, seconds * KILLS_A_SECOND
        while time.monotonic() < (latest if self.kills.total() < least else end):
            self.services.drop(self.chance.randint(1, 30))
            pause.wait(self.chance.uniform(*PAUSES_S))
            self.kill(self.chance.choices([*VICTIMS], weights=[*VICTIMS.values()])[0])
            self.keep_up()
        began = moved = time.monotonic()
        done = -1
        while not self.settled() and time.monotonic() < moved + DRAIN_S:
            self.keep_up()
            if done != (done := len(self.services.web.requests)):
                moved = time.monotonic()
            pause.wait(0.2)
        drained_s = time.monotonic() - began
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
            process.wait()
        return self.books(began - (end - seconds), drained_s)

    def keep_up(self) -> None:
        """What an init system does: start what has ended."""
        for name, arguments in SERVICES.items():
            if name not in self.running or self.running[name].poll() is not None:
                self.running[name] = self.services.product.start(*arguments)

    def alive(self, victim: str) -> list[int]:
        """The processes that may be struck."""
        match victim:
            case "worker":
                return self.services.children(ARTICLES)
            case "delivery":
                return self.services.children(DELIVERIES)
            case "redis":
                return [self.server.pid] if self.server.pid and self.answers() else []
            case _:
                mine = (name for name in self.running if name.endswith(victim))
                return [self.running[name].pid for name in mine]

    def answers(self) -> bool:
        """Whether Redis answers: while it reads its log anew it lives no more than a child that
        has not begun, and to be killed then again and again would keep it away for good.
        """
        try:
            self.services.store.view.waiting(ARTICLES)
        except StoreUnavailable:
            return False
        return True

    def kill(self, victim: str) -> None:
        if pids := self.alive(victim):
            self.kills[victim] += 1
            try:
                os.kill(self.chance.choice(pids), signal.SIGKILL)
            except ProcessLookupError:
                self.kills[victim] -= 1

    def settled(self) -> bool:
        """Whether all that was dropped was received, and nothing is left to do."""
        if not self.answers() or not self.services.all_received():
            return False
        depths = [self.services.store.view.depth(queue) for queue in (ARTICLES, DELIVERIES)]
        return not any(depth.total for depth in depths)

    def books(self, seconds: float, drained_s: float) -> Books:
        store, dropped = self.services.store, self.services.dropped
        calls = [r for r in self.services.web.requests if r.path == "/hook"]
        alerts: dict[str, set[str]] = {}
        for call in calls:
            article = json.loads(call.body)["data"]["article"]["id"]
            alerts.setdefault(article, set()).add(call.headers["webhook-id"])
        counts = store.view.counts()
        left = [store.view.depth(queue).total for queue in JOBS]
        left += [len(store.client.keys("rq:job:*")), len(store.letters.all())]
        left += [store.client.zcard(keys.ledger(queue)) for queue in JOBS]
        return Books(
            seconds=seconds,
            kills=dict(self.kills),
            articles=dropped,
            lost=dropped - len(alerts) + max(0, dropped - counts.get("articles.new", 0)),
            doubled=sum(len(ids) > 1 for ids in alerts.values())
            + max(0, counts.get("articles.new", 0) - dropped)
            + max(0, counts.get("alerts.raised", 0) - dropped),
            left_over=sum(left),
            repeats=len(calls) - sum(len(ids) for ids in alerts.values()),
            drained_s=drained_s,
        )


def chaos(folder: Path, *, seconds: float, seed: int) -> Books:
    """Run it in an empty folder."""
    product = Product(folder)
    product.seed(".keep", "")
    try:
        with (
            Embedded(folder / "redis") as server,
            LoopbackHttp({"/hook": (200, {}, b"")}) as web,
        ):
            services = Services(product, web, server)
            return Chaos(services, server, random.Random(seed)).run(seconds)
    finally:
        for process in product.started:
            process.kill()
            process.wait()


if __name__ == "__main__":
    from monitor import telemetry

    telemetry.set_up(level="error", format_="json")
    with tempfile.TemporaryDirectory() as place:
        done = chaos(Path(place), seconds=float(sys.argv[1]), seed=int(sys.argv[2]))
    print(done)  # noqa: T201  the table
    sys.exit(0 if (done.lost, done.doubled, done.left_over) == (0, 0, 0) else 1)
