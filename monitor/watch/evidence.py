"""Which words to show for a match: one place for each clause, close to each other."""

from __future__ import annotations

from bisect import bisect_left

from monitor.model import Evidence
from monitor.text import FIELDS, Span
from monitor.watch.clauses import Clause, Wanted
from monitor.watch.scene import Scene

MAX_SHOWN = 8
_LOOKED_AT = 12
"""Of a clause with more places than this only the first are weighed."""


def show(clause: Clause, scene: Scene) -> tuple[Evidence, ...]:
    """The evidence for a clause that holds, in order of the text."""
    proofs = [*clause.proof(scene)]
    wanted: list[Wanted] = [proof for proof in proofs if not isinstance(proof, Evidence)]
    if len(proofs) == len(wanted) == 1:
        ((label, spans),) = wanted
        return (scene.evidence(spans[0], label),)
    chosen = dict.fromkeys(_chosen(wanted[: 4 * MAX_SHOWN], scene))
    if len(proofs) == len(wanted):
        return tuple([scene.evidence(span, label) for span, label in sorted([*chosen][:MAX_SHOWN])])
    said = (proof for proof in proofs if isinstance(proof, Evidence))
    shown = dict.fromkeys((*said, *(scene.evidence(span, label) for span, label in chosen)))
    return tuple(sorted([*shown][:MAX_SHOWN], key=_place_in_text))


def _place_in_text(found: Evidence) -> tuple[int, int, int]:
    return FIELDS.index(found.field), found.start, found.end


def _chosen(wanted: list[Wanted], scene: Scene) -> list[tuple[Span, str]]:
    """For each clause one place, about a place of the clause that has the fewest."""
    if max([len(spans) for _, spans in wanted], default=1) == 1:
        return [(spans[0], label) for label, spans in wanted]
    fewest = min([spans for _, spans in wanted], key=len)
    if len(fewest) == 1:
        return _about(fewest[0], wanted, scene)[1]
    return min(_about(middle, wanted, scene) for middle in fewest[:_LOOKED_AT])[1]


def _about(
    middle: Span, wanted: list[Wanted], scene: Scene
) -> tuple[tuple[int, int, int], list[tuple[Span, str]]]:
    """The places nearest to one, a clause each; and how many are outside its sentence, how many
    outside its paragraph, and how far they are from it in all."""
    outside_sentence = outside_paragraph = letters = 0
    chosen: list[tuple[Span, str]] = []
    for label, spans in wanted:
        at = bisect_left(spans, middle)
        beside = spans[max(0, at - 1) : at + 1]
        apart, span = min([(scene.reading.apart(span, middle), span) for span in beside])
        chosen.append((span, label))
        outside_sentence += apart[:2] != (0, 0)
        outside_paragraph += apart[0] > 0
        letters += apart[2]
    return (outside_sentence, outside_paragraph, letters), chosen
