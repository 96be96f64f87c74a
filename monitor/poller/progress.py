"""What a poll teaches: a source's record before it -> the record after it. Pure.

The policies: a permanent redirect takes the address's place only after three polls over a week, a
feed is gone only after three answers of 410 over two days, validators are left out once in eight
days. See docs/operations.md, "Polling".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from monitor.errors import (
    AddressRefused,
    BadStatus,
    ParseError,
    SourceError,
    TimedOut,
    TooLarge,
    Unreachable,
)
from monitor.model import Hints, Source
from monitor.poller.outages import Outage, missed_between, remembered
from monitor.poller.record import LAST, Came, Outcome, Record, address_of
from monitor.poller.schedule import MOST_HASTE, SHORTEST, first_rate, next_rate
from monitor.sources.fetch import Fetched, NotModified, Validators

WHOLE_EVERY: Final = timedelta(days=8)
"""So often we ask in full: some servers answer 304 for ever (GoogleChrome/web.dev#4382)."""

MOVES: Final = 3
MOVED_FOR: Final = timedelta(days=7)
GONES: Final = 3
GONE_FOR: Final = timedelta(days=2)
GIVE_UP_MOVE: Final = 3
LONGEST_WORD: Final = 300

STRAIN: Final[tuple[tuple[type[SourceError], float], ...]] = (
    (TimedOut, 0.25),
    (Unreachable, 0.25),
    (AddressRefused, 1.0),
    (TooLarge, 1.0),
    (ParseError, 1.0),
    (SourceError, 1.0),
)
"""Kind of failure -> its weight; the wait doubles with each 1 of them. The first row that fits."""

STATUS_STRAIN: Final = {404: 0.5, 429: 0.5}
"""Of the statuses of a server that answers; 5xx weigh 0.5, all others 1."""

CROWDED: Final = timedelta(minutes=5)
"""How long a host is left alone that says 429 without saying how long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a document of a poll held: its entries, how many of them the last one did not have, and
    how many articles were put. `published` are the dates of the entries that were read.
    """

    entries: int
    fresh: int
    put: int
    hints: Hints
    published: tuple[datetime | None, ...] = ()
    problems: int = 0
    problem: str = ""
    overlaps: bool = True


def validators_to_send(record: Record, now: datetime) -> Validators:
    """What to ask with: the validators as the server wrote them, or none once in eight days.

    Our own digest of the last body stays: it is no word of the server's.
    """
    if record.asked_whole is None or now - record.asked_whole >= WHOLE_EVERY:
        return Validators(body_hash=record.body_hash)
    return record.validators


def after_success(
    record: Record,
    source: Source,
    answer: Fetched | NotModified,
    document: Document | None,
    *,
    asked: Validators,
    began: datetime,
) -> Record:
    """The record after a poll that went well; `document` is None where nothing had changed.

    A poll that shares no entry with the last one is a possible gap: entries may have come and gone
    in between. It is counted, and the interval halved.
    """
    record = _moved(record, source, answer, began)
    if document is not None:
        record = _read(record, document, began)
    elif record.well is not None:
        record = replace(record, rate=next_rate(record.rate, new=0, since=began - record.well))
    conditional = asked.etag is not None or asked.last_modified is not None
    whole = not conditional or isinstance(answer, Fetched)
    return replace(
        record,
        etag=answer.validators.etag,
        last_modified=answer.validators.last_modified,
        body_hash=answer.validators.body_hash,
        asked_whole=began if whole else record.asked_whole,
        began=began,
        well=began,
        fresh_s=answer.fresh_for_s or 0.0,
        failures=0,
        failing_since=None,
        strain=0.0,
        error="",
        gone=0,
        gone_since=None,
        retired=False,
        outages=_over(record, began),
        outcomes=(*record.outcomes[1 - LAST :], _outcome(document, began)),
    )


def _over(record: Record, began: datetime) -> tuple[Outage, ...]:
    """The outages of a source that can be read now: one more if it could not before."""
    if record.failing_since is None:
        return record.outages
    return remembered(
        record.outages,
        Outage(
            kind="gone" if record.retired else "failing", since=record.failing_since, until=began
        ),
    )


LEAP = 4.0
"""How many times a rate may grow by one gap: a site that renames all its entries once must not be
polled every few minutes for weeks. Gap after gap it grows fast enough; `haste` helps at once."""


def _outcome(document: Document | None, began: datetime) -> Outcome:
    if document is None:
        return Outcome(at=began, came=Came.UNCHANGED)
    came = Came.NEW if document.put else Came.SAME
    return Outcome(at=began, came=came if document.overlaps else Came.GAP, new=document.put)


def _read(record: Record, document: Document, began: datetime) -> Record:
    record = replace(
        record,
        hints=document.hints,
        problems=document.problems,
        problem=document.problem[:LONGEST_WORD],
    )
    if record.well is None:
        return replace(record, rate=first_rate(document.published, began), fresh_at=began)
    well, usual = record.well, record.rate
    since = began - well
    if document.fresh:
        record = _paused(record, began)
    rate = next_rate(record.rate, new=document.fresh, since=since)
    if not document.overlaps:
        at_least = document.fresh / (max(since, SHORTEST).total_seconds() / 3600)
        return replace(
            record,
            rate=max(rate, min(at_least, LEAP * rate)),
            gaps=record.gaps + 1,
            gap_at=began,
            missed=remembered(
                record.missed,
                missed_between(
                    well,
                    began,
                    published=document.published,
                    fresh=document.fresh,
                    rate=usual,
                    leap=LEAP,
                ),
            ),
            haste=min(record.haste + 1, MOST_HASTE),
        )
    calm = 2 * document.fresh <= document.entries
    return replace(record, rate=rate, haste=max(0, record.haste - 1) if calm else record.haste)


def _paused(record: Record, began: datetime) -> Record:
    """A poll found something new: how long that had taken."""
    if record.fresh_at is None:
        return replace(record, fresh_at=began)
    pause_s = (began - record.fresh_at).total_seconds()
    return replace(
        record,
        fresh_at=began,
        pauses=record.pauses + 1,
        longest_pause_s=max(record.longest_pause_s, pause_s),
    )


def _moved(record: Record, source: Source, answer: Fetched | NotModified, now: datetime) -> Record:
    """Permanent redirects are believed slowly: captive portals and maintenance pages send them too.

    Never for a source with credentials: those must not go anywhere else.
    """
    asked = address_of(record, source)
    private = source.access.is_private or "@" in urlsplit(source.url).netloc
    if not answer.permanent or answer.url == asked or private:
        if record.offered_since is None:
            return record
        return replace(record, offered="", offers=0, offered_since=None)
    same = answer.url == record.offered and record.offered_since is not None
    offers = record.offers + 1 if same else 1
    since = record.offered_since if same and record.offered_since else now
    if offers >= MOVES and now - since >= MOVED_FOR:
        return replace(record, moved_to=answer.url, offered="", offers=0, offered_since=None)
    return replace(record, offered=answer.url, offers=offers, offered_since=since)


def after_failure(record: Record, error: SourceError, *, began: datetime) -> Record:
    """The record after a failure.

    After a document that could not be read the validators go: the next answer must not be a 304 to
    it. An address that took another's place gives it back after three failures.
    """
    unread = isinstance(error, ParseError)
    gone = isinstance(error, BadStatus) and error.status == 410
    since = (record.gone_since or began) if gone else None
    gones = record.gone + 1 if gone else 0
    record = replace(
        record,
        began=began,
        failures=record.failures + 1,
        failing_since=record.failing_since or began,
        strain=record.strain + strain_of(error),
        error=error.message[:LONGEST_WORD],
        gone=gones,
        gone_since=since,
        retired=since is not None and gones >= GONES and began - since >= GONE_FOR,
        unread=error.message[:LONGEST_WORD] if unread else record.unread,
    ).with_outcome(
        Outcome(at=began, came=Came.FAILED, said=error.message[:LONGEST_WORD], unread=unread)
    )
    moved_in_vain = bool(record.moved_to) and record.failures >= GIVE_UP_MOVE
    if moved_in_vain:
        record = replace(record, moved_to="", gone=0, gone_since=None, retired=False)
    if moved_in_vain or unread:
        record = record.with_validators(Validators())
    return record


def strain_of(error: SourceError) -> float:
    """How much a failure weighs."""
    if isinstance(error, BadStatus):
        return STATUS_STRAIN.get(error.status, 0.5 if error.status >= 500 else 1.0)
    return next(weight for kind, weight in STRAIN if isinstance(error, kind))


def parked_for(error: SourceError) -> timedelta | None:
    """How long the whole host is to be left alone after this failure, if at all.

    429 and 503 with Retry-After speak for the server, not for one document of it (RFC 9110, 10.2.3
    and 15.6.4; RFC 6585, 4).
    """
    if not isinstance(error, BadStatus) or error.status not in (429, 503):
        return None
    if error.retry_after_s is not None:
        return timedelta(seconds=error.retry_after_s)
    return CROWDED if error.status == 429 else None
