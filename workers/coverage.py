"""What was not seen: the sources that are in trouble, and the entries that came and went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from monitor.model import Gap, Source
from monitor.poller.health import Ops, troubles
from monitor.poller.record import record_of
from monitor.store import SourceState, Store

AT_ONCE = Ops(failing_for=timedelta(0))
"""A reader of a digest wants to know of every source that cannot be read now."""

MOST = 100


def gaps(
    store: Store, sources: Sequence[Source], since: datetime, now: datetime
) -> tuple[Gap, ...]:
    """Where something was perhaps not seen from `since` on; of many the first hundred."""
    found: list[Gap] = []
    by_id = {source.id: source for source in sources}
    for source_id, (saved,) in store.sources.states(list(by_id), ("record",)):
        found += _of(by_id[source_id], saved, since, now)
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def _of(source: Source, saved: str, since: datetime, now: datetime) -> Iterator[Gap]:
    if not saved:
        return
    record = record_of(SourceState(fields=(("record", saved),)), source)
    for trouble in troubles(record, now, AT_ONCE):
        if trouble.kind != "moved":  # one that has moved is read all the same
            yield Gap(
                source=source.id, source_name=source.name, kind=trouble.kind, since=trouble.since
            )
    if record.gap_at is not None and record.gap_at >= since:
        yield Gap(source=source.id, source_name=source.name, kind="missed", since=record.gap_at)
