"""The heartbeat out: called while all loops live, and not while one is dead or stuck."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner
from deadline import at_last
from loopback import LoopbackHttp
from product import Product
from structlog.testing import capture_logs

from monitor.cli.check import command as check
from monitor.embedded import Embedded
from monitor.errors import ConfigError
from monitor.heartbeat import Calls, Heartbeat, call, vouch, vouched
from monitor.settings import Settings, load

ROOT = Path(__file__).parents[2]

Until = Callable[..., None]


@pytest.fixture
def web() -> Iterator[LoopbackHttp]:
    ok = (200, {}, b"OK")
    with LoopbackHttp(dict.fromkeys(("/beat", "/poller", "/worker", "/run"), ok)) as web:
        yield web


def configured(folder: Path, web: LoopbackHttp, path: str = "/{service}", more: str = "") -> Path:
    config = folder / "config"
    config.mkdir(exist_ok=True)
    (config / "monitor.toml").write_text(
        '[net]\nallow = ["127.0.0.0/8"]\ncontact = "ops@example.org"\n'
        f'[heartbeat]\nurl = "{web.url(path)}"\nevery = "1s"\n{more}'
    )
    return config


def settings(folder: Path, web: LoopbackHttp, path: str = "/{service}", more: str = "") -> Settings:
    return load(configured(folder, web, path, more), {})


def test_the_address_is_called_with_our_name_for_the_service(
    tmp_path: Path, web: LoopbackHttp
) -> None:
    # when
    said = asyncio.run(call(settings(tmp_path, web), "poller"))

    # then
    assert said == ""
    (request,) = web.requests
    assert (request.method, request.path) == ("GET", "/poller")
    assert request.headers["user-agent"].startswith("Wirewatch/")
    assert "ops@example.org" in request.headers["user-agent"]


def test_it_is_posted_where_that_is_wanted(tmp_path: Path, web: LoopbackHttp) -> None:
    asyncio.run(call(settings(tmp_path, web, more='method = "POST"\n'), "worker"))
    (request,) = web.requests
    assert (request.method, request.path, request.body) == ("POST", "/worker", b"")


def test_what_is_wrong_is_said_without_the_address(tmp_path: Path, web: LoopbackHttp) -> None:
    # given
    web.pages["/t0ken"] = (404, {}, b"")
    at_large = tmp_path / "config" / "monitor.toml"

    # when
    answered = asyncio.run(call(settings(tmp_path, web, "/t0ken"), "run"))
    at_large.write_text(f'[heartbeat]\nurl = "{web.url("/t0ken")}"\n')
    guarded = asyncio.run(call(load(at_large.parent, {}), "run"))
    at_large.write_text('[heartbeat]\nurl = "http://127.0.0.1:1/t0ken"\n')
    nobody = asyncio.run(call(load(at_large.parent, {"WIREWATCH_NET_ALLOW": "127.0.0.0/8"}), "run"))

    # then
    assert answered == "it answered 404, wanted 2xx"
    assert "127.0.0.1 is not a public address" in guarded
    assert "no connection to 127.0.0.1" in nobody
    assert "t0ken" not in answered + guarded + nobody


def test_check_complains_of_calls_that_come_too_often(tmp_path: Path, web: LoopbackHttp) -> None:
    # when
    done = CliRunner().invoke(check, ["--config", str(configured(tmp_path, web))])

    # then
    assert done.exit_code == 1
    assert "monitor.toml [heartbeat] every: found 1 s, wanted 10 s or more" in done.stderr
    assert 'write every = "1m"' in done.stderr


@dataclass
class Clock:
    at: float = 0.0
    log: structlog.typing.FilteringBoundLogger = field(default_factory=structlog.get_logger)

    def calls(self) -> Calls:
        return Calls(every_s=300, log=self.log, clock=lambda: self.at)


def test_it_beats_every_so_often_and_at_once_when_life_comes_back() -> None:
    # given
    clock = Clock()
    calls = clock.calls()
    beats = []

    # when: for twenty minutes, in the middle of which something is stuck for seven
    with capture_logs() as logs:
        for second in range(1200):
            clock.at = second
            if calls.wants(alive=not 310 <= second < 730):
                beats.append(second)
                calls.answered("")

    # then
    assert beats == [0, 300, 730, 1030]
    assert [log["event"] for log in logs] == ["heartbeat.withheld", "heartbeat.resumed"]


def test_what_has_not_begun_yet_is_not_dead_but_what_never_begins_is() -> None:
    # given
    clock = Clock()
    begins, never = clock.calls(), clock.calls()

    # when: the workers of one vouch for the first time after three seconds
    with capture_logs() as logs:
        called = []
        for second in range(300):
            clock.at = second
            if begins.wants(alive=second >= 3):
                begins.answered("")
                called.append(second)
            if second == 110:
                assert logs == []
            assert not never.wants(alive=False)

    # then
    assert called == [3]
    assert [log["event"] for log in logs] == ["heartbeat.withheld"]


def test_a_failure_is_told_once_and_so_is_its_end() -> None:
    calls = Clock().calls()
    with capture_logs() as logs:
        for trouble in ("", "404", "404", "500", "", "", "404"):
            calls.answered(trouble)
    assert [(log["event"], log.get("reason")) for log in logs] == [
        ("heartbeat.failed", "404"),
        ("heartbeat.resumed", None),
        ("heartbeat.failed", "404"),
    ]


def test_a_loop_that_is_stuck_stops_it(tmp_path: Path, web: LoopbackHttp) -> None:
    async def go() -> int:
        stop, is_stuck, looks = asyncio.Event(), threading.Event(), [0]

        def alive() -> bool:
            looks[0] += 1
            return not is_stuck.is_set()

        heart = Heartbeat(
            settings=settings(tmp_path, web),
            service="poller",
            alive=alive,
            log=structlog.get_logger(),
            look_s=0.01,
        )
        beating = asyncio.create_task(heart.run(stop))
        async with asyncio.timeout(10):
            while not web.requests:
                await asyncio.to_thread(threading.Event().wait, 0.01)
        is_stuck.set()
        heart.calls.due = 0.0
        before, seen = len(web.requests), looks[0]
        looked = partial(at_last, lambda: looks[0] > seen + 5, within_s=10)
        assert await asyncio.to_thread(looked)
        stop.set()
        await beating
        return len(web.requests) - before

    assert asyncio.run(go()) == 0


SUPERVISOR = """
import os, signal, sys, threading, time
from pathlib import Path
from monitor.settings import load
from workers.heartbeat import SupervisorHeartbeat
from workers.parent import orphan
from workers.vitals import Vitals

