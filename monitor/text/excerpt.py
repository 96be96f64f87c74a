"""Which part of a text to show: cut between words, about the words that matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

Range = tuple[int, int]

_NEAR = 30
"""So many letters from where a text has to be cut a space is looked for."""


def clip(text: str, at_most: int) -> str:
    """At most so many characters, cut between words where there is one near, ending in "…"."""
    if len(text) <= at_most:
        return text
    cut = text[: at_most - 1]
    space = cut.rfind(" ", len(cut) * 3 // 4)
    return (cut[:space] if space > 0 else cut).rstrip() + "…"


def window(text: str, marks: Sequence[Range], at_most: int) -> Range:
    """From where to where a long text is shown: about the first mark, a third of it before that.

    It begins and ends between words where there is a space near.
    """
    if len(text) <= at_most:
        return 0, len(text)
    first = marks[0][0] if marks else 0
    begin = min(max(0, first - at_most // 3), len(text) - at_most)
    end = begin + at_most
    if begin > 0:
        space = text.find(" ", begin, min(begin + _NEAR, first))
        begin = space + 1 if space >= 0 else begin
    if end < len(text) and not text[end].isspace():
        space = text.rfind(" ", end - _NEAR, end)
        end = space if space > begin else end
    return begin, end


def naming(text: str, names: Iterable[str]) -> tuple[Range, ...]:
    """Where a text holds one of these names as whole words, whatever the case."""
    ways = sorted({re.escape(name) for name in names if name.strip()}, key=len, reverse=True)
    if not ways:
        return ()
    found = re.finditer(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)", text, re.IGNORECASE)
    return tuple(each.span() for each in found)
