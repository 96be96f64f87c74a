"""From the pieces of a query to its tree; what is doubtful is refused, with its readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from monitor.errors import QueryError
from monitor.lexicon import Knowledge
from monitor.watch import refusals
from monitor.watch.grammar import MAX_PIECES, Call, Group, Named, Phrase, Piece, Word, pieces
from monitor.watch.operands import Operands
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
    all_of,
    any_of,
    is_positive,
    stands_somewhere,
)
from monitor.watch.words import Joint, Odd, Operator, operator


def parse(query: str, knowledge: Knowledge | None = None) -> Node:
    """The tree of a query, actors, places and themes by id. Raises QueryError.

    Without knowledge names are kept as they are written.
    """
    parser = _Parser(query, knowledge)
    part = parser.level(pieces(query))
    parser.check_positive(part)
    return part.node


def parse_operand(text: str, knowledge: Knowledge | None = None) -> Node:
    """The tree of one entry of `together`: a term, a name, several words meant as a phrase."""
    parser = _Parser(text, knowledge)
    level = pieces(text)
    if len(level) > 1 and all(isinstance(p, Word) and operator(p.text) is None for p in level):
        level = (Phrase(text=text, start=0, end=len(text)),)
    part = parser.level(level)
    parser.check_positive(part)
    if isinstance(part.node, And | Near | NotNear | InField | AtLeast):
        raise parser.operands.refused(
            part.start, "found a query, wanted one keyword or name", "use `when` for queries"
        )
    return part.node


@dataclass(frozen=True, slots=True)
class _Part:
    """A node, where it stands in the query, and the parts it was made of."""

    node: Node
    start: int
    end: int
    parts: tuple[_Part, ...] = ()


@dataclass(frozen=True, slots=True)
class _Operator:
    kind: Operator
    start: int
    end: int


class _Parser:
    def __init__(self, query: str, knowledge: Knowledge | None) -> None:
        self.query = query
        self.operands = Operands(query, knowledge)
        self.count = 0

    # -- one level: operands and operators in a row -----------------------------------------------

    def level(self, level: Sequence[Piece]) -> _Part:
        """What stands between one pair of parentheses."""
        row = [self._read(piece) for piece in level]
        return self._joined(self._with_proximity(row))

    def _read(self, piece: Piece) -> _Part | _Operator:
        self.count += 1
        if self.count > MAX_PIECES:
            raise self._refused(
                piece.start,
                f"found more than {MAX_PIECES} words",
                "split it into several watches",
            )
        match piece:
            case Word():
                return self._word(piece)
            case Phrase():
                return _Part(self.operands.phrase(piece), piece.start, piece.end)
            case Named():
                return _Part(self.operands.named(piece), piece.start, piece.end)
            case Group():
                return self._group(piece)
            case Call():
                return self._call(piece)
            case _:
                assert_never(piece)

    def _word(self, word: Word) -> _Part | _Operator:
        kind = operator(word.text)
        if isinstance(kind, Odd):
            raise self._refused(word.start, kind.problem, kind.fix)
        if kind is not None:
            return _Operator(kind, word.start, word.end)
        return _Part(self.operands.word(word), word.start, word.end)

    def _group(self, group: Group) -> _Part:
        inner = self.level(group.pieces)
        if not group.key:
            return _Part(inner.node, group.start, group.end, inner.parts or (inner,))
        scope = self.operands.scope(group)
        self.operands.check_scoped(inner.node, inner.start)
        return _Part(InField(scope=scope, part=inner.node), group.start, group.end, (inner,))

    def _call(self, call: Call) -> _Part:
        if call.name != "atleast":
            return _Part(self.operands.term_call(call), call.start, call.end)
        count = self.operands.count(call)
        inner = self.level(call.arguments[1])
        if not stands_somewhere(inner.node):
            raise self._refused(inner.start, *refusals.NOT_COUNTABLE)
        return _Part(AtLeast(count=count, part=inner.node), call.start, call.end)

    # -- proximity binds tightest -----------------------------------------------------------------

    def _with_proximity(self, row: list[_Part | _Operator]) -> list[_Part | _Operator]:
        done: list[_Part | _Operator] = []
        at = 0
        while at < len(row):
            piece = row[at]
            if isinstance(piece, _Operator) and isinstance(piece.kind, Joint):
                left, right = self._sides(row, at, done, piece)
                done.append(_Part(self._proximity(left, right, piece, done), left.start, right.end))
                at += 1
            else:
                done.append(piece)
            at += 1
        return done

    def _sides(
        self,
        row: list[_Part | _Operator],
        at: int,
        done: list[_Part | _Operator],
        joint: _Operator,
    ) -> tuple[_Part, _Part]:
        """The operands left and right of the proximity operator at `at`."""
        before = done[:-1] if self._negated(done) else done
        left, right = before[-1:], row[at + 1 : at + 2]
        if (
            not left
            or not right
            or isinstance(left[0], _Operator)
            or isinstance(right[0], _Operator)
        ):
            problem = f"{self._shown(joint)} needs a term on either side"
            raise self._refused(joint.start, problem, "write the terms, or put the word in quotes")
        beyond = row[at + 2 : at + 3]
        if beyond and isinstance(beyond[0], _Operator) and isinstance(beyond[0].kind, Joint):
            raise self._chained(row, at)
        return left[0], right[0]

    def _negated(self, done: list[_Part | _Operator]) -> bool:
        return bool(done) and isinstance(done[-1], _Operator) and done[-1].kind == "NOT"

    def _proximity(
        self, left: _Part, right: _Part, joint: _Operator, done: list[_Part | _Operator]
    ) -> Near | NotNear:
        """The proximity of two sides; takes the left one, and a NOT, off `done`."""
        assert isinstance(joint.kind, Joint)
        shown = self._shown(joint)
        for side in (left, right):
            if not stands_somewhere(side.node):
                raise self._refused(side.start, *refusals.not_near(shown))
        if left.node == right.node:
            raise self._refused(right.start, *refusals.same_sides(shown, self._shown(right)))
        negated = self._negated(done)
        del done[-2 if negated else -1 :]
        reach = joint.kind.reach
        if not negated:
            return Near(left=left.node, right=right.node, reach=reach, ordered=joint.kind.ordered)
        if joint.kind.ordered:
            raise self._refused(joint.start, f"found NOT {shown}", f"write NOT NEAR/{reach}")
        return NotNear(left=left.node, right=right.node, reach=reach)

    def _chained(self, row: list[_Part | _Operator], at: int) -> QueryError:
        texts = [self.query[piece.start : piece.end] for piece in row[at - 1 : at + 4]]
        return self._refused(row[at + 2].start, *refusals.chained(texts))

    # -- AND, OR, NOT -----------------------------------------------------------------------------

    def _joined(self, row: list[_Part | _Operator]) -> _Part:
        joints, parts = self._alternating(row)
        if len(set(joints)) > 1:
            self._refuse_mixed(joints, parts)
        if len(parts) == 1:
            return parts[0]
        join = any_of if "OR" in joints else all_of
        node = join([part.node for part in parts])
        return _Part(node, parts[0].start, parts[-1].end, tuple(parts))

    def _alternating(self, row: list[_Part | _Operator]) -> tuple[list[str], list[_Part]]:
        """The joints between the parts ("AND", "OR"), and the parts, NOT taken in."""
        joints: list[str] = []
        parts: list[_Part] = []
        joint: _Operator | None = None
        negated: _Operator | None = None
        for piece in row:
            if isinstance(piece, _Part):
                self._append(piece, joint, negated, joints, parts)
                joint = negated = None
            elif piece.kind == "NOT":
                if negated is not None:
                    raise self._refused(piece.start, "found NOT NOT", "leave both out")
                negated = piece
            elif joint is not None or negated is not None or not parts:
                raise self._refused(piece.start, *refusals.nothing_before(str(piece.kind)))
            else:
                joint = piece
        last = negated or joint
        if last is not None:
            raise self._refused(last.start, *refusals.nothing_after(str(last.kind)))
        return joints, parts

    def _append(
        self,
        piece: _Part,
        joint: _Operator | None,
        negated: _Operator | None,
        joints: list[str],
        parts: list[_Part],
    ) -> None:
        if parts:
            if joint is None and negated is None:
                raise self._side_by_side(parts[-1], piece)
            joints.append(str(joint.kind) if joint else "AND")
        if negated is not None:
            piece = _Part(Not(part=piece.node), negated.start, piece.end, (piece,))
        parts.append(piece)

    def _side_by_side(self, left: _Part, right: _Part) -> QueryError:
        return self._refused(
            right.start, *refusals.side_by_side(self.query, left.start, right.start, right.end)
        )

    def _refuse_mixed(self, joints: list[str], parts: list[_Part]) -> None:
        first = joints[0]
        odd = next(at for at, joint in enumerate(joints) if joint != first)
        shown = [self._shown(part) for part in parts]
        raise self._refused(parts[odd + 1].start, *refusals.mixed(joints, shown))

    # -- what every branch needs ------------------------------------------------------------------

    def check_positive(self, part: _Part) -> None:
        """Refuses a query with a branch that demands nothing of the text."""
        if is_positive(part.node):
            return
        if not isinstance(part.node, Not):
            for inner in part.parts:
                if isinstance(part.node, Or | InField) or not isinstance(inner.node, Not | Filter):
                    self.check_positive(inner)
        raise self._refused(part.start, *refusals.only_negative(part.node))

    def _shown(self, part: _Part | _Operator) -> str:
        return self.query[part.start : part.end]

    def _refused(self, start: int, problem: str, fix: str) -> QueryError:
        return self.operands.refused(start, problem, fix)
