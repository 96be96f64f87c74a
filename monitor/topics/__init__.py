"""topics: what is an article about? Mentions in, topics out; a file per shape, one table.

A topic is an entity (who, where, what about) or a composition of them, with a score and the
sentences that show it. Rules, thresholds and their reasons stand at the top of each shape's file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

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
from monitor.topics.form import Form
from monitor.topics.survey import Survey

__all__ = [
    "LEAST_SCORE",
    "MOST_TOPICS",
    "SHAPES",
    "Candidate",
    "Shape",
    "Survey",
    "extract",
    "propose",
    "survey",
    "topics_of",
]


class Shape(NamedTuple):
    """A kind of topic: what finds them in an article, and how they are spelled; nobody can list
    those without a form.
    """

    find: Callable[[Survey], Iterator[Candidate]]
    form: Form | None = None


# A new shape is a file with `find` and `FORM`, and a line here.
SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "actor": Shape(actor.find, actor.FORM),
        "place": Shape(place.find, place.FORM),
        "theme": Shape(theme.find, theme.FORM),
        "name": Shape(name.find),
        "actor_in_place": Shape(actor_in_place.find, actor_in_place.FORM),
        "place_theme": Shape(place_theme.find, place_theme.FORM),
        "bilateral": Shape(bilateral.find, bilateral.FORM),
        "actor_and_actor": Shape(actor_and_actor.find, actor_and_actor.FORM),
    }
)
MOST_TOPICS = 15
LEAST_SCORE = 0.15
"""Of 38 topics from .15 to .2 five were tags of their publishers, of 48 from .05 to .1 one."""
MOST_EVIDENCE = 5


def extract(reading: Reading, mentions: Mentions, knowledge: Knowledge) -> tuple[Topic, ...]:
    """The topics of an article, best first: at most 15, with scores of .15 and more.

    Pure: the same article and knowledge give the same topics. The publisher's tags are not read.
    """
    return topics_of(survey(reading, mentions, knowledge))


def topics_of(surveyed: Survey) -> tuple[Topic, ...]:
    """The topics of an article that was surveyed, as `extract` gives them."""
    shown: dict[int, TopicEvidence] = {}
    return tuple(
        [
            _topic(surveyed, candidate, shape, shown)
            for candidate, shape in propose(surveyed)[:MOST_TOPICS]
            if candidate.score >= LEAST_SCORE
        ]
    )


def propose(surveyed: Survey) -> list[tuple[Candidate, str]]:
    """What each shape proposes, with the shape's name, best first, whatever its score."""
    found = [(candidate, shape) for shape, of in SHAPES.items() for candidate in of.find(surveyed)]
    found.sort(key=_best_first)
    return found


def _best_first(entry: tuple[Candidate, str]) -> tuple[float, str, str]:
    candidate, shape = entry
    return -candidate.score, shape, candidate.name


def _topic(
    surveyed: Survey, candidate: Candidate, shape: str, shown: dict[int, TopicEvidence]
) -> Topic:
    strengths = candidate.strengths
    strongest = sorted(sorted(strengths), key=strengths.__getitem__, reverse=True)[:MOST_EVIDENCE]
    for index in strongest:
        if index not in shown:
            shown[index] = _evidence(surveyed.reading, index)
    return Topic(
        key=f"{shape}:{candidate.name}",
        label=candidate.label,
        shape=shape,
        score=round(candidate.score, 3),
        evidence=tuple([shown[index] for index in strongest]),
    )


def _evidence(reading: Reading, index: int) -> TopicEvidence:
    sentence = reading.sentence(index)
    return TopicEvidence(
        sentence=reading.sentence_text(sentence),
        field=sentence.field,
        start=sentence.start,
        end=sentence.end,
    )
