"""place_theme: "Iraq violence".

- The theme must be one of the article's (theme.py) and composable: "France sport" and "US business"
  say nothing, "Iraq violence" does.
- A term of the theme within one sentence of the place, in at least 3 sentences. With 2 a place
  named in passing catches the theme of the whole article: judged by hand on 85 articles, 3 and the
  rule on kinds in actor_in_place.py raised apt compositions from 55 to 66 %.
- The place must be a topic itself (two sentences or the headline): one mention has two neighbours.
- What happens somewhere happens where a place is named as a place: a country that only acts ("US
  officials said") is not the scene of an attack or a flood; and the headline or 2 sentences must
  say that something is there ("in Iraq", a city of it): "Americans" and "the United States" are
  named beside all wars. Trade, sanctions and the other POLICIES are acts of states, there all
  count.
- At most 3 themes a place, the best: violence, war and terrorism go together often enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor.lexicon import Knowledge
from monitor.topics.actor import is_subject
from monitor.topics.candidate import Candidate, joint_score
from monitor.topics.form import Form, Ids, whole
from monitor.topics.survey import Survey

MIN_SENTENCES = 3
MIN_GROUNDS = 2
POLICIES = frozenset(
    {
        "diplomacy",
        "economy",
        "espionage",
        "human-rights",
        "military",
        "nuclear",
        "press-freedom",
        "sanctions",
        "trade",
    }
)
MOST_A_PLACE = 3


def _made(knowledge: Knowledge, ids: Ids) -> Ids | None:
    place_id, theme_id = ids
    composable = knowledge.themes[theme_id].composable
    return (whole(knowledge, place_id), theme_id) if composable else None


FORM = Form(("place", "theme"), "{} {}", made=_made)


def find(survey: Survey) -> Iterator[Candidate]:
    """The themes that play in a place."""
    themes = {
        theme_id: share
        for theme_id, share in survey.shares.items()
        if survey.knowledge.themes[theme_id].composable
    }
    if themes:
        for place_id, presence in survey.places.items():
            if not is_subject(survey, presence):
                continue
            found = sorted(_of_place(survey, place_id, themes), key=lambda c: (-c.score, c.name))
            yield from found[:MOST_A_PLACE]


def _of_place(survey: Survey, place_id: str, themes: dict[str, float]) -> Iterator[Candidate]:
    place, presence = survey.knowledge.places[place_id], survey.places[place_id]
    scenes = survey.scenes.get(place_id, frozenset())
    grounds = survey.grounds.get(place_id, frozenset())
    is_there = len(grounds) >= MIN_GROUNDS or not survey.headline.isdisjoint(grounds)
    around_scenes = _around(scenes) if is_there else set()
    around_all = _around(presence.counts)
    for theme_id, share in themes.items():
        hits = survey.themes[theme_id]
        both = hits.keys() & (around_all if theme_id in POLICIES else around_scenes)
        if len(both) < MIN_SENTENCES:
            continue
        yield Candidate(
            name=FORM.key((place_id, theme_id)),
            label=FORM.label.format(
                place.short or place.name, survey.knowledge.themes[theme_id].label
            ),
            score=joint_score(survey.weight(both), (survey.share(presence), share)),
            strengths={
                sentence: survey.weights[sentence] * (1 + (sentence in presence.counts))
                + 0.1 * hits[sentence]
                for sentence in both
            },
        )


def _around(sentences: Iterable[int]) -> set[int]:
    """These sentences and their neighbours."""
    return {near for sentence in sentences for near in (sentence - 1, sentence, sentence + 1)}
