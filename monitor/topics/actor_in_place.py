"""actor_in_place: "ISIL in Iraq".

- Only armed groups and armies: they are in places. Companies, organisations and leaders are named
  beside many places they are not in; admitting them gave 4 right of 22 in research.
- Actor and place in one sentence, in 2 sentences where the actor is at home or has no home, in 4
  elsewhere: a group abroad is first of all named beside those who fight or fund it.
- The place must be named as a place there: "a threat to US interests" is not in the US. One of the
  sentences must say that something is there ("in Iraq", a city of it), and not only who speaks
  there: "security sources in Iran report that ISIL" is not about ISIL in Iran.
- A second place needs half the sentences of the first, or 4: beside the place where a group is,
  its neighbours are named.
- The score is lower for an army in its own country, which says little.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.lexicon import Knowledge
from monitor.model import Actor
from monitor.topics.candidate import Candidate, joint_score
from monitor.topics.form import Form, Ids, whole
from monitor.topics.survey import Survey

KINDS = frozenset({"armed_group", "military"})
MIN_SENTENCES = 2
MIN_SENTENCES_ABROAD = 4
_ARMY_AT_HOME = 0.7
_NOWHERE: frozenset[int] = frozenset()


def _made(knowledge: Knowledge, ids: Ids) -> Ids | None:
    actor_id, place_id = ids
    is_somewhere = knowledge.actors[actor_id].kind in KINDS
    return (actor_id, whole(knowledge, place_id)) if is_somewhere else None


FORM = Form(("actor", "place"), "{} in {}", made=_made)


def find(survey: Survey) -> Iterator[Candidate]:
    """The armed groups and armies that are somewhere."""
    for actor_id, presence in survey.actors.items():
        actor = survey.knowledge.actors[actor_id]
        if actor.kind in KINDS and len(presence.counts) >= MIN_SENTENCES:
            shown = _shown(survey, actor)
            most = max(map(len, shown.values()), default=0)
            for place_id, both in shown.items():
                if len(both) >= min(most / 2, MIN_SENTENCES_ABROAD):
                    yield _candidate(survey, actor, place_id, both)


def _shown(survey: Survey, actor: Actor) -> dict[str, frozenset[int]]:
    """The places the actor may be in, with the sentences that show it."""
    named = survey.actors[actor.id].counts.keys()
    together = {place_id: scenes & named for place_id, scenes in survey.scenes.items()}
    return {
        place_id: both
        for place_id, both in together.items()
        if len(both) >= _needed(actor, place_id) and both & survey.grounds.get(place_id, _NOWHERE)
    }


def _needed(actor: Actor, place_id: str) -> int:
    return MIN_SENTENCES if not actor.home or place_id in actor.home else MIN_SENTENCES_ABROAD


def _candidate(survey: Survey, actor: Actor, place_id: str, both: frozenset[int]) -> Candidate:
    place = survey.knowledge.places[place_id]
    presence, place_presence = survey.actors[actor.id], survey.places[place_id]
    score = joint_score(survey.weight(both), (survey.share(presence), survey.share(place_presence)))
    at_home = actor.kind == "military" and place_id in actor.home
    return Candidate(
        name=FORM.key((actor.id, place_id)),
        label=FORM.label.format(actor.short or actor.name, place.short or place.name),
        score=score * (_ARMY_AT_HOME if at_home else 1.0),
        strengths={
            sentence: survey.weights[sentence]
            + 0.1 * (presence.counts[sentence] + place_presence.counts[sentence])
            for sentence in both
        },
    )
