"""How a feed fares: its state, its last outcomes, when it is due and why not earlier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from monitor.model import Priority, Source
from monitor.poller.record import Outcome, address_of, host_of, record_of, shown_address
from monitor.store import SourceState, Store, keys

FIELDS = ("record", "next_due", "parked_until", "host")

State = Literal["new", "ok", "failing", "gone", "paused", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReport:
    """One feed. `state`: new (not polled yet), ok, failing, gone (410 for days); paused (by
    `feeds pause`) and off (`enabled = false`) are not polled, whatever else they are.

    `why` says why it is not polled before `next_due`. `rate` is new entries an hour, by estimate;
    `gaps` how often a poll shared no entry with the one before; `problems` how many oddities the
    last document had, `problem` the first of them. Outcomes are the last 20, the newest last.
    """

    source: str
    url: str
    state: State
    next_due: datetime | None
    why: str
    last_poll: datetime | None
    last_good: datetime | None
    rate: float | None
    gaps: int
    last_gap: datetime | None
    failures: int
    error: str
    problems: int
    problem: str
    moved_to: str | None
    outcomes: tuple[Outcome, ...]
    paused_at: datetime | None = None
    mute: bool = False
    priority: Priority = "normal"


def reports(store: Store, sources: Sequence[Source], now: datetime) -> tuple[FeedReport, ...]:
    """One for each source, in their order. Raises StoreUnavailable."""
    states = dict(store.sources.states([source.id for source in sources], FIELDS))
    paused = store.paused_sources.all()
    parked: dict[str, datetime] = {}
    due = {source: _moment(store, source, "next_due", row[1]) for source, row in states.items()}
    for source, (_, _, until, host) in states.items():
        moment = _moment(store, source, "parked_until", until)
        if moment is not None and moment > now:
            parked[host] = max(moment, parked.get(host, moment))
    return tuple(
        _stilled(
            _report(source, states[source.id], due[source.id], parked, now),
            source,
            paused.get(source.id),
        )
        for source in sources
    )


def _stilled(report: FeedReport, source: Source, paused_at: datetime | None) -> FeedReport:
    """The report of a source that may be switched off or paused: then nothing is due."""
    if not source.enabled:
        why = "`enabled = false` in feeds.toml"
        return replace(report, state="off", next_due=None, why=why)
    if paused_at is not None:
        why = f"`wirewatch feeds resume {source.id}` lets it go on"
        return replace(report, state="paused", next_due=None, why=why, paused_at=paused_at)
    return report


def _report(
    source: Source,
    row: tuple[str, ...],
    due: datetime | None,
    parked: dict[str, datetime],
    now: datetime,
) -> FeedReport:
    text, _, _, host = row
    record = record_of(SourceState(fields=(("record", text),)), source)
    why = record.reason
    until = parked.get(host or host_of(address_of(record, source)))
    if until is not None and (due is None or due < until):
        due, why = until, "its host asked to be left alone (Retry-After)"
    elif due is None or due <= now:
        why = "due now"
    state: State = "ok"
    if record.retired:
        state = "gone"
    elif record.failures:
        state = "failing"
    elif record.well is None:
        state = "new"
    return FeedReport(
        source=source.id,
        url=shown_address(source.url),
        state=state,
        next_due=due,
        why=why,
        last_poll=record.began,
        last_good=record.well,
        rate=None if record.rate is None else round(record.rate, 4),
        gaps=record.gaps,
        last_gap=record.gap_at,
        failures=record.failures,
        error=record.error,
        problems=record.problems,
        problem=record.problem,
        moved_to=shown_address(record.moved_to) if record.moved_to else None,
        outcomes=record.outcomes,
        mute=source.mute,
        priority=source.priority,
    )


def _moment(store: Store, source: str, field: str, text: str) -> datetime | None:
    rows = [(field, text)] if text else []
    found = store.damage.readable(
        keys.source(source), rows, lambda _, text: datetime.fromisoformat(text).astimezone(UTC)
    )
    return found[0] if found else None
