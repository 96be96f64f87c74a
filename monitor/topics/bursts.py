"""Which topics and names are suddenly told by several sources? Statistics over windows of time.

For each key the documents of a window are compared with what the windows before it led to expect:
an exponential mean and variance (the last window weighs 15 %, so that some ten windows count). In
trials on a year of dated wire copy these found what was new, with few false alarms:

- z = (documents - mean) / sqrt(variance + mean / 2 + 1/4) above 5: the middle term is what a count
  varies by itself, the last keeps a first appearance from being infinitely surprising;
- at least 6 documents from at least 3 sources: one source's series is no news;
- at least 20 documents in the window, over all: at night and on holidays everything is rare;
- what stands in more than half of a source's documents is its furniture and does not count for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sqrt

MIN_Z = 5.0
MIN_DOCUMENTS = 6
MIN_SOURCES = 3
MIN_VOLUME = 20
WEIGHT = 0.15
FURNITURE_SHARE = 0.5
FURNITURE_DOCUMENTS = 5
"""Of fewer documents nothing is said about what a source always writes."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one article is about: keys of topics and of names no list knows."""

    at: datetime
    source: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """A key told far more often in the window from `start` on than the windows before it say."""

    start: datetime
    key: str
    documents: int
    sources: int
    expected: float
    z: float


def bursts(documents: Iterable[Document], window: timedelta) -> tuple[Burst, ...]:
    """All bursts, the earliest window first, in a window the strongest first.

    A key that bursts in a window takes its count into what is expected of the next.
    """
    by_window = _by_window(documents, window)
    expected: dict[str, tuple[float, float]] = {}
    found: list[Burst] = []
    for number in range(min(by_window, default=0), max(by_window, default=-1) + 1):
        inside = by_window.get(number, [])
        told = _told(inside)
        if len(inside) >= MIN_VOLUME:
            found.extend(_alarms(_EPOCH + number * window, told, expected))
        _learn(expected, {key: len(at) for key, at in told.items()})
    return tuple(found)


def _by_window(
    documents: Iterable[Document], window: timedelta
) -> Mapping[int, Sequence[Document]]:
    by_window: dict[int, list[Document]] = defaultdict(list)
    for document in documents:
        by_window[(document.at - _EPOCH) // window].append(document)
    return by_window


def _told(documents: Sequence[Document]) -> dict[str, list[str]]:
    """For each key the sources of its documents, one for each document; furniture left out."""
    volume = Counter(document.source for document in documents)
    uses = Counter((document.source, key) for document in documents for key in document.keys)
    told: dict[str, list[str]] = {}
    for (source, key), times in uses.items():
        is_furniture = (
            volume[source] >= FURNITURE_DOCUMENTS and times > FURNITURE_SHARE * volume[source]
        )
        if not is_furniture:
            told.setdefault(key, []).extend([source] * times)
    return told


def _alarms(
    start: datetime, told: Mapping[str, list[str]], expected: Mapping[str, tuple[float, float]]
) -> list[Burst]:
    alarms = []
    for key, sources in told.items():
        mean, variance = expected.get(key, (0.0, 0.0))
        z = deviations(len(sources), mean, variance)
        if z > MIN_Z and len(sources) >= MIN_DOCUMENTS and len(set(sources)) >= MIN_SOURCES:
            alarms.append(
                Burst(
                    start=start,
                    key=key,
                    documents=len(sources),
                    sources=len(set(sources)),
                    expected=round(mean, 2),
                    z=round(z, 1),
                )
            )
    return sorted(alarms, key=lambda burst: (-burst.z, burst.key))


def _learn(expected: dict[str, tuple[float, float]], counts: Mapping[str, int]) -> None:
    """Exponential mean and variance (Welford's step with a fixed weight)."""
    for key in expected.keys() | counts.keys():
        expected[key] = learned(*expected.get(key, (0.0, 0.0)), counts.get(key, 0))


def deviations(count: int, mean: float, variance: float) -> float:
    """How surprising a count is, see above: z."""
    return (count - mean) / sqrt(variance + mean / 2 + 0.25)


def learned(mean: float, variance: float, count: int) -> tuple[float, float]:
    """The mean and variance once a window with this count is over."""
    step = count - mean
    return mean + WEIGHT * step, (1 - WEIGHT) * (variance + WEIGHT * step * step)
