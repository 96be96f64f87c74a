"""Does one query hold whenever another does? What can be told from their trees alone.

Sound but not complete: a yes is certain, a no only says that the trees do not show it.
"""

from __future__ import annotations

import re
from typing import assert_never

from monitor.lexicon import Knowledge, is_initialism
from monitor.text import folded
from monitor.watch.plan import wild_form
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
    Reach,
    Subject,
    Term,
    Together,
    Wild,
)


def implies(one: Node, other: Node, knowledge: Knowledge) -> bool:
    """Whether `other` holds wherever `one` does."""
    if one == other:
        return True
    match other:
        case And(parts=parts):
            return all(implies(one, part, knowledge) for part in parts)
        case Or(parts=parts) if not isinstance(one, Or):
            if any(implies(one, part, knowledge) for part in parts):
                return True
    return _demands(one, other, knowledge)


def _demands(one: Node, other: Node, knowledge: Knowledge) -> bool:
    match one:
        case Or(parts=parts):
            return all(implies(part, other, knowledge) for part in parts)
        case And(parts=parts) | Together(parts=parts):
            return any(implies(part, other, knowledge) for part in parts)
        case Not(part=part):
            return isinstance(other, Not) and implies(other.part, part, knowledge)
        case Near() | NotNear() | AtLeast() | InField():
            return _placed(one, other, knowledge)
        case _:
            return _leaf(one, other, knowledge)


def _placed(one: Near | NotNear | AtLeast | InField, other: Node, knowledge: Knowledge) -> bool:
    match one, other:
        case Near(), _:
            return _near(one, other, knowledge)
        case NotNear(), _:
            return implies(one.left, other, knowledge)
        case AtLeast(), AtLeast():
            return one.count >= other.count and implies(one.part, other.part, knowledge)
        case AtLeast(), _:
            return implies(one.part, other, knowledge)
        case InField(), InField():
            within = one.scope == other.scope or (one.scope, other.scope) == ("title", "lead")
            return within and implies(one.part, other.part, knowledge)
        case InField(), _:
            return not _minds_absence(other) and implies(one.part, other, knowledge)
        case _:
            assert_never(one)


def _near(one: Near, other: Node, knowledge: Knowledge) -> bool:
    if not isinstance(other, Near):
        return implies(one.left, other, knowledge) or implies(one.right, other, knowledge)
    if (other.ordered and not one.ordered) or not _as_near(one.reach, other.reach):
        return False
    pairs = [(other.left, other.right)]
    if not other.ordered:
        pairs.append((other.right, other.left))
    return any(
        implies(one.left, left, knowledge) and implies(one.right, right, knowledge)
        for left, right in pairs
    )


def _as_near(one: Reach, other: Reach) -> bool:
    if isinstance(one, int) and isinstance(other, int):
        return one <= other
    return one == other or (one, other) == ("S", "P")


def _minds_absence(node: Node) -> bool:
    match node:
        case Not() | NotNear():
            return True
        case And(parts=parts) | Or(parts=parts):
            return any(map(_minds_absence, parts))
        case _:
            return False


def _leaf(one: Node, other: Node, knowledge: Knowledge) -> bool:
    match one, other:
        case Term(), Term():
            return _term(one, other)
        case Term(), Wild(text=text):
            return any(_covers(text, word) for word in folded(one.text).split())
        case Wild(), Wild():
            return one.text.endswith("*") and _covers(other.text, one.text[:-1])
        case Subject(kind="place"), Subject(kind="place"):
            return other.id in knowledge.around(one.id)
        case Filter(by="lang"), Filter(by="lang"):
            return one.value.startswith(f"{other.value}-")
    return False


def _term(one: Term, other: Term) -> bool:
    """A phrase holds its words; what is written exactly is written somehow."""
    if other.case == "exact" or f" {folded(other.text)} " not in f" {folded(one.text)} ":
        return False
    return other.case == "any" or not any(map(is_initialism, other.text.split()))


def _covers(wild: str, word: str) -> bool:
    form = re.escape(wild_form(wild)).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(form, folded(word)) is not None
