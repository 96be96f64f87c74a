"""The product on one page: take -> read -> claim -> decide -> commit.

Reading is pure, claims answer the same when asked again, deciding is pure over what was read, and
the commit is whole or not at all. So a process may die between any two lines of this file: nothing
is lost and nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from structlog.typing import FilteringBoundLogger

from monitor.app import Desk
from monitor.errors import Bug, ParseError, StoreConflict, Unreadable
from monitor.model import Article, Timing
from monitor.queues import articles_of
from monitor.store import Asked, Failed, Outcome, Raised, Store, Taken
from workers.retry import article_again
from workers.telling import Claimed, Found, Telling

TAKE = 8
"""Jobs a take. A bundle holds up to 50 articles of about 1 ms: well inside a third of a lease."""

DECISIONS = 20
"""Times a take is decided again because another worker spoke first."""

CONTENDED_S = 5.0
"""After so long it comes back where it was never decided alone."""

DEFAULT_TIER = 2


Guard = Callable[[Callable[[], Found]], Found | Exception]


def bundle(articles: dict[str, object]) -> None:
    """The job's name in RQ. RQ's own worker cannot run it: it has no leases and no commit."""
    raise Bug("jobs of articles are run by `wirewatch worker`; `rq requeue` gives them back to it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One article of a take, read; with the error where it could not be."""

    article: Article
    job: Taken
    result: Found | Exception


@dataclass(slots=True, kw_only=True)
class Process:
    """One worker's cycle. `guard` runs the reading of one article and answers its error.

    `tiers` says how far each configured source is trusted, `homes` its address, `timings` when each
    channel is told; `config` is the version by which is judged, and stands in each outcome.
    """

    desk: Desk
    store: Store
    worker: str
    now: Callable[[], datetime]
    guard: Guard
    log: FilteringBoundLogger
    tiers: Mapping[str, int] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)
    config: str = ""
    timings: Mapping[str, Timing] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    takes: int = 0
    judged: int = 0

    def cycle(self) -> bool:
        """Take what waits and finish it; False when there was nothing."""
        taken = self.store.articles.take(self.worker, f"{self.worker}/{self.takes}", TAKE)
        self.takes += 1
        self.held = tuple(job.id for job in taken)
        read = self._read([each for job in taken for each in self._unpacked(job)])
        if read:
            try:
                self._finish(read, self._claims(read))
            except Unreadable as error:
                self._apart(read, error)
        self.held = ()
        return bool(taken)

    def _unpacked(self, job: Taken) -> list[tuple[Taken, Article]]:
        try:
            articles = articles_of(job.data)
        except ParseError as error:
            self.store.articles.bury(self.worker, job.id, error.message, self.now())
            return []
        if job.alone and len(articles) > 1:
            self.store.articles.split(self.worker, job, articles, self.now())
            return []
        return [(job, article) for article in articles]

    def _read(self, articles: list[tuple[Taken, Article]]) -> list[Read]:
        learned = self.store.judging.learned(
            (article.source for _, article in articles), self.now()
        )
        return [
            Read(
                article=article,
                job=job,
                result=self.guard(partial(self._found, article, learned[article.source])),
            )
            for job, article in articles
        ]

    def _found(self, article: Article, learned: frozenset[str]) -> Found:
        judgement = self.desk.judge(article)
        marks = self.desk.marks(article, judgement.topics, learned)
        return Found(judgement=judgement, marks=marks)

    def _claims(self, read: list[Read]) -> list[Claimed]:
        good = [(each, each.result) for each in read if not isinstance(each.result, Exception)]
        asked = [
            Asked(
                article=each.article,
                marks=found.marks,
                tier=self.tiers.get(each.article.source, DEFAULT_TIER),
                home=self.homes.get(each.article.source),
            )
            for each, found in good
        ]
        claims = self.store.judging.claims(asked, self.now())
        latest = {claim.story: claim for claim in claims}
        return [
            Claimed(
                article=each.article,
                job=each.job,
                found=found,
                claim=replace(
                    claim,
                    agencies=latest[claim.story].agencies,
                    publishers=latest[claim.story].publishers,
                ),
                sources=latest[claim.story].sources,
                publisher=who.publisher,
            )
            for (each, found), who, claim in zip(good, asked, claims, strict=True)
        ]

    def _finish(self, read: list[Read], claimed: list[Claimed]) -> None:
        jobs = tuple({each.job.id: each.job.data for each in read}.items())
        failed = tuple(
            _failed(each, each.result) for each in read if isinstance(each.result, Exception)
        )
        telling = Telling(
            desk=self.desk,
            store=self.store,
            now=self.now,
            timings=self.timings,
            config=self.config,
        )
        claimed = [telling.joined(each) for each in claimed]
        for _ in range(DECISIONS):
            outcome = replace(telling.decide(claimed), jobs=jobs, failed=failed)
            try:
                committed = self.store.judging.commit(self.worker, outcome, self.now())
            except StoreConflict:
                continue
            if committed.answer == "void":
                self.log.warning("bundle.retaken", worker=self.worker, jobs=len(jobs))
            else:
                self.judged += len(read)
                self._say(outcome, committed.raised)
            return
        self._put_off([job for job, _ in jobs])

    def _apart(self, read: list[Read], error: Unreadable) -> None:
        """What Redis knows of one of these cannot be read: each comes again alone, and the one that
        it is about is set aside.
        """
        if len(read) > 1:
            self.log.error("bundle.delayed", worker=self.worker, jobs=len(read), reason=str(error))
            self.store.articles.give_back(self.worker, "crash", self.now())
            return
        (one,) = read
        unread = replace(one, result=error)
        self._finish([unread], [])

    def _put_off(self, jobs: list[str]) -> None:
        """Nothing is lost by waiting; a process that ended here would end again with the next."""
        self.store.articles.put_off(self.worker, dict.fromkeys(jobs, CONTENDED_S))
        self.log.error(
            "bundle.delayed",
            worker=self.worker,
            jobs=len(jobs),
            decided=DECISIONS,
            again_in_s=CONTENDED_S,
        )

    def _say(self, outcome: Outcome, told: tuple[Raised, ...]) -> None:
        for judged in outcome.judged:
            self.log.debug(
                "article.read",
                article=judged.article.id,
                source=judged.article.source,
                job=judged.job,
                topics=list(judged.topics),
            )
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
                config=judged.config,
            )
        for raised in told:
            self.log.info(
                "alert.updated" if raised.alert.update else "alert.raised",
                alert=raised.alert.id,
                watch=raised.alert.watch,
                story=raised.alert.story,
                article=raised.alert.article.id,
                source=raised.alert.article.source,
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
