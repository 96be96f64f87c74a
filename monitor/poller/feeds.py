"""One poll of one feed: fetch, parse, and put what is new together with what the poll taught us."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from monitor.errors import FetchError, SourceError, StoreConflict
from monitor.model import ParsedSource, Source
from monitor.net import Client
from monitor.poller.arrivals import Arrived, arrivals_of, members_of
from monitor.poller.health import NOBODY, Ops, told
from monitor.poller.pages import parted
from monitor.poller.parts import Gathered, Known, field_of
from monitor.poller.progress import after_failure, after_success, parked_for, validators_to_send
from monitor.poller.reading import Reading
from monitor.poller.record import (
    Record,
    address_of,
    fields_of,
    host_of,
    lone_of,
    record_of,
    shown_address,
)
from monitor.poller.schedule import Due, due_after_failure, due_after_success
from monitor.sources.childparse import Parser
from monitor.sources.feed_hub import hub_of
from monitor.sources.fetch import Fetched, NotModified, fetch
from monitor.store import SEEN_FOR, SourceState, Store, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What polls did: feeds asked, how many failed, articles put, problems told."""

    feeds: int = 0
    failed: int = 0
    articles: int = 0
    problems: int = 0

    def __add__(self, other: Polled) -> Polled:
        return Polled(
            feeds=self.feeds + other.feeds,
            failed=self.failed + other.failed,
            articles=self.articles + other.articles,
            problems=self.problems + other.problems,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A poll that is over: what it did, when the next is due, in the lane of which host, and until
    when that host is to be left alone, if it said so.
    """

    polled: Polled
    due: datetime
    host: str
    parked_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPoll:
    """The parts a poll needs. `ops` are the operators to be told of a source's troubles; `left` is
    each source's state as our last poll left it; `term` is carried by all that is put.
    """

    store: Store
    client: Client
    parser: Parser
    now: Callable[[], datetime]
    log: FilteringBoundLogger
    ops: Ops = NOBODY
    left: dict[str, SourceState] = field(default_factory=dict)
    term: int = 0

    async def poll(self, source: Source) -> Turn:
        """Poll once. Returns what was done and when to poll again. Raises StoreUnavailable."""
        state = self.left.pop(source.id, None)
        if state is not None:
            # In vain where someone else has polled since: then we must look.
            with contextlib.suppress(StoreConflict):
                return await self._turn(source, state)
        state = await asyncio.to_thread(self.store.sources.state, source.id)
        try:
            return await self._turn(source, state)
        except StoreConflict:
            # Another poller took this turn; its result stands.
            record = record_of(state, source)
            due = due_after_success(source, record, self.now())
            return Turn(
                polled=Polled(feeds=1), due=due.at, host=host_of(address_of(record, source))
            )

    async def _turn(self, source: Source, state: SourceState) -> Turn:
        record, began = record_of(state, source), self.now()
        try:
            return await self._polled(source, state, record, began)
        except SourceError as error:
            return await self._failed(source, state, record, error, began)

    async def _polled(
        self, source: Source, state: SourceState, record: Record, began: datetime
    ) -> Turn:
        asked = validators_to_send(record, began)
        asked_of = replace(source, url=record.moved_to) if record.moved_to else source
        answer = await fetch(self.client, asked_of, asked)
        self.log.debug(
            "source.fetched",
            source=source.id,
            took_s=round((self.now() - began).total_seconds(), 3),
            size_bytes=len(answer.body) if isinstance(answer, Fetched) else 0,
            unchanged=not isinstance(answer, Fetched),
        )
        reading = Reading(client=self.client, parser=self.parser, now=self.now)
        held = await reading.held(source, state, record, answer, began)
        arrived = None
        if held.parsed is not None:
            arrived = await self._arrived(source, state, record, held, held.parsed)
        if arrived is not None and isinstance(answer, Fetched):
            arrived = replace(arrived, hub=hub_of(answer.links, answer.body, answer.url))
        document = arrived.document if arrived else None
        after = after_success(record, source, answer, document, asked=asked, began=began)
        if held.parsed is not None:
            after = replace(after, lone=held.cut.lone(record.lone, lone_of(held.parsed)))
            after = after.with_shared_guids(held.parsed.shared_guids)
        wait = None if answer.retry_after_s is None else timedelta(seconds=answer.retry_after_s)
        due = due_after_success(source, after, self.now(), retry_after=wait)
        await self._put(source, state, after, due, arrived=arrived, known=held.known)
        self._say(source, record, after, answer, arrived)
        self.log.debug(
            "source.scheduled", source=source.id, due=due.at.isoformat(), reason=due.reason
        )
        return Turn(
            polled=Polled(
                feeds=1,
                articles=len(arrived.articles) if arrived else 0,
                problems=arrived.document.problems if arrived else 0,
            ),
            due=due.at,
            host=host_of(address_of(after, source)),
        )

    async def _arrived(
        self,
        source: Source,
        state: SourceState,
        record: Record,
        held: Gathered,
        parsed: ParsedSource,
    ) -> Arrived:
        for problem in parsed.problems:
            self.log.warning(
                "source.problem", source=source.id, where=problem.where, found=problem.found
            )
        members = members_of(parsed.articles)
        unseen = await asyncio.to_thread(self.store.sources.unseen, source.id, members)
        overlaps = None
        if held.known:
            pairs = zip(parsed.articles, unseen, strict=True)
            overlaps = held.overlaps(frozenset(article.ref for article, new in pairs if new))
        return arrivals_of(
            parsed,
            members,
            unseen,
            record=record,
            cut=held.cut,
            shown=state.get("shown"),
            pieces=state.get("pieces"),
            source=source,
            fetched=self.now(),
            overlaps=overlaps,
        )

    def _say(
        self,
        source: Source,
        before: Record,
        after: Record,
        answer: Fetched | NotModified,
        arrived: Arrived | None,
    ) -> None:
        if after.moved_to != before.moved_to:
            self.log.warning(
                "source.moved",
                source=source.id,
                old=shown_address(source.url),
                new=shown_address(answer.url),
            )
        if arrived is None:
            self.log.info("source.polled", source=source.id, new=0, unchanged=True)
            return
        if after.gaps > before.gaps:
            self.log.warning(
                "gap.suspected",
                source=source.id,
                since=None if before.well is None else before.well.isoformat(timespec="seconds"),
                entries=arrived.document.entries,
                missed=after.missed[-1].entries,
                gaps=after.gaps,
            )
        self.log.info(
            "source.polled",
            source=source.id,
            new=len(arrived.articles),
            seen=arrived.document.entries,
        )

    async def _failed(
        self,
        source: Source,
        state: SourceState,
        record: Record,
        error: SourceError,
        began: datetime,
    ) -> Turn:
        now = self.now()
        after = after_failure(record, error, began=began)
        host, parked = host_of(address_of(record, source)), parked_for(error)
        due = due_after_failure(source, after, now, retry_after=parked)
        until = None if parked is None else now + parked
        await self._put(source, state, after, due, parked_until=until)
        self.log.warning(
            "source.failed",
            source=source.id,
            url=error.ids.get("url"),  # without credentials, unlike the source's own
            kind="fetch" if isinstance(error, FetchError) else "parse",
            reason=error.message,
            failures=after.failures,
            next_due=due.at.isoformat(timespec="seconds"),
        )
        if record.moved_to and not after.moved_to:
            self.log.warning(
                "source.moved",
                source=source.id,
                old=shown_address(record.moved_to),
                new=shown_address(source.url),
            )
        if until is not None:
            self.log.warning("host.parked", host=host, until=until.isoformat(timespec="seconds"))
        if after.retired and not record.retired:
            self.log.warning("source.retired", source=source.id, reason="410, again and again")
        return Turn(
            polled=Polled(feeds=1, failed=1, problems=1), due=due.at, host=host, parked_until=until
        )

    async def _put(
        self,
        source: Source,
        state: SourceState,
        record: Record,
        due: Due,
        *,
        arrived: Arrived | None = None,
        parked_until: datetime | None = None,
        known: tuple[Known, ...] | None = None,
    ) -> None:
        record, alerts = told(record, source, self.now(), self.ops)
        saved = fields_of(replace(record, reason=due.reason)) | {
            "next_due": written(due.at),
            "parked_until": "" if parked_until is None else written(parked_until),
            "host": host_of(address_of(record, source)),
        }
        if arrived is not None:
            hub = arrived.hub
            saved |= {
                "shown": arrived.shown,
                "pieces": arrived.pieces,
                "hub": "" if hub is None else f"{hub.url} {hub.topic}",
            }
        if known is not None:
            saved |= field_of(known)
        articles, pages = parted(arrived.articles if arrived else (), source.full_text)
        await asyncio.to_thread(
            lambda: self.store.sources.put(
                source.id,
                version=state.version,
                state=saved,
                seen=arrived.members if arrived else (),
                articles=articles,
                pages=pages,
                now=self.now(),
                began=record.began,
                gaps=0 if arrived is None or arrived.document.overlaps else 1,
                forget=self.now() - SEEN_FOR if arrived and arrived.whole else None,
                alerts=alerts,
                term=self.term,
            )
        )
        for alert in alerts:
            said = f"{alert.article.title}. {alert.lead}"
            self.log.warning("source.told", source=source.id, alert=alert.id, said=said)
        self.left[source.id] = state.after(saved)
