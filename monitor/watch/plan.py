"""From a query's tree to the clause that decides it; equal leaves share one clause."""

from __future__ import annotations

import re
from typing import assert_never

from monitor.errors import Bug
from monitor.lexicon import is_initialism, patterns
from monitor.text import PLAIN, folded
from monitor.text import Words as Line
from monitor.watch.clauses import (
    Clause,
    Exact,
    Filtered,
    Named,
    OfTopic,
    Spotted,
    Themed,
    Wildcard,
    Words,
)
from monitor.watch.joins import AllOf, AnyOf, AnySpotted, Counted, NoneOf
from monitor.watch.proximity import Lonely, Nearby, Window
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

_WILD_SIGNS = re.compile(r"([*?])")


class Planner:
    """Makes clauses; keeps them, so that what many watches ask is asked once an article."""

    def __init__(self) -> None:
        self._spotted: dict[tuple[Node, Scope | None], Spotted] = {}

    def clause(self, node: Node, scope: Scope | None = None) -> Clause:
        """The clause that decides `node`, looked for in `scope` only when one is given."""
        match node:
            case Term() | Wild() | Subject():
                return self.spotted(node, scope)
            case TopicIs(name=name):
                return OfTopic(spell(node), name)
            case Filter(by=by, value=value):
                return Filtered(by, value)
            case InField(scope=field, part=part):
                return self.clause(part, field)
            case Not(part=part):
                return NoneOf(self.clause(part, scope))
            case And(parts=parts):
                return AllOf(tuple(self.clause(part, scope) for part in parts))
            case Or():
                return self._any(node, scope)
            case _:
                return self._placed(node, scope)

    def spotted(self, node: Node, scope: Scope | None) -> Spotted:
        """The clause of a node that has places in the text."""
        known = self._spotted.get((node, scope))
        if known is None:
            known = self._spotted[node, scope] = self._spot(node, scope)
        return known

    def _any(self, node: Or, scope: Scope | None) -> Clause:
        if all(isinstance(part, Term | Wild | Subject) for part in node.parts):
            return self.spotted(node, scope)
        return AnyOf(tuple(self.clause(part, scope) for part in node.parts))

    def _placed(self, node: Near | NotNear | AtLeast | Together, scope: Scope | None) -> Clause:
        match node:
            case Near(left=left, right=right, reach=reach, ordered=ordered):
                return Nearby(
                    self.spotted(left, scope),
                    self.spotted(right, scope),
                    reach,
                    ordered=ordered,
                )
            case NotNear(left=left, right=right, reach=reach):
                return Lonely(self.spotted(left, scope), self.spotted(right, scope), reach)
            case AtLeast(count=count, part=part):
                return Counted(count, self.spotted(part, scope))
            case Together(parts=parts, within=within):
                spotted = tuple(self.spotted(part, scope) for part in parts)
                if isinstance(within, int):
                    return Window(spotted, within)
                return Window(spotted, "S" if within == "sentence" else "P")
            case _:
                assert_never(node)

    def _spot(self, node: Node, scope: Scope | None) -> Spotted:
        match node:
            case Term():
                return term_clause(node, scope)
            case Wild(text=text):
                return Wildcard(text, scope, wild_head(wild_form(text)), wild_form(text))
            case Subject(kind="theme", id=theme_id):
                return Themed(spell(node), scope, theme_id)
            case Subject(kind=kind, id=subject_id):
                return Named(spell(node), scope, kind, subject_id)
            case Or(parts=parts):
                return AnySpotted(tuple(self.spotted(part, scope) for part in parts))
            case _:
                raise Bug(f"{spell(node)} has no place in a text")


def term_clause(term: Term, scope: Scope | None) -> Words:
    """The clause of a word or phrase."""
    spelled = patterns(term.text)
    if term.case == "exact":
        return Exact(spell(term), scope, spelled, term.text)
    capitals = capital_words(term.text) if term.case == "usual" else ()
    return Words(spell(term) if term.case == "any" else term.text, scope, spelled, capitals)


def capital_words(text: str) -> tuple[int, ...]:
    """Which words of a term must be all capitals: US in "US troops", none in "AIR STRIKE"."""
    plain = text if PLAIN.fullmatch(text) else Line(f" {text} ").written.decode()
    words = plain.split()
    if len(words) > 1 and all(word.isupper() for word in words):
        return ()
    return tuple(at for at, word in enumerate(words) if is_initialism(word))


def wild_form(text: str) -> str:
    """A wildcard with its letters folded as the line has them."""
    return "".join(part if part in "*?" else folded(part) for part in _WILD_SIGNS.split(text))


def wild_head(form: str) -> bytes:
    """The pattern of the line that all words of a wildcard begin with."""
    return b" " + _WILD_SIGNS.split(form)[0].encode()
