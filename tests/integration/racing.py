"""A worker that claims stories in a race with others. Its process loads no more than that needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from monitor.dedupe import marks_of
from monitor.model import Article
from monitor.store import Asked, Store


def race(
    url: str, start: Barrier, answers: Queue[list[str]], articles: Sequence[Article], now: datetime
) -> None:
    """Claim one after the other, once all are there; say which stories they belong to."""
    store = Store(url)
    asked = [Asked(article=one, marks=marks_of(one)) for one in articles]
    start.wait(30)
    answers.put([store.judging.claims((each,), now)[0].story for each in asked])
    store.close()
