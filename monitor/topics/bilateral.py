"""bilateral: "US Iraq relations".

- Two countries in a sentence, one of them acting as a state there (survey.py): in 3 sentences, or
  in the headline. A headline that only names both counts when 2 sentences show it: an earthquake
  that strikes two countries is no relation between them.
- A city in which others meet ("met in Geneva") makes its country no party, and a country that is
  never named otherwise ("in Singapore") is none either.
- Only the 6 countries with most attention are paired.
- The one that acts in more sentences comes first in the label; the key sorts the ids. The label
  says nothing of the tone.
- Nothing in an article about sport: "Iran beat the US" is not about relations.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from monitor.lexicon import Knowledge
from monitor.topics.candidate import Candidate, joint_score
from monitor.topics.form import Form, Ids, whole
from monitor.topics.survey import Survey

MIN_SENTENCES = 3
MIN_SENTENCES_UNDER_HEADLINE = 2
MOST_COUNTRIES = 6
SPORT = "sport"
_MUCH_SPORT = 0.5


def _made(knowledge: Knowledge, ids: Ids) -> Ids | None:
    one, other = (whole(knowledge, place_id) for place_id in ids)
    countries = all(knowledge.places[id_].kind == "country" for id_ in (one, other))
    return (one, other) if countries and one != other else None


FORM = Form(("place", "place"), "{} {} relations", either=True, made=_made)


def find(survey: Survey) -> Iterator[Candidate]:
    """The pairs of countries that deal with each other."""
    if not survey.acting or survey.shares.get(SPORT, 0.0) > _MUCH_SPORT:
        return
    for one, other in combinations(_countries(survey), 2):
        both = _dealings(survey, one, other)
        if both:
            yield _candidate(survey, one, other, both)


def _countries(survey: Survey) -> list[str]:
    places = survey.knowledge.places
    named = [
        place_id
        for place_id in survey.parties
        if place_id in places and places[place_id].kind == "country"
    ]
    return sorted(named, key=lambda id_: (-survey.parties[id_].salience, id_))[:MOST_COUNTRIES]


def _dealings(survey: Survey, one: str, other: str) -> frozenset[int]:
    """The sentences that show the pair, when they are enough."""
    together = survey.parties[one].counts.keys() & survey.parties[other].counts.keys()
    acting = survey.acting.get(one, frozenset()) | survey.acting.get(other, frozenset())
    shown = frozenset(together & acting)
    if len(shown) >= MIN_SENTENCES or shown & survey.headline:
        return shown | (together & survey.headline)
    if together & survey.headline and len(shown) >= MIN_SENTENCES_UNDER_HEADLINE:
        return shown | (together & survey.headline)
    return frozenset()


def _candidate(survey: Survey, one: str, other: str, both: frozenset[int]) -> Candidate:
    first, second = _by_acts(survey, one, other, both)
    return Candidate(
        name=FORM.key((one, other)),
        label=FORM.label.format(_label(survey, first), _label(survey, second)),
        score=joint_score(
            survey.weight(both),
            (min(1.0, survey.share(survey.parties[place_id])) for place_id in (one, other)),
        ),
        strengths={
            sentence: survey.weights[sentence]
            + 0.1 * sum(survey.parties[place_id].counts[sentence] for place_id in (one, other))
            for sentence in both
        },
    )


def _by_acts(survey: Survey, one: str, other: str, both: frozenset[int]) -> list[str]:
    """The one that acts in more sentences first; then in more of these; then the first named."""

    order = list(survey.parties)

    def acts(place_id: str) -> tuple[int, int, int]:
        own = survey.acting.get(place_id, frozenset())
        return -len(own), -len(own & both), order.index(place_id)

    return sorted((one, other), key=acts)


def _label(survey: Survey, place_id: str) -> str:
    place = survey.knowledge.places[place_id]
    return place.short or place.name
