"""The canonical spelling of a query: `parse(spell(tree))` is the same tree."""

from __future__ import annotations

import re
from typing import assert_never

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
    Subject,
    Term,
    Together,
    TopicIs,
    Wild,
)
from monitor.watch.words import is_bare

_PLAIN_VALUE = re.compile(r"[\w.-]+")


def spell(node: Node) -> str:
    """The query that means `node`."""
    match node:
        case Term():
            return _term(node)
        case Wild(text=text):
            return text
        case Subject(kind=kind, id=subject_id):
            return f"{kind}:{_value(subject_id)}"
        case TopicIs(name=name):
            return f"topic:{_quoted(name)}"
        case Filter(by=by, value=value):
            return f"{by}:{_value(value)}"
        case _:
            return _spell_joined(node)


def _spell_joined(
    node: And | Or | Not | Near | NotNear | InField | AtLeast | Together,
) -> str:
    match node:
        case And(parts=parts):
            return " AND ".join(_grouped(part, Or) for part in parts)
        case Or(parts=parts):
            return " OR ".join(_grouped(part, And) for part in parts)
        case Not(part=part):
            return f"NOT {_grouped(part, And, Or, Not, Near, NotNear)}"
        case Near(left=left, right=right, reach=reach, ordered=ordered):
            joint = "THEN" if ordered else "NEAR"
            return f"{_grouped(left, Or)} {joint}/{reach} {_grouped(right, Or)}"
        case NotNear(left=left, right=right, reach=reach):
            return f"{_grouped(left, Or)} NOT NEAR/{reach} {_grouped(right, Or)}"
        case _:
            return _spell_enclosing(node)


def _spell_enclosing(node: InField | AtLeast | Together) -> str:
    match node:
        case InField(scope=scope, part=part):
            return f"{scope}:({spell(part)})"
        case AtLeast(count=count, part=part):
            return f"atleast({count}, {spell(part)})"
        case Together(parts=parts, within=within):
            span = f"{within} words" if isinstance(within, int) else f"one {within}"
            return f"[{', '.join(spell(part) for part in parts)}] within {span}"
        case _:
            assert_never(node)


def _grouped(node: Node, *kinds: type[Node]) -> str:
    return f"({spell(node)})" if isinstance(node, kinds) else spell(node)


def _term(term: Term) -> str:
    match term.case:
        case "exact":
            return f"exact({_quoted(term.text)})"
        case "any":
            return f"anycase({_quoted(term.text)})"
        case "usual":
            return term.text if is_bare(term.text) else _quoted(term.text)
        case _:
            assert_never(term.case)


def _value(text: str) -> str:
    return text if _PLAIN_VALUE.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return f'"{text}"'
