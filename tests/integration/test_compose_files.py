"""The files that ship the product: compose, image, and the script that starts Redis."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from monitor.embedded import find_server

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
START = ROOT / "deploy/redis/start.sh"
PASSWORD = "open-sesame_1"
DEADLINE_S = 20.0


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with `redis-server` and `redis-check-aof`, which are our own server."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("redis-server", "redis-check-aof"):
        (folder / name).symlink_to(find_server().path)
    return folder


def start_redis(programs: Path, data: Path, password: str | None) -> subprocess.Popen[str]:
    data.mkdir(exist_ok=True)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}"}
    if password is not None:
        environment["REDIS_PASSWORD"] = password
    return subprocess.Popen(
        ["sh", START, "--port", "0", "--unixsocket", str(data / "redis.sock")],
        cwd=data,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def redis_on(programs: Path, data: Path) -> Iterator[Redis]:
    """Redis as compose starts it, killed with -9 at the end."""
    with start_redis(programs, data, PASSWORD) as running:
        try:
            with Redis(
                unix_socket_path=str(data / "redis.sock"),
                password=PASSWORD,
                decode_responses=True,
                retry=Retry(NoBackoff(), 0),
            ) as client:
                deadline = time.monotonic() + DEADLINE_S
                while not ready(client):
                    assert time.monotonic() < deadline, "Redis did not answer"
                    time.sleep(0.01)  # between two looks at a condition
                yield client
        finally:
            running.kill()


def ready(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


def test_redis_keeps_everything_and_lets_nobody_in_without_the_password(
    programs: Path, tmp_path: Path
) -> None:
    with redis_on(programs, tmp_path / "data") as client:
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        stranger = Redis(
            unix_socket_path=str(tmp_path / "data/redis.sock"),
            protocol=2,
            retry=Retry(NoBackoff(), 0),
        )
        with stranger, pytest.raises(RedisError, match="Authentication required"):
            stranger.ping()


def test_the_password_is_not_among_the_arguments(programs: Path, tmp_path: Path) -> None:
    with redis_on(programs, tmp_path / "data") as client:
        pid = client.info("server")["process_id"]
        assert PASSWORD.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_half_a_transaction_does_not_come_back_two_starts_later(
    programs: Path, tmp_path: Path
) -> None:
    # given: a transaction of which only a part reached the file
    data = tmp_path / "data"
    with redis_on(programs, data) as client:
        client.rpush("queue", *"abcdef")
        client.eval(
            "for i = 1, 3 do redis.call('ZADD', 'lease', 1, redis.call('LPOP', 'queue')) end", 0
        )
    (file,) = data.glob("appendonlydir/*.incr.aof")
    written = file.read_bytes()
    file.write_bytes(written[: written.rindex(b"ZADD") + 8])

    # when: Redis starts, takes writes, is killed and starts again
    with redis_on(programs, data) as client:
        assert client.lrange("queue", 0, -1) == list("abcdef")
        client.rpush("queue", "g")

    # then
    with redis_on(programs, data) as client:
        assert client.lrange("queue", 0, -1) == list("abcdefg")
        assert client.zcard("lease") == 0
    (kept,) = (data / "damaged").glob("*.incr.aof")
    assert b"ZADD" in kept.read_bytes()


@pytest.mark.parametrize("password", [None, "", "p@ss", "two words", "quote'"])
def test_a_password_that_cannot_be_in_a_url_is_refused(
    programs: Path, tmp_path: Path, password: str | None
) -> None:
    with start_redis(programs, tmp_path / "data", password) as running:
        _, said = running.communicate(timeout=DEADLINE_S)

    assert running.returncode == 1
    assert "REDIS_PASSWORD: wanted letters, digits, _ and -" in said


def compose(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"]).returncode != 0:
        pytest.skip("docker compose is not installed")
    return subprocess.run(
        [
            docker,
            "compose",
            "--env-file",
            os.devnull,
            "-f",
            ROOT / "docker-compose.yml",
            *arguments,
        ],
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def services() -> dict[str, dict[str, Any]]:
    said = compose("config", "--format", "json", REDIS_PASSWORD=PASSWORD)
    assert said.returncode == 0, said.stderr
    found: dict[str, dict[str, Any]] = json.loads(said.stdout)["services"]
    return found


def test_compose_without_a_password_says_where_to_put_it() -> None:
    said = compose("config", "-q")

    assert said.returncode != 0
    assert "REDIS_PASSWORD" in said.stderr
    assert ".env.example" in said.stderr


def test_compose_runs_the_three_services_for_ever(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {"redis", "poller", "worker"}
    for service in services.values():
        assert service["restart"] == "unless-stopped"
        assert "stop_grace_period" in service


def test_compose_publishes_no_port_and_can_be_scaled(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        assert "ports" not in service
        assert "container_name" not in service


def test_compose_waits_for_a_healthy_redis(services: dict[str, dict[str, Any]]) -> None:
    assert "redis-cli ping" in services["redis"]["healthcheck"]["test"][1]
    for name in ("poller", "worker"):
        service = services[name]
        assert service["depends_on"]["redis"]["condition"] == "service_healthy"
        assert service["environment"]["WIREWATCH_REDIS_URL"] == f"redis://:{PASSWORD}@redis:6379/0"


def test_compose_gives_configuration_and_seeds_read_only(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in ("poller", "worker"):
        mounts = {mount["target"]: mount for mount in services[name]["volumes"]}
        assert mounts["/etc/wirewatch"]["read_only"]
        assert mounts["/seeds"]["read_only"]


def test_the_builder_gets_all_the_wheel_is_made_of() -> None:
    let_through = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }

    assert let_through == {
        *("pyproject.toml", "requirements.lock", "README.md", "LICENSE"),
        *("monitor", "workers", "config", "seeds"),
    }
