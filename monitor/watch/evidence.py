"""Which words to show for a match: one place for each clause, close to each other."""

from __future__ import annotations

from collections import Counter

from monitor.model import Evidence, Field, Sentence
from monitor.text import FIELDS, Span
from monitor.watch.clauses import Clause, Wanted
from monitor.watch.scene import Scene

MAX_SHOWN = 8
_LOOKED_AT = 12
"""Of a clause with more places than this only the first are weighed."""

_ORDER = {field: at for at, field in enumerate(FIELDS)}


def show(clause: Clause, scene: Scene) -> tuple[Evidence, ...]:
    """The evidence for a clause that holds, in order of the text."""
    shown: dict[tuple[Field, int, int, str], Evidence] = {}
    wanted: list[Wanted] = []
    for proof in clause.proof(scene):
        if isinstance(proof, Evidence):
            shown.setdefault(_key(proof), proof)
        else:
            wanted.append(proof)
    for label, span in _chosen(wanted[: 4 * MAX_SHOWN], scene):
        evidence = scene.evidence(span, label)
        shown.setdefault(_key(evidence), evidence)
    first = list(shown.values())[:MAX_SHOWN]
    return tuple(sorted(first, key=lambda found: (_ORDER[found.field], found.start, found.end)))


def _key(evidence: Evidence) -> tuple[Field, int, int, str]:
    return evidence.field, evidence.start, evidence.end, evidence.term


def _chosen(wanted: list[Wanted], scene: Scene) -> list[tuple[str, Span]]:
    """For each clause the place whose sentence, then paragraph, shows most of the clauses."""
    if len(wanted) == 1 or all(len(spans) == 1 for _, spans in wanted):
        return [(label, spans[0]) for label, spans in wanted]
    rows = [
        (label, [(span, scene.reading.sentence_of(span)) for span in spans[:_LOOKED_AT]])
        for label, spans in wanted
    ]
    sentences: Counter[int] = Counter()
    paragraphs: Counter[int] = Counter()
    for _, row in rows:
        sentences.update({sentence.index for _, sentence in row})
        paragraphs.update({sentence.paragraph for _, sentence in row})

    def company(place: tuple[Span, Sentence]) -> tuple[int, int, int]:
        span, sentence = place
        return sentences[sentence.index], paragraphs[sentence.paragraph], -span[0]

    return [(label, max(row, key=company)[0]) for label, row in rows]
