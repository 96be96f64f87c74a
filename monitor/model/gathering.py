"""Gathering: alerts that wait to be told together; Digest: what they are told as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from monitor.model.alert import Alert, TroubleKind
from monitor.model.delivery import Delivery
from monitor.model.timing import Rate

GatherReason = Literal["digest", "at_most", "cooldown", "quiet", "hours"]
"""Why alerts were gathered: the channel tells in digests; the watch has used up its allowance, or
rests after an alert; the channel has quiet hours; it is outside the watch's hours."""

GapKind = TroubleKind | Literal["missed", "off", "unpolled", "unjudged"]
"""A trouble of a source; or that entries came and went between two polls; or that Wirewatch itself
was off, or had no poller, or no worker."""


OURSELVES = "_wirewatch"
"""Stands where a gap names its source and Wirewatch itself was the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that was not seen: a source that could not be read, or entries it no longer shows.

    `until` is when it was over, None where it goes on. `entries` is about how many were missed, by
    the source's own pace, 0 where nobody can know. Of Wirewatch itself the source is OURSELVES.
    """

    source: str
    source_name: str | None
    kind: GapKind
    since: datetime
    entries: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """How many alerts of a watch ("" for troubles of sources) are not shown, only counted."""

    watch: str
    title: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one channel is told at once, of the time from `since` to `until`.

    `watch` and `title` are those of the one watch whose alerts were gathered, or "". `alerts` are
    in the order they were raised, each as it was told last; of more than can be shown they are a
    fair choice of the `count`, and `rest` says how many of which watch are left. `rate` is what the
    watch may tell, where it was gathered for that; `paused` are its watches that a person has
    paused since, and when. It may be the `first` that its channel is told. An empty one says that
    there was nothing; where something was told `apart`, without waiting for it, nothing else.
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
    rest: tuple[Rest, ...] = ()
    rate: Rate | None = None
    paused: tuple[tuple[str, datetime], ...] = ()
    first: bool = False
    apart: bool = False


Message: TypeAlias = Alert | Digest
"""What a delivery takes to its channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """Where an alert waits for one channel until `due`; with those of one watch, or ("") of all."""

    reason: GatherReason
    due: datetime
    watch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How often a watch may tell a channel: `most` times in any `span`. What comes beyond that is
    gathered.
    """

    reason: GatherReason
    most: int
    span: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a channel is told of an alert: it waits for `wait`, or until its allowances are free,
    whichever is later; if there is neither, it is told at once. What is `urgent` waits for no time.
    """

    delivery: Delivery
    wait: Gathering | None = None
    allowances: tuple[Allowance, ...] = ()
    urgent: bool = False
