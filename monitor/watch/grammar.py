"""From the text of a query to its pieces: words, quotes, names, calls and groups.

What operators mean, and what is refused, is decided in `parse`, where a refusal can show the
reader's own words; how pieces nest, by the grammar in `nesting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from monitor.errors import QueryError

MAX_LENGTH = 20_000
MAX_DEPTH = 30
MAX_PIECES = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A bare word: a term or an operator."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """What stood in quotes."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A key with its value: actor:isil."""

    key: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A level in parentheses; `key` is the field in front of them, or ""."""

    key: str
    pieces: tuple[Piece, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function: atleast(3, drone). Each argument is a level."""

    name: str
    arguments: tuple[tuple[Piece, ...], ...]
    start: int
    end: int


Piece: TypeAlias = Word | Phrase | Named | Group | Call


def pieces(query: str) -> tuple[Piece, ...]:
    """The pieces of a query's outermost level. Raises QueryError when they do not nest."""
    _check_bounds(query)
    from monitor.watch.nesting import nested  # with the first query: it imports lark

    return nested(query)


def _check_bounds(query: str) -> None:
    if not query.strip():
        raise QueryError("found nothing, wanted a query", query=query, column=1)
    if len(query) > MAX_LENGTH:
        raise QueryError(
            f"found {len(query)} characters, wanted at most {MAX_LENGTH}",
            query=query[:60] + "...",
            column=1,
            fix="split it into several watches",
        )
    if query.count("(") <= MAX_DEPTH:
        return
    depth = 0
    for column, character in enumerate(query, 1):
        depth += (character == "(") - (character == ")")
        if depth > MAX_DEPTH:
            raise QueryError(
                f"found parentheses {depth} deep, wanted at most {MAX_DEPTH}",
                query=query,
                column=column,
                fix="split it into several watches",
            )
