"""What a claim costs as stories grow in number, and what happens when copies are raced."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier

import redis

from monitor.dedupe import Keys, Marks, Print, Sketch
from monitor.dedupe.sketches import FULL_BANDS, LEAD_BANDS
from monitor.model import Article, digest
from monitor.store import Asked, Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHINGLES = 400
BATCH = 100
"""Claims a trip, as a take has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU an article (us) at a number of stories, and memory a story (bytes)."""

    stories: int
    server_us: float
    client_us: float
    story_bytes: float


def a_print(draw: random.Random, bands: int) -> Print:
    """The print of a text that nobody else has."""
    facts = tuple(sorted(draw.randrange(65_536) for _ in range(20)))
    return Print(slots=draw.randbytes(128), size=SHINGLES, facts=facts, banded=bands)


def near(one: Print, draw: random.Random) -> Print:
    """The print of a near copy: one slot in seven differs."""
    slots = bytearray(one.slots)
    for at in range(0, len(slots), 2):
        if draw.random() < 0.15:
            slots[at : at + 2] = draw.randbytes(2)
    return replace(one, slots=bytes(slots))


def a_sketch(draw: random.Random) -> Sketch:
    """The sketch of a text that nobody else has."""
    return Sketch(full=a_print(draw, FULL_BANDS), lead=a_print(draw, LEAD_BANDS))


def asked(name: str, sketch: Sketch, draw: random.Random) -> Asked:
    """An article with an address of usual length and features of usual rarity."""
    url = f"https://paper.example/2026/03/01/what-happened-in-the-harbour-{name}"
    article = Article(
        id=name, source="bench", title="What happened in the harbour today", url=url, fetched=NOW
    )
    key = digest(name)
    features = tuple(f"{draw.randrange(50_000) * 85_899:08x}" for _ in range(10))
    keys = Keys(ref=article.ref, url=url, text=key, shared=key)
    return Asked(
        article=article, marks=Marks(keys=keys, sketch=sketch, features=features, length=400)
    )


def server_us(client: redis.Redis) -> float:
    """CPU the server has used."""
    used = client.info("cpu")
    return float(used["used_cpu_user"] + used["used_cpu_sys"]) * 1e6


def grow(store: Store, sizes: Sequence[int], share: float = 0.1) -> Iterator[Cost]:
    """Claim until there are so many, one in ten a near copy; the cost of the last tenth."""
    draw, client = random.Random(5), store.client
    empty = client.info("memory")["used_memory"]
    recent: list[Sketch] = []
    done = copies = 0

    def batch(count: int) -> list[Asked]:
        nonlocal copies
        made = []
        for number in range(count):
            if recent and draw.random() < share:
                copies += 1
                old = draw.choice(recent)
                sketch = Sketch(full=near(old.full, draw), lead=near(old.lead, draw))
            else:
                sketch = a_sketch(draw)
                recent.append(sketch)
                del recent[:-5_000]
            made.append(asked(f"{done + number}", sketch, draw))
        return made

    for size in sizes:
        server = client_s = measured = 0.0
        while done < size:
            each = batch(min(BATCH, size - done))
            counts = done >= size * 0.9
            before, began = (server_us(client) if counts else 0.0), time.process_time()
            store.judging.claims(each, NOW)
            if counts:
                client_s += time.process_time() - began
                server += server_us(client) - before
                measured += len(each)
            done += len(each)
        used = client.info("memory")["used_memory"] - empty
        yield Cost(
            stories=done - copies,
            server_us=server / measured,
            client_us=client_s / measured * 1e6,
            story_bytes=used / (done - copies),
        )


def _racer(url: str, who: int, pairs: int, start: Barrier, answers: object) -> None:
    store, told = Store(url), []
    draw = random.Random(9)
    founders = [a_sketch(draw) for _ in range(pairs)]
    mine = random.Random(who)
    # Workers 0 and 1 have the two copies of one half, 2 and 3 those of the other.
    numbers = range(who // 2 * pairs // 2, (who // 2 + 1) * pairs // 2)
    each = [
        asked(
            f"{who}-{number}",
            Sketch(full=near(founders[number].full, mine), lead=near(founders[number].lead, mine)),
            mine,
        )
        for number in numbers
    ]
    start.wait(120)
    for one in each:
        told.append(store.judging.claims((one,), NOW)[0].story)
    answers.put((who, told))  # type: ignore[attr-defined]  # a queue
    store.close()


def race(url: str, pairs: int) -> int:
    """Pairs of copies taken by two of four processes at once that became two stories."""
    context = multiprocessing.get_context("spawn")
    start, answers = context.Barrier(4), context.Queue()
    racers = [
        context.Process(target=_racer, args=(url, who, pairs, start, answers)) for who in range(4)
    ]
    for racer in racers:
        racer.start()
    told = dict(answers.get(timeout=600) for _ in racers)
    for racer in racers:
        racer.join()
    return sum(
        one != other
        for here, there in ((0, 1), (2, 3))
        for one, other in zip(told[here], told[there], strict=True)
    )
