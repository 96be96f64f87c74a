"""What was not seen in a stretch of time: when Wirewatch itself was off, sources that could not be
read, be it over or not, and entries that came and went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from monitor.model import OURSELVES, Gap, GapKind, Source
from monitor.poller.health import Ops, troubles
from monitor.poller.record import Record, record_of
from monitor.store import Absence, SourceState, Store

AT_ONCE = Ops(failing_for=timedelta(0))
"""A reader of a digest wants to know of every source that cannot be read now."""

MOST = 100
MOST_OF_ONE = 3
"""Outages of a source that are over, the longest: one that comes and goes hides no other."""

SHORTEST: Final = timedelta(minutes=1)
_ABSENT: Final[dict[frozenset[str], GapKind]] = {
    frozenset({"poller", "worker"}): "off",
    frozenset({"poller"}): "unpolled",
    frozenset({"worker"}): "unjudged",
}


def gaps(
    store: Store, sources: Sequence[Source], since: datetime, now: datetime
) -> tuple[Gap, ...]:
    """Where something was perhaps not seen from `since` to `now`; of many the first hundred."""
    found = list(absent(store.beats.absences(), since, now))
    by_id = {source.id: source for source in sources}
    for source_id, (saved,) in store.sources.states(list(by_id), ("record",)):
        if saved:
            source = by_id[source_id]
            record = record_of(SourceState(fields=(("record", saved),)), source)
            found += _of(record, source, since, now)
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def absent(absences: Sequence[Absence], since: datetime, now: datetime) -> Iterator[Gap]:
    """When Wirewatch was off within that time, or had no poller, or no worker; in order.

    An absence of both at once is one of Wirewatch. What is shorter than a minute is left out: one
    of them ends a moment before the other.
    """
    spans = [
        (each.service, each.since, each.until or now)
        for each in absences
        if each.since < now and (each.until is None or each.until > since)
    ]
    lasting = {each.service for each in absences if each.until is None}
    moments = sorted({moment for _, begin, end in spans for moment in (begin, end)})
    parts: list[tuple[frozenset[str], datetime, datetime]] = []
    for begin, end in pairwise(moments):
        off: frozenset[str] = frozenset(
            name for name, since_, until in spans if since_ <= begin and end <= until
        )
        if off and end - begin >= SHORTEST:
            parts.append((off, begin, end))
    for off, begin, end in parts:
        goes_on = end >= now and off <= lasting
        yield Gap(
            source=OURSELVES,
            source_name="Wirewatch",
            kind=_ABSENT[off],
            since=begin,
            until=None if goes_on else end,
        )


def _of(record: Record, source: Source, since: datetime, now: datetime) -> Iterator[Gap]:
    def gap(
        kind: GapKind, begin: datetime, end: datetime | None = None, *, entries: int = 0
    ) -> Gap:
        return Gap(
            source=source.id,
            source_name=source.name,
            kind=kind,
            since=begin,
            until=end,
            entries=entries,
        )

    for trouble in troubles(record, now, AT_ONCE):
        if trouble.kind != "moved":  # one that has moved is read all the same
            yield gap(trouble.kind, trouble.since)
    over = [each for each in record.outages if each.until > since and each.since < now]
    longest = sorted(over, key=lambda each: each.since - each.until)[:MOST_OF_ONE]
    for outage in sorted(longest, key=lambda each: each.since):
        yield gap(outage.kind, outage.since, outage.until)
    if missed := [each for each in record.missed if each.until > since and each.since < now]:
        entries = sum(each.entries for each in missed)
        yield gap("missed", missed[0].since, missed[-1].until, entries=entries)
