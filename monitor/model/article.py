"""Article: one published text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.ids import digest


class Field(StrEnum):
    """A part of an article that can be searched; offsets always count within one field."""

    TITLE = "title"
    SUMMARY = "summary"
    BODY = "body"


class Origin(StrEnum):
    """How an article came in, which decides whether it may alert.

    BACKFILL is what stood in a feed before its first poll and is older than 48 hours: it is judged
    and kept, but raises no alert; neither does what is MUTED, of a source that is read for the
    record only.
    """

    FEED = "feed"
    BACKFILL = "backfill"
    SEED = "seed"
    MUTED = "muted"


class PageOutcome(StrEnum):
    """What came of an article's page: its text was taken, or why the feed's own went on.

    REFUSED by the server or its robots.txt, GONE, EMPTY of a text longer than the feed's, FAILED
    again and again, LATE: not within the time an article may wait.
    """

    READ = "read"
    REFUSED = "refused"
    GONE = "gone"
    EMPTY = "empty"
    FAILED = "failed"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageNote:
    """What came of an article's page, and a word on why."""

    outcome: PageOutcome
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One published text, as its source gave it.

    `id` is what the source says identifies it, or derived from its content. `body` holds paragraphs
    parted by one blank line. `language` is BCP 47, `country` ISO 3166 alpha-2. `tags` are the
    publisher's own and never feed extraction. Times are aware and UTC. `canonical` is the address
    its page gives itself, where that is not `url`. `page` is what came of its page where the full
    text was wanted; None where it was not.
    """

    id: str
    source: str
    title: str
    fetched: datetime
    source_name: str | None = None
    url: str | None = None
    canonical: str | None = None
    summary: str = ""
    body: str = ""
    published: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    country: str | None = None
    tags: tuple[str, ...] = ()
    section: str | None = None
    dateline: str | None = None
    origin: Origin = Origin.FEED
    page: PageNote | None = None

    @property
    def ref(self) -> str:
        """The name used inside Wirewatch: ids given by two sources may clash, refs never do."""
        return digest(self.source, self.id)

    def text(self, field: Field) -> str:
        """The text of one field; offsets of mentions and evidence count in it."""
        match field:
            case Field.TITLE:
                return self.title
            case Field.SUMMARY:
                return self.summary
            case Field.BODY:
                return self.body
