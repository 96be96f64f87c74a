"""The documents that leave as JSON: what a webhook posts, and a line of console, file and exec.

One type for each value of `type`; `body.py` fills them, and the schema and the tables of
docs/webhooks.md are made of them (scripts/webhook_docs.py). Fields may be added; none may change or
go without another VERSION.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from monitor.model import Field, GapKind, GatherReason, Severity, TroubleKind

VERSION: Final = 1

_TIME: Final = {"format": "date-time"}
_LINK: Final = {"format": "uri"}

Version = Annotated[
    Literal[1], Meta(description="1: fields may be added under it, none change or go")
]


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a document."""


class Article(_Part, frozen=True, kw_only=True):
    """An article, as an alert shows it."""

    id: Annotated[str, Meta(description="the article's id, as its source gives it")]
    url: Annotated[
        str | None, Meta(description="an http or https link, or null", extra_json_schema=_LINK)
    ]
    title: Annotated[str, Meta(description="the article's title")]
    source: Annotated[str, Meta(description="the id of the source that published it")]
    published: Annotated[
        str | None, Meta(description="when, in UTC, or null", extra_json_schema=_TIME)
    ]


class Evidence(_Part, frozen=True, kw_only=True):
    """A place in the article that made the watch match."""

    field: Annotated[Field, Meta(description="the part of the article it is in")]
    start: Annotated[int, Meta(description="where it begins there, counted in code points from 0")]
    end: Annotated[int, Meta(description="where it ends, not included")]
    text: Annotated[str, Meta(description="the words themselves")]
    sentence: Annotated[str, Meta(description="the sentence they stand in")]


class Topic(_Part, frozen=True, kw_only=True):
    """Something the article is about."""

    key: Annotated[str, Meta(description="the topic's identity, made of ids")]
    label: Annotated[str, Meta(description="what people call it; may change")]
    shape: Annotated[str, Meta(description="what kind of topic: `wirewatch topics` lists them")]
    score: Annotated[float, Meta(description="how surely the article is about it, 0 to 1")]


class Update(_Part, frozen=True, kw_only=True):
    """Why an alert is told again."""

    step: Annotated[
        int,
        Meta(
            description="how many publishers carry the story: the number at which the watch tells"
            " again (`updates`, `escalate`), the highest of those passed at once; where there is a"
            " `revision`, how many it is by now"
        ),
    ]
    copy: Annotated[Article, Meta(description="the article that came last")]
    revision: Annotated[
        str | UnsetType,
        Meta(
            description="names the new text where the alert's own article says something else now;"
            " else left out"
        ),
    ] = UNSET


class Counted(_Part, frozen=True, kw_only=True):
    """A story that came before, and counts towards the watch's threshold."""

    story: Annotated[str, Meta(description="the story's (or event's) id")]
    article: Annotated[Article, Meta(description="the article by which it counts")]


class Elsewhere(_Part, frozen=True, kw_only=True):
    """Another article of the story or event that satisfies clauses of the watch."""

    article: Annotated[Article, Meta(description="the article")]
    evidence: Annotated[list[Evidence], Meta(description="what it says; offsets are in its text")]


class Rising(_Part, frozen=True, kw_only=True):
    """What many sources suddenly tell."""

    key: Annotated[str, Meta(description="the key of the topic, or name:... of an unknown name")]
    label: Annotated[str, Meta(description="what people call it")]
    stories: Annotated[int, Meta(description="in how many stories it is told now")]
    usual: Annotated[float, Meta(description="how many were to be expected")]
    hours: Annotated[int, Meta(description="how many hours are now")]
    sources: Annotated[list[str], Meta(description="who tells it, the most first")]
    articles: Annotated[list[Article], Meta(description="the newest articles that tell it")]


