"""The product on one page: take -> read -> claim -> decide -> commit.

Reading is pure, claims answer the same when asked again, deciding is pure over what was read, and
the commit is whole or not at all. So a process may die between any two lines of this file: nothing
is lost and nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from monitor.alerts import decide, deliveries
from monitor.app import Desk, Judgement
from monitor.dedupe import Keys, article_keys
from monitor.errors import Bug, ParseError, StoreConflict
from monitor.model import Article, Claim, Decision, Spoken
from monitor.queues import articles_of
from monitor.store import Asked, Failed, Judged, Outcome, Raised, Store, Taken
from workers.retry import article_again

TAKE = 8
"""Jobs a take. A bundle holds up to 50 articles of about 1 ms: well inside a third of a lease."""

DECISIONS = 20
"""Times a take is decided again because another worker spoke first; more is a bug."""

Guard = Callable[[Callable[[], Judgement]], Judgement | Exception]


def bundle(articles: dict[str, object]) -> None:
    """The job's name in RQ. RQ's own worker cannot run it: it has no leases and no commit."""
    raise Bug("jobs of articles are run by `wirewatch worker`; `rq requeue` gives them back to it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One article of a take, read: its keys, and what it says or why it could not be read."""

    article: Article
    job: Taken
    keys: Keys
    result: Judgement | Exception


@dataclass(slots=True, kw_only=True)
class Process:
    """One worker's cycle. `guard` runs the reading of one article and answers its error."""

    desk: Desk
    store: Store
    worker: str
    now: Callable[[], datetime]
    guard: Guard
    log: FilteringBoundLogger
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
            self._finish(read, self._claims(read))
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
                keys=article_keys(article),
                result=self.guard(lambda article=article: self.desk.judge(article)),  # type: ignore[misc]  # mypy cannot type a default in a lambda
            )
            for article in articles
        ]

    def _claims(self, read: list[Read]) -> tuple[Claim, ...]:
        asked = [
            Asked(article=each.article, url=each.keys.url, text=each.keys.text) for each in read
        ]
        return self.store.judging.claims(asked, self.now())

    def _finish(self, read: list[Read], claims: tuple[Claim, ...]) -> None:
        jobs = tuple({each.job.id: each.job.data for each in read}.items())
        for _ in range(DECISIONS):
            outcome = self._decide(jobs, read, claims)
            try:
                answer = self.store.judging.commit(self.worker, outcome, self.now())
            except StoreConflict:
                continue
            if answer == "void":
                self.log.warning("bundle.retaken", worker=self.worker, jobs=len(jobs))
            else:
                self.judged += len(read)
                self._say(outcome)
            return
        raise Bug(f"decided {DECISIONS} times and never alone", worker=self.worker)

    def _decide(
        self, jobs: tuple[tuple[str, bytes], ...], read: list[Read], claims: tuple[Claim, ...]
    ) -> Outcome:
        pairs = [
            (match.watch, claim.story)
            for each, claim in zip(read, claims, strict=True)
            if isinstance(each.result, Judgement)
            for match in each.result.matches
        ]
        before = self.store.judging.spoken(pairs)
        paused = self.store.paused_watches.all() if pairs else {}
        spoken = dict(before)
        judged, raised, failed = [], [], []
        for each, claim in zip(read, claims, strict=True):
            if isinstance(each.result, Exception):
                failed.append(_failed(each, each.result))
                continue
            decision = self._decision(each.article, claim, each.result, spoken, paused)
            for alert in decision.alerts:
                if spoken.get((alert.watch, alert.story)) is not None:
                    continue  # a revision of the article that spoke: the alert is out already
                raised.append(Raised(alert=alert, deliveries=deliveries(alert)))
                spoken[alert.watch, alert.story] = Spoken(
                    alert=alert.id, article=alert.article.ref, at=alert.raised
                )
            judged.append(_judged(each, claim, each.result, decision))
        return Outcome(
            jobs=jobs,
            judged=tuple(judged),
            raised=tuple(raised),
            failed=tuple(failed),
            expects=tuple((watch, story, was) for (watch, story), was in before.items()),
        )

    def _decision(
        self,
        article: Article,
        claim: Claim,
        judgement: Judgement,
        spoken: dict[tuple[str, str], Spoken | None],
        paused: Mapping[str, datetime],
    ) -> Decision:
        return decide(
            article=article,
            claim=claim,
            topics=judgement.topics,
            matches=judgement.matches,
            watches=self.desk.watches,
            spoken={
                match.watch: told
                for match in judgement.matches
                if (told := spoken[match.watch, claim.story]) is not None
            },
            sources=claim.sources,
            now=self.now(),
            paused=paused,
        )

    def _say(self, outcome: Outcome) -> None:
        for judged in outcome.judged:
            self.log.info(
                "article.judged",
                article=judged.article.id,
                source=judged.article.source,
                story=judged.claim.story,
                relation=str(judged.claim.relation),
                topics=len(judged.topics),
                matched=list(judged.matched),
                silenced=dict(judged.silenced),
            )
        for raised in outcome.raised:
            self.log.info(
                "alert.raised",
                alert=raised.alert.id,
                watch=raised.alert.watch,
                story=raised.alert.story,
                article=raised.alert.article.id,
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


def _judged(read: Read, claim: Claim, judgement: Judgement, decision: Decision) -> Judged:
    return Judged(
        article=read.article,
        job=read.job.id,
        text=read.keys.text,
        claim=claim,
        matched=tuple(match.watch for match in judgement.matches),
        topics=tuple(topic.key for topic in judgement.topics),
        silenced=decision.silenced,
    )
