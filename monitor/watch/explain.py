"""Why does an article satisfy a watch, or not? The whole tree, clause by clause.

Nothing here is asked while articles are judged: an explanation may take a millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from monitor.lexicon import Mentions
from monitor.model import Evidence, Topic
from monitor.text import Reading, Span
from monitor.watch import distances, misses
from monitor.watch.evidence import show
from monitor.watch.misses import Miss
from monitor.watch.plan import Planner
from monitor.watch.scene import Scene
from monitor.watch.spelling import spell
from monitor.watch.tree import (
    And,
    AtLeast,
    Filter,
    InField,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Scope,
    Subject,
    Term,
    Together,
    TopicIs,
    Wild,
)

_SHOWN = 3
_BOTH_STAND = 0.8
"""How near a proximity came when all its sides stand somewhere, only not close enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one clause.

    `clause` is its canonical spelling, `form` what sort it is ("and", "near", "term"). `evidence`
    is what made it true, of `places` in all; when it did not hold, `miss` says in plain words what
    came nearest and `nearest` where that stands. `closeness` is 1 when it held, else how much of it
    did, below 1.
    """

    clause: str
    form: str
    held: bool
    evidence: tuple[Evidence, ...] = ()
    places: int = 0
    miss: str = ""
    nearest: tuple[Evidence, ...] = ()
    closeness: float
    parts: tuple[Verdict, ...] = ()

    @property
    def missing(self) -> tuple[Verdict, ...]:
        """The clauses that failed and say why, outermost first; of an OR the one that came nearest.

        Never empty when the verdict did not hold.
        """
        if self.held:
            return ()
        failed = tuple(part for part in self.parts if not part.held)
        if self.miss or not failed:
            return (self,)
        if self.form == "or":
            failed = (max(failed, key=lambda part: part.closeness),)
        return tuple(each for part in failed for each in part.missing)


def explain(
    tree: Node, reading: Reading, mentions: Mentions, topics: tuple[Topic, ...] = ()
) -> Verdict:
    """The verdict on a watch's tree (`parse_watch`) for one article."""
    return _Explainer(Scene(reading, mentions, topics)).verdict(tree, None)


class _Explainer:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.planner = Planner()

    def verdict(self, node: Node, scope: Scope | None) -> Verdict:
        match node:
            case And() | Or():
                return self._joined(node, scope)
            case Not(part=part):
                return self._negated(node, self.verdict(part, scope))
            case InField(scope=field, part=part):
                inner = self.verdict(part, field)
                return _verdict(node, held=inner.held, parts=(inner,), closeness=inner.closeness)
            case Near() | NotNear() | AtLeast() | Together():
                return self._placed(node, scope)
            case _:
                return self._leaf(node, scope)

    def _joined(self, node: And | Or, scope: Scope | None) -> Verdict:
        parts = tuple(self.verdict(part, scope) for part in node.parts)
        each = [part.closeness for part in parts]
        held = all if isinstance(node, And) else any
        return _verdict(
            node,
            held=held(part.held for part in parts),
            parts=parts,
            closeness=sum(each) / len(each) if isinstance(node, And) else max(each),
        )

    def _negated(self, node: Not, inner: Verdict) -> Verdict:
        if not inner.held:
            return _verdict(node, held=True, closeness=1.0)
        shown = inner.evidence or tuple(each for part in inner.parts for each in part.evidence)
        return _verdict(
            node,
            held=False,
            miss="it must not be there, and is" if shown else "it must not be so, and is",
            nearest=shown[:_SHOWN],
            parts=(inner,) if inner.parts else (),
            closeness=0.5,
        )

    # -- what has places --------------------------------------------------------------------------

    def _placed(self, node: Near | NotNear | AtLeast | Together, scope: Scope | None) -> Verdict:
        clause = self.planner.clause(node, scope)
        sides = tuple(self.verdict(side, scope) for side in _sides(node))
        if clause.holds(self.scene):
            shown = show(clause, self.scene)
            return _verdict(node, held=True, evidence=shown, parts=sides, closeness=1.0)
        wanted = sides[:1] if isinstance(node, NotNear) else sides
        if not all(side.held for side in wanted):
            closeness = sum(side.closeness for side in wanted) / len(wanted) / 2
            return _verdict(node, held=False, parts=sides, closeness=closeness)
        miss = self._distance(node, scope)
        return self._missed(node, miss, _BOTH_STAND, sides)

    def _distance(self, node: Near | NotNear | AtLeast | Together, scope: Scope | None) -> Miss:
        sides = _sides(node)
        spotted = [self.planner.spotted(side, scope) for side in sides]
        match node:
            case Near():
                return distances.of_near(self.scene, spotted[0], spotted[1], node)
            case NotNear():
                return distances.of_not_near(self.scene, spotted[0], spotted[1], node)
            case AtLeast(count=count):
                return distances.of_count(self.scene, spotted[0], count)
        labels = [spell(side) for side in sides]
        return distances.of_window(self.scene, spotted, labels, node.within)

    def _missed(
        self, node: Node, miss: Miss, closeness: float, parts: tuple[Verdict, ...] = ()
    ) -> Verdict:
        return _verdict(
            node,
            held=False,
            miss=miss.text,
            nearest=tuple(self._shown(span, spell(node)) for span in sorted(miss.spans)[:_SHOWN]),
            parts=parts,
            closeness=closeness,
        )

    # -- leaves -----------------------------------------------------------------------------------

    def _leaf(self, node: Term | Wild | Subject | TopicIs | Filter, scope: Scope | None) -> Verdict:
        if isinstance(node, TopicIs | Filter):
            return self._of_article(node)
        spans = self.scene.spans(self.planner.spotted(node, scope))
        if spans:
            shown = tuple(self._shown(span, spell(node)) for span in spans[:_SHOWN])
            return _verdict(node, held=True, evidence=shown, places=len(spans), closeness=1.0)
        miss = misses.of_leaf(self.scene, self.planner, node, scope)
        return self._missed(node, miss, 0.3 if miss.spans else 0.0)

    def _of_article(self, node: TopicIs | Filter) -> Verdict:
        clause = self.planner.clause(node)
        if clause.holds(self.scene):
            shown = show(clause, self.scene)
            return _verdict(node, held=True, evidence=shown, closeness=1.0)
        return self._missed(node, misses.of_article(self.scene, node), 0.0)

    def _shown(self, span: Span, label: str) -> Evidence:
        return self.scene.evidence(span, label)


def _verdict(
    node: Node,
    *,
    held: bool,
    closeness: float,
    evidence: tuple[Evidence, ...] = (),
    places: int = 0,
    miss: str = "",
    nearest: tuple[Evidence, ...] = (),
    parts: tuple[Verdict, ...] = (),
) -> Verdict:
    return Verdict(
        clause=spell(node),
        form=type(node).__name__.lower(),
        held=held,
        evidence=evidence,
        places=places or len(evidence),
        miss=miss,
        nearest=nearest,
        closeness=1.0 if held else min(closeness, 0.99),
        parts=parts,
    )


def _sides(node: Near | NotNear | AtLeast | Together) -> tuple[Node, ...]:
    match node:
        case Near(left=left, right=right) | NotNear(left=left, right=right):
            return left, right
        case AtLeast(part=part):
            return (part,)
        case Together(parts=parts):
            return parts
        case _:
            assert_never(node)
