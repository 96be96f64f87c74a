"""Words of which some are marked: those that made a watch match, safe to show and cut to size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.channels.safe import spaced
from monitor.text.excerpt import window

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some words, safe to show; `marked` are those that made the watch match."""

    text: str
    marked: bool = False


Words = tuple[Piece, ...]
Span = tuple[int, int]


def marked_words(text: str, spans: Iterable[Span], at_most: int) -> Words:
    """The text as safe pieces, cut to a window around the first span when it is too long."""
    marks = _merged(spans, len(text))
    begin, end = window(text, marks, at_most)
    raw: list[tuple[str, bool]] = []
    at = begin
    for start, stop in marks:
        if stop <= begin or start >= end:
            continue
        raw.append((text[at : max(start, begin)], False))
        raw.append((text[max(start, begin) : min(stop, end)], True))
        at = min(stop, end)
    raw.append((text[at:end], False))
    pieces = _joined(raw)
    if not pieces:
        return ()
    before = (Piece(text="…"),) if begin > 0 else ()
    after = (Piece(text="…"),) if end < len(text) else ()
    return (*before, *pieces, *after)


def _merged(spans: Iterable[Span], length: int) -> tuple[Span, ...]:
    """The spans inside the text, in order, those that touch made one."""
    merged: list[Span] = []
    for start, stop in sorted(spans):
        start, stop = max(start, 0), min(stop, length)
        if start >= stop:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return tuple(merged)


def _joined(raw: list[tuple[str, bool]]) -> Words:
    """Safe pieces with single spaces between words and none at the ends."""
    pieces: list[Piece] = []
    for text, marked in raw:
        words = spaced(text)
        if not pieces or pieces[-1].text.endswith(" "):
            words = words.removeprefix(" ")
        if words:
            pieces.append(Piece(text=words, marked=marked))
    if pieces and pieces[-1].text.endswith(" "):
        last = pieces.pop()
        if words := last.text.rstrip(" "):
            pieces.append(Piece(text=words, marked=last.marked))
    return tuple(pieces)


def plain(words: Words, *, opening: str = "«", closing: str = "»") -> str:
    """The words as text, marks between guillemets."""
    return "".join(
        f"{opening}{piece.text}{closing}" if piece.marked else piece.text for piece in words
    )


def bare(words: Words) -> str:
    """The words as text, marks not shown."""
    return "".join(piece.text for piece in words)
