"""The compiled forms of AND, OR, NOT, atleast."""

from __future__ import annotations

from monitor.text import Span
from monitor.watch.clauses import Clause, Proof, Spotted
from monitor.watch.scene import Scene


class _Joined:
    """Several parts; the cheap ones are asked first."""

    __slots__ = ("_by_cost", "_parts", "cost")

    def __init__(self, parts: tuple[Clause, ...]) -> None:
        self._parts = parts
        self._by_cost = _cheapest_first(parts)
        self.cost = max(part.cost for part in parts)


class AllOf(_Joined):
    """Every part."""

    __slots__ = ()

    def holds(self, scene: Scene) -> bool:
        for part in self._by_cost:  # noqa: SIM110  # a generator takes three times as long
            if not part.holds(scene):
                return False
        return True

    def proof(self, scene: Scene) -> Proof:
        for part in self._parts:
            yield from part.proof(scene)


class AnyOf(_Joined):
    """At least one part."""

    __slots__ = ()

    def holds(self, scene: Scene) -> bool:
        for part in self._by_cost:  # noqa: SIM110  # a generator takes three times as long
            if part.holds(scene):
                return True
        return False

    def proof(self, scene: Scene) -> Proof:
        for part in self._parts:
            if part.holds(scene):
                yield from part.proof(scene)


class AnySpotted(AnyOf):
    """An OR-group of clauses with places: it has places itself, so it can stand near others."""

    __slots__ = ("_spotted",)

    def __init__(self, parts: tuple[Spotted, ...]) -> None:
        super().__init__(parts)
        self._spotted = parts

    def look(self, scene: Scene) -> tuple[Span, ...]:
        return tuple(sorted({span for part in self._spotted for span in scene.spans(part)}))

    def proof(self, scene: Scene) -> Proof:
        for part in self._spotted:
            if scene.spans(part):
                yield from part.proof(scene)

    def named(self, scene: Scene, span: Span) -> str:
        return next(part.named(scene, span) for part in self._spotted if span in scene.spans(part))


class NoneOf:
    """The part does not hold. Proves nothing in the text."""

    __slots__ = ("_part", "cost")

    def __init__(self, part: Clause) -> None:
        self._part = part
        self.cost = part.cost

    def holds(self, scene: Scene) -> bool:
        return not self._part.holds(scene)

    def proof(self, scene: Scene) -> Proof:
        return iter(())


class Counted:
    """At least `count` mentions of the part; mentions that overlap count once."""

    __slots__ = ("_count", "_part", "cost")

    def __init__(self, count: int, part: Spotted) -> None:
        self._count, self._part = count, part
        self.cost = part.cost

    def holds(self, scene: Scene) -> bool:
        return len(scene.spans(self._part)) >= self._count and (
            len(self._apart(scene)) >= self._count
        )

    def _apart(self, scene: Scene) -> list[Span]:
        apart: list[Span] = []
        for span in scene.spans(self._part):
            if not apart or span[0] >= apart[-1][1]:
                apart.append(span)
        return apart

    def proof(self, scene: Scene) -> Proof:
        for span in self._apart(scene)[: self._count]:
            yield self._part.named(scene, span), (span,)


def _cheapest_first(parts: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """By cost; the same tuple where it is in that order already, for its memory."""
    by_cost = tuple(sorted(parts, key=lambda part: part.cost))
    return parts if by_cost == parts else by_cost
