"""A worker, a supervisor's release and a mailbox, with a clock that tests move."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from benchmarks.matchbench.articles import World
from monitor import telemetry
from monitor.app import Desk
from monitor.lexicon import Knowledge
from monitor.model import (
    Alert,
    Article,
    DeliveryState,
    Digest,
    Message,
    Origin,
    Rate,
    Timing,
    Watch,
)
from monitor.store import Begun, Store
from workers.process import Process
from workers.release import Release

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = [f"A drone fell into harbour {n}. {a.body}" for n, a in enumerate(World().articles(60))]
WATCH = Watch(id="drones", title="Drones", when="drone", notify=("desk",))
TWO_AN_HOUR = Rate(most=2, span=timedelta(hours=1))


@dataclass
class House:
    """A worker, a supervisor's release and a mailbox, with a clock that tests move."""

    store: Store
    watch: Watch = WATCH
    timing: Timing = field(default_factory=Timing)
    others: dict[str, Watch] = field(default_factory=dict)
    now: datetime = NOON
    came: int = 0
    read: list[Message] = field(default_factory=list)

    def come(self, *articles: Article) -> None:
        self.came += 1
        put = self.store.sources.put
        put(f"s{self.came}", version=0, state={}, seen=(), articles=articles, now=self.now)
        worker = Process(
            desk=Desk.of((self.watch, *self.others.values()), Knowledge.of((), (), ())),
            store=self.store,
            worker=f"w{self.came}",
            now=lambda: self.now,
            guard=lambda read: read(),
            log=telemetry.logger(),
            timings={"desk": self.timing},
        )
        while worker.cycle():
            pass

    def stories(self, *numbers: int, source: str = "") -> None:
        self.come(*(paper(number, source) for number in numbers))

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def release(self) -> None:
        for _ in range(2):  # two supervisors
            Release(
                store=self.store,
                timings={"desk": self.timing},
                sources=(),
                watches={self.watch.id: self.watch, **self.others},
                now=lambda: self.now,
                log=telemetry.logger(),
            ).run()

    def mail(self) -> list[Message]:
        """What arrives at the desk now."""
        found: list[Message] = []
        for job in self.store.deliveries.take("d1", f"t{self.now}{len(self.read)}", 100):
            raw = self.store.client.hget(f"ww:1:delivery:{job.id}", "alert")
            assert raw is not None
            begun = self.store.outbox.begin(
                "d1", job.id, job.id, delivery=job.id, about=bytes(raw).decode(), now=self.now
            )
            assert isinstance(begun, Begun)
            found.append(begun.message)
            self.store.outbox.settle(
                "d1",
                job.id,
                job.id,
                token=job.id,
                channel="desk",
                state=DeliveryState.SENT,
                answer="ok",
                now=self.now,
            )
        self.read += found
        return found


def paper(number: int, source: str = "") -> Article:
    return Article(
        id=f"n{number}",
        source=source or f"paper-{number}",
        title=f"Drone falls near harbour {number}",
        url=f"https://{source or f'paper-{number}'}.example/{number}",
        body=TEXTS[number],
        published=NOON,
        fetched=NOON,
        origin=Origin.SEED,
    )


def titles(message: Message) -> list[str]:
    if isinstance(message, Digest):
        return [alert.article.title[-1] for alert in message.alerts]
    return [message.article.title[-1]]


def kinds(messages: list[Message]) -> list[str]:
    return ["alert" if isinstance(message, Alert) else message.reason for message in messages]
