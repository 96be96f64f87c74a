"""What an emerging watch tells, and how often: once for a key and an episode."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.model import (
    Alert,
    AlertedArticle,
    Evidence,
    Field,
    Rising,
    Topic,
    digest,
    publisher_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.model import Spoken, Watch

EPISODE = timedelta(hours=24)
"""After it was told a key rests that long. What goes on at one level rises no more by then: it has
become usual; only what has grown far beyond that is told again."""


def usually(mean: float) -> str:
    """How many stories were to be expected, in words: "none", "2.4"."""
    return f"{mean:.1f}" if mean >= 0.05 else "none"


def subject_of(watch: Watch, key: str) -> str:
    """What stands where other alerts have their story: a watch speaks of a key."""
    return digest("emerging", watch.id, key)


def is_new(told: Spoken | None, now: datetime) -> bool:
    """Whether an episode begins: the watch has not spoken of the key lately."""
    return told is None or now - told.at >= EPISODE


def emerging_alert(watch: Watch, rising: Rising, now: datetime) -> Alert:
    """The alert: its headline says how much is told, its evidence are the newest titles.

    Its evidence has offsets in the titles, one a line, as if they were the body of an article.
    """
    subject = subject_of(watch, rising.key)
    newest = rising.articles[0] if rising.articles else None
    source = rising.sources[0]
    if newest is not None:
        own = publisher_of(url=newest.url, home=None, source=newest.source)
        source = next((each for each in (own, newest.source) if each in rising.sources), source)
    counts = (
        f"{rising.stories} stories of {len(rising.sources)} sources in {rising.hours} hours,"
        f" usually {usually(rising.usual)}"
    )
    return Alert(
        id=digest("episode", subject, now.isoformat()),
        watch=watch.id,
        title=watch.title,
        severity=watch.severity,
        story=subject,
        article=AlertedArticle(
            id=rising.key,
            ref=subject,
            title=f"{rising.label}: {counts}",
            source=source,
            source_name=newest.source_name if newest else None,
            url=newest.url if newest else None,
            published=now,
        ),
        evidence=tuple(_evidence(rising)),
        topics=(_topic(rising),),
        sources=rising.sources,
        notify=watch.notify,
        raised=now,
        lead=f"{rising.label} is suddenly told: {counts}.",
        rising=rising,
    )


def _evidence(rising: Rising) -> Iterator[Evidence]:
    begins = 0
    for title in dict.fromkeys(article.title for article in rising.articles):
        named = re.search(re.escape(rising.label), title, re.IGNORECASE)
        start, end = named.span() if named else (0, len(title))
        if title.strip():
            yield Evidence(
                field=Field.BODY,
                start=begins + start,
                end=begins + end,
                text=title[start:end],
                term=f"topic:{rising.label}",  # where no title says it, words of it are marked
                sentence=title,
                sentence_start=begins,
            )
            begins += len(title) + 1


def _topic(rising: Rising) -> Topic:
    shape = rising.key.partition(":")[0]
    return Topic(key=rising.key, label=rising.label, shape=shape, score=1.0, evidence=())
