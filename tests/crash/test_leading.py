"""Several pollers: one polls, another takes over, and no feed is asked twice in an interval."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from loopback import Answer, Request
from services import Services

Until = Callable[..., None]
INTERVAL_S = 2.0
PATHS = ("/a.xml", "/b.xml", "/c.xml")


class Feeds:
    """Feeds whose every request is noted with its time; `slow_s` is how long an answer takes."""

    def __init__(self, services: Services, interval_s: float = INTERVAL_S) -> None:
        self.asked: dict[str, list[float]] = {path: [] for path in PATHS}
        self.slow_s = 0.0
        tables = [
            f'[source.{path[1]}]\nurl = "{services.web.url(path)}"\ninterval = "{interval_s}s"\n'
            for path in PATHS
        ]
        services.product.write("feeds.toml", "".join(tables))
        services.web.pages.update(dict.fromkeys(PATHS, self.answer))

    def answer(self, request: Request) -> Answer:
        self.asked[request.path].append(time.monotonic())
        threading.Event().wait(self.slow_s)
        item = f"<item><title>News</title><guid>{request.path}</guid></item>"
        return 200, {}, f"<rss version='2.0'><channel>{item}</channel></rss>".encode()

    def each_asked(self, times: int) -> bool:
        return all(len(asked) >= times for asked in self.asked.values())

    def quiet_s(self) -> float:
        """How long ago any of them was asked."""
        return time.monotonic() - max(asked[-1] for asked in self.asked.values())

    def shortest_s(self) -> float:
        """The shortest time between two requests for one feed."""
        return min(later - was for asked in self.asked.values() for was, later in pairwise(asked))


def leaders(services: Services) -> list[int]:
    """Which of the processes started have come to lead, in this order."""
    found = []
    for number in range(len(services.product.started)):
        for line in (services.product.folder / f"out{number}.log").read_text().splitlines():
            event = json.loads(line) if line.startswith("{") and line.endswith("}") else {}
            if event.get("event") == "leader.elected":
                found.append((event["term"], number))
    return [number for _, number in sorted(found)]


def two_pollers(services: Services, feeds: Feeds, until: Until) -> subprocess.Popen[str]:
    """The one that leads, after a few polls."""
    for _ in range(2):
        services.product.start("poller")
    until(lambda: feeds.each_asked(2), what="they are polled", within_s=60)
    until(lambda: "leader.awaited" in services.product.said(), what="the other stands by")
    (leader,) = leaders(services)
    return services.product.started[leader]


@pytest.mark.parametrize("harm", [signal.SIGKILL, signal.SIGSTOP])
def test_another_takes_over_from_one_that_is_killed_or_stalls(
    services: Services, until: Until, harm: signal.Signals
) -> None:
    # given
    feeds = Feeds(services)
    leader = two_pollers(services, feeds, until)
    until(lambda: 0.4 < feeds.quiet_s() < 0.8, what="no poll is under way")
    # when
    leader.send_signal(harm)
    began = time.monotonic()
    until(lambda: len(leaders(services)) == 2, what="another leads", within_s=10)
    seen = len(feeds.asked["/a.xml"])
    until(lambda: len(feeds.asked["/a.xml"]) > seen, what="it polls", within_s=10)
    assert time.monotonic() - began < 10
    # and when: one that was stalled goes on
    if harm is signal.SIGSTOP:
        leader.send_signal(signal.SIGCONT)
        until(lambda: "leader.deposed" in services.product.said(), what="it sees that it is late")
    seen = len(feeds.asked["/a.xml"])
    until(lambda: feeds.each_asked(seen + 2), what="two more polls of each")
    # then
    assert feeds.shortest_s() > INTERVAL_S * 0.95
    assert len(leaders(services)) == 2
    for line in services.product.said().splitlines():
        if "leader.deposed" in line:
            assert json.loads(line)["reason"]


def test_one_that_is_stopped_finishes_its_polls_and_hands_over_at_once(
    services: Services, until: Until
) -> None:
    # given: polls under way
    feeds = Feeds(services, interval_s=4.0)
    leader = two_pollers(services, feeds, until)
    feeds.slow_s = 1.0
    until(lambda: feeds.each_asked(3), what="slow polls are under way")
    # when
    leader.terminate()
    assert leader.wait(10) == 0
    stopped = time.monotonic()
    # then: another leads in a second, and what was under way is not asked for again
    until(lambda: len(leaders(services)) == 2, what="another leads", within_s=1.5)
    assert time.monotonic() - stopped < 1.5
    until(lambda: feeds.each_asked(4), what="it polls")
    assert feeds.shortest_s() > 4.0 * 0.95
    assert '"leader.resigned"' in services.product.said()
