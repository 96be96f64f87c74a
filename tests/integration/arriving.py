"""Articles that come in and are judged by a worker, on a real store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import count

from monitor import telemetry
from monitor.app import Desk
from monitor.lexicon import Knowledge
from monitor.model import Article, Claim, Relation, Watch
from monitor.store import Judged, Store, TrendCount
from workers.process import Process


class Arriving:
    """Each call is one poll of a source; all that it brings has been judged when it returns."""

    def __init__(
        self,
        store: Store,
        at: datetime,
        *watches: Watch,
        tiers: Mapping[str, int] | None = None,
        homes: Mapping[str, str] | None = None,
    ) -> None:
        telemetry.set_up(level="error", format_="json")
        self._store, self._watches, self._at, self._tiers = store, watches, at, tiers or {}
        self._homes, self._polls = homes or {}, count()

    def __call__(self, *articles: Article, watches: tuple[Watch, ...] = ()) -> None:
        poll = next(self._polls)
        self._store.sources.put(
            f"s{poll}", version=0, state={}, seen=(), articles=articles, now=self._at
        )
        worker = Process(
            desk=Desk.of(watches or self._watches, Knowledge.of((), (), ())),
            store=self._store,
            worker=f"w{poll}",
            now=lambda: self._at,
            guard=lambda read: read(),
            log=telemetry.logger(),
            tiers=self._tiers,
            homes=self._homes,
        )
        assert worker.cycle()
        while worker.cycle():
            pass


def counting(article: Article, *trends: TrendCount) -> Judged:
    """An article that founded a story, of which nothing is to be told; what it counts for."""
    return Judged(
        article=article,
        job="j",
        text="t",
        claim=Claim(story="s", relation=Relation.NEW),
        matched=(),
        topics=(),
        silenced=(),
        trends=trends,
    )
