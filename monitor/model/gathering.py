"""Digest: alerts that were gathered for one channel, told together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from monitor.model.alert import Alert
from monitor.model.ids import digest

GatherReason = Literal["digest", "at_most", "cooldown", "quiet", "hours"]
"""Why alerts were gathered: the channel tells in digests; the watch has used up its allowance, or
rests after an alert; the channel has quiet hours; it is outside the watch's hours."""

GapKind = Literal["failing", "gone", "silent", "unreadable", "paused", "missed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that was not seen: a source that could not be read, or entries it no longer shows.

    `entries` is how many were missed at least, 0 where nobody can know.
    """

    source: str
    source_name: str | None
    kind: GapKind
    since: datetime
    entries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one channel is told at once, of the time from `since` to `until`.

    `watch` and `title` are those of the one watch whose alerts were gathered, or "". `alerts` are
    in the order they were raised, with updates as they were told; they are the first of `count`:
    the rest are not shown, only counted. An empty one says that there was nothing.
    """

    id: str
    channel: str
    reason: GatherReason
    since: datetime
    until: datetime
    alerts: tuple[Alert, ...]
    count: int
    watch: str = ""
    title: str = ""
    gaps: tuple[Gap, ...] = ()

    @staticmethod
    def id_for(channel: str, reason: GatherReason, watch: str, until: datetime) -> str:
        """The id of the one digest that these gatherings end in at that time."""
        return digest("digest", channel, reason, watch, until.isoformat())


Message: TypeAlias = Alert | Digest
"""What a delivery takes to its channel."""
