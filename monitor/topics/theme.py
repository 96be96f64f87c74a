"""theme: what the article is about.

- A theme needs `min_sentences` sentences that speak of it (2 unless its file says else; a headline
  counts as two), and its terms must be dense: their weight, at most 3 a sentence, over the weight
  of all sentences plus 4, at least .12. The 4 keeps very short texts from being all theme.
- A theme with less than two fifths of the density of the densest is no topic of its own, only part
  of compositions: publishers' tags agreed with one in twenty of those.
- Score: the density against the densest theme of the article, at most .9; a theme below .6 density
  is measured against .6, so that a faint theme stays faint when nothing else is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from monitor.lexicon import Knowledge
from monitor.topics.candidate import Candidate
from monitor.topics.form import Form
from monitor.topics.survey import Survey

FORM = Form(("theme",), "{}")
MIN_DENSITY = 0.12
MIN_SHARE = 0.4
FULL_DENSITY = 0.6
MOST_A_SENTENCE = 3.0
_SMOOTHING = 4.0
_BEST = 0.9


def find(survey: Survey) -> Iterator[Candidate]:
    """The themes the article is about."""
    for theme_id, share in survey.shares.items():
        if share < MIN_SHARE:
            continue
        hits = survey.themes[theme_id]
        yield Candidate(
            name=theme_id,
            label=survey.knowledge.themes[theme_id].label,
            score=_BEST * share,
            strengths={
                sentence: min(weight, MOST_A_SENTENCE) * survey.weights[sentence]
                for sentence, weight in hits.items()
            },
        )


def shares(
    themes: Mapping[str, Mapping[int, float]],
    weights: Sequence[float],
    headline: Set[int],
    knowledge: Knowledge,
) -> dict[str, float]:
    """Each theme that an article speaks of with its density against the densest, 0 to 1.

    `themes` gives the weight of each in the sentences with its terms, `weights` that of sentences.
    """
    whole = sum(weights) + _SMOOTHING
    densities = {}
    for theme_id, hits in themes.items():
        sentences = len(hits) + (not headline.isdisjoint(hits))
        if sentences >= knowledge.themes[theme_id].min_sentences:
            spoken = [min(hits[at], MOST_A_SENTENCE) * weights[at] for at in hits]
            density = sum(spoken) / whole
            if density >= MIN_DENSITY:
                densities[theme_id] = density
    full = max(FULL_DENSITY, *densities.values()) if densities else FULL_DENSITY
    return {theme_id: density / full for theme_id, density in densities.items()}
