"""From the text of a query to its pieces: words, quotes, names, calls and groups.

lark reads the nesting; what operators mean, and what is refused, is decided in `parse`, where a
refusal can show the reader's own words. lark is imported with the first query: it takes 40 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from monitor.errors import QueryError

if TYPE_CHECKING:
    import lark

MAX_LENGTH = 20_000
MAX_DEPTH = 30
MAX_PIECES = 5_000

_GRAMMAR = r"""
start: level
level: piece+
?piece: word | phrase | named | scoped | call | group
word: WORD
phrase: PHRASE
named: KEY (WORD | PHRASE)
scoped: KEY OPEN level CLOSE
call: CALL level ("," level)* CLOSE
group: OPEN level CLOSE
PHRASE: /["“”][^"“”]*["“”]/
KEY.2: /[^\W\d]+:(?=[^\s])/
CALL.2: /[a-z]+\(/
WORD: /[^\s()",:“”]+/
OPEN: "("
CLOSE: ")"
%ignore /\s+/
"""


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
    import lark

    try:
        tree = _parser().parse(query)
    except lark.exceptions.UnexpectedInput as error:
        raise _unexpected(query, error) from None
    return _level(tree.children[0])  # type: ignore[arg-type]  # start holds one level


@cache
def _parser() -> lark.Lark:
    import lark

    return lark.Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)


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


def _level(tree: lark.Tree[lark.Token]) -> tuple[Piece, ...]:
    return tuple(_piece(child) for child in tree.children)  # type: ignore[arg-type]  # trees only


def _piece(tree: lark.Tree[lark.Token]) -> Piece:
    children = tree.children
    # every piece begins and ends with a token; `propagate_positions` takes as long as all the rest
    start, end = children[0].start_pos, children[-1].end_pos  # type: ignore[union-attr]  # tokens
    assert start is not None
    assert end is not None
    first = str(children[0])
    match str(tree.data):
        case "word":
            return Word(text=first, start=start, end=end)
        case "phrase":
            return Phrase(text=first[1:-1], start=start, end=end)
        case "named":
            return Named(key=first[:-1], value=str(children[1]), start=start, end=end)
        case "scoped":
            inner = _level(children[2])  # type: ignore[arg-type]  # a level
            return Group(key=first[:-1], pieces=inner, start=start, end=end)
        case "group":
            inner = _level(children[1])  # type: ignore[arg-type]  # a level
            return Group(key="", pieces=inner, start=start, end=end)
        case _:
            levels = tuple(_level(child) for child in children[1:-1])  # type: ignore[arg-type]
            return Call(name=first[:-1], arguments=levels, start=start, end=end)


def _unexpected(query: str, error: lark.exceptions.UnexpectedInput) -> QueryError:
    """What lark stumbled over, in the reader's terms."""
    at = error.pos_in_stream if error.pos_in_stream is not None else -1
    if not 0 <= at < len(query) or getattr(error, "token", None) == "":
        return _unclosed(query)
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


def _unclosed(query: str) -> QueryError:
    open_at: list[int] = []
    for at, character in enumerate(query):
        if character == "(":
            open_at.append(at)
        elif character == ")" and open_at:
            open_at.pop()
    column = open_at[-1] + 1 if open_at else len(query)
    return QueryError("this ( is not closed", query=query, column=column, fix="add a )")
