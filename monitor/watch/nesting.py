"""How the pieces of a query nest: a grammar that lark reads, over tokens of a lexer of our own.

lark's own lexer took more than half of the 100 µs that a query of six words cost, whatever its
settings; one regex gives the same tokens. This module is imported with the first query: lark takes
40 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import lark
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer, Token

from monitor.watch.grammar import Call, Group, Named, Phrase, Piece, Word
from monitor.watch.tokens import PIECE, unclosed, unexpected

_GRAMMAR = """
start: item+
level: item+
?item: RUN | group | call
group: (OPEN | SCOPED) level CLOSE
call: CALL level (COMMA level)* CLOSE
%declare RUN SCOPED CALL OPEN CLOSE COMMA
"""
_SIGNS = {"(": "OPEN", ")": "CLOSE", ",": "COMMA"}


class _Run(Token):
    """Words, quotes and named values in a row: one token for lark."""

    __slots__ = ("pieces",)
    pieces: list[Piece]


class _Tokens(Lexer):
    """The runs, keys and signs of a query."""

    def __init__(self, lexer_conf: object) -> None:
        """Nothing of lark's configuration is needed: the grammar declares its terminals."""

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Token]:
        """The tokens of a query, in order. Raises QueryError where something is none."""
        data: str = lexer_state  # for a lexer of another's lark calls so, with the text
        end, run = 0, list[Piece]()
        while found := PIECE.match(data, end):
            kind = str(found.lastgroup)
            start, end, text = found.start(kind), found.end(), found[kind]
            if kind in _LEAVES:
                run.append(_LEAVES[kind](text, start, end))
                continue
            yield from _run(run)
            run = []
            yield Token(_SIGNS.get(text, kind), text, start_pos=start, end_pos=end)
        yield from _run(run)
        rest = data[end:].lstrip()
        if rest:
            raise unexpected(data, len(data) - len(rest))


def _run(pieces: list[Piece]) -> Iterator[_Run]:
    if pieces:
        run = _Run("RUN", "", start_pos=pieces[0].start)
        run.pieces = pieces
        yield run


def _named(text: str, start: int, end: int) -> Named:
    key, _, value = text.partition(":")
    return Named(key=key, value=value, start=start, end=end)


_LEAVES: dict[str, Callable[[str, int, int], Piece]] = {
    "WORD": lambda text, start, end: Word(text=text, start=start, end=end),
    "PHRASE": lambda text, start, end: Phrase(text=text[1:-1], start=start, end=end),
    "NAMED": _named,
}


class _Pieces(lark.Transformer[Token, tuple[Piece, ...]]):
    """Makes pieces while lark reads: no tree in between."""

    def level(self, parts: list[Any]) -> tuple[Piece, ...]:
        """Everything between two parentheses."""
        pieces: list[Piece] = []
        for part in parts:
            pieces += part.pieces if isinstance(part, _Run) else (part,)
        return tuple(pieces)

    start = level

    def group(self, parts: list[Any]) -> Group:
        opening, level, closing = parts
        return Group(
            key=opening.rstrip(":("), pieces=level, start=_start(opening), end=_end(closing)
        )

    def call(self, parts: list[Any]) -> Call:
        """A function with its arguments, and a comma behind each but the last."""
        opening, *between, closing = parts
        return Call(
            name=opening[:-1],
            arguments=tuple(between[::2]),
            start=_start(opening),
            end=_end(closing),
        )


def nested(query: str) -> tuple[Piece, ...]:
    """The pieces of a query's outermost level. Raises QueryError when they do not nest."""
    try:
        return _parser().parse(query)  # type: ignore[return-value]  # made by the transformer
    except UnexpectedToken as error:
        if error.token.type == "$END":
            raise unclosed(query) from None
        raise unexpected(query, _start(error.token)) from None


@cache
def _parser() -> lark.Lark:
    return lark.Lark(
        _GRAMMAR,
        parser="lalr",
        lexer=_Tokens,
        transformer=_Pieces(),
        maybe_placeholders=False,
    )


def _start(token: Token) -> int:
    assert token.start_pos is not None
    return token.start_pos


def _end(token: Token) -> int:
    assert token.end_pos is not None
    return token.end_pos
