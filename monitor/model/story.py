"""Story: articles that are copies of one text. The first one founds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.independence import independent, voice_of


class Relation(StrEnum):
    """What an article is to the story it belongs to."""

    NEW = "new"
    COPY = "copy"
    REVISION = "revision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The answer to "which story is this?": the same each time the same article asks.

    `similarity` is the share of text in common with the story's founder, 0 to 1, or None where it
    was not measured. `sources` are the sources of the story seen so far, first come first, and
    `agencies` those whose text it is, where a paper says so, and `publishers` those that carry it,
    first come first. `told` are the watches that had spoken
    for the story, `event` the id of the happening it is about, `articles` how many it holds.
    """

    story: str
    relation: Relation
    similarity: float | None = None
    sources: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    event: str = ""
    articles: int = 1
    publishers: tuple[str, ...] = ()

    @property
    def carried(self) -> int:
        """How many publishers carry the story."""
        return len(self.publishers) or len(self.sources)

    @property
    def independent(self) -> int:
        """How many independent sources tell the story."""
        return independent(agencies=self.agencies, publishers=self.publishers, sources=self.sources)

    @property
    def voice(self) -> str:
        """Who first told the story."""
        return voice_of(agencies=self.agencies, publishers=self.publishers, sources=self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCopy:
    """An article that joined a story: when, as what, and what is kept of it to be shown."""

    ref: str
    at: datetime
    relation: Relation
    source: str
    title: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is known of a story.

    `sources` are (source, first seen), first come first; `copies` the articles that joined after
    the `first`, in order; `best` the ref of the longest text of the most trusted sources.
    """

    id: str
    event: str
    first: str
    best: str
    sources: tuple[tuple[str, datetime], ...]
    agencies: tuple[str, ...]
    copies: tuple[StoryCopy, ...]
    publishers: tuple[str, ...] = ()

    @property
    def independent(self) -> int:
        """How many independent sources tell it."""
        return independent(
            agencies=self.agencies,
            publishers=self.publishers,
            sources=[source for source, _ in self.sources],
        )
