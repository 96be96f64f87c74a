"""What is to be told of a source: its troubles, each once when it begins and once when it is over.

Pure: judged from the record before a poll and after it. What was told stands in the record, and so
is saved in the same step as the outcome of the poll and the deliveries of what is told: a poll that
is done twice, or whose process is killed, tells nothing twice and leaves nothing untold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from monitor.model import Alert, AlertedArticle, Severity, Source, Trouble, TroubleKind, digest
from monitor.poller.record import Came, Record, Told, shown_address

WATCH: Final = "sources"
"""Stands where an alert names its watch."""

QUIETEST: Final = timedelta(days=1)
PAUSES: Final = 2.0
KNOWN_PAUSES: Final = 10
"""A source is silent after twice its longest pause so far, at least a day, once we know ten."""

LEAST_DOCUMENTS: Final = 5
UNITS: Final = (
    ("days", timedelta(days=1)),
    ("hours", timedelta(hours=1)),
    ("minutes", timedelta(minutes=1)),
)
_DOCUMENTS: Final = (Came.NEW, Came.SAME, Came.GAP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ops:
    """Whom to tell of what: the channels, after how long a failure, above which share of the last
    documents that were no feed.
    """

    notify: tuple[str, ...] = ()
    failing_for: timedelta = timedelta(hours=6)
    parse_problems_above: float = 0.5


NOBODY: Final = Ops()

SEVERITIES: Final[Mapping[TroubleKind, Severity]] = {
    "failing": "normal",
    "gone": "high",
    "moved": "low",
    "silent": "normal",
    "unreadable": "normal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A trouble: what has happened, to be said after the source's name, and what that means."""

    kind: TroubleKind
    since: datetime
    happened: str
    meaning: str


def told(
    record: Record, source: Source, now: datetime, ops: Ops
) -> tuple[Record, tuple[Alert, ...]]:
    """The record with what has been told of the source, and the alerts that tell it."""
    if not ops.notify:
        return record, ()
    here = {found.kind: found for found in troubles(record, now, ops)}
    before = {each.kind: each for each in record.told}
    began = [found for kind, found in here.items() if kind not in before]
    over = [_over(each, record, now) for kind, each in before.items() if kind not in here]
    if not began and not over:
        return record, ()
    after = [each for kind, each in before.items() if kind in here]
    after += [Told(kind=found.kind, since=found.since) for found in began]
    return replace(record, told=tuple(after)), (
        *(_alert(source, found, now, ops, until=None) for found in began),
        *(_alert(source, found, now, ops, until=now) for found in over),
    )


def troubles(record: Record, now: datetime, ops: Ops) -> Iterator[Found]:
    """The troubles a source is in."""
    if record.retired:
        yield Found(
            kind="gone",
            since=record.gone_since or now,
            happened="is gone (410)",
            meaning="It says so for good; it is asked once a month from now on",
        )
    elif record.failing_since is not None and now - record.failing_since >= ops.failing_for:
        yield Found(
            kind="failing",
            since=record.failing_since,
            happened=f"has failed for {span(now - record.failing_since)}",
            meaning=f"The last time: {record.error}",
        )
    elif record.fresh_at is not None and (silent := _silent_for(record)):
        pause = span(timedelta(seconds=record.longest_pause_s))
        yield Found(
            kind="silent",
            since=record.fresh_at,
            happened=f"has been silent for {span(silent)}",
            meaning=f"It can be reached and has nothing new; its longest pause so far was {pause}",
        )
    if record.moved_to:
        yield Found(
            kind="moved",
            since=now,
            happened="has moved for good",
            meaning=f"It is polled at {shown_address(record.moved_to)}; write that in feeds.toml",
        )
    if unread := _too_much_unread(record, ops):
        yield Found(
            kind="unreadable",
            since=now,
            happened=f"sends what is no feed: {unread:.0%} of its last documents",
            meaning=f"The last of them: {record.unread}",
        )


def _silent_for(record: Record) -> timedelta | None:
    """How long a source that can be reached has brought nothing new, if that is unusual for it.

    Its own history is the measure, for no rate tells nights and weekends from silence: the longest
    pause between two polls that found something new. A pause counts from the poll that ends it, so
    a source that was told to be silent is allowed that long the next time. Pauses in which it
    failed count, too: what came then was found late.
    """
    if record.well is None or record.fresh_at is None or record.pauses < KNOWN_PAUSES:
        return None
    silent = record.well - record.fresh_at
    allowed = max(QUIETEST, PAUSES * timedelta(seconds=record.longest_pause_s))
    return silent if silent > allowed else None


def _too_much_unread(record: Record, ops: Ops) -> float:
    """Of the last polls that brought a document, the share whose document was no feed; 0 where that
    is no trouble, or there were too few to say. It is one until half of that share is left.
    """
    documents = [each for each in record.outcomes if each.unread or each.came in _DOCUMENTS]
    if len(documents) < LEAST_DOCUMENTS:
        return 0.0
    share = sum(each.unread for each in documents) / len(documents)
    known = any(each.kind == "unreadable" for each in record.told)
    most = ops.parse_problems_above / 2 if known else ops.parse_problems_above
    return share if share > most else 0.0


def span(time: timedelta) -> str:
    """A time in words, as exact as it needs to be: "90 minutes", "7 hours", "3 days"."""
    for unit, length in UNITS:
        if time >= 2 * length:
            return f"{time / length:.0f} {unit}"
    return f"{time.total_seconds():.0f} seconds"


def _over(before: Told, record: Record, now: datetime) -> Found:
    happened = {
        "failing": "is gone (410)" if record.retired else "answers again",
        "gone": "is back",
        "moved": "is polled at its old address again",
        "silent": "is failing" if record.failures else "has something new again",
        "unreadable": "can be read again",
    }[before.kind]
    return Found(
        kind=before.kind,
        since=before.since,
        happened=happened,
        meaning=f"Over after {span(now - before.since)}",
    )


def _alert(
    source: Source, found: Found, now: datetime, ops: Ops, *, until: datetime | None
) -> Alert:
    episode = digest("trouble", source.id, found.kind, found.since.isoformat())
    return Alert(
        id=digest("told", episode, "began" if until is None else "over"),
        watch=WATCH,
        title="Sources",
        severity=SEVERITIES[found.kind] if until is None else "low",
        story=episode,
        article=AlertedArticle(
            id=source.id,
            ref=episode,
            title=f"{source.name or source.id} {found.happened}",
            source=source.id,
            source_name=source.name,
            url=shown_address(source.url),
            published=found.since,
        ),
        evidence=(),
        topics=(),
        sources=(source.id,),
        notify=ops.notify,
        raised=now,
        lead=f"{found.meaning}.",
        trouble=Trouble(kind=found.kind, since=found.since, until=until),
    )
