"""actor_and_actor: "Hamas and Hezbollah", "Trump and Putin".

- Two listed actors in one sentence, with a deed between them ("ISIL attacked the Peshmerga") or
  behind both ("Trump and Putin met"): in the headline, or in 2 sentences. Being named together is
  not enough: spokesmen, agencies and experts are named beside everybody.
- At most 80 characters lie between them, and no third actor: a deed further off is somebody else's.
- Words of telling ("said", "told") are no deeds.
- States are not paired here but in bilateral.py; a leader and the government called after him or
  her are one.
- The one that comes first in more sentences comes first in the label; the key sorts the ids.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from monitor.lexicon import Knowledge
from monitor.text import FIELDS
from monitor.topics.candidate import Candidate, joint_score
from monitor.topics.form import Form, Ids
from monitor.topics.survey import Named, Survey

MIN_SENTENCES = 2
MOST_BETWEEN = 80
_DEED = re.compile(
    r"\b(?:attack|fight|fought|battl|clash|kill|bomb|shell|struck|strike|raid|captur|seiz|besieg|"
    r"target|accus|sued?\b|suing|condemn|critici|prais|back(?:s|ed|ing)\b|support|met\b|meet|talk|"
    r"negotiat|phoned\b|phone call|urg(?:e|ing)|warn|threat|sanction|"
    r"fir(?:ed|es|ing)\b|dismiss|appoint|nominat|"
    r"endors|defeat|beat(?:s|en|ing)?\b|replac|succeed|join|all(?:y|ied)\b|split|disown|"
    r"arm(?:s|ed|ing)\b|"
    r"fund|purchas|takeover|pay|paid|buy|bought|acquir|merg|fin(?:ed|es|ing)\b|bann|block|reject|invit|host|welcom|"
    r"thank|blam|mock|challeng|order|ceasefire|truce|deal\b|agree|swap|releas|arrest|charg|indict|"
    r"help|sign|confront|rival|against\b|oust|toppl|expel|investigat|probe|raid|pledg)",
    re.IGNORECASE,
)
_JOINED = re.compile(r",? (?:and|&) (?:the |[A-Z][\w.]+ ){0,2}$")
_BEHIND_BOTH = 60


def _made(knowledge: Knowledge, ids: Ids) -> Ids | None:
    return ids if len(set(ids)) == len(ids) else None


FORM = Form(("actor", "actor"), "{} and {}", either=True, made=_made)


def find(survey: Survey) -> Iterator[Candidate]:
    """The pairs of actors that act on each other."""
    shown: dict[tuple[str, str], set[int]] = {}
    first: Counter[str] = Counter()
    for sentence, cast in survey.cast.items():
        if len(cast) < 2:
            continue
        for one, other in pairwise(_apart(cast)):
            ids = one.name.id, other.name.id
            if _are_two(*ids) and _deal(survey, one, other):
                shown.setdefault((min(ids), max(ids)), set()).add(sentence)
                first[ids[0]] += 1
    for pair, sentences in shown.items():
        if len(sentences) >= MIN_SENTENCES or not survey.headline.isdisjoint(sentences):
            yield _candidate(survey, sorted(pair, key=lambda id_: (-first[id_], id_)), sentences)


def _apart(cast: Sequence[Named]) -> list[Named]:
    """The mentions of a sentence that do not overlap, one for each place."""
    kept: list[Named] = []
    for mention in cast:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _are_two(one: str, other: str) -> bool:
    return one != other and not one.startswith(other + "-") and not other.startswith(one + "-")


def _deal(survey: Survey, one: Named, other: Named) -> bool:
    text = survey.reading.text(FIELDS[one.field])
    between = text[one.end : other.start]
    if len(between) > MOST_BETWEEN:
        return False
    if _JOINED.fullmatch(between):
        sentence = survey.reading.sentence(other.sentence)
        behind = text[other.end : min(other.end + _BEHIND_BOTH, sentence.end)]
        return _DEED.search(behind) is not None
    return _DEED.search(between) is not None


def _candidate(survey: Survey, ids: list[str], sentences: set[int]) -> Candidate:
    actors = [survey.knowledge.actors[id_] for id_ in ids]
    presences = [survey.actors[id_] for id_ in ids]
    return Candidate(
        name=FORM.key(tuple(ids)),
        label=FORM.label.format(*(actor.short or actor.name for actor in actors)),
        score=joint_score(
            survey.weight(sentences), (survey.share(presence) for presence in presences)
        ),
        strengths={sentence: survey.weights[sentence] for sentence in sentences},
    )
