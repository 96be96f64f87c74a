"""`wirewatch status`: how it goes, for people and for machines."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from refusing import REFUSALS, refusing
from rich.console import Console

from monitor import __version__
from monitor.channels.trial import trial
from monitor.cli.overview import overview
from monitor.cli.overview_table import fitted
from monitor.cli.status import command
from monitor.embedded import Embedded
from monitor.model import DeliveryState
from monitor.queues import delivery_of
from monitor.settings import load
from monitor.store import Beat, Store, keys
from monitor.store.beats import Sample

ROOT = Path(__file__).parents[2]
BEAT = Beat(
    service="poller",
    host="h",
    pid=1,
    version=__version__,
    started=1000.0,
    clock=1300.0,
    ticked_s=0.1,
)


@pytest.fixture
def config(tmp_path: Path, embedded: Embedded) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "monitor.toml").write_text(f'[redis]\nurl = "{embedded.url}"\n')
    (folder / "feeds.toml").write_text(
        '[source.good]\nurl = "https://a.example/"\n[source.bad]\nurl = "https://b.example/"\n'
    )
    (folder / "watchlist.toml").write_text('[watch.old]\nwhen = "drone"\nuntil = 2020-01-01\n')
    return folder


def situation(store: Store) -> None:
    """A poller, a worker that is lost, work done and a letter set aside."""
    store.beats.say(replace(BEAT, behind_s=90.0))
    now = store.beats.present().now
    lost = replace(BEAT, service="worker", pid=2, version="0.0", at=now - 100)
    store.client.hset(keys.beats(), lost.instance, msgspec.json.encode(lost))
    store.client.hset(keys.counts(), mapping={"articles.new": 100, "articles.copy": 20})
    sample = Sample(at=now - 360, counts={"articles.new": 60})
    store.client.hset(keys.samples(), "1", msgspec.json.encode(sample))
    letter = {"kind": "delivery", "id": "x", "reason": "no", "at": "1"}
    store.client.hset(keys.dead(), "x", json.dumps(letter))
    at = datetime.now(UTC) - timedelta(hours=2)
    _, alert = trial("desk", at)
    store.sources.put("good", version=0, state={}, seen=(), articles=(), now=at, alerts=(alert,))
    record = {"failures": 3, "error": "the server answered 503"}
    store.client.hset(keys.source("bad"), "record", json.dumps(record))


def test_it_is_told_to_machines_in_one_line(store: Store, config: Path) -> None:
    # given
    situation(store)
    # when
    done = CliRunner().invoke(command, ["--config", str(config), "--json"])
    # then
    seen: dict[str, Any] = json.loads(done.stdout)
    assert [(s["service"], s["state"][:12]) for s in seen["services"]] == [
        ("poller", "here"),
        ("worker", "not heard of"),
    ]
    assert seen["services"][0]["up_s"] == 300
    assert 9.5 <= seen["rates"]["articles_min"] <= 10.1
    assert (seen["rates"]["alerts_hour"], seen["rates"]["alerts_day"]) == (0, 1)
    assert seen["queues"]["deliveries"]["waiting"] == 1
    assert [letter["id"] for letter in seen["dead"]] == ["x"]
    assert seen["counts"]["articles.new"] == 100
    assert seen["resting"] == {"old": seen["resting"]["old"]}
    assert [feed["source"] for feed in seen["failing"]] == ["bad"]
    assert seen["alerts"][0]["title"] == "Test"


def test_a_channel_that_does_not_take_its_deliveries_is_named_with_what_it_said(
    store: Store, config: Path
) -> None:
    # given: two channels; one was down, the other has not been tried, as it is at its share
    at = datetime.now(UTC)
    for channel in ("chat", "hook"):
        _, alert = trial(channel, at)
        store.sources.put(
            channel, version=0, state={}, seen=(), articles=(), now=at, alerts=(alert,)
        )
    chat, hook = sorted(
        store.deliveries.take("w", "t", 2), key=lambda job: delivery_of(job.data)[2]
    )
    delivery, about, channel = delivery_of(chat.data)
    store.outbox.begin("w", chat.id, "t", delivery=delivery, about=about, now=at)
    store.outbox.settle(
        *("w", chat.id, delivery),
        token="t",
        channel=channel,
        state=DeliveryState.PENDING,
        answer="no connection to 127.0.0.1 port 9: connection refused",
        now=at,
        after=timedelta(seconds=90),
    )
    store.deliveries.put_off("w", {hook.id: 60.0})
    # when
    done = CliRunner().invoke(command, ["--config", str(config)])
    machine = CliRunner().invoke(command, ["--config", str(config), "--json"])
    # then
    shown = " ".join(done.output.split())
    assert "0 waiting, 0 under way, 2 to be tried again" in shown
    assert "again chat 1, next " in shown
    assert ": no connection to 127.0.0.1 port 9: connection refused" in shown
    assert "again hook 1, next " in shown
    assert [
        (each["channel"], each["deliveries"]) for each in json.loads(machine.stdout)["retrying"]
    ] == [("hook", 1), ("chat", 1)]


def test_people_see_first_what_needs_somebody(store: Store, config: Path) -> None:
    # given
    situation(store)
    # when
    done = CliRunner().invoke(command, ["--config", str(config)])
    # then
    for words in (
        f"Wirewatch {__version__}, Valkey",
        "90 s behind with its polls",
        "not heard of for 1",
        "none is here",
        "10 articles a minute",
        "0 in the last hour, 1 in the last day",
        "bad: the server answered 503",
        "1 set aside: `wirewatch dead list` shows them",
        "Test of the channel desk",
    ):
        assert words in done.stderr, (words, done.stderr)
    assert done.stdout == ""


def test_a_queue_that_nobody_serves_is_marked(store: Store, config: Path) -> None:
    # given: a worker that serves deliveries alone, and refuses its files; one it took the place of
    now = store.beats.present().now
    worker = replace(BEAT, service="worker", started=now - 50, clock=now)
    store.beats.say(replace(worker, config_refused=now))
    killed = replace(worker, pid=7, started=now - 900, clock=now - 100, at=now - 100)
    store.client.hset(keys.beats(), killed.instance, msgspec.json.encode(killed))
    store.deliveries.attend("w", host="h", pid=1, state="idle", now=datetime.now(UTC))
    # when
    done = CliRunner().invoke(command, ["--config", str(config)])
    # then
    assert "nobody serves articles: `wirewatch worker --queue articles`" in done.stderr
    assert "nobody serves pages" in done.stderr
    assert "nobody serves deliveries" not in done.stderr
    assert "refuses what its configuration says" in done.stderr
    assert "not heard of" not in done.stderr


@pytest.mark.parametrize("height", [24, 14])
def test_a_small_screen_keeps_the_last_alerts(store: Store, config: Path, height: int) -> None:
    # given: many feeds fail, and many services were lost
    situation(store)
    feeds = "".join(f'[source.f{n}]\nurl = "https://{n}.example/"\n' for n in range(20))
    (config / "feeds.toml").write_text(feeds)
    record = json.dumps({"failures": 3, "error": "the server answered 503 " * 20})
    for number in range(20):
        store.client.hset(keys.source(f"f{number}"), "record", record)
        store.beats.say(replace(BEAT, host=f"h{number}"))
    seen = overview(store, load(config), datetime.now(UTC))
    console = Console(width=80, height=height, file=io.StringIO())
    # when
    console.print(fitted(seen, datetime.now(UTC), console))
    # then
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]  # given above
    assert len(lines) <= height
    assert "Test of the channel desk" in lines[-1]
    assert any("more, which have no room here" in line for line in lines)
    assert lines[0].startswith("Wirewatch")


@pytest.mark.parametrize("why", REFUSALS)
def test_a_redis_that_takes_no_writes_is_told_and_the_rest_is_shown(
    store: Store, config: Path, why: str
) -> None:
    # given
    situation(store)
    # when
    with refusing(store, why):
        done = CliRunner().invoke(command, ["--config", str(config)])
    # then
    assert done.exit_code == 0, done.output
    assert f"Redis takes no writes: {why}" in done.stderr
    assert "Test of the channel desk" in done.stderr


def test_it_goes_on_showing_until_told_to_end(store: Store, config: Path) -> None:
    words = ["status", "--config", str(config), "--watch", "--json", "--every", "0.2"]
    with subprocess.Popen(
        [sys.executable, "-m", "monitor.cli", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        lines = [json.loads(running.stdout.readline()) for _ in range(2)]
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 0
        assert running.stderr.read() == ""
    assert {line["version"] for line in lines} == {__version__}
