"""Articles are put on the queue as the poller puts those of a feed; the store bundles them."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.app import now
from monitor.model import Article
from monitor.store import Store, seen_member

PUT = 500
"""Articles a put: a large feed's worth."""


def put(store: Store, number: int, articles: Sequence[Article], *, source: str = "bench") -> None:
    """What the poll of this number has brought, counted from 0."""
    store.sources.put(
        source,
        version=number,
        state={"polled": str(number)},
        seen=[seen_member(article, article.id) for article in articles],
        articles=articles,
        now=now(),
    )


def put_all(store: Store, articles: Sequence[Article]) -> None:
    """All of them, in as few polls as a large feed would take."""
    for number, at in enumerate(range(0, len(articles), PUT)):
        put(store, number, articles[at : at + PUT])
