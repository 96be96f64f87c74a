"""The product on one page: take -> read -> claim -> decide -> commit.

Reading is pure, claims answer the same when asked again, deciding is pure over what was read, and
the commit is whole or not at all. So a process may die between any two lines of this file: nothing
is lost and nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from monitor.alerts import decide, deliveries, step_reached, subject, updated
from monitor.app import Desk, Judgement
from monitor.dedupe import Marks, marks_of
from monitor.errors import Bug, ParseError, StoreConflict
from monitor.model import Alert, Article, Claim, Decision, Spoken
from monitor.queues import articles_of
from monitor.store import Asked, Failed, Judged, Outcome, Raised, Store, Taken
from workers.retry import article_again

TAKE = 8
"""Jobs a take. A bundle holds up to 50 articles of about 1 ms: well inside a third of a lease."""

DECISIONS = 20
"""Times a take is decided again because another worker spoke first; more is a bug."""

SUBJECTS = frozenset({"actor", "place", "theme"})
"""Shapes of topics that say what an event is about."""

DEFAULT_TIER = 2

Guard = Callable[[Callable[[], Judgement]], Judgement | Exception]


def bundle(articles: dict[str, object]) -> None:
    """The job's name in RQ. RQ's own worker cannot run it: it has no leases and no commit."""
    raise Bug("jobs of articles are run by `wirewatch worker`; `rq requeue` gives them back to it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One article of a take, read: what it says, or why it could not be read."""

    article: Article
    job: Taken
    result: Judgement | Exception

    def marks(self, learned: Mapping[str, frozenset[str]]) -> Marks:
        """What its story is found by; lines that its source repeats are not its text."""
        topics = self.result.topics if isinstance(self.result, Judgement) else ()
        return marks_of(
            self.article,
            learned=learned[self.article.source],
            subjects=[topic.key for topic in topics if topic.shape in SUBJECTS],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """One article of a take, read, with its text's digest and its story.

    `sources` are those of the story by the end of the take: what is told is told of all of them.
    """

    read: Read
    text: str
    claim: Claim
    sources: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Process:
    """One worker's cycle. `guard` runs the reading of one article and answers its error.

    `tiers` says how far each configured source is trusted.
    """

    desk: Desk
    store: Store
    worker: str
    now: Callable[[], datetime]
    guard: Guard
    log: FilteringBoundLogger
    tiers: Mapping[str, int] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    takes: int = 0
    judged: int = 0

    def cycle(self) -> bool:
        """Take what waits and finish it; False when there was nothing."""
        taken = self.store.articles.take(self.worker, f"{self.worker}/{self.takes}", TAKE)
        self.takes += 1
        self.held = tuple(job.id for job in taken)
        read = [each for job in taken for each in self._read(job)]
        if read:
            self._finish(self._claims(read))
        self.held = ()
        return bool(taken)

    def _read(self, job: Taken) -> list[Read]:
        try:
            articles = articles_of(job.data)
        except ParseError as error:
            self.store.articles.bury(self.worker, job.id, error.message, self.now())
            return []
        if job.alone and len(articles) > 1:
            self.store.articles.split(self.worker, job, articles, self.now())
            return []
        return [
            Read(
                article=article,
                job=job,
                result=self.guard(lambda article=article: self.desk.judge(article)),  # type: ignore[misc]  # mypy cannot type a default in a lambda
            )
            for article in articles
        ]

    def _claims(self, read: list[Read]) -> list[Claimed]:
        now = self.now()
        learned = self.store.judging.learned((each.article.source for each in read), now)
        asked = [
            Asked(
                article=each.article,
                marks=each.marks(learned),
                tier=self.tiers.get(each.article.source, DEFAULT_TIER),
            )
            for each in read
        ]
        claims = self.store.judging.claims(asked, now)
        latest = {claim.story: claim.sources for claim in claims}
        return [
            Claimed(read=each, text=asks.marks.keys.text, claim=claim, sources=latest[claim.story])
            for each, asks, claim in zip(read, asked, claims, strict=True)
        ]

    def _finish(self, claimed: list[Claimed]) -> None:
        jobs = tuple({each.read.job.id: each.read.job.data for each in claimed}.items())
        for _ in range(DECISIONS):
            outcome = self._decide(jobs, claimed)
            try:
                answer = self.store.judging.commit(self.worker, outcome, self.now())
            except StoreConflict:
                continue
            if answer == "void":
                self.log.warning("bundle.retaken", worker=self.worker, jobs=len(jobs))
            else:
                self.judged += len(claimed)
                self._say(outcome)
            return
        raise Bug(f"decided {DECISIONS} times and never alone", worker=self.worker)

    def _decide(self, jobs: tuple[tuple[str, bytes], ...], claimed: list[Claimed]) -> Outcome:
        before = self.store.judging.spoken(
            pair for each in claimed for pair in self._pairs(each).values()
        )
        paused = self.store.paused_watches.all() if before else {}
        spoken = dict(before)
        judged, raised, failed = [], [], []
        for each in claimed:
            if isinstance(each.read.result, Exception):
                failed.append(_failed(each.read, each.read.result))
                continue
            told = {watch: spoken[pair] for watch, pair in self._pairs(each).items()}
            decision = self._decision(each, each.read.result, told, paused)
            new = [
                *(self._raised(alert) for alert in decision.alerts if not told[alert.watch]),
                *self._updates(each, {w: was for w, was in told.items() if w not in paused}),
            ]
            for one in new:
                spoken[one.alert.watch, one.alert.subject] = one.spoken
            raised += new
            judged.append(_judged(each, each.read.result, decision))
        return Outcome(
            jobs=jobs,
            judged=tuple(judged),
            raised=tuple(raised),
            failed=tuple(failed),
            expects=tuple((watch, about, was) for (watch, about), was in before.items()),
        )

    def _pairs(self, claimed: Claimed) -> dict[str, tuple[str, str]]:
        """Watch -> (watch, story or event): those that match, and those that follow the story."""
        result, claim = claimed.read.result, claimed.claim
        matched = [match.watch for match in result.matches] if isinstance(result, Judgement) else []
        following = [watch for watch in claim.told if watch in self.desk.watches]
        return {
            watch: (watch, subject(self.desk.watches[watch], claim))
            for watch in (*matched, *following)
        }

    def _decision(
        self,
        claimed: Claimed,
        judgement: Judgement,
        told: Mapping[str, Spoken | None],
        paused: Mapping[str, datetime],
    ) -> Decision:
        return decide(
            article=claimed.read.article,
            claim=claimed.claim,
            topics=judgement.topics,
            matches=judgement.matches,
            watches=self.desk.watches,
            spoken={watch: was for watch, was in told.items() if was is not None},
            sources=claimed.sources,
            now=self.now(),
            paused=paused,
        )

    def _raised(self, alert: Alert) -> Raised:
        follows = bool(self.desk.watches[alert.watch].updates)
        return Raised(alert=alert, deliveries=deliveries(alert), follows=follows)

    def _updates(self, claimed: Claimed, told: Mapping[str, Spoken | None]) -> Iterator[Raised]:
        """The alerts to be told again because this article's story has reached a step."""
        article, sources = claimed.read.article, claimed.sources
        for name, was in told.items():
            watch = self.desk.watches[name]
            if was is None or not watch.updates:
                continue
            step = step_reached(article=article, watch=watch, told=was, sources=sources)
            alert = None if step is None else self.store.judging.alert(was.alert)
            if step is not None and alert is not None and alert.story == claimed.claim.story:
                again = updated(alert, step=step, article=article, sources=sources, now=self.now())
                yield self._raised(again)

    def _say(self, outcome: Outcome) -> None:
        for judged in outcome.judged:
            self.log.info(
                "article.judged",
                article=judged.article.id,
                source=judged.article.source,
                story=judged.claim.story,
                happening=judged.claim.event,
                relation=str(judged.claim.relation),
                topics=len(judged.topics),
                matched=list(judged.matched),
                silenced=dict(judged.silenced),
            )
        for raised in outcome.raised:
            self.log.info(
                "alert.updated" if raised.alert.update else "alert.raised",
                alert=raised.alert.id,
                watch=raised.alert.watch,
                story=raised.alert.story,
                article=raised.alert.article.id,
                sources=len(raised.alert.sources),
                channels=list(raised.alert.notify),
            )
        for failed in outcome.failed:
            event = "article.failed" if failed.after is not None else "article.set_aside"
            self.log.error(
                event, article=failed.article.id, source=failed.article.source, reason=failed.reason
            )


def _failed(read: Read, error: Exception) -> Failed:
    failures = read.job.failures + 1
    return Failed(
        article=read.article,
        failures=failures,
        reason=f"{type(error).__name__}: {error}",
        after=article_again(error, failures),
    )


def _judged(claimed: Claimed, judgement: Judgement, decision: Decision) -> Judged:
    return Judged(
        article=claimed.read.article,
        job=claimed.read.job.id,
        text=claimed.text,
        claim=claimed.claim,
        matched=tuple(match.watch for match in judgement.matches),
        topics=tuple(topic.key for topic in judgement.topics),
        silenced=decision.silenced,
    )
