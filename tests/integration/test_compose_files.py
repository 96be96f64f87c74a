"""The files that ship the product: compose, image, and the script that starts Redis."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from deadline import at_last
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from monitor.embedded import find_server
from monitor.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
START = ROOT / "deploy/valkey/start.sh"
PASSWORD = "open-sesame_1"
DEADLINE_S = 20.0


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with the server and its checker, which are our own server."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("valkey-server", "valkey-check-aof"):
        (folder / name).symlink_to(find_server().path)
    return folder


def start_redis(
    programs: Path, data: Path, password: str | None, **given: str
) -> subprocess.Popen[str]:
    data.mkdir(exist_ok=True)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}"} | given
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
def redis_on(programs: Path, data: Path, user: str | None = None, **given: str) -> Iterator[Redis]:
    """Redis as compose starts it, killed with -9 at the end."""
    with start_redis(programs, data, None if given else PASSWORD, **given) as running:
        try:
            with Redis(
                unix_socket_path=str(data / "redis.sock"),
                username=user,
                password=PASSWORD,
                decode_responses=True,
                retry=Retry(NoBackoff(), 0),
            ) as client:
                assert at_last(lambda: ready(client), within_s=DEADLINE_S), "Redis did not answer"
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


@pytest.fixture
def limited(tmp_path: Path) -> dict[str, str]:
    """The environment of compose: the password in a file, a user who may do little, a bound."""
    (tmp_path / "password").write_text(PASSWORD + "\n")
    return {
        "REDIS_PASSWORD_FILE": str(tmp_path / "password"),
        "REDIS_USERS_FILE": str(ROOT / "deploy/valkey/users.acl"),
        "REDIS_MAXMEMORY": "64mb",
    }


def test_the_password_comes_from_a_file_and_is_that_of_a_user_who_may_do_little(
    programs: Path, tmp_path: Path, limited: dict[str, str]
) -> None:
    with redis_on(programs, tmp_path / "data", user="wirewatch", **limited) as client:
        assert client.info("memory")["maxmemory"] == 64 << 20
        with pytest.raises(RedisError, match=r"(?i)no ?perm"):
            client.flushall()


def test_what_such_a_user_wrote_in_one_step_is_there_after_a_kill(
    programs: Path, tmp_path: Path, limited: dict[str, str]
) -> None:
    # given: a step, which the file holds as a transaction
    data = tmp_path / "data"
    with redis_on(programs, data, user="wirewatch", **limited) as client:
        client.eval(
            "redis.call('SET', KEYS[1], 1) redis.call('SADD', KEYS[2], 1)", 2, "ww:a", "ww:b"
        )
    # when / then: killed with -9 and started again, twice
    for _ in range(2):
        with redis_on(programs, data, user="wirewatch", **limited) as client:
            assert client.get("ww:a") == "1"
            assert client.smembers("ww:b") == {"1"}


def test_a_password_file_that_cannot_be_read_is_said(programs: Path, tmp_path: Path) -> None:
    missing = {"REDIS_PASSWORD_FILE": str(tmp_path / "missing")}
    with start_redis(programs, tmp_path / "data", None, **missing) as running:
        _, said = running.communicate(timeout=DEADLINE_S)

    assert running.returncode == 1
    assert "openssl rand -hex 24 > secrets/redis-password" in said


OURS = ("redis", "poller", "worker")
ALL = (*OURS, "demo", "demo-world", "prometheus", "grafana")
DIGEST_OR_TAG = re.compile(r"(@sha256:[0-9a-f]{64}|:[a-z]*\d+(\.\d+){2}[a-z0-9.-]*|:local)$")


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """As the file has them: anchors and merge keys are YAML's own."""
    read: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(
        (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    )
    return read["services"]


def test_compose_itself_takes_the_file() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"]).returncode != 0:
        pytest.skip("docker compose is not installed")
    done = subprocess.run(
        [docker, "compose", "-f", ROOT / "docker-compose.yml", "--profile", "*", "config", "-q"],
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr


def test_three_services_run_for_ever_and_the_others_are_asked_for(
    services: dict[str, dict[str, Any]],
) -> None:
    assert set(services) == set(ALL)
    for name, service in services.items():
        assert service["restart"] == "unless-stopped"
        assert ("profiles" in service) is (name not in OURS)
    for name in OURS:
        assert "stop_grace_period" in services[name]


def test_every_container_is_pinned_bounded_and_can_do_little(
    services: dict[str, dict[str, Any]],
) -> None:
    for service in services.values():
        assert DIGEST_OR_TAG.search(service["image"]), service["image"]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert {"mem_limit", "cpus", "pids_limit"} <= set(service)
        assert {"max-size", "max-file"} <= set(service["logging"]["options"])
        assert "container_name" not in service  # it can be scaled


def test_the_image_runs_as_nobody_in_particular_from_a_pinned_base() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()

    assert "USER 10001:10001" in lines
    for line in lines:
        if line.startswith("FROM"):
            assert re.match(r"FROM python:\d+\.\d+\.\d+-slim-[a-z]+( AS build)?$", line), line


def test_the_image_that_ships_has_no_file_that_lends_rights() -> None:
    *_, final = (ROOT / "Dockerfile").read_text(encoding="utf-8").split("FROM ")
    bits_go, user = final.index("-perm /6000"), final.index("USER 10001")

    assert "chmod a-s" in final[bits_go:user]
    assert "USER" not in final[user + len("USER") :]


def scanned(tmp_path: Path, user: str, *lending: str, **files: str) -> tuple[int, str]:
    """What `scan-image.sh` says of an image with these files, by a tool that only has this one."""
    root = tmp_path / "root"
    for name in ("usr/bin/dash", "usr/bin/python", *files.values(), *lending):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch(mode=0o755)
    for name in lending:
        (root / name).chmod(0o4755)
    (root / "usr/bin/sh").symlink_to("dash")
    tool = tmp_path / "tool"
    tool.write_text(
        "#!/bin/sh\n"
        f'echo "$1" >> {tmp_path}/asked\n'
        f"case $1 in image) echo '{user}' ;; create) echo c1 ;;"
        f" export) tar -C {root} -cf - . ;; esac\n"
    )
    tool.chmod(0o755)
    done = subprocess.run(
        ["sh", ROOT / "deploy/scan-image.sh", "wirewatch:1"],
        env={"PATH": os.environ["PATH"], "CONTAINER_TOOL": str(tool)},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert (tmp_path / "asked").read_text().split() == ["image", "create", "export", "rm"]
    return done.returncode, done.stdout + done.stderr


def test_a_clean_image_passes_and_its_shells_are_named(tmp_path: Path) -> None:
    code, said = scanned(tmp_path, "10001:10001")

    assert code == 0
    assert "shells: ./usr/bin/" in said
    assert "./usr/bin/sh" in said
    assert "nothing amiss" in said


def test_what_an_image_should_not_hold_is_named(tmp_path: Path) -> None:
    code, said = scanned(
        tmp_path,
        "",
        "usr/bin/su",
        compiler="usr/bin/gcc",
        lists="var/lib/apt/lists/deb.debian.org_InRelease",
        wheels="root/.cache/pip/http/a",
    )

    assert code == 1
    for amiss in ("runs as root", "setuid or setgid: ./usr/bin/su", "compilers: ./usr/bin/gcc"):
        assert amiss in said
    bare = said.replace("./", "")
    assert "_InRelease root/.cache/pip" in bare or "/a var/lib/apt" in bare


def test_a_user_by_name_is_refused(tmp_path: Path) -> None:
    code, said = scanned(tmp_path, "wirewatch")

    assert (code, "by name" in said) == (1, True)


def test_no_port_is_published_but_dashboards_to_this_machine(
    services: dict[str, dict[str, Any]],
) -> None:
    for name, service in services.items():
        for port in service.get("ports", ()):
            assert name in ("prometheus", "grafana")
            assert port.startswith("127.0.0.1:")


def test_redis_is_on_a_network_that_leads_nowhere(services: dict[str, dict[str, Any]]) -> None:
    read = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))

    assert services["redis"]["networks"] == ["store"]
    assert read["networks"]["store"] == {"internal": True}


def test_health_is_asked_of_the_service_itself(services: dict[str, dict[str, Any]]) -> None:
    assert "--user health" in services["redis"]["healthcheck"]["test"][1]
    for name in ("poller", "worker"):
        asked = services[name]["healthcheck"]["test"]
        assert asked[:5] == ["CMD", "wirewatch", "health", "--service", name]
        assert services[name]["depends_on"]["redis"]["condition"] == "service_healthy"


def test_the_password_is_a_file_and_no_variable(services: dict[str, dict[str, Any]]) -> None:
    for name in ("poller", "worker"):
        environment = services[name]["environment"]
        assert environment["WIREWATCH_REDIS_PASSWORD"] == "file:/run/secrets/redis-password"
        assert services[name]["secrets"] == ["redis-password"]
        assert all(mount.endswith(":ro") for mount in services[name]["volumes"])
    assert "PASSWORD" not in (ROOT / ".env.example").read_text(encoding="utf-8")


def test_the_demonstration_has_a_configuration_that_loads() -> None:
    settings = load(ROOT / "deploy/demo/config", {})

    assert {channel.type for channel in settings.channels.values()} == {
        *("console", "email", "webhook"),
    }
    assert len(settings.watches) == 3


def test_prometheus_finds_every_service_and_grafana_its_dashboard(
    services: dict[str, dict[str, Any]],
) -> None:
    # given
    deploy = ROOT / "deploy"
    prometheus = yaml.safe_load((deploy / "prometheus/prometheus.yml").read_text())
    (source,) = yaml.safe_load(
        (deploy / "grafana/provisioning/datasources/prometheus.yml").read_text()
    )["datasources"]
    (provider,) = yaml.safe_load(
        (deploy / "grafana/provisioning/dashboards/wirewatch.yml").read_text()
    )["providers"]
    # then
    (job,) = prometheus["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    assert (job["job_name"], found["names"]) == ("wirewatch", ["poller", "worker"])
    for name in found["names"]:
        listen = services[name]["environment"]["WIREWATCH_METRICS_LISTEN"]
        assert listen.endswith(f":{found['port']}")
        assert set(services[name]["networks"]) & set(services["prometheus"]["networks"])
    assert all((deploy / "prometheus" / file).exists() for file in prometheus["rule_files"])
    assert source["url"] == "http://prometheus:9090"
    mounts = [mount.split(":") for mount in services["grafana"]["volumes"]]
    folder = next(here for here, there, *_ in mounts if there == provider["options"]["path"])
    assert (ROOT / folder / "wirewatch.json").exists()


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
