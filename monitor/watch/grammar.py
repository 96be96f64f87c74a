"""From the text of a query to its pieces: words, quotes, names, calls and groups.

    level: piece+
    piece: WORD | PHRASE | KEY (WORD | PHRASE) | KEY "(" level ")"
         | NAME "(" level ("," level)* ")" | "(" level ")"

What operators mean, and what is refused, is decided in `parse`, where a refusal can show the
reader's own words. One regex and a stack: lark, which did this before, took six times as long, half
of the start of 100,000 watches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

from monitor.errors import QueryError

MAX_LENGTH = 20_000
MAX_DEPTH = 30
MAX_PIECES = 5_000

_PHRASE = r'["“”][^"“”]*["“”]'
_WORD = r'[^\s()",:“”]+'
_KEY = r"[^\W\d]+"
_PIECE = re.compile(
    rf"\s*(?:(?P<named>{_KEY}):(?P<value>{_PHRASE}|{_WORD})|(?P<scoped>{_KEY}):\("
    rf"|(?P<call>[a-z]+)\(|(?P<word>{_WORD})|(?P<phrase>{_PHRASE})|(?P<sign>[(),]))"
)
_OPENED = re.compile(r':["“”][^"“”]*\Z')
"""A key whose quote is not closed."""


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


@dataclass(slots=True)
class _Open:
    """A level that is being read: where its piece starts, and what is inside its parenthesis.

    `name` is the field or function in front of it, or "".
    """

    start: int
    inside: int
    name: str = ""
    is_call: bool = False
    pieces: list[Piece] = field(default_factory=list)
    arguments: list[tuple[Piece, ...]] = field(default_factory=list)

    def closed(self, end: int) -> Group | Call:
        """The piece that it is, now that its parenthesis is closed."""
        level = tuple(self.pieces)
        if self.is_call:
            arguments = (*self.arguments, level)
            return Call(name=self.name, arguments=arguments, start=self.start, end=end)
        return Group(key=self.name, pieces=level, start=self.start, end=end)


def pieces(query: str) -> tuple[Piece, ...]:
    """The pieces of a query's outermost level. Raises QueryError when they do not nest."""
    _check_bounds(query)
    levels = [_Open(0, 0)]
    end = 0
    while found := _PIECE.match(query, end):
        end = found.end()
        kind = str(found.lastgroup)
        start = found.start(kind)
        text = found[kind]
        if kind == "word":
            levels[-1].pieces.append(Word(text=text, start=start, end=end))
        elif kind == "phrase":
            levels[-1].pieces.append(Phrase(text=text[1:-1], start=start, end=end))
        elif kind == "value":
            key, start = found["named"], found.start("named")
            levels[-1].pieces.append(Named(key=key, value=text, start=start, end=end))
        elif text in (")", ","):
            _end_level(query, levels, start)
        else:
            name = "" if kind == "sign" else text
            levels.append(_Open(start, end, name, is_call=kind == "call"))
    if query[end:].strip():
        raise _unexpected(query, len(query) - len(query[end:].lstrip()))
    if len(levels) > 1:
        column = levels[-1].inside
        raise QueryError("this ( is not closed", query=query, column=column, fix="add a )")
    return tuple(levels[0].pieces)


def _end_level(query: str, levels: list[_Open], at: int) -> None:
    """Takes in a closing parenthesis, or the comma behind an argument."""
    level = levels[-1]
    if not level.pieces or len(levels) == 1 or (query[at] == "," and not level.is_call):
        raise _unexpected(query, at)
    if query[at] == ",":
        level.arguments.append(tuple(level.pieces))
        level.pieces = []
    else:
        levels.pop()
        levels[-1].pieces.append(level.closed(at + 1))


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


def _unexpected(query: str, at: int) -> QueryError:
    """What cannot stand where it does, in the reader's terms."""
    if _OPENED.match(query, at) and query[:at][-1:].isalpha():
        at += 1
    found = query[at]
    if found in '"“”':
        return QueryError(
            "the quote opened here is not closed", query=query, column=at + 1, fix='add a "'
        )
    if found == ")":
        return _closing(query, at)
    if found == ",":
        problem, fix = "found a comma", "write AND or OR, or put the words in quotes"
    else:  # all other signs are words
        problem, fix = "found a colon", "write key:value without blanks, or put the words in quotes"
    return QueryError(problem, query=query, column=at + 1, fix=fix)


def _closing(query: str, at: int) -> QueryError:
    if query.count("(", 0, at) > query.count(")", 0, at):
        problem, fix = "nothing stands between the parentheses", "write a term, or leave them out"
    else:
        problem, fix = "this ) closes nothing", "leave it out, or add a ( before"
    return QueryError(problem, query=query, column=at + 1, fix=fix)
