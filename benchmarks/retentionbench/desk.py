"""The traffic of a desk, by the store's own transitions: put, take, claim, commit, deliver.

Reading is left out, as nothing of it is kept: an article's marks, topics and counts are drawn, with
the sizes and rates of real ones. Texts come from a pool, compressed with those of their poll.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import timedelta

from benchmarks.matchbench.articles import World
from benchmarks.retentionbench.clock import Clock
from benchmarks.storybench.scale import a_sketch, near
from monitor.alerts import routes
from monitor.channels.trial import trial
from monitor.dedupe import Keys, Marks, Sketch
from monitor.model import (
    Alert,
    AlertedArticle,
    Article,
    Claim,
    DeliveryState,
    Origin,
    Watch,
    digest,
)
from monitor.queues import articles_of, delivery_of
from monitor.store import SEEN_FOR, Asked, Judged, Outcome, Raised, Store, Taken, TrendCount
from monitor.topics.rising import hour_of

POLL = 5
"""New articles that a poll brings."""

PER_FEED = 50
"""Articles of a feed a day."""

COPIES = 0.1
ALERTS = 0.005
"""Of articles that raise one: 500 a day of 100,000, each to two channels."""

PARKED = 0.01
"""Of deliveries that nobody takes, and that end as dead letters."""

CHANNELS = ("desk", "hook")
WORKER = "bench"


def pool() -> list[str]:
    """Texts to draw from."""
    return [each.body for each in World().articles(1_000)]


@dataclass(slots=True, kw_only=True)
class Desk:
    """One poller and one worker. `share` is that of 100,000 articles a day."""

    store: Store
    clock: Clock
    share: float
    bodies: list[str]
    draw: random.Random = field(default_factory=lambda: random.Random(3))
    versions: dict[str, int] = field(default_factory=dict)
    recent: list[Sketch] = field(default_factory=list)
    done: int = 0
    takes: int = 0
    files: int = 0

    @property
    def daily(self) -> int:
        """Articles a day."""
        return int(100_000 * self.share)

    @property
    def feeds(self) -> int:
        """How many feeds there are."""
        return max(1, self.daily // PER_FEED)

    def day(self, number: int) -> int:
        """A day of it; how many articles it had, fewer where this machine is too slow."""
        before = self.done
        for at in range(self.daily // POLL):
            self.clock.until(number + at * POLL / self.daily)
            if self.clock.day >= number + 1:
                break
            self.poll()
            self.work()
        self.keep_house()
        return self.done - before

    def poll(self) -> None:
        """One feed has news."""
        number = self.draw.randrange(self.feeds)
        name, now = f"feed-{number}", self.clock.now()
        articles = [self._article(name) for _ in range(POLL)]
        version = self.versions.get(name, 0)
        self.store.sources.put(
            name,
            version=version,
            state={"record": "r" * 1_500, "pieces": "p" * 400, "shown": "s" * 400},
            seen=[f"{article.ref}:{digest(article.id)}" for article in articles],
            articles=articles,
            now=now,
            forget=now - SEEN_FOR,
        )
        self.versions[name] = version + 1

    def work(self) -> None:
        """What waits is judged, and what that raises delivered."""
        token = f"{WORKER}/{self.takes}"
        self.takes += 1
        for job in self.store.articles.take(WORKER, token, 8):
            self._judge(job)
        for job in self.store.deliveries.take(WORKER, token, 50):
            self._deliver(job)

    def keep_house(self) -> None:
        """What upkeep and the poller do: 20 seed files come, what is old goes."""
        now = self.clock.now()
        for _ in range(max(1, int(20 * self.share))):
            self.files += 1
            name, state = f"seed:{digest(str(self.files))}", {"taken": "9", "done": "1"}
            self.store.sources.put(name, version=0, state=state, seen=(), articles=(), now=now)
        self.store.sources.keep(tuple(self.versions), now)
        self.store.letters.expire(now)

    def _article(self, source: str) -> Article:
        self.done += 1
        now = self.clock.now()
        return Article(
            id=f"https://{source}.example/2026/03/what-happened-in-the-harbour-{self.done}",
            source=source,
            source_name=source.title(),
            url=f"https://{source}.example/2026/03/what-happened-in-the-harbour-{self.done}",
            title=f"What happened in the harbour today, and why it matters ({self.done})",
            body=self.draw.choice(self.bodies),
            language="en",
            published=now - timedelta(minutes=self.draw.randrange(600)),
            fetched=now,
            origin=Origin.FEED,
        )

    def _asked(self, article: Article) -> Asked:
        if self.recent and self.draw.random() < COPIES:
            old = self.draw.choice(self.recent)
            sketch = Sketch(full=near(old.full, self.draw), lead=near(old.lead, self.draw))
        else:
            sketch = a_sketch(self.draw)
            self.recent = [*self.recent[-2_000:], sketch]
        key = digest(article.id)
        marks = Marks(
            keys=Keys(ref=article.ref, url=article.url, text=key, shared=key),
            sketch=sketch,
            features=tuple(f"{self.draw.randrange(50_000) * 85_899:08x}" for _ in range(10)),
            length=450,
        )
        return Asked(article=article, marks=marks, home=f"https://{article.source}.example/")

    def _judge(self, job: Taken) -> None:
        now, articles = self.clock.now(), articles_of(job.data)
        asked = [self._asked(article) for article in articles]
        claims = self.store.judging.claims(asked, now)
        pairs = list(zip(asked, claims, strict=True))
        raised = [
            self._raised(each.article, claim)
            for each, claim in pairs
            if self.draw.random() < ALERTS
        ]
        outcome = Outcome(
            jobs=((job.id, job.data),),
            judged=tuple(self._judged(job, each, claim) for each, claim in pairs),
            raised=tuple(raised),
        )
        assert self.store.judging.commit(WORKER, outcome, now).answer == "done"

    def _judged(self, job: Taken, asked: Asked, claim: Claim) -> Judged:
        article = asked.article
        topics = tuple(f"place:{self._rank(20_000)}" for _ in range(8))
        count = TrendCount(
            scope="",
            hour=hour_of(article.published or article.fetched),
            source=article.source,
            counted=tuple((topic, topic.title()) for topic in topics),
        )
        return Judged(
            article=article,
            job=job.id,
            text=asked.marks.keys.text,
            claim=claim,
            matched=(),
            topics=topics,
            silenced=(),
            config="0123456789ab",
            trends=(count,) if claim.relation == "new" else (),
        )

    def _rank(self, most: int) -> int:
        """A number that is the likelier the smaller, as topics are."""
        return int(most ** self.draw.random())

    def _raised(self, article: Article, claim: Claim) -> Raised:
        _, made = trial(CHANNELS[0], self.clock.now())
        alert = replace(
            made,
            id=Alert.id_for("watch", claim.story),
            watch="watch",
            story=claim.story,
            article=AlertedArticle.of(article),
            evidence=made.evidence * 3,
            sources=claim.sources,
            notify=CHANNELS,
            lead=article.body[:400],
        )
        return Raised(
            alert=alert, routes=routes(alert, Watch(id="watch", title=""), {}, alert.raised)
        )

    def _deliver(self, job: Taken) -> None:
        (delivery, alert, channel), now = delivery_of(job.data), self.clock.now()
        self.store.outbox.begin(WORKER, job.id, job.id, delivery=delivery, about=alert, now=now)
        parked = self.draw.random() < PARKED
        self.store.outbox.settle(
            WORKER,
            job.id,
            delivery,
            token=job.id,
            channel=channel,
            state=DeliveryState.PARKED if parked else DeliveryState.SENT,
            answer="403 Forbidden" if parked else "200 OK",
            now=now,
        )
