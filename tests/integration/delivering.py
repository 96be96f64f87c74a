"""Delivering in the test's own process: to real channels, and to one that never answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network

import structlog

from monitor.app import now
from monitor.channels import CHANNELS, Channel
from monitor.model import Delivery, Later, Message, Receipt
from monitor.settings import ChannelSettings
from monitor.store import Store
from workers.deliver import Deliver
from workers.runtime import guarded_send

LOOPBACK = (ip_network("127.0.0.0/8"),)


def webhook(name: str, url: str) -> Channel:
    kind = CHANNELS["webhook"]
    config = kind.config.model_validate({"url": url, "secret": "s"})
    return kind.open_channel(name, config, allow=LOOPBACK, contact="")


class Silent:
    """A channel that never answers, until it is let go."""

    def __init__(self) -> None:
        self.called = 0
        self.most = 0
        self.over = asyncio.Event()

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        self.called += 1
        self.most = max(self.most, self.called)
        await self.over.wait()
        return Later(answer="let go", after=timedelta(hours=1))

    def draft(self, delivery: Delivery, message: Message) -> str:
        return ""

    async def close(self) -> None:
        return None


def delivering(store: Store, **channels: Channel) -> Deliver:
    config = CHANNELS["console"].config.model_validate({})
    return Deliver(
        store=store,
        channels=channels,
        settings={
            name: ChannelSettings(name=name, type="console", config=config, fingerprint="f")
            for name in channels
        },
        worker="d1",
        now=now,
        guard=guarded_send,
        log=structlog.get_logger(),
    )


async def until(deliver: Deliver, done: Callable[[], bool], within_s: float = 30) -> float:
    """Deliver until it is done; how long it took."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < within_s
        if not await deliver.fill():
            await deliver.under_way.reap(0.05)
        await deliver.under_way.reap(0)
    return time.monotonic() - began
