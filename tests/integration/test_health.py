"""`wirewatch health`: a line and an exit code, quickly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from monitor.cli.address import redis_url
from monitor.cli.health import command
from monitor.embedded import Embedded
from monitor.model import Article
from monitor.settings import load
from monitor.store import Beat, Store, keys
from monitor.store.beats import own_host
from monitor.store.redis import rq_time

BEAT = Beat(
    service="worker",
    host=own_host(),
    pid=1,
    version="1",
    started=1.0,
    clock=2.0,
    ticked_s=0.1,
    ended={"articles.crash": 0, "deliveries.crash": 0},
)


def health(tmp_path: Path, url: str, *arguments: str, service: str = "worker") -> tuple[int, str]:
    where = ["--config", str(tmp_path), "--data", str(tmp_path / "var")]
    done = CliRunner(env={"WIREWATCH_REDIS_URL": url}).invoke(
        command, ["--service", service, *where, *arguments]
    )
    return done.exit_code, done.output


def test_a_service_that_is_here_and_not_late_is_well(
    tmp_path: Path, store: Store, embedded: Embedded
) -> None:
    store.beats.say(BEAT)
    assert health(tmp_path, embedded.url) == (0, "worker: ok\n")


def test_what_ails_a_service_is_said_in_a_line(
    tmp_path: Path, store: Store, embedded: Embedded, article: Callable[..., Article]
) -> None:
    # nobody was ever here
    assert health(tmp_path, embedded.url)[0] == 1
    # the loop stalls
    store.beats.say(replace(BEAT, ticked_s=99.0))
    code, said = health(tmp_path, embedded.url)
    assert (code, "has not come round for 99 s" in said) == (1, True), said
    # it was not heard of for long
    silent = replace(BEAT, at=store.beats.present().now - 100)
    store.client.hset(keys.beats(), silent.instance, msgspec.json.encode(silent))
    code, said = health(tmp_path, embedded.url)
    assert (code, "not been heard of for 100 s" in said) == (1, True), said
    # a process of it was stopped, or is stuck
    store.beats.say(replace(BEAT, silent_s=25.0, still_s=26.0))
    code, said = health(tmp_path, embedded.url)
    assert (code, "one of its processes has not run for 25 s" in said) == (1, True), said
    store.beats.say(replace(BEAT, still_s=130.0))
    code, said = health(tmp_path, embedded.url)
    assert (code, "not gone round its loop for 130 s" in said) == (1, True), said
    # it is late
    store.beats.say(BEAT)
    old = datetime.now(UTC) - timedelta(hours=1)
    store.sources.put("s", version=0, state={}, seen=(), articles=(article(),), now=old)
    code, said = health(tmp_path, embedded.url)
    assert (code, "the oldest article has waited for 3" in said) == (1, True), said
    assert health(tmp_path, embedded.url, "--lag", "2h") == (0, "worker: ok\n")
    # a poller is late with its polls
    store.beats.say(replace(BEAT, service="poller", behind_s=1000.0))
    code, said = health(tmp_path, embedded.url, service="poller")
    assert (code, "first poll that is due" in said) == (1, True), said


def dead(store: Store, pid: int, *, started: float, clock: float) -> None:
    """One that was killed: silent for long enough, and still remembered."""
    silent = replace(
        BEAT, pid=pid, started=started, clock=clock, at=store.beats.present().now - 100
    )
    store.client.hset(keys.beats(), silent.instance, msgspec.json.encode(silent))


def test_a_dead_service_is_not_hidden_by_a_living_one_of_its_machine(
    tmp_path: Path, store: Store, embedded: Embedded
) -> None:
    # given: two that ran side by side, one of which was killed
    dead(store, 7, started=10.0, clock=100.0)
    store.beats.say(replace(BEAT, pid=8, started=20.0, clock=200.0))
    # then
    code, said = health(tmp_path, embedded.url)
    assert (code, "process 7: it has not been heard of for 100 s" in said) == (1, True), said
    assert health(tmp_path, embedded.url, "--pid", "8") == (0, "worker: ok\n")
    assert health(tmp_path, embedded.url, "--pid", "9")[0] == 1
    # and when: another is started in its place
    store.beats.say(replace(BEAT, pid=9, started=110.0, clock=200.0))
    assert health(tmp_path, embedded.url) == (0, "worker: ok\n")


def test_a_container_that_was_killed_again_and_again_is_judged_by_its_last_run(
    tmp_path: Path, store: Store, embedded: Embedded
) -> None:
    dead(store, 7, started=10.0, clock=100.0)
    dead(store, 8, started=110.0, clock=150.0)
    assert "process 8" in health(tmp_path, embedded.url)[1]

    store.beats.say(replace(BEAT, pid=9, started=160.0, clock=200.0))

    assert health(tmp_path, embedded.url) == (0, "worker: ok\n")


def test_a_worker_is_late_with_the_queues_that_it_serves(
    tmp_path: Path, store: Store, embedded: Embedded, article: Callable[..., Article]
) -> None:
    # given: an old article and an old delivery
    old = datetime.now(UTC) - timedelta(hours=1)
    store.sources.put("s", version=0, state={}, seen=(), articles=(article(),), now=old)
    job = keys.rq_job("d")
    store.client.rpush(keys.rq_queue("deliveries"), "d")
    store.client.hset(job, "enqueued_at", rq_time(old))
    # then
    for queue, noun in (("articles", "article"), ("deliveries", "delivery")):
        store.beats.say(replace(BEAT, ended={f"{queue}.crash": 0, f"{queue}.recycle": 0}))
        code, said = health(tmp_path, embedded.url)
        assert code == 1
        assert said.startswith(f"worker: the oldest {noun} has waited for 3"), said
        assert ";" not in said
    # and: a page may take a quarter of an hour anyway
    store.beats.say(replace(BEAT, ended={"pages.crash": 0}))
    assert health(tmp_path, embedded.url) == (0, "worker: ok\n")


def test_a_redis_that_is_away_and_none_at_all_are_told(tmp_path: Path) -> None:
    code, said = health(tmp_path, "redis://:hush@127.0.0.1:1/0")
    assert (code, "Redis does not answer" in said, "hush" in said) == (1, True, False)
    code, said = health(tmp_path, "")
    assert (code, "nothing runs on" in said) == (1, True)


def test_a_time_that_is_none_is_refused(tmp_path: Path) -> None:
    code, said = health(tmp_path, "", "--lag", "soon")
    assert code == 2
    assert '"15m"' in said


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("", {}),
        ('[redis]\nurl = "redis://a:1/0"\n', {}),
        ('[redis]\nurl = "env:THERE"\n', {"THERE": "redis://b:1/0"}),
        ('[redis]\nurl = "file:{path}"\n', {}),
        ('[redis]\nurl = "redis://a:1/0"\n', {"WIREWATCH_REDIS_URL": "redis://c:1/0"}),
        ('[redis]\nurl = "redis://a:1/0"\n', {"WIREWATCH_REDIS_URL": ""}),
        ("", {"WIREWATCH_REDIS_URL": "env:THERE", "THERE": "redis://d:1/0"}),
    ],
)
def test_the_address_is_the_one_that_the_settings_have(
    tmp_path: Path, text: str, environment: Mapping[str, str]
) -> None:
    (tmp_path / "url").write_text("redis://e:1/0\n")
    (tmp_path / "monitor.toml").write_text(text.format(path=tmp_path / "url"))
    assert redis_url(tmp_path, environment) == load(tmp_path, environment).redis_url
