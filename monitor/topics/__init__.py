"""topics: what is an article about? Mentions in, topics out; a file per shape, one table.

A topic is an entity (who, where, what about) or a composition of them, with a score and the
sentences that show it. Rules, thresholds and their reasons stand at the top of each shape's file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from monitor.lexicon import Knowledge, Mentions
from monitor.model import Topic, TopicEvidence
from monitor.text import Reading
from monitor.topics import (
    actor,
    actor_and_actor,
    actor_in_place,
    bilateral,
    name,
    place,
    place_theme,
    theme,
)
from monitor.topics.candidate import Candidate
from monitor.topics.counting import survey
from monitor.topics.survey import Survey

__all__ = [
    "LEAST_SCORE",
    "MOST_TOPICS",
    "SHAPES",
    "Candidate",
    "Survey",
    "extract",
    "propose",
    "survey",
    "topics_of",
]

Shape: TypeAlias = Callable[[Survey], Iterator[Candidate]]

# A new shape is a file with `find` and a line here.
SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "actor": actor.find,
        "place": place.find,
        "theme": theme.find,
        "name": name.find,
        "actor_in_place": actor_in_place.find,
        "place_theme": place_theme.find,
        "bilateral": bilateral.find,
        "actor_and_actor": actor_and_actor.find,
    }
)
MOST_TOPICS = 15
LEAST_SCORE = 0.2
MOST_EVIDENCE = 5


def extract(reading: Reading, mentions: Mentions, knowledge: Knowledge) -> tuple[Topic, ...]:
    """The topics of an article, best first: at most 15, with scores of .2 and more.

    Pure: the same article and knowledge give the same topics. The publisher's tags are not read.
    """
    return topics_of(survey(reading, mentions, knowledge))


def topics_of(surveyed: Survey) -> tuple[Topic, ...]:
    """The topics of an article that was surveyed, as `extract` gives them."""
    proposed = propose(surveyed)
    chosen = [(candidate, shape) for candidate, shape in proposed if candidate.score >= LEAST_SCORE]
    return tuple(
        _topic(surveyed.reading, candidate, shape) for candidate, shape in chosen[:MOST_TOPICS]
    )


def propose(surveyed: Survey) -> list[tuple[Candidate, str]]:
    """What each shape proposes, with the shape's name, best first, whatever its score."""
    found = [(candidate, shape) for shape, find in SHAPES.items() for candidate in find(surveyed)]
    found.sort(key=_best_first)
    return found


def _best_first(entry: tuple[Candidate, str]) -> tuple[float, str, str]:
    candidate, shape = entry
    return -candidate.score, shape, candidate.name


def _topic(reading: Reading, candidate: Candidate, shape: str) -> Topic:
    strongest = sorted(candidate.strengths, key=lambda index: (-candidate.strengths[index], index))
    sentences = (reading.sentences[index] for index in strongest[:MOST_EVIDENCE])
    return Topic(
        key=f"{shape}:{candidate.name}",
        label=candidate.label,
        shape=shape,
        score=round(candidate.score, 3),
        evidence=tuple(
            TopicEvidence(
                sentence=reading.sentence_text(sentence),
                field=sentence.field,
                start=sentence.start,
                end=sentence.end,
            )
            for sentence in sentences
        ),
    )
