"""Alerts that were gathered for a channel, and what was not seen meanwhile."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from monitor.channels.documents.alert import AlertRaised, AlertUpdated
from monitor.channels.documents.form import TIME, Part, Whole
from monitor.channels.documents.notice import SourceFailing, WatchQuiet
from monitor.model import GapKind, GatherReason


class Gap(Part, frozen=True, kw_only=True):
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
    since: Annotated[str, Meta(description="since when", extra_json_schema=TIME)]
    until: Annotated[
        str | None,
        Meta(description="until when; null where it goes on", extra_json_schema=TIME),
    ]
    entries: Annotated[
        int,
        Meta(
            description="about how many were missed, by the source's own pace; 0 where nobody can"
            " know"
        ),
    ]


class Rest(Part, frozen=True, kw_only=True):
    """How many alerts of one watch there were beyond those in `alerts`."""

    watch: Annotated[
        str, Meta(description="the watch's id; empty for alerts about sources in trouble")
    ]
    title: Annotated[str, Meta(description="its title")]
    count: Annotated[int, Meta(description="how many more alerts of it there were")]


class Rate(Part, frozen=True, kw_only=True):
    """How often a watch may tell the channel."""

    most: Annotated[int, Meta(description="so many times")]
    span_s: Annotated[int, Meta(description="in any stretch of so many seconds")]


class Paused(Part, frozen=True, kw_only=True):
    """A watch that a person has paused since."""

    watch: Annotated[str, Meta(description="the watch's id")]
    since: Annotated[str, Meta(description="since when", extra_json_schema=TIME)]


class DigestData(Part, frozen=True, kw_only=True):
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
    since: Annotated[str, Meta(description="the time it is of begins", extra_json_schema=TIME)]
    until: Annotated[str, Meta(description="and ends", extra_json_schema=TIME)]
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


class DigestReady(Whole, frozen=True, kw_only=True, tag="digest.ready"):
    """Alerts that were gathered for this channel, together."""

    data: Annotated[DigestData, Meta(description="what was gathered")]
