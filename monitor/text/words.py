"""Words: any text with its words in a row, and the capitals they are written with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

from monitor.text.fold import fold
from monitor.text.line import Gaps, level, lowered, squeeze

Span: TypeAlias = tuple[int, int]
"""Offsets in `Words.line`: of the first character of its first word, and behind its last word."""

_WORTH_A_SET = 12
"""Searches after which the set of words is cheaper: of 450 words it costs 25 µs, a search in vain
1.4."""


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

    def find(self, pattern: bytes) -> tuple[Span, ...]:
        """Everywhere a pattern stands: b" word " whole, b" wor" as a beginning, b"wor" inside.

        Beginnings are widened to the end of their word. Sentence ends are not looked at.
        """
        found = self._found.get(pattern)
        if found is None:
            found = self._found[pattern] = self._search(pattern)
        return found

    def holds_any(self, patterns: tuple[bytes, ...]) -> bool:
        """Whether one of the patterns of single words stands somewhere."""
        line, words = self.line, self.__dict__.get("words")
        for pattern in patterns:
            if words is not None and pattern[:1] == pattern[-1:] == b" ":
                if pattern[1:-1] in words:
                    return True
            elif pattern in line:
                return True
        return False

    def _search(self, pattern: bytes) -> tuple[Span, ...]:
        if pattern[:1] != b" ":
            return tuple((at, at + len(pattern)) for at in _occurrences(self.line, pattern))
        if pattern[-1:] == b" ":
            return self._search_whole(pattern)
        end_of_word = self.line.index
        return tuple(
            (at + 1, end_of_word(b" ", at + len(pattern)))
            for at in _occurrences(self.line, pattern)
        )

    def _search_whole(self, pattern: bytes) -> tuple[Span, ...]:
        if len(self._found) >= _WORTH_A_SET or "words" in self.__dict__:
            words = self.words
            if not all(word in words for word in pattern.split()):
                return ()
        length = len(pattern) - 2
        return tuple((at + 1, at + 1 + length) for at in _occurrences(self.line, pattern))

    @cached_property
    def words(self) -> set[bytes]:
        """The words of the line, each once."""
        return set(self.line.split())

    def cased(self, span: Span) -> str:
        """The words of a span with their capitals, plain: "US" for "U.S.", "Sao Paulo"."""
        return self.written[span[0] : span[1]].decode("utf-8")

    def plain(self, span: Span) -> str:
        """A span with all that stands between its words, accents folded: "U.S", "al-Qaeda"."""
        return self._shadow[self._shadow_at(span[0]) : self._shadow_at(span[1] - 1) + 1]

    def is_before(self, span: Span, sign: str) -> bool:
        """Whether the words of a span stand, somewhere in the text, directly before a sign."""
        return sign in self._shadow and self.cased(span) + sign in self._shadow

    @cached_property
    def _gaps(self) -> Gaps:
        return Gaps(self._level)

    @cached_property
    def _ascii(self) -> bool:
        return self._level.isascii()

    def _shadow_at(self, offset: int) -> int:
        at = self._gaps.back(offset)
        return at if self._ascii else len(self._level[:at].decode("utf-8", "ignore"))

    def _offsets(self, span: Span) -> tuple[int, int]:
        """Offsets in the text of a span's first character and behind its last."""
        start, end = self._shadow_at(span[0]), self._shadow_at(span[1] - 1)
        if self._stretch is not None:
            start, end = self._stretch.back(start), self._stretch.back(end)
        return start, end + 1


def _occurrences(line: bytes, pattern: bytes) -> Iterator[int]:
    at = line.find(pattern)
    while at >= 0:
        yield at
        at = line.find(pattern, at + 1)
