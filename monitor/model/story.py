"""Story: articles that are copies of one text. The first one founds it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Relation(StrEnum):
    """What an article is to the story it belongs to."""

    NEW = "new"
    COPY = "copy"
    REVISION = "revision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The answer to "which story is this?": the same each time the same article asks.

    `similarity` is the share of text in common with the story's founder, 0 to 1, or None where it
    was not measured. `sources` are the sources of the story seen so far, first come first.
    """

    story: str
    relation: Relation
    similarity: float | None = None
    sources: tuple[str, ...] = ()
