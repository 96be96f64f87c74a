"""Data of another version of Wirewatch is left alone, and named."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import doctor, health
from monitor.cli.status import command
from monitor.embedded import Embedded
from monitor.errors import SchemaMismatch
from monitor.model import JOBS
from monitor.store import Store, keys

Until = Callable[..., None]


def test_an_empty_redis_is_ours_and_stays_so(store: Store) -> None:
    for _ in range(2):
        store.check_schema()

    assert store.client.get(keys.schema()) == b"1"


def test_data_from_before_there_was_a_key_for_it_is_of_the_first_schema(store: Store) -> None:
    store.era("first")

    store.check_schema()

    assert store.client.get(keys.schema()) == b"1"


def test_a_newer_schema_is_refused_and_nothing_is_touched(store: Store) -> None:
    # given
    store.client.set(keys.schema(), 2)
    # when
    for _ in range(2):
        with pytest.raises(SchemaMismatch, match=r"newer Wirewatch \(schema 2; this one, .* knows"):
            store.check_schema()
    # then
    assert store.client.keys("*") == [b"ww:schema"]


def test_a_command_on_newer_data_says_so(
    store: Store, embedded: Embedded, monkeypatch: pytest.MonkeyPatch, sample_config: Path
) -> None:
    store.client.set(keys.schema(), 2)
    monkeypatch.setenv("WIREWATCH_REDIS_URL", embedded.url)

    done = CliRunner().invoke(command, ["--config", str(sample_config)])

    assert isinstance(done.exception, SchemaMismatch)


@pytest.mark.parametrize("service", ["poller", "worker"])
def test_a_service_whose_data_is_taken_over_while_it_runs_says_so_and_ends(
    store: Store, embedded: Embedded, sample_config: Path, service: str, until: Until
) -> None:
    # given
    with subprocess.Popen(
        [sys.executable, "-m", "monitor.cli", service, "--config", str(sample_config)],
        env=os.environ | {"WIREWATCH_REDIS_URL": embedded.url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            until(
                lambda: any(beat.service == service for beat in store.beats.present().fresh),
                what=f"the {service} is here",
                within_s=30,
            )
            # when: a newer version has begun its work there
            store.client.set(keys.schema(), 2)
            _, said = running.communicate(timeout=30)
        finally:
            running.kill()
    # then
    assert running.returncode == 2
    (line,) = refusals(said)
    assert "newer Wirewatch (schema 2" in line


def refusals(said: str) -> list[str]:
    """Why, of each line of a log that is nothing but JSON Lines."""
    lines = [json.loads(each) for each in said.splitlines()]
    return [line["reason"] for line in lines if line["event"] == "schema.refused"]


def test_a_worker_whose_data_is_taken_over_ends_with_all_its_children_and_writes_nothing(
    store: Store, embedded: Embedded, sample_config: Path, tmp_path: Path, until: Until
) -> None:
    # given: it serves all queues, one of its children is stopped, and it answers on a port
    with subprocess.Popen(
        [sys.executable, "-m", "monitor.cli", "worker", "--config", str(sample_config)],
        env=os.environ
        | {"WIREWATCH_REDIS_URL": embedded.url, "WIREWATCH_METRICS_LISTEN": "127.0.0.1:0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            until(
                lambda: all(store.view.workers(queue) for queue in JOBS),
                what="a worker of each queue is here",
                within_s=30,
            )
            children = children_of(running.pid)
            assert len(children) >= len(JOBS) + 1
            os.kill(children[0], signal.SIGSTOP)
            # when
            store.client.set(keys.schema(), 2)
            assert running.wait(10) == 2
            before = everything(store)
            said = running.stderr.read() if running.stderr else ""
        finally:
            running.kill()
    # then: nobody is left who could write, and its log says why
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
    (line,) = refusals(said)
    assert "newer Wirewatch (schema 2" in line
    assert everything(store) == before


def children_of(pid: int) -> list[int]:
    """The processes that it has forked."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def everything(store: Store) -> dict[bytes, bytes | None]:
    """What stands in Redis, but for what ends by itself."""
    names = [name for name in store.client.keys("*") if store.client.ttl(name) == -1]
    return {name: store.client.dump(name) for name in names}


def test_health_and_doctor_say_that_the_data_is_of_another_version(
    store: Store, embedded: Embedded, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # given
    store.client.set(keys.schema(), 2)
    monkeypatch.setenv("WIREWATCH_REDIS_URL", embedded.url)
    where = ["--config", str(tmp_path), "--data", str(tmp_path / "var")]
    # when
    asked = CliRunner().invoke(health.command, ["--service", "worker", *where])
    looked = CliRunner().invoke(doctor.command, where)
    # then
    for done in (asked, looked):
        assert done.exit_code == 1
        assert "newer Wirewatch (schema 2" in done.output
    assert "problem  data in Redis: " in looked.output
    assert store.client.keys("*") == [b"ww:schema"]


def test_who_only_looks_writes_no_schema(store: Store) -> None:
    store.look_at_schema()

    assert store.client.keys("*") == []


@pytest.mark.parametrize("service", ["poller", "worker"])
def test_a_service_on_newer_data_says_so_ends_and_touches_nothing(
    store: Store, embedded: Embedded, sample_config: Path, service: str
) -> None:
    # given
    store.client.set(keys.schema(), 2)
    # when
    done = subprocess.run(
        [sys.executable, "-m", "monitor.cli", service, "--config", str(sample_config)],
        env=os.environ | {"WIREWATCH_REDIS_URL": embedded.url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # then
    assert done.returncode == 2
    assert "newer Wirewatch (schema 2" in done.stderr
    assert store.client.keys("*") == [b"ww:schema"]
