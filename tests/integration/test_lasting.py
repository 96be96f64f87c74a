"""What goes round for as long as a service lives goes on, whatever it meets; and leaves nothing
behind.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
import structlog
from loopback import free_port
from structlog.testing import capture_logs

from monitor.cli.children import Workers
from monitor.errors import StoreUnavailable
from monitor.model import ARTICLES, Source, Watch
from monitor.poller.replay import Replay
from monitor.poller.term import Parts, Term
from monitor.pulse import Pulse
from monitor.reload import Following, follow, following, tried_within
from monitor.settings import Settings, load
from monitor.settings.version import Files
from monitor.store import Store
from workers.child import _keep

Until = Callable[..., None]
DRONE = Watch(id="drone", title="Drones", when="drone", must_match=("A drone.",))


def now() -> datetime:
    return datetime.now(UTC)


# -- trying another configuration ------------------------------------------------------------------


@pytest.fixture
def silent(tmp_path: Path) -> Path:
    """A folder of which one file never answers."""
    os.mkfifo(tmp_path / "watchlist.toml")
    return tmp_path


def is_read(path: Path) -> bool:
    """Whether somebody has the pipe open to read it."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    except OSError as error:
        return error.errno != errno.ENXIO
    return True


def test_examples_that_cannot_be_tried_hold_nobody_up_and_leave_no_process(silent: Path) -> None:
    async def tried() -> object:
        return await tried_within(0.5, silent, (DRONE,), asyncio.Event())

    assert asyncio.run(tried()) is None
    assert not is_read(silent / "watchlist.toml")


def test_who_is_told_to_stop_waits_for_no_examples(silent: Path) -> None:
    async def tried() -> object:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, stop.set)
        return await tried_within(60, silent, (DRONE,), stop)

    began = time.monotonic()
    assert asyncio.run(tried()) == ()
    assert time.monotonic() - began < 20
    assert not is_read(silent / "watchlist.toml")


def test_a_configuration_is_refused_while_its_examples_cannot_be_tried_and_taken_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a process that tries examples, and is killed as long as memory is short
    config, room = tmp_path / "config", tmp_path / "room"
    config.mkdir()
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\n[ -e {room} ] || kill -9 $$\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(following, "AGAIN_S", 0.1)
    mine = Following(Files(config), structlog.get_logger(), who="poller")
    before, taken, stop = load(config, {}), [], asyncio.Event()

    async def apply(settings: Settings, _: str) -> None:
        taken.append([watch.id for watch in settings.watches])
        stop.set()

    async def until_refused() -> None:
        async with asyncio.timeout(30):
            while len([log for log in logs if log["event"] == "config.refused"]) < 1:
                await asyncio.sleep(0.01)
        assert taken == []
        room.touch()

    async def followed() -> None:
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(follow(mine, before, apply, stop))
            group.create_task(until_refused())

    # when
    (config / "watchlist.toml").write_text(
        '[watch.drone]\nwhen = "drone"\nmust_match = ["A drone."]\n'
    )
    with capture_logs() as logs:
        asyncio.run(followed())
    # then
    assert taken == [["drone"]]
    said = [(log["event"], log["who"]) for log in logs]
    assert said == [("config.refused", "poller"), ("config.reloaded", "poller")]


def test_a_process_that_ends_before_it_has_tried_says_nothing_of_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    async def tried() -> object:
        return await tried_within(60, tmp_path, (DRONE,), asyncio.Event())

    assert asyncio.run(tried()) is None


def test_examples_are_tried_and_told(tmp_path: Path) -> None:
    (tmp_path / "watchlist.toml").write_text(
        '[watch.drone]\nwhen = "drone"\nmust_match = ["A kite."]\n'
    )

    async def tried() -> object:
        return await tried_within(60, tmp_path, load(tmp_path, {}).watches, asyncio.Event())

    (problem,) = asyncio.run(tried())  # type: ignore[misc]
    assert (problem.table, problem.key) == ("watch.drone", "must_match")


# -- a term takes another configuration ------------------------------------------------------------


def clients() -> int:
    """HTTP clients that are open."""
    gc.collect()
    kept = [each for each in gc.get_objects() if isinstance(each, aiohttp.ClientSession)]
    return sum(not each.closed for each in kept)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(tmp_path, {})


def test_a_configuration_that_cannot_be_taken_now_leaves_no_client_open(settings: Settings) -> None:
    # given a term whose Redis is away, and a configuration that wants another client
    parts = Parts(
        store=Store(f"redis://127.0.0.1:{free_port()}"),
        log=structlog.get_logger(),
        now=now,
        replay=Replay(),
        number=1,
        crowded=lambda: False,
        room=lambda: None,
        say=lambda event, reason: None,
        pulse=Pulse(),
    )
    other = replace(
        settings,
        contact="desk@example.org",
        sources=(Source(id="world", url="https://example.org/"),),
    )

    async def tries() -> tuple[int, int]:
        async with Term(settings, parts) as term:
            before = clients()
            for _ in range(2):
                with pytest.raises(StoreUnavailable):
                    await term.change(other)
            return before, clients()

    # when, then
    before, after = asyncio.run(tries())
    assert after == before


# -- what Redis refuses for a while ----------------------------------------------------------------


@pytest.fixture
def limited(store: Store) -> Iterator[Store]:
    """A store whose user may do nothing, until it may."""
    store.client.execute_command("ACL", "SETUSER", "limited", "on", "nopass", "~*", "+ping")
    url = store.client.connection_pool.connection_kwargs
    where = url.get("path") or f"{url['host']}:{url['port']}"
    kind = "unix" if "path" in url else "redis"
    refused = Store(f"{kind}://limited:x@{where}")
    yield refused
    refused.close()
    store.client.execute_command("ACL", "DELUSER", "limited")


def test_leases_are_kept_again_when_redis_no_longer_refuses_it(
    store: Store, limited: Store, until: Until
) -> None:
    # given a child whose leases Redis refuses to keep
    class Over(Exception):
        pass

    over = threading.Event()

    def held() -> tuple[str, ...]:
        if over.is_set():
            raise Over
        return ()

    def keep() -> None:
        with suppress(Over):
            _keep(limited.work(ARTICLES), "w", held)

    keeper = threading.Thread(target=keep, daemon=True)
    with capture_logs() as logs:
        keeper.start()
        until(lambda: logs, what="it says so")
        # when
        store.client.execute_command("ACL", "SETUSER", "limited", "+@all")
        # then
        until(lambda: store.view.workers(ARTICLES), what="it is attended again")
    over.set()
    keeper.join(10)
    assert [(each["event"], each["round"]) for each in logs] == [("round.failed", "leases")]


# -- workers beside a run --------------------------------------------------------------------------


def test_workers_are_started_again_however_often_they_have_died() -> None:
    workers = Workers(arguments=["--no-such-option"], environment={}, _deaths=5_000)
    workers.start()
    try:
        assert workers._child is not None
        workers._child.wait(60)
        workers.keep()
    finally:
        workers.stop()


def test_what_lies_in_the_working_folder_is_not_run_in_place_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    for name in ("workers.py", "monitor.py", "redis.py"):
        (tmp_path / name).write_text("raise SystemExit(77)")
    monkeypatch.chdir(tmp_path)
    # when
    workers = Workers(arguments=["--help"], environment={})
    workers.start()
    # then
    assert workers._child is not None
    assert workers._child.wait(60) == 0
