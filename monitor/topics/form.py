"""Form: how the topics of a shape are spelled, so that what is written can be read as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from monitor.lexicon import Knowledge
from monitor.model import SubjectKind

Ids: TypeAlias = tuple[str, ...]

PART: Final = "{}"


def as_named(knowledge: Knowledge, ids: Ids) -> Ids | None:
    """What most shapes make topics of: whatever is named."""
    return ids


def whole(knowledge: Knowledge, place_id: str) -> str:
    """The country or area that a place counts for."""
    around = reversed(knowledge.around(place_id))
    return next(id_ for id_ in around if id_ in knowledge.places)


class Form(NamedTuple):
    """Of which parts the topics of a shape are, and the words between them in the label.

    In `either` order: which part comes first in the label is for the article to say. `made` answers
    the parts as the shape would have them (countries for their cities), None where it never would.
    """

    kinds: tuple[SubjectKind, ...]
    label: str
    either: bool = False
    made: Callable[[Knowledge, Ids], Ids | None] = as_named

    def key(self, ids: Ids) -> str:
        """The key of a topic of these parts, less its shape."""
        return "+".join(sorted(ids) if self.either else ids)

    def readings(self, words: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """The names of the parts, in every way that a label of these words can be read."""
        return _readings(words, self.label.split())


def _readings(words: Sequence[str], pattern: Sequence[str]) -> Iterator[tuple[str, ...]]:
    if not pattern:
        if not words:
            yield ()
        return
    first, *rest = pattern
    if first != PART:
        if words and words[0] == first:
            yield from _readings(words[1:], rest)
        return
    for at in range(1, len(words) - len(rest) + 1):
        for others in _readings(words[at:], rest):
            yield (" ".join(words[:at]), *others)