vitals = Vitals()
vitals.turn()
child, me = os.fork(), os.getpid()
if child == 0:
    while os.getppid() == me or True:
        vitals.turn()
        threading.Event().wait(0.01)
print(child, flush=True)
heart = SupervisorHeartbeat(
    settings=load(Path(sys.argv[1]), {}),
    still_s=lambda: [vitals.still_s()],
    born=lambda: orphan(me),
    stuck_s=0.5,
    vouch=Path(sys.argv[2]) if len(sys.argv) > 2 else None,
)
heart.calls.every_s = 0.2
while True:
    heart.run()
    time.sleep(0.02)
"""
"""A supervisor as far as its heart goes, with one child whose loop the test can stop."""


@pytest.fixture
def supervise() -> Iterator[Callable[..., int]]:
    """Starts one; answers the pid of its child."""
    started: list[tuple[subprocess.Popen[str], int]] = []

    def start(*arguments: Path) -> int:
        process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        started.append((process, int(process.stdout.readline())))
        return started[-1][1]

    yield start
    for process, child in started:
        for pid in (process.pid, child):
            os.kill(pid, signal.SIGKILL)
        process.communicate()


def test_a_supervisor_beats_while_its_child_goes_round(
    tmp_path: Path, web: LoopbackHttp, until: Until, supervise: Callable[..., int]
) -> None:
    # given
    child = supervise(configured(tmp_path, web))
    until(lambda: len(web.requests) >= 2, what="two beats")
    assert {request.path for request in web.requests} == {"/worker"}

    # when: the child is stuck
    os.kill(child, signal.SIGSTOP)
    quiet_since = [time.monotonic(), len(web.requests)]

    def silent() -> bool:
        if len(web.requests) != quiet_since[1]:
            quiet_since[:] = [time.monotonic(), len(web.requests)]
        return time.monotonic() - quiet_since[0] > 1.5

    until(silent, what="silence while a child is stuck")

    # and: goes on
    os.kill(child, signal.SIGCONT)
    until(lambda: len(web.requests) > quiet_since[1], what="a beat once it goes on")


def test_a_supervisor_beside_a_poller_vouches_and_calls_nobody(
    tmp_path: Path, web: LoopbackHttp, until: Until, supervise: Callable[..., int]
) -> None:
    # given
    file = tmp_path / "alive"
    child = supervise(configured(tmp_path, web), file)
    until(lambda: vouched(file), what="a word for the children")

    # when
    os.kill(child, signal.SIGSTOP)

    # then
    until(lambda: not vouched(file, within_s=2), what="no more words")
    assert web.requests == []


def test_who_has_not_vouched_lately_is_not_taken_to_live(tmp_path: Path) -> None:
    file = tmp_path / "alive"
    assert not vouched(file)
    vouch(file)
    assert vouched(file)
    os.utime(file, (1, 1))
    assert not vouched(file)


@pytest.mark.usefixtures("store")  # an empty one: what another test has left may refuse services
def test_run_beats_for_poller_and_workers_and_a_service_for_itself(
    tmp_path: Path, web: LoopbackHttp, until: Until, embedded: Embedded
) -> None:
    # given
    product = Product(tmp_path, environment={"WIREWATCH_REDIS_URL": embedded.url})
    configured(tmp_path, web)
    try:
        # when
        for service in ("run", "worker"):
            product.start(service)

        # then
        until(
            lambda: {"/run", "/worker"} == {request.path for request in web.requests},
            what="a beat of each",
            within_s=60,
        )
    finally:
        for process in product.started:
            process.terminate()
        for process in product.started:
            process.wait(20)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('url = "hush"', "[heartbeat] url"),
        ('every = "0.5s"', "[heartbeat] every: found '0.5s', wanted a time of at least a second"),
        ('method = "PUT"', "[heartbeat] method: found 'PUT', wanted one of 'GET' or 'POST'"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "monitor.toml").write_text(f"[heartbeat]\n{line}\n")
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, {})
    assert f"monitor.toml {says}" in str(raised.value)
