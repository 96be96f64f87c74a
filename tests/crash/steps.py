"""The kinds of work, each as a process of its own that ends when there is nothing left."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor import telemetry
from monitor.app import Desk, now
from monitor.channels import CHANNELS
from monitor.lexicon import Knowledge
from monitor.model import FullText, Source, Timing, Watch
from monitor.net import Client
from monitor.poller.feeds import FeedPoll
from monitor.poller.seeds import SeedReader
from monitor.settings import ChannelSettings
from monitor.sources.childpage import PageReader
from monitor.sources.childparse import Parser
from monitor.store import Store
from workers.deliver import Deliver
from workers.emerging import Emergence
from workers.page import ReadPages
from workers.process import Process
from workers.release import Release
from workers.runtime import guarded, guarded_page, guarded_send
from workers.silence import Silence
from workers.upkeep import Upkeep
from workers.vitals import Vitals

WORKER = "the-worker"
WATCH = Watch(id="drones", title="Drones", when="drone", notify=("hook",))
EMERGING = Watch(id="emerging", title="What emerges", emerging=True, notify=("desk",))
EMERGED = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
AT_ONCE = Timing()
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__, "standardwebhooks.webhooks"])
"""There are thousands of these processes: each is forked of one that has read this file, and the
grammar of watches, beforehand.
"""

Desk.of((WATCH,), Knowledge.of((), (), ()))


def quiet() -> None:
    telemetry.set_up(level="error", format_="json")


def poll_seeds(url: str, folder: str) -> None:
    quiet()
    log = telemetry.logger()
    SeedReader(store=Store(url), now=now, room=lambda: None, log=log).read_all([Path(folder)])


def poll_feed(url: str, feed: str, full_text: FullText = FullText.NEVER) -> None:
    quiet()
    asyncio.run(_poll_feed(url, feed, full_text))


async def _poll_feed(url: str, feed: str, full_text: FullText) -> None:
    from ipaddress import ip_network

    source = Source(id="harbour", url=feed, interval=timedelta(0), full_text=full_text)
    async with Client(allow=(ip_network("127.0.0.0/8"),)) as client, Parser() as parser:
        poll = FeedPoll(
            store=Store(url), client=client, parser=parser, now=now, log=telemetry.logger()
        )
        await poll.poll(source)


def read_pages(url: str) -> None:
    quiet()
    asyncio.run(_read_pages(url))


async def _read_pages(url: str) -> None:
    from ipaddress import ip_network

    async with Client(allow=(ip_network("127.0.0.0/8"),)) as client, PageReader() as reader:
        pages = ReadPages(
            store=Store(url),
            client=client,
            reader=reader,
            worker=WORKER,
            now=now,
            guard=guarded_page,
            log=telemetry.logger(),
        )
        while await pages.fill() or pages.under_way:
            await pages.under_way.reap(5)


def judge(url: str, watch: Watch = WATCH) -> None:
    quiet()
    process = Process(
        desk=Desk.of((watch,), Knowledge.of((), (), ())),
        store=Store(url),
        worker=WORKER,
        now=now,
        guard=guarded(Vitals()),
        log=telemetry.logger(),
    )
    while process.cycle():
        pass


def deliver(url: str, hook: str) -> None:
    quiet()
    asyncio.run(_deliver(url, "webhook", url=hook, secret=SECRET))


def record(url: str, path: str) -> None:
    """Deliver to a file what is for the channel."""
    quiet()
    asyncio.run(_deliver(url, "file", path=path))


async def _deliver(redis_url: str, kind_: str, **given: str) -> None:
    from ipaddress import ip_network

    kind = CHANNELS[kind_]
    config = kind.config.model_validate({"type": kind_, **given})
    channel = kind.open_channel("hook", config, allow=(ip_network("127.0.0.0/8"),), contact="")
    settings = ChannelSettings(name="hook", type=kind_, config=config, fingerprint="f")
    work = Deliver(
        store=Store(redis_url),
        channels={"hook": channel},
        settings={"hook": settings},
        worker=WORKER,
        now=now,
        guard=guarded_send,
        log=telemetry.logger(),
    )
    while await work.fill() or work.under_way:
        await work.under_way.reap(5)
    await channel.close()


def upkeep(url: str) -> None:
    quiet()
    Upkeep(store=Store(url), now=now, log=telemetry.logger()).run()


def look(url: str) -> None:
    """What a supervisor does every minute: tell what emerges."""
    quiet()
    Emergence(
        store=Store(url),
        watches=lambda: (EMERGING,),
        timings={},
        worker=f"emerging.{os.getpid()}",
        now=lambda: EMERGED,
        log=telemetry.logger(),
    ).run()


def bury(url: str) -> None:
    """What a supervisor does when it reaps a child: give back, and say it has left."""
    quiet()
    store = Store(url)
    for work in (store.articles, store.pages, store.deliveries):
        work.give_back(WORKER, "crash", now())
        work.leave(WORKER)


def release(url: str, after: timedelta, timing: Timing = AT_ONCE) -> None:
    """What a supervisor does every second, so much later: gathered alerts become digests."""
    quiet()
    Release(
        store=Store(url),
        timings={"hook": timing},
        sources=(),
        now=lambda: now() + after,
        log=telemetry.logger(),
    ).run()


def notice_silence(url: str, watch: Watch, after: timedelta) -> None:
    """What a supervisor does twice a minute: see which watches find too little."""
    quiet()
    Silence(
        store=Store(url),
        watches=(watch,),
        timings={},
        sources=(),
        worker="the-supervisor",
        now=lambda: now() + after,
        log=telemetry.logger(),
    ).run()
