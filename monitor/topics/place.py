"""place: where the article plays, as a country or an area over several countries.

- Cities and regions count for their country, so that Mosul, Baghdad and Iraq are one topic.
- A city or region named in the headline or in 2 sentences, as all else, is a topic beside its
  country, at most the two most named; its score is lower by a fifth.
- A place is a topic by the same measure as an actor, see actor.py.
- A country and its state are one topic, always the place: both have the same label, and a topic
  that is place:US today and actor:us tomorrow cannot be followed. What a state does shows in
  bilateral.py.
- The country a source is at home in is named in many articles that are not about it ("US" is the
  most frequent wrong topic in research): without the headline its score is cut by a third.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.topics.actor import entity_score, is_subject, strengths
from monitor.topics.candidate import Candidate
from monitor.topics.form import Form
from monitor.topics.survey import Presence, Survey

FORM = Form(("place",), "{}")
HOME_FACTOR = 2 / 3
MIN_SENTENCES_INSIDE = 2
MOST_INSIDE = 2
_INSIDE = 0.8


def find(survey: Survey) -> Iterator[Candidate]:
    """The places the article is about."""
    for place_id, presence in survey.places.items():
        if is_subject(survey, presence):
            place = survey.knowledge.places[place_id]
            yield Candidate(
                name=place_id,
                label=place.short or place.name,
                score=entity_score(survey, presence) * _home_factor(survey, place_id, presence),
                strengths=strengths(survey, presence),
            )
    yield from _inside(survey)


def _inside(survey: Survey) -> Iterator[Candidate]:
    named = [
        (place_id, presence)
        for place_id, presence in survey.inner.items()
        if len(presence.counts) >= MIN_SENTENCES_INSIDE
        or not survey.headline.isdisjoint(presence.counts)
    ]
    named.sort(key=lambda pair: (-pair[1].salience, pair[0]))
    for place_id, presence in named[:MOST_INSIDE]:
        place = survey.knowledge.places[place_id]
        yield Candidate(
            name=place_id,
            label=place.short or place.name,
            score=_INSIDE * entity_score(survey, presence),
            strengths=strengths(survey, presence),
        )


def _home_factor(survey: Survey, place_id: str, presence: Presence) -> float:
    at_home = survey.reading.article.country == place_id
    return HOME_FACTOR if at_home and survey.headline.isdisjoint(presence.counts) else 1.0
