"""Record: all that is known of a source between two polls, as the store keeps it.

It is one field of the source's state, as JSON; what the scheduler and other processes look at
without reading all of it stands beside it: `next_due`, `parked_until`, `host`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from monitor.hosts import host_of as host_of
from monitor.hosts import shown_address as shown_address
from monitor.model import Hints, ParsedSource, Source, TroubleKind, digest
from monitor.poller.outages import Missed, Outage
from monitor.sources.fetch import Validators
from monitor.store import SourceState

LAST: Final = 20
"""So many outcomes are kept, so that "why was it not polled" has an answer."""

NO_HINTS: Final = Hints()
MOST_SHOWN: Final = 200
MARK: Final = 10
MOST_SHARED: Final = 20


class Came(StrEnum):
    """What came of a poll."""

    NEW = "new"
    SAME = "same"
    UNCHANGED = "unchanged"
    GAP = "gap"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One poll: when, what came of it, how many articles were put, and a word on a failure.
    `unread` is whether a document came that was no feed.
    """

    at: datetime
    came: Came
    new: int = 0
    said: str = ""
    unread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A trouble of which the operators were told; since when it is one."""

    kind: TroubleKind
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the polls so far have taught us.

    `of` is the mark of the configured address this is about, `moved_to` the one that took its place
    for good; `offered` is where permanent redirects lead, `offers` how often since `offered_since`.
    `asked_whole` is when we last asked without validators. `rate` is new entries an hour. `haste`
    counts the halvings of the interval after gaps. `strain` grows with failures by their weight;
    `gone` counts answers of 410 in a row. `shared_guids` are those that the feed
    once gave to different entries; `lone` are marks of the one entry of a feed of one. `reason`
    says why the next poll is due when it is.
    `fresh_at` is when a poll last found something new; `pauses` are how many pauses between such
    polls are known, the longest of `longest_pause_s`. `unread` is what the last document was that
    was no feed; `told` are the troubles the operators know of. `outages` are over, `missed` are
    gaps: those of late.
    """

    of: str = ""
    moved_to: str = ""
    offered: str = ""
    offers: int = 0
    offered_since: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    asked_whole: datetime | None = None
    began: datetime | None = None
    well: datetime | None = None
    hints: Hints = NO_HINTS
    fresh_s: float = 0.0
    rate: float | None = None
    haste: int = 0
    gaps: int = 0
    gap_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    strain: float = 0.0
    error: str = ""
    gone: int = 0
    gone_since: datetime | None = None
    retired: bool = False
    problems: int = 0
    problem: str = ""
    shared_guids: tuple[str, ...] = ()
    lone: tuple[str, ...] = ()
    reason: str = ""
    outcomes: tuple[Outcome, ...] = ()
    fresh_at: datetime | None = None
    pauses: int = 0
    longest_pause_s: float = 0.0
    unread: str = ""
    told: tuple[Told, ...] = ()
    outages: tuple[Outage, ...] = ()
    missed: tuple[Missed, ...] = ()

    @property
    def validators(self) -> Validators:
        """To be sent back with the next poll."""
        return Validators(
            etag=self.etag, last_modified=self.last_modified, body_hash=self.body_hash
        )

    def with_validators(self, validators: Validators) -> Record:
        """The record with these instead."""
        return replace(
            self,
            etag=validators.etag,
            last_modified=validators.last_modified,
            body_hash=validators.body_hash,
        )

    def with_shared_guids(self, guids: tuple[str, ...]) -> Record:
        """The record with these guids among those that name nothing; the oldest go."""
        kept = tuple(dict.fromkeys((*self.shared_guids, *guids)))
        return replace(self, shared_guids=kept[-MOST_SHARED:])

    def with_outcome(self, outcome: Outcome) -> Record:
        """The record with one more outcome; the oldest goes."""
        return replace(self, outcomes=(*self.outcomes[1 - LAST :], outcome))


_DECODER: Final = msgspec.json.Decoder(Record)
_ENCODER: Final = msgspec.json.Encoder()


def record_of(state: SourceState, source: Source) -> Record:
    """The record in a source's state; a fresh one where there is none, or none that can be read.

    Of a source whose configured address was changed, what belongs to the old one is forgotten.
    """
    text = state.get("record")
    try:
        record = _DECODER.decode(text) if text else Record()
    except msgspec.DecodeError:
        record = Record()
    of = mark_of(source.url)
    if record.of == of:
        return record
    if not record.of:
        return replace(record, of=of)
    return Record(
        of=of,
        began=record.began,
        well=record.well,
        rate=record.rate,
        gaps=record.gaps,
        gap_at=record.gap_at,
        outcomes=record.outcomes,
        fresh_at=record.fresh_at,
        pauses=record.pauses,
        longest_pause_s=record.longest_pause_s,
        outages=record.outages,
        missed=record.missed,
    )


def lone_of(parsed: ParsedSource) -> tuple[str, ...]:
    """Marks of the one entry of a document: of its name, link, title and date; () for any other."""
    if len(parsed.articles) != 1:
        return ()
    (article,) = parsed.articles
    said = (article.id, article.url or "", article.title, str(article.published or ""))
    return tuple(digest("lone", each)[:MARK] for each in said)


def is_reused(before: tuple[str, ...], now: tuple[str, ...]) -> bool:
    """Whether a feed of one entry has given its name to another: nothing else of it is the same.

    A correction changes the title, perhaps the link, but not the date, too.
    """
    if not before or not now or before[0] != now[0]:
        return False
    return all(was != is_ for was, is_ in zip(before[1:], now[1:], strict=True))


def fields_of(record: Record) -> dict[str, str]:
    """The record as a field of the source's state."""
    return {"record": _ENCODER.encode(record).decode()}


def address_of(record: Record, source: Source) -> str:
    """Where the source is fetched from now. One that sends secrets is never asked elsewhere."""
    return source.url if source.access.is_private else record.moved_to or source.url


def mark_of(url: str) -> str:
    """An address that may hold secrets, for telling whether it is still the same."""
    return digest("address", url)[:MARK]


def marks(refs: tuple[str, ...]) -> str:
    """What a document showed, for comparing it with the next: short marks of its entries.

    Of a long one the first and the last: whichever end is the newest, those leave it last.
    """
    half = MOST_SHOWN // 2
    kept = refs if len(refs) <= MOST_SHOWN else refs[:half] + refs[-half:]
    return " ".join(ref[:MARK] for ref in kept)