class AlertData(_Part, frozen=True, kw_only=True):
    """An alert."""

    alert: Annotated[
        str,
        Meta(
            description="the alert's id: one for each watch and story, the same to every channel,"
            " on every attempt and in its updates"
        ),
    ]
    watch: Annotated[str, Meta(description='the watch\'s id; "_test" is a test')]
    title: Annotated[str, Meta(description="the watch's title")]
    severity: Annotated[
        Severity,
        Meta(
            description="how urgent the alert is: as its watch is to its owner, or more where the"
            " story has spread as far as its `escalate` says"
        ),
    ]
    tags: Annotated[list[str], Meta(description="your own labels of the watch")]
    story: Annotated[
        str,
        Meta(description="the story's id: alerts about copies of one text share it"),
    ]
    event: Annotated[
        str | UnsetType,
        Meta(
            description="the id of what seems to be one happening: stories in different words may"
            " share it; left out where none is known"
        ),
    ] = UNSET
    article: Annotated[Article, Meta(description="the article")]
    evidence: Annotated[list[Evidence], Meta(description="what made the watch match")]
    topics: Annotated[list[Topic], Meta(description="what the article is about, surest first")]
    sources: Annotated[
        list[str],
        Meta(description="the sources that carried the story when it was raised (or updated)"),
    ]
    independent: Annotated[
        int,
        Meta(
            description="how many of them are independent of each other: publishers, not feeds, and"
            " one for a text that papers took from an agency"
        ),
    ]
    counted: Annotated[
        list[Counted] | UnsetType,
        Meta(
            description="where the watch has a `threshold`: the stories that came before and make"
            " it up with this one; else left out"
        ),
    ] = UNSET
    elsewhere: Annotated[
        list[Elsewhere] | UnsetType,
        Meta(
            description="where the watch has a `scope`: the other articles that satisfy it together"
            " with this one; else left out"
        ),
    ] = UNSET
    rising: Annotated[
        Rising | UnsetType,
        Meta(
            description="where the watch tells what emerges (`emerging`): what rises. The article"
            " then says how much it is told and has the newest article's `url`; the evidence are"
            " the newest titles, one a line, in which offsets count. Else left out"
        ),
    ] = UNSET


class UpdatedData(AlertData, frozen=True, kw_only=True):
    """An alert told again, with what is new about it."""

    update: Annotated[Update, Meta(description="why it is told again")]


class TroubleData(_Part, frozen=True, kw_only=True):
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
            extra_json_schema=_LINK,
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
    since: Annotated[str, Meta(description="when it began", extra_json_schema=_TIME)]
    until: Annotated[
        str | None, Meta(description="when it was over, or null", extra_json_schema=_TIME)
    ]
    severity: Annotated[Severity, Meta(description="how urgent")]
    title: Annotated[str, Meta(description="for people: what has happened")]
    said: Annotated[str, Meta(description="for people: what it means")]


class QuietData(_Part, frozen=True, kw_only=True):
    """A watch that finds less than is expected of it."""

    alert: Annotated[str, Meta(description="its id: one for each silence")]
    watch: Annotated[str, Meta(description="the watch's id")]
    title: Annotated[str, Meta(description="the watch's title")]
    severity: Annotated[Severity, Meta(description="how urgent the watch is to its owner")]
    since: Annotated[str, Meta(description="since when it is quiet", extra_json_schema=_TIME)]
    said: Annotated[
        str, Meta(description="for people: how long, and which sources failed meanwhile")
    ]


class Gap(_Part, frozen=True, kw_only=True):
    """Something that was not seen meanwhile."""

    source: Annotated[
        str,
        Meta(
            description="the id of the source that was not seen; `_wirewatch` where Wirewatch"
            " itself was off"
        ),
    ]
    name: Annotated[str | None, Meta(description="what it is called, or null")]
    kind: Annotated[
        GapKind,
        Meta(
            description="its trouble; or `missed`: entries came and went between two polls; or of"
            " Wirewatch itself: `off`, `unpolled` (no poller ran), `unjudged` (no worker ran)"
        ),
    ]
    since: Annotated[str, Meta(description="since when", extra_json_schema=_TIME)]
    until: Annotated[
        str | None,
        Meta(description="until when; null where it goes on", extra_json_schema=_TIME),
    ]
    entries: Annotated[
        int,
        Meta(
            description="about how many were missed, by the source's own pace; 0 where nobody can"
            " know"
        ),
    ]


class _Document(_Part, frozen=True, kw_only=True, tag_field="type"):
    """A whole one, as it leaves."""

    version: Version
    timestamp: Annotated[
        str,
        Meta(
            description="when it was raised, told again or noticed, or the end of a digest's time;"
            " in UTC, the same on every attempt",
            extra_json_schema=_TIME,
        ),
    ]


class AlertRaised(_Document, frozen=True, kw_only=True, tag="alert.raised"):
    """A watch has spoken about a story."""

    data: Annotated[AlertData, Meta(description="the alert")]


