"""actor: who the article is about.

- An actor is a topic when the headline names it, or two sentences do, or it has more than a third
  of the attention the most named thing has: one mention in passing is not a topic.
- A company needs the headline or the lead and two sentences: newspapers and agencies are companies,
  and are named as sources far more often than written about.
- State actors are not topics here; their country is, see place.py.
- Score: the share of attention, less while all there is weighs under a headline (3).
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.lexicon import Knowledge
from monitor.topics.candidate import Candidate
from monitor.topics.form import Form, Ids
from monitor.topics.survey import HEADLINE_WEIGHT, LEAD_WEIGHT, Presence, Survey

MIN_SENTENCES = 2
MIN_SHARE = 0.35


def _made(knowledge: Knowledge, ids: Ids) -> Ids | None:
    return None if knowledge.actors[ids[0]].kind == "state" else ids


FORM = Form(("actor",), "{}", made=_made)


def find(survey: Survey) -> Iterator[Candidate]:
    """The actors the article is about."""
    for actor_id, presence in survey.actors.items():
        actor = survey.knowledge.actors[actor_id]
        if actor.kind == "company":
            wanted = _leads(survey, presence) and len(presence.counts) >= MIN_SENTENCES
        else:
            wanted = is_subject(survey, presence)
        if wanted:
            yield Candidate(
                name=actor_id,
                label=actor.short or actor.name,
                score=entity_score(survey, presence),
                strengths=strengths(survey, presence),
            )


def is_subject(survey: Survey, presence: Presence) -> bool:
    """Whether something is named enough to be a topic."""
    return (
        len(presence.counts) >= MIN_SENTENCES
        or not survey.headline.isdisjoint(presence.counts)
        or survey.share(presence) > MIN_SHARE
    )


def entity_score(survey: Survey, presence: Presence) -> float:
    """The share of attention, less while there is little to go by."""
    return survey.share(presence) * min(1.0, presence.weight / HEADLINE_WEIGHT)


def strengths(survey: Survey, presence: Presence) -> dict[int, float]:
    """How much each sentence shows that the article is about it."""
    return {
        sentence: survey.weights[sentence] + 0.1 * count
        for sentence, count in presence.counts.items()
    }


def _leads(survey: Survey, presence: Presence) -> bool:
    return any(survey.weights[sentence] >= LEAD_WEIGHT for sentence in presence.counts)
