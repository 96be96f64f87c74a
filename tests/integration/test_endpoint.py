"""What machines ask a service: real HTTP, the real server, Prometheus' own reader."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request as Call
from urllib.request import urlopen

import pytest
import structlog
from loopback import free_port
from prometheus_client.parser import text_string_to_metric_families
from refusing import REFUSALS, refusing

from monitor.inbound.endpoint import COMMAND_S, STALLED_S, Endpoint
from monitor.inbound.metric_table import METRICS
from monitor.inbound.metrics import Metrics
from monitor.pulse import Pulse
from monitor.store import Beat, Store, keys

BEAT = Beat(
    service="poller", host="h", pid=1, version="1", started=1.0, clock=2.0, ticked_s=0.1, last=9.0
)


@pytest.fixture
def listen() -> str:
    return f"127.0.0.1:{free_port()}"


def get(listen: str, path: str, accept: str = "text/plain") -> tuple[int, str]:
    try:
        call = Call(f"http://{listen}{path}", headers={"Accept": accept})
        with urlopen(call, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


async def asked(
    endpoint: Endpoint, *asks: Callable[[], Any], opened: Callable[[], bool] | None = None
) -> list[Any]:
    """What the asks answer while the endpoint runs."""
    running = asyncio.create_task(endpoint.run())
    host, _, port = endpoint.listen.rpartition(":")

    def reached() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((host, int(port))) == 0

    async with asyncio.timeout(10):
        while not (opened or reached)():
            await asyncio.to_thread(threading.Event().wait, 0.01)
        answers = [await asyncio.to_thread(ask) for ask in asks]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return answers


def endpoint_of(store: Store, listen: str, pulse: Pulse | None = None) -> Endpoint:
    metrics = Metrics(
        service="poller",
        store=store,
        pulse=pulse or Pulse(),
        channels=lambda: ("desk",),
        feeds=lambda: {"ok": 2, "failing": 1},
    )
    return Endpoint(listen=listen, metrics=metrics, log=structlog.get_logger())


def test_every_metric_of_the_table_is_told_and_no_other(store: Store, listen: str) -> None:
    # given
    store.client.hset(keys.counts(), mapping={"articles.new": 3, "articles.admitted": 4})
    store.client.hset(
        keys.dead(), "x", json.dumps({"kind": "article", "id": "x", "reason": "r", "at": "1"})
    )
    store.beats.say(replace(BEAT, behind_s=2.0))
    store.beats.say(replace(BEAT, service="worker", ended={"articles.crash": 1}))
    # when
    ((status, text), (_, openly)) = asyncio.run(
        asked(
            endpoint_of(store, listen),
            lambda: get(listen, "/metrics"),
            lambda: get(listen, "/metrics", "application/openmetrics-text; version=1.0.0"),
        )
    )
    # then
    assert status == 200
    assert openly.endswith("# EOF\n")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert {name.removesuffix("_total") for name in (m.name for m in METRICS)} == set(families)
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families.values()
        for sample in family.samples
    }
    assert samples["wirewatch_articles_total", ("outcome", "new")] == 3
    assert samples["wirewatch_dead_letters", ("kind", "article")] == 1
    assert samples["wirewatch_feeds", ("state", "failing")] == 1
    assert samples[("wirewatch_redis_up",)] == 1
    assert (
        samples["wirewatch_delivery_attempts_total", ("channel", "desk"), ("outcome", "sent")] == 0
    )
    restarts = {k: v for k, v in samples.items() if k[0] == "wirewatch_process_restarts_total"}
    assert list(restarts.values()) == [1]
    for metric in METRICS:
        for sample in families[metric.name.removesuffix("_total")].samples:
            assert set(sample.labels) - {"le"} == set(metric.labels), metric.name


def test_health_is_of_the_loop_and_readiness_of_redis(listen: str) -> None:
    # given: a Redis that nobody serves, and a loop that goes round
    nowhere, pulse = Store("redis://127.0.0.1:1/0"), Pulse()
    # when
    answers = asyncio.run(
        asked(
            endpoint_of(nowhere, listen, pulse),
            *(lambda path=path: get(listen, path) for path in ("/healthz", "/readyz", "/metrics")),
            lambda: get(listen, "/"),
        )
    )
    # then
    assert [status for status, _ in answers] == [200, 503, 200, 404]
    assert "wirewatch_redis_up 0.0" in answers[2][1]
    nowhere.close()


class Stalled(Pulse):
    """Of a loop that has not come round for long."""

    @property
    def age_s(self) -> float:
        return STALLED_S + 1


def test_a_loop_that_stalls_is_told(store: Store, listen: str) -> None:
    ((health, said), (ready, _)) = asyncio.run(
        asked(
            endpoint_of(store, listen, Stalled()),
            lambda: get(listen, "/healthz"),
            lambda: get(listen, "/readyz"),
        )
    )
    assert (health, ready) == (503, 200)
    assert "61" in said


def test_an_address_that_is_taken_is_told_and_stops_nobody(store: Store) -> None:
    with socket.socket() as other, structlog.testing.capture_logs() as logs:
        # given
        other.bind(("127.0.0.1", 0))
        other.listen()
        listen = f"127.0.0.1:{other.getsockname()[1]}"
        # when
        asyncio.run(asked(endpoint_of(store, listen), opened=lambda: bool(logs)))
    # then
    assert [line["event"] for line in logs] == ["endpoint.failed"]
    assert "[metrics] listen" in logs[0]["reason"]


@contextmanager
def hanging() -> Iterator[str]:
    """The address of what takes connections and never answers."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        yield f"redis://127.0.0.1:{silent.getsockname()[1]}/0"


def test_a_redis_that_hangs_is_told_in_time(listen: str) -> None:
    with hanging() as url:
        # given
        store = Store(url, within_s=COMMAND_S)
        began = time.monotonic()
        # when
        (status, text), (ready, said) = asyncio.run(
            asked(
                endpoint_of(store, listen),
                lambda: get(listen, "/metrics"),
                lambda: get(listen, "/readyz"),
            )
        )
    # then
    assert time.monotonic() - began < 2 * 5
    assert (status, ready, said) == (200, 503, "Redis does not answer\n")
    assert "wirewatch_redis_up 0.0" in text
    assert "wirewatch_loop_age_seconds" in text
    assert "wirewatch_build_info" in text


@pytest.mark.parametrize("why", REFUSALS)
def test_a_redis_that_takes_no_writes_is_up_and_not_ready(
    store: Store, listen: str, why: str
) -> None:
    # given
    with refusing(store, why):
        # when
        (_, metrics), (ready, said), (health, _) = asyncio.run(
            asked(
                endpoint_of(store, listen),
                *(
                    lambda path=path: get(listen, path)
                    for path in ("/metrics", "/readyz", "/healthz")
                ),
            )
        )
    # then
    assert (ready, health) == (503, 200)
    assert f"Redis takes no writes: {why}" in said
    assert "wirewatch_redis_up 1.0" in metrics
    assert "wirewatch_redis_writable 0.0" in metrics


class Deserted(Pulse):
    """Of a loop that goes round, one of whose processes has not run for long."""

    @property
    def silent_s(self) -> float:
        return STALLED_S + 1


def test_a_process_that_does_not_run_is_told(store: Store, listen: str) -> None:
    ((health, said),) = asyncio.run(
        asked(endpoint_of(store, listen, Deserted()), lambda: get(listen, "/healthz"))
    )
    assert health == 503
    assert "one of its processes has not run for 61 s" in said
