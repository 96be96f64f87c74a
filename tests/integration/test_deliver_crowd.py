"""Delivery with real parts: however many channels are slow, a quick one is served at once."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest
from delivering import Silent, delivering, until, webhook
from loopback import LoopbackHttp
from outbox_filled import wait_in_line

from monitor.channels import CHANNELS
from monitor.model import DELIVERIES
from monitor.store import Store, keys
from workers.breaker import SHARE

pytestmark = pytest.mark.usefixtures("quiet")

MANY = 80


@pytest.mark.parametrize(("channels", "each"), [(5, 100), (MANY, 20)])
def test_however_many_channels_are_slow_a_quick_one_is_served_at_once(
    store: Store, channels: int, each: int
) -> None:
    # given: a long row for channels that take for ever, and one that lives behind all of it
    async def go(web: LoopbackHttp) -> tuple[float, float]:
        slow = {f"slow{number}": Silent() for number in range(channels)}
        living = {name: webhook(name, web.url("/hook")) for name in ("living", "late")}
        deliver = delivering(store, **living, **slow)
        for name in slow:
            wait_in_line(store, name, each)
        wait_in_line(store, "living", 20)

        # when
        behind_s = await until(deliver, lambda: len(web.requests) == 20)
        put_off = lambda: store.client.llen(keys.rq_queue(DELIVERIES)) == 0  # noqa: E731
        await until(deliver, put_off)
        wait_in_line(store, "late", 40)
        after_s = await until(deliver, lambda: len(web.requests) == 60)

        # then: each slow one has something, and none more than its share
        assert all(1 <= each.most <= SHARE for each in slow.values())
        await deliver.under_way.end()
        for channel in living.values():
            await channel.close()
        return behind_s, after_s

    with LoopbackHttp({"/hook": (204, {}, b"")}) as web:
        behind_s, after_s = asyncio.run(go(web))

    # then
    assert behind_s < 4
    assert after_s < 2


@pytest.fixture
def full_stdout(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Standard output is a pipe that nobody reads, as of `wirewatch run | less`."""
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    try:
        while True:
            os.write(theirs, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(theirs, True)
    stream = os.fdopen(theirs, "w")
    monkeypatch.setattr(sys, "stdout", stream)
    yield
    os.close(ours)  # who is still writing hears of it
    with suppress(BrokenPipeError):
        stream.close()


def test_a_console_that_nobody_reads_holds_up_no_other(store: Store, full_stdout: None) -> None:
    kind = CHANNELS["console"]
    config = kind.config.model_validate({"format": "json"})
    console = kind.open_channel("con", config, allow=(), contact="")

    async def go(web: LoopbackHttp) -> float:
        deliver = delivering(store, con=console, living=webhook("living", web.url("/hook")))
        wait_in_line(store, "con", 40)
        wait_in_line(store, "living", 5)
        took_s = await until(deliver, lambda: len(web.requests) == 5, within_s=10)
        await deliver.under_way.end()
        for channel in deliver.channels.values():
            await channel.close()
        return took_s

    with LoopbackHttp({"/hook": (204, {}, b"")}) as web:
        assert asyncio.run(go(web)) < 2
