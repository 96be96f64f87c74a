"""The syntax tree of the watch language: one frozen class for each form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from monitor.model import SubjectKind

Scope = Literal["title", "lead", "body"]
FilterKind = Literal["source", "lang", "country", "tag"]
Reach = int | Literal["S", "P"]
"""Words apart; S in one sentence, P in one paragraph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or phrase. `case`: "usual" as the language says, "exact" as written, "any"."""

    text: str
    case: Literal["usual", "exact", "any"] = "usual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wild:
    """A word with `*` (any letters) or `?` (one)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An actor, a place or a theme, by id."""

    kind: SubjectKind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicIs:
    """A topic, by label or key."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the source says of the article."""

    by: FilterKind
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All of them. Never holds an And."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """At least one of them. Never holds an Or."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """Not that."""

    part: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Both, `reach` apart at most; `ordered`: the right one after the left one."""

    left: Node
    right: Node
    reach: Reach
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNear:
    """The left one somewhere without the right one within `reach`."""

    left: Node
    right: Node
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class InField:
    """The part, looked for in one field only."""

    scope: Scope
    part: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """At least `count` mentions of the part."""

    count: int
    part: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """All parts in one sentence, one paragraph, or a window of that many words (the plain form)."""

    parts: tuple[Node, ...]
    within: Literal["sentence", "paragraph"] | int


Node: TypeAlias = (
    Term
    | Wild
    | Subject
    | TopicIs
    | Filter
    | And
    | Or
    | Not
    | Near
    | NotNear
    | InField
    | AtLeast
    | Together
)


def all_of(parts: list[Node]) -> Node:
    """The parts joined by AND, flat; a single one is itself."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, And) else (part,))
    return flat[0] if len(flat) == 1 else And(parts=tuple(flat))


def any_of(parts: list[Node]) -> Node:
    """The parts joined by OR, flat; a single one is itself."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Or) else (part,))
    return flat[0] if len(flat) == 1 else Or(parts=tuple(flat))


def is_positive(node: Node) -> bool:
    """Whether every branch of the query demands something that stands in the text."""
    match node:
        case Not() | Filter():
            return False
        case And(parts=parts):
            return any(is_positive(part) for part in parts)
        case Or(parts=parts):
            return all(is_positive(part) for part in parts)
        case InField(part=part):
            return is_positive(part)
        case _:
            return True


def stands_somewhere(node: Node) -> bool:
    """Whether the node has places in the text, so that it can stand near another."""
    match node:
        case Term() | Wild():
            return True
        case Subject(kind=kind):
            return kind != "theme"
        case Or(parts=parts):
            return all(stands_somewhere(part) for part in parts)
        case _:
            return False


def asks_topics(node: Node) -> bool:
    """Whether a topic has to do with it; then an article's topics must be worked out first."""
    match node:
        case TopicIs():
            return True
        case And(parts=parts) | Or(parts=parts):
            return any(asks_topics(part) for part in parts)
        case Not(part=part):
            return asks_topics(part)
        case _:  # no other holds one
            return False
