"""Our own worker: admission by the poller's `put`, and the life of a real child of `worker`.

Everything is as in production (leases, their keeper, guard, log lines, story claim, record of the
outcome, fenced commit); only reading an article does nothing. Two more rows leave the claim and the
marks it needs out, then the record of the outcome and its log line too: what is left is the queue
alone, which is what peers do.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

from benchmarks.queue_peers.admission import put_all
from benchmarks.queue_peers.window import Window
from monitor import telemetry
from monitor.app import App, Desk, Judgement, now
from monitor.dedupe import Marks, marks_of
from monitor.model import ARTICLES, Article, Claim, Relation, Topic, Watch, digest
from monitor.settings import load
from monitor.store import Asked, Outcome, Store
from monitor.store.judging import Judging
from monitor.store.redis import Scripts
from workers.child import Child, Stop, judge_articles
from workers.runtime import guarded, guarded_page, guarded_send, worker_name
from workers.vitals import Vitals

Part = Literal["whole", "no claim", "queue alone"]


def fill(url: str, articles: Sequence[Article], _each: int) -> None:
    """Admit the articles as the poller does; the store bundles them."""
    store = Store(url)
    put_all(store, articles)
    store.close()


def work(url: str, window: Window, part: Part) -> None:
    """Be a child that judges articles; ends when killed."""
    level: Literal["info", "warning"] = "warning" if part == "queue alone" else "info"
    telemetry.set_up(level=level, format_="json")
    with tempfile.TemporaryDirectory() as empty:
        settings = load(Path(empty), {"WIREWATCH_WORKERS_RECYCLE_AFTER": "1000000000"})
    vitals = Vitals()
    app = {"whole": App, "no claim": AppWithoutClaim, "queue alone": AppOfQueue}[part]
    given = (
        None if part == "whole" else marks_of(Article(id="1", source="s", title="", fetched=now()))
    )
    judge_articles(
        Child(
            app=app(settings, url, _desk=cast(Desk, IdleDesk(window, given))),
            worker=worker_name(ARTICLES, 0),
            stop=Stop(),
            vitals=vitals,
            guard=guarded(vitals),
            guard_page=guarded_page,
            guard_send=guarded_send,
        )
    )


@dataclass(frozen=True, slots=True)
class IdleDesk:
    """A desk that reads nothing and watches for nothing; `marks` spares it those, too."""

    window: Window
    given: Marks | None
    watches: tuple[Watch, ...] = ()

    def judge(self, _: Article) -> Judgement:
        """The no-op article."""
        self.window.article()
        return Judgement(topics=(), matches=())

    def marks(self, article: Article, _: tuple[Topic, ...], learned: frozenset[str]) -> Marks:
        """What stories are found by: made where stories are claimed."""
        return self.given or marks_of(article, learned=learned)


class WithoutClaim(Judging):
    """Every article founds its story, without asking."""

    def claims(self, asked: Sequence[Asked], now: datetime) -> tuple[Claim, ...]:
        """What the store would say to articles it has never seen."""
        return tuple(
            Claim(
                story=digest("story", each.article.ref),
                relation=Relation.NEW,
                similarity=None,
                sources=(each.article.source,),
            )
            for each in asked
        )


class QueueAlone(WithoutClaim):
    """Jobs are leased and removed; nothing is kept of their articles."""

    def commit(self, worker: str, outcome: Outcome, now: datetime) -> Literal["done", "void"]:
        """The fenced commit of the jobs."""
        return super().commit(worker, replace(outcome, judged=()), now)


class AppWithoutClaim(App):
    """Parts of a process, without the claim."""

    judging: type[Judging] = WithoutClaim

    def store(self) -> Store:
        """The store, its judging replaced."""
        store = super().store()
        store.judging = self.judging(store.client, Scripts(store.client), self.settings.retention)
        return store


class AppOfQueue(AppWithoutClaim):
    """Parts of a process, without claim and record."""

    judging = QueueAlone
