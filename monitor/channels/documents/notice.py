"""What Wirewatch itself has to say: of a source in trouble, of a watch that finds too little."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from monitor.channels.documents.form import LINK, TIME, Part, Whole
from monitor.model import Severity, TroubleKind


class TroubleData(Part, frozen=True, kw_only=True):
    """A source in trouble, or out of it."""

    alert: Annotated[
        str, Meta(description="its id: one for the beginning of each trouble and one for its end")
    ]
    source: Annotated[str, Meta(description="the source's id")]
    name: Annotated[str | None, Meta(description="what the source is called, or null")]
    url: Annotated[
        str | None,
        Meta(
            description="the feed's address without login and query, or null",
            extra_json_schema=LINK,
        ),
    ]
    trouble: Annotated[
        TroubleKind,
        Meta(
            description="`failing`; `gone` (410 for days); `moved` (for good); `silent` (nothing"
            " new for longer than its own history allows); `unreadable` (much of what it sends is"
            " no feed)"
        ),
    ]
    episode: Annotated[
        str, Meta(description="the same at the beginning and at the end of one trouble")
    ]
    since: Annotated[str, Meta(description="when it began", extra_json_schema=TIME)]
    until: Annotated[
        str | None, Meta(description="when it was over, or null", extra_json_schema=TIME)
    ]
    severity: Annotated[Severity, Meta(description="how urgent")]
    title: Annotated[str, Meta(description="for people: what has happened")]
    said: Annotated[str, Meta(description="for people: what it means")]


class QuietData(Part, frozen=True, kw_only=True):
    """A watch that finds less than is expected of it."""

    alert: Annotated[str, Meta(description="its id: one for each silence")]
    watch: Annotated[str, Meta(description="the watch's id")]
    title: Annotated[str, Meta(description="the watch's title")]
    severity: Annotated[Severity, Meta(description="how urgent the watch is to its owner")]
    since: Annotated[str, Meta(description="since when it is quiet", extra_json_schema=TIME)]
    said: Annotated[
        str, Meta(description="for people: how long, and which sources failed meanwhile")
    ]


class SourceFailing(Whole, frozen=True, kw_only=True, tag="source.failing"):
    """A source is in trouble, or out of it again."""

    data: Annotated[TroubleData, Meta(description="the trouble")]


class WatchQuiet(Whole, frozen=True, kw_only=True, tag="watch.quiet"):
    """A watch finds less than its `expect` says."""

    data: Annotated[QuietData, Meta(description="the silence")]
