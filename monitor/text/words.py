"""Words: any text with its words in a row, and the capitals they are written with."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import cached_property
from typing import TypeAlias

from monitor.text.fold import FIELD_BREAK, fold
from monitor.text.line import Gaps, level, lowered, squeeze

Span: TypeAlias = tuple[int, int]
"""Offsets in `Words.line`: of the first character of its first word, and behind its last word."""
Apart: TypeAlias = tuple[int, int, int]
"""How many ends of lines and fields, full stops, and characters stand between two spans."""

_INSIDE = bytes(range(0x80, 0xC0))
"""What UTF-8 writes behind the first byte of a letter."""
_BLOCK = 4096


class Words:
    """A text's words in a row, where patterns are found in it, and the way back to the text.

    `written` has the capitals of the text, `line` is the same in lower case, offset for offset. All
    else is worked out when first asked for. `text` should begin and end with a blank.
    """

    def __init__(self, text: str) -> None:
        self._shadow, self._stretch = fold(text)
        self._level = level(self._shadow)
        self.written = squeeze(self._level)
        self.line = lowered(self.written)
        self._found: dict[bytes, tuple[Span, ...]] = {}
        self._shadows: dict[Span, Span] = {}
        self._joined: dict[str, bool] = {}

    def find(self, pattern: bytes) -> tuple[Span, ...]:
        """Everywhere a pattern stands: b" word " whole, b" wor" as a beginning, b"wor" inside.

        Beginnings are widened to the end of their word. Sentence ends are not looked at.
        """
        found = self._found.get(pattern)
        if found is None:
            found = self._found[pattern] = self._search(pattern)
        return found

    def _search(self, pattern: bytes) -> tuple[Span, ...]:
        line = self.line
        at = line.find(pattern)
        if at < 0:
            return ()
        front = int(pattern[:1] == b" ")
        whole = len(pattern) - 1 if front and pattern[-1:] == b" " else 0
        spans: list[Span] = []
        while at >= 0:
            if whole:
                spans.append((at + 1, at + whole))
            else:
                end = at + len(pattern)
                spans.append((at + front, line.index(b" ", end) if front else end))
            at = line.find(pattern, at + 1)
        return tuple(spans)

    def cased(self, span: Span) -> str:
        """The words of a span with their capitals, plain: "US" for "U.S.", "Sao Paulo"."""
        return self.written[span[0] : span[1]].decode("utf-8")

    def plain(self, span: Span) -> str:
        """A span with all that stands between its words, accents folded: "U.S", "al-Qaeda"."""
        start, end = self._shadow_span(span)
        return self._shadow[start:end]

    def apart(self, one: Span, other: Span) -> Apart:
        """How far apart two spans stand: a guess at paragraphs and sentences, splitting nothing."""
        if other < one:
            one, other = other, one
        start, end = self._shadow_span(one)[1], self._shadow_span(other)[0]
        count = self._shadow.count
        return (
            count("\n", start, end) + count(FIELD_BREAK, start, end),
            count(". ", start, end),
            max(0, end - start),
        )

    def is_before(self, span: Span, sign: str) -> bool:
        """Whether the words of a span stand, somewhere in the text, directly before a sign."""
        if sign not in self._shadow:
            return False
        joined = self.cased(span) + sign
        known = self._joined.get(joined)
        if known is None:
            known = self._joined[joined] = joined in self._shadow
        return known

    @cached_property
    def _gaps(self) -> Gaps:
        return Gaps(self._level)

    @cached_property
    def _counted(self) -> list[int]:
        """How many letters stand before each block of the level; none where each is one byte."""
        if self._level.isascii():
            return []
        blocks = range(0, len(self._level), _BLOCK)
        return [0, *itertools.accumulate(_letters(self._level, at, at + _BLOCK) for at in blocks)]

    def _shadow_span(self, span: Span) -> Span:
        """Offsets in the shadow of a span's first character and behind its last."""
        known = self._shadows.get(span)
        if known is None:
            first, last = self._gaps.back(*span)
            if self._counted:
                first, last = self._letters_before(first), self._letters_before(last)
            known = self._shadows[span] = first, last + 1
        return known

    def _letters_before(self, at: int) -> int:
        while self._level[at] in _INSIDE:
            at -= 1
        block = at // _BLOCK
        return self._counted[block] + _letters(self._level, block * _BLOCK, at)

    def _offsets(self, span: Span) -> Span:
        """Offsets in the text of a span's first character and behind its last."""
        start, end = self._shadow_span(span)
        if self._stretch is None:
            return start, end
        return self._stretch.back(start), self._stretch.back(end - 1) + 1

    def _all_offsets(self, spans: Iterable[Span]) -> list[Span]:
        """The same for many spans at once."""
        ends = self._gaps.all_back(spans)
        if not self._level.isascii():
            ends = self._in_letters(ends)
        if self._stretch is None:
            return [(first, last + 1) for first, last in ends]
        back = self._stretch.back
        return [(back(first), back(last) + 1) for first, last in ends]

    def _in_letters(self, ends: list[Span]) -> list[Span]:
        """Offsets in bytes of the level as offsets in letters, each counted from the one before."""
        at = letters = 0
        found = []
        for first, last in ends:
            if first < at:
                at = letters = 0
            letters += len(self._level[at:first].decode("utf-8", "ignore"))
            at = first
            # the last letter may have several bytes, and `last` is one of them
            found.append((letters, letters + len(self._level[at:last].decode("utf-8", "ignore"))))
        return found


def _letters(row: bytes, start: int, end: int) -> int:
    return len(row[start:end].translate(None, _INSIDE))
