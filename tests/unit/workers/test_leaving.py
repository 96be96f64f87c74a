"""Children whose place another has taken, or whose supervisor has died."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.app import App
from monitor.model import DELIVERIES
from monitor.settings import load
from workers.child import LOOK_S, STOP_S, Stop, finish
from workers.posts import STUCK_S, Post, see_off
from workers.runtime import Supervisor
from workers.under_way import UnderWay
from workers.vitals import Vitals

Until = Callable[..., None]

DEAF = "import signal; signal.signal(signal.SIGUSR1, signal.SIG_IGN); print(1, flush=True); input()"
"""A child that does not hear that it is to leave."""

PARENT = """
import os, sys, time
from pathlib import Path
from workers.parent import watch_parent
parent = os.getpid()
if os.fork() == 0:
    watch_parent(parent, Path(sys.argv[1]).touch, 0.2)
    print(os.getpid(), flush=True)
    while True:
        time.sleep(9)
time.sleep(99)
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(app=App(load(tmp_path, {}), "redis://nowhere"), queues=(DELIVERIES,))


@pytest.fixture
def deaf() -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(
        [sys.executable, "-c", DEAF], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        yield child
        child.kill()


def leaving(child: subprocess.Popen[bytes], since_s: float) -> Post:
    post = Post(queue=DELIVERIES, number=0, vitals=Vitals(), worker="w", pid=child.pid)
    post.left_s = time.monotonic() - since_s
    return post


def test_one_that_finishes_what_it_holds_may_take_as_long_as_that_takes(
    deaf: subprocess.Popen[bytes],
) -> None:
    # given: it was told to leave long ago, and goes round its loop
    post = leaving(deaf, 10 * STUCK_S)
    post.vitals.turn()
    # when
    see_off([post])
    # then
    with pytest.raises(subprocess.TimeoutExpired):
        deaf.wait(0.2)


def test_one_that_stands_still_is_killed(deaf: subprocess.Popen[bytes]) -> None:
    # given: it has not gone round its loop since it was told to leave, long ago
    post = leaving(deaf, STUCK_S + 1)
    # when
    see_off([post])
    # then
    assert deaf.wait(10) == -signal.SIGKILL


def test_one_that_has_just_been_told_to_leave_is_not_killed_for_what_was_before(
    deaf: subprocess.Popen[bytes],
) -> None:
    see_off([leaving(deaf, 1)])

    with pytest.raises(subprocess.TimeoutExpired):
        deaf.wait(0.2)


def test_leaving_it_shows_that_it_lives_until_the_last_is_done() -> None:
    async def left() -> tuple[float, int]:
        stop, vitals, under_way, over = Stop(), Vitals(), UnderWay(8), asyncio.Event()
        under_way.start("slow", _wait(over))
        stop.leave()
        ending = asyncio.create_task(finish(stop, vitals, under_way))
        await asyncio.wait([ending], timeout=3 * LOOK_S)
        assert not ending.done()
        still_s = vitals.still_s()
        over.set()
        await ending
        return still_s, len(under_way)

    still_s, left_over = asyncio.run(left())

    assert still_s < 2 * LOOK_S + 1
    assert left_over == 0


async def _wait(over: asyncio.Event) -> None:
    await over.wait()


def test_there_is_no_hurry_for_one_that_leaves_but_for_one_that_is_to_stop() -> None:
    stop = Stop()
    stop.leave()
    assert stop.until(100.0) == float("inf")
    stop.ask()
    assert stop.until(100.0) == 100.0 + STOP_S / 2


def test_when_work_was_done_last_is_known_though_all_processes_are_new(
    supervisor: Supervisor,
) -> None:
    # given: one of those that work has committed
    supervisor.posts = [Post(queue=DELIVERIES, number=0, vitals=Vitals())]
    supervisor.posts[0].vitals.did()
    last = supervisor._last()
    assert last > 0
    # when: by another configuration others take the places
    supervisor.posts = [Post(queue=DELIVERIES, number=0, vitals=Vitals())]
    # then
    assert supervisor._last() == last


def test_a_child_that_does_not_hear_its_parent_die_is_asked_and_then_ends(
    tmp_path: Path, until: Until
) -> None:
    # given
    asked = tmp_path / "asked"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(asked)], stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        # when
        parent.kill()
    # then
    until(lambda: not _runs(child), what="the child ends")
    assert asked.exists()


def _runs(pid: int) -> bool:
    """Whether a process runs; nobody may have buried it yet."""
    try:
        os.kill(pid, 0)
        said = Path(f"/proc/{pid}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
    return said.rsplit(")", 1)[1].split()[0] != "Z"
