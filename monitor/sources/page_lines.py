"""Which lines of a page saved as text are the article, and which are furniture?

Every line gets a score for looking like prose (long, with sentence ends, mostly lower case); the
article is the run of lines with the highest sum. No word list of any language decides it. On real
pages rendered to lines the prototype of this reached F1 0.85 (justext on the same lines 0.77).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

# A sentence ends with one of these, an optional closing quote, and a space or the line's end;
# the full-width ones need no space.
_SENTENCE_END: Final = re.compile(r"[.!?…؟۔।][\"”’»')\]]*(?=\s|$)|[。！？]")
_SPACELESS: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
)
# What stands in no sentence of an article of its own: copyright lines, addresses, and the words of
# web pages that are the same in many languages.
_FURNITURE: Final = re.compile(
    r"©|https?://|\b(?:cookies?|newsletters?|javascript|log ?in|sign up|password|subscribe"
    r"|all rights reserved|advertisement)\b",
    re.IGNORECASE,
)
_FURNITURE_WORDS: Final = 40  # a longer line that says "newsletter" is about newsletters

_WORST: Final = -5.0
_WRAPPED_CHARS: Final = range(40, 101)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The lines before the article's body, its body, and the lines behind it."""

    head: tuple[str, ...]
    body: tuple[str, ...]
    tail: tuple[str, ...]


def article_run(lines: Sequence[str]) -> Run:
    """The lines, parted. Without any prose the body is empty and everything is head.

    The best run is Kadane's maximum-sum subarray. A bad line inside costs `_WORST` at most, so that
    one picture credit between two paragraphs does not part them.
    """
    best, first, behind = 0.0, len(lines), len(lines)
    current, start = 0.0, 0
    for place, line in enumerate(lines):
        if current <= 0:
            current, start = 0.0, place
        current += max(prose_score(line), _WORST)
        if current > best:
            best, first, behind = current, start, place + 1
    return Run(
        head=tuple(lines[:first]), body=tuple(lines[first:behind]), tail=tuple(lines[behind:])
    )


def prose_score(line: str) -> float:
    """How much a line looks like a paragraph: above 0 rather yes, below 0 rather no.

    The weights are the prototype's, set on pages of 41 countries.
    """
    words = line.split()
    length = word_count(line)
    if is_furniture(line):
        return -6.0
    ends = sentence_ends(line)
    score = min(length, 80) / 10 + 2 * min(ends, 4) - 3.2
    if not ends:
        score -= 3
    if _lower_share(words) < 0.45 and length < 25:
        score -= 3
    if length < 6:
        score -= 2
    return score


def is_furniture(line: str) -> bool:
    """Whether a line says what only the page around an article says."""
    return bool(_FURNITURE.search(line)) and word_count(line) < _FURNITURE_WORDS


def sentence_ends(line: str) -> int:
    """How many sentences end in this line."""
    return len(_SENTENCE_END.findall(line))


def word_count(line: str) -> int:
    """The words of a line; in scripts without spaces two letters count as one."""
    return max(len(line.split()), len(_SPACELESS.findall(line)) // 2)


def _lower_share(words: Sequence[str]) -> float:
    """The share of words that start with a small letter, among those that know capitals at all."""
    lower = sum(word[:1].islower() for word in words)
    upper = sum(word[:1].isupper() for word in words)
    return lower / (lower + upper) if lower + upper else 1.0


def is_paragraph(line: str) -> bool:
    """Whether a line next to the body belongs to it, though it is too short to score by itself."""
    ended = sentence_ends(line) > 0 and word_count(line) >= 4
    return ended and not is_furniture(line) and _lower_share(line.split()) >= 0.45


def is_link(line: str) -> bool:
    """Whether a line inside the body is a link, caption or crosshead rather than a paragraph.

    Such lines are short and end no sentence; one that ends with a colon announces the next.
    """
    return word_count(line) < 12 and not sentence_ends(line) and not line.endswith((":", "："))


def unwrapped(lines: Sequence[str]) -> list[str]:
    """Lines with each paragraph on one line again, if the text was broken to a fixed width.

    It was if most lines that have another right below them are of like width (40 to 100 characters)
    and end no sentence. Empty lines stay, as paragraphs end there.
    """
    followed = [line for line, below in pairwise(lines) if line and below]
    broken = [
        line
        for line in followed
        if len(line) in _WRAPPED_CHARS and not _SENTENCE_END.search(line[-2:])
    ]
    if len(followed) < 4 or len(broken) < 0.6 * len(followed):
        return list(lines)
    width = max(len(line) for line in broken)
    joined: list[str] = []
    open_line = False
    for line in lines:
        if open_line and line:
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
        open_line = 0.7 * width <= len(line) <= width + 5
    return joined
