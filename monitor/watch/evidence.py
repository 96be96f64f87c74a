"""Which words to show for a match: one place for each clause, close to each other."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from monitor.model import Evidence, Field
from monitor.text import FIELDS, Place, Span
from monitor.watch.clauses import Clause, Wanted
from monitor.watch.scene import Scene

MAX_SHOWN = 8
_LOOKED_AT = 12
"""Of a clause with more places than this only the first are weighed."""


def show(clause: Clause, scene: Scene) -> tuple[Evidence, ...]:
    """The evidence for a clause that holds, in order of the text."""
    said: list[Evidence] = []
    wanted: list[Wanted] = []
    for proof in clause.proof(scene):
        if isinstance(proof, Evidence):
            said.append(proof)
        else:
            wanted.append(proof)
    chosen = dict.fromkeys(_chosen(wanted[: 4 * MAX_SHOWN], scene))
    if not said:
        first = sorted(islice(chosen, MAX_SHOWN))
        return tuple([scene.evidence(span, label) for span, label in first])
    shown = dict.fromkeys((*said, *(scene.evidence(span, label) for span, label in chosen)))
    return tuple(sorted(islice(shown, MAX_SHOWN), key=_place_in_text))


def _place_in_text(found: Evidence) -> tuple[int, int, int]:
    return FIELDS.index(found.field), found.start, found.end


def _chosen(wanted: list[Wanted], scene: Scene) -> list[tuple[Span, str]]:
    """For each clause the place whose sentence, then paragraph, shows most of the clauses."""
    if len(wanted) == 1 or all(len(spans) == 1 for _, spans in wanted):
        return [(spans[0], label) for label, spans in wanted]
    rows = [
        (label, [(span, scene.reading.place_of(span)) for span in spans[:_LOOKED_AT]])
        for label, spans in wanted
    ]
    sentences: Counter[Place] = Counter()
    paragraphs: Counter[tuple[Field, int]] = Counter()
    for _, row in rows:
        sentences.update({place for _, place in row})
        paragraphs.update({(place.field, place.paragraph) for _, place in row})

    def company(found: tuple[Span, Place]) -> tuple[int, int, int]:
        span, place = found
        return sentences[place], paragraphs[place.field, place.paragraph], -span[0]

    return [(max(row, key=company)[0], label) for label, row in rows]
