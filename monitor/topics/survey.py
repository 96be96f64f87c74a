"""Survey: who, where and what about, counted by sentence once, for all shapes.

How much a sentence counts: the headline 3, the first three after it 1.6, the rest 1: news says
first what it is about. What counts as named at all is decided in counting.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import NamedTuple

from monitor.lexicon import Knowledge, Name
from monitor.text import Reading

HEADLINE_WEIGHT = 3.0
LEAD_WEIGHT = 1.6
LEAD_SENTENCES = 3


class Presence(NamedTuple):
    """In which sentences something is named, how often; and what that weighs.

    These are tuples, since an article has dozens: a frozen dataclass takes three times as long.
    """

    counts: Mapping[int, int]
    weight: float
    salience: float


class Named(NamedTuple):
    """A name or term where it stands: `field` is the number of one in `FIELDS`, `start` and `end`
    are offsets in its text, `sentence` is an index as in `Sentence`."""

    name: Name
    field: int
    start: int
    end: int
    sentence: int


class Dismissed(NamedTuple):
    """A name that does not count, and why: shown by `wirewatch topics --why`."""

    named: Named
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What an article names, by sentence. Sentences are indexes as in `Sentence`.

    `places` are countries and areas, `inner` the cities and regions inside them. `scenes` are the
    sentences in which a place is named as a place, `grounds` those that also say that something is
    there ("in Iraq"), `acting` those in which a country acts as a state. `parties` are both, with
    weights, less those in which only a city in the country is the venue ("met in Baghdad").
    `themes` gives the weight of a theme in each sentence that speaks of it, `shares` how dense each
    theme is against the densest (theme.py). `names` are those no list knows. `cast` are the actors
    that count where they are named, in order of the text, by sentence.
    """

    reading: Reading
    knowledge: Knowledge
    weights: Sequence[float]
    headline: frozenset[int]
    actors: Mapping[str, Presence]
    places: Mapping[str, Presence]
    inner: Mapping[str, Presence]
    scenes: Mapping[str, frozenset[int]]
    grounds: Mapping[str, frozenset[int]]
    acting: Mapping[str, frozenset[int]]
    parties: Mapping[str, Presence]
    themes: Mapping[str, Mapping[int, float]]
    shares: Mapping[str, float]
    names: Mapping[str, Presence]
    cast: Mapping[int, Sequence[Named]]
    dismissed: Sequence[Dismissed]
    top: float

    def share(self, presence: Presence) -> float:
        """How much of the article's attention something has, the most named thing having 1."""
        return presence.salience / self.top if self.top else 0.0

    def weight(self, sentences: Iterable[int]) -> float:
        """What these sentences weigh together."""
        return sum([self.weights[sentence] for sentence in sentences])


def weights_of(reading: Reading) -> list[float]:
    """What each sentence of an article weighs."""
    title, *others = reading.sentence_counts
    below = sum(others)
    lead = min(below, LEAD_SENTENCES)
    return [HEADLINE_WEIGHT] * title + [LEAD_WEIGHT] * lead + [1.0] * (below - lead)


def presence_of(counts: Mapping[int, int], weights: Sequence[float]) -> Presence:
    """What being named so often in these sentences weighs."""
    weight = sum(map(weights.__getitem__, counts))
    # more mentions in the same sentences matter, but less and less
    return Presence(counts, weight, weight * (1 + log(1 + sum(counts.values())) / 3))


def presences_of(
    counted: Mapping[str, Mapping[int, int]], weights: Sequence[float]
) -> dict[str, Presence]:
    """The same of each of them."""
    return {id_: presence_of(counts, weights) for id_, counts in counted.items()}
