"""What a judged article counts for in `trends`, and when and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from monitor.app import Judgement
from monitor.model import Article, Claim, Origin, Relation
from monitor.store import TrendCount
from monitor.topics.rising import KEPT_HOURS, hour_of, told_at


def trend_counts(
    article: Article, claim: Claim, judgement: Judgement, now: datetime
) -> tuple[TrendCount, ...]:
    """One of all articles, and one for each query of an emerging watch that it satisfies.

    Copies and later versions of a story count nothing, nor does a source that is muted, or what is
    older than is remembered.
    """
    hour = hour_of(told_at(article))
    if (
        claim.relation is not Relation.NEW
        or article.origin is Origin.MUTED
        or hour <= hour_of(now) - KEPT_HOURS
    ):
        return ()
    scopes: Iterable[str] = dict.fromkeys(("", *judgement.scopes))
    return tuple(
        TrendCount(
            scope=scope,
            hour=hour,
            source=claim.voice or article.source,
            counted=judgement.counted,
        )
        for scope in scopes
    )
