"""What rises now: which topics and names are told far more often than the windows before say?

An article is counted for its topics and for the names in it that no list knows, in the hour it was
published, once for its story (copies and later versions add nothing), under its source, or under
the agency whose text it is: five papers that print one agency are one voice. "Now" are the last
hours, 6 by default; before them lie windows of the same length, whose exponential mean and variance
say what is usual. The rule is that of bursts.py: z above 5, at least 6 stories of at least 3
sources, at least 20 stories in all now; what stands in more than half of a source's stories is its
furniture and does not count for it.

What is usual is known once a day of windows lies before now, with 20 stories in each on average:
until then all seems to rise, and no watch tells it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import Article, Topic
from monitor.text import folded
from monitor.topics.bursts import (
    FURNITURE_DOCUMENTS,
    FURNITURE_SHARE,
    MIN_DOCUMENTS,
    MIN_SOURCES,
    MIN_VOLUME,
    MIN_Z,
    deviations,
    learned,
)
from monitor.topics.survey import Survey

HOUR = timedelta(hours=1)
HOURS = 6
"""How long "now" and the windows before it are, in hours."""

KEPT_HOURS = 7 * 24
"""Hours that are remembered: 28 windows of 6, of which the first weighs 1 % of the last."""

KNOWN_AFTER = timedelta(hours=24)
MOST_NAMES = 8
"""Names an article is counted for, the most told; with its topics at most 23 counts."""

MOST_CHARS = 80
NAME = "name:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How often a key was told in some hours: stories by source, and its newest articles (refs).

    `others` are stories of sources beyond those that are kept apart.
    """

    key: str
    label: str
    sources: Mapping[str, int]
    others: int = 0
    articles: tuple[str, ...] = ()

    @property
    def stories(self) -> int:
        """Of all sources together."""
        return sum(self.sources.values()) + self.others


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """A key that rises: told in so many stories now, where `usual` were to be expected."""

    key: str
    label: str
    stories: int
    usual: float
    z: float
    sources: tuple[str, ...]
    articles: tuple[str, ...]


def counted(topics: Iterable[Topic], surveyed: Survey) -> tuple[tuple[str, str], ...]:
    """What an article counts for: keys with their labels, topics first, then unknown names."""
    found = {topic.key: topic.label for topic in topics}
    most_told = sorted(surveyed.names, key=lambda name: (-surveyed.names[name].salience, name))
    for name in most_told[:MOST_NAMES]:
        found.setdefault(name_key(name), name)
    return tuple((key[: 2 * MOST_CHARS], label[:MOST_CHARS]) for key, label in found.items())


def name_key(name: str) -> str:
    """The key of a name that no list knows."""
    return NAME + folded(name).replace(" ", "-")


def hour_of(moment: datetime) -> int:
    """Hours since 1970."""
    return int(moment.timestamp() // HOUR.total_seconds())


def told_at(article: Article) -> datetime:
    """When an article counts: as published, but not before it could be read."""
    return min(article.published or article.fetched, article.fetched)


def candidates(
    told: Iterable[Told], volume: Mapping[str, int], stories: int | None = None
) -> tuple[Told, ...]:
    """What is told by enough now to rise, less each source's furniture.

    `volume` is how many stories each source had in the same hours; where only those that satisfy a
    query were counted, `stories` is how many there were of all.
    """
    if (sum(volume.values()) if stories is None else stories) < MIN_VOLUME:
        return ()
    plain = (_unfurnished(each, volume) for each in told)
    return tuple(
        each for each in plain if each.stories >= MIN_DOCUMENTS and len(each.sources) >= MIN_SOURCES
    )


def rises(told: Iterable[Told], before: Mapping[str, Sequence[int]]) -> tuple[Rise, ...]:
    """Those candidates that rise, the strongest first.

    `before` has for each key the stories of the windows before now, the oldest first.
    """
    found = []
    for each in told:
        mean, variance = usual(before.get(each.key, ()))
        z = deviations(each.stories, mean, variance)
        if z > MIN_Z:
            found.append(
                Rise(
                    key=each.key,
                    label=each.label,
                    stories=each.stories,
                    usual=round(mean, 2),
                    z=round(z, 1),
                    sources=tuple(sorted(each.sources, key=lambda s: (-each.sources[s], s))),
                    articles=each.articles,
                )
            )
    return tuple(sorted(found, key=lambda rise: (-rise.z, rise.key)))


def usual(counts: Sequence[int]) -> tuple[float, float]:
    """Exponential mean and variance of windows, the oldest first."""
    mean, variance = 0.0, 0.0
    for count in counts:
        mean, variance = learned(mean, variance, count)
    return mean, variance


def is_known(volumes: Sequence[int], hours: int) -> bool:
    """Whether what is usual is known: a day was counted, enough in it, and some of it lately.

    `volumes` are the stories of the windows before now, the oldest first.
    """
    day = _windows_of_a_day(hours)
    enough = sum(volumes) >= day * MIN_VOLUME
    return has_begun(volumes, hours) and enough and any(volumes[-day:])


def has_begun(volumes: Sequence[int], hours: int) -> bool:
    """Whether something was counted a day ago."""
    return any(volumes[: len(volumes) - _windows_of_a_day(hours) + 1])


def _windows_of_a_day(hours: int) -> int:
    return max(1, -(-KNOWN_AFTER // (hours * HOUR)))


def _unfurnished(told: Told, volume: Mapping[str, int]) -> Told:
    kept = {
        source: stories
        for source, stories in told.sources.items()
        if volume.get(source, 0) < FURNITURE_DOCUMENTS
        or stories <= FURNITURE_SHARE * volume[source]
    }
    if len(kept) == len(told.sources):
        return told
    return Told(
        key=told.key, label=told.label, sources=kept, others=told.others, articles=told.articles
    )
