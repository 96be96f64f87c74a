"""name: somebody or something that no list knows, and the article is about.

- A name of several words ("Andy Murray") in 2 sentences, one word ("Strava") in 3; one fewer when
  the headline has it.
- At most 4 an article: most names are those of people who are quoted.
- Score: as for an actor, less a fifth: nobody has said what it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.text import folded
from monitor.topics.actor import entity_score, strengths
from monitor.topics.candidate import Candidate
from monitor.topics.survey import Presence, Survey

MIN_SENTENCES = 2
MIN_SENTENCES_OF_ONE_WORD = 3
MOST_NAMES = 4
_UNKNOWN = 0.8


def find(survey: Survey) -> Iterator[Candidate]:
    """The unlisted names the article is about."""
    told = [
        (name, presence)
        for name, presence in survey.names.items()
        if _is_told(survey, name, presence)
    ]
    told.sort(key=lambda pair: (-pair[1].salience, pair[0]))
    for name, presence in told[:MOST_NAMES]:
        yield Candidate(
            name=folded(name).replace(" ", "-"),
            label=name,
            score=_UNKNOWN * min(1.0, entity_score(survey, presence)),
            strengths=strengths(survey, presence),
        )


def _is_told(survey: Survey, name: str, presence: Presence) -> bool:
    needed = MIN_SENTENCES if " " in name else MIN_SENTENCES_OF_ONE_WORD
    in_headline = not survey.headline.isdisjoint(presence.counts)
    return len(presence.counts) >= needed - in_headline