class AlertUpdated(_Document, frozen=True, kw_only=True, tag="alert.updated"):
    """The same alert again: its story has reached a step of the watch's `updates` or `escalate`, or
    its article says something else now.
    """

    data: Annotated[UpdatedData, Meta(description="the alert, as it was raised and with `update`")]


class SourceFailing(_Document, frozen=True, kw_only=True, tag="source.failing"):
    """A source is in trouble, or out of it again."""

    data: Annotated[TroubleData, Meta(description="the trouble")]


class WatchQuiet(_Document, frozen=True, kw_only=True, tag="watch.quiet"):
    """A watch finds less than its `expect` says."""

    data: Annotated[QuietData, Meta(description="the silence")]


class Rest(_Part, frozen=True, kw_only=True):
    """How many alerts of one watch there were beyond those in `alerts`."""

    watch: Annotated[
        str, Meta(description="the watch's id; empty for alerts about sources in trouble")
    ]
    title: Annotated[str, Meta(description="its title")]
    count: Annotated[int, Meta(description="how many more alerts of it there were")]


class Rate(_Part, frozen=True, kw_only=True):
    """How often a watch may tell the channel."""

    most: Annotated[int, Meta(description="so many times")]
    span_s: Annotated[int, Meta(description="in any stretch of so many seconds")]


class Paused(_Part, frozen=True, kw_only=True):
    """A watch that a person has paused since."""

    watch: Annotated[str, Meta(description="the watch's id")]
    since: Annotated[str, Meta(description="since when", extra_json_schema=_TIME)]


class DigestData(_Part, frozen=True, kw_only=True):
    """Alerts that were gathered for one channel."""

    digest: Annotated[str, Meta(description="the digest's id, the same on every attempt")]
    channel: Annotated[str, Meta(description="the channel it is for")]
    reason: Annotated[
        GatherReason,
        Meta(
            description="why they were gathered: the channel tells in digests (`digest`), the"
            " watch has used up its allowance (`at_most`) or rests (`cooldown`), the channel has"
            " quiet hours (`quiet`), or it was outside the watch's hours (`hours`)"
        ),
    ]
    watch: Annotated[
        str | UnsetType,
        Meta(description="the one watch whose alerts these are; left out for a digest of several"),
    ] = UNSET
    title: Annotated[str | UnsetType, Meta(description="that watch's title")] = UNSET
    since: Annotated[str, Meta(description="the time it is of begins", extra_json_schema=_TIME)]
    until: Annotated[str, Meta(description="and ends", extra_json_schema=_TIME)]
    count: Annotated[
        int, Meta(description="how many alerts there were; `alerts` may hold fewer: see `rest`")
    ]
    alerts: Annotated[
        list[AlertRaised | AlertUpdated | SourceFailing | WatchQuiet],
        Meta(
            description="each in full, as it would have come by itself, in the order they were"
            " raised; at most 100, of each watch the most severe and then the newest. Empty where"
            " all stand before it, as in a file"
        ),
    ]
    rest: Annotated[
        list[Rest], Meta(description="how many more there were of which watch, most first")
    ]
    rate: Annotated[
        Rate | UnsetType,
        Meta(
            description="what the watch may tell, where the reason is `at_most` or `cooldown`:"
            " `most` times in any `span_s` seconds; else left out"
        ),
    ] = UNSET
    paused: Annotated[
        list[Paused] | UnsetType,
        Meta(
            description="those of its watches that a person has paused by now, each as `watch` and"
            " `since`: what was raised before is told all the same; left out for none"
        ),
    ] = UNSET
    gaps: Annotated[list[Gap], Meta(description="what was not seen meanwhile")]


class DigestReady(_Document, frozen=True, kw_only=True, tag="digest.ready"):
    """Alerts that were gathered for this channel, together."""

    data: Annotated[DigestData, Meta(description="what was gathered")]


Told = AlertRaised | AlertUpdated | SourceFailing | WatchQuiet
Document = Told | DigestReady

DOCUMENTS: Final = (AlertRaised, AlertUpdated, SourceFailing, WatchQuiet, DigestReady)
"""Every document there is, in the order the docs tell of them."""


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that every document satisfies. Unknown fields are allowed by it."""
    roots, parts = msgspec.json.schema_components(DOCUMENTS, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What Wirewatch tells programs",
        "description": "The body of a webhook, and a line of the JSON of console, file and exec.",
        "oneOf": list(roots),
        "$defs": parts,
    }
