"""One poll of one feed: fetch, parse, and put what is new together with what the source said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from monitor.dedupe import article_keys
from monitor.errors import BadStatus, FetchError, ParseError, SourceError, StoreConflict
from monitor.model import Article, Origin, ParsedSource, Source
from monitor.net import Client
from monitor.poller.schedule import due_after_failure, due_after_success
from monitor.sources.childparse import Parser
from monitor.sources.fetch import Fetched, NotModified, Validators, fetch
from monitor.store import SourceState, Store, seen_member

OLD = timedelta(hours=48)
"""What is older when a feed is polled for the first time raises no alert."""


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
class FeedPoll:
    """The parts a poll needs."""

    store: Store
    client: Client
    parser: Parser
    now: Callable[[], datetime]
    log: FilteringBoundLogger

    async def due(self, source: Source) -> datetime | None:
        """When the source is to be polled next, as saved; None when it never was."""
        state = await asyncio.to_thread(self.store.sources.state, source.id)
        return datetime.fromisoformat(text) if (text := state.get("next_due")) else None

    async def poll(self, source: Source) -> tuple[Polled, datetime]:
        """Poll once. Returns what was done and when to poll again. Raises StoreUnavailable."""
        state = await asyncio.to_thread(self.store.sources.state, source.id)
        try:
            return await self._polled(source, state)
        except SourceError as error:
            return await self._failed(source, state, error)
        except StoreConflict:
            # Another poller took this turn; its result stands.
            return Polled(feeds=1), due_after_success(source, self.now())

    async def _polled(self, source: Source, state: SourceState) -> tuple[Polled, datetime]:
        answer = await fetch(self.client, source, _validators(state))
        fetched, due = self.now(), due_after_success(source, self.now())
        saved = {
            "etag": answer.validators.etag or "",
            "last_modified": answer.validators.last_modified or "",
            "body_hash": answer.validators.body_hash or "",
            "failures": "0",
            "error": "",
            "polled_at": fetched.isoformat(),
            "next_due": due.isoformat(),
        }
        if isinstance(answer, NotModified):
            await self._put(source, state, saved, (), ())
            self.log.info("source.polled", source=source.id, new=0, unchanged=True)
            return Polled(feeds=1), due
        parsed = await self._parsed(source, answer, fetched)
        articles = _arrived(parsed, first=state.version == 0, fetched=fetched)
        members = [seen_member(article, article_keys(article).text) for article in articles]
        unseen = await asyncio.to_thread(self.store.sources.unseen, source.id, members)
        new = tuple(article for article, is_new in zip(articles, unseen, strict=True) if is_new)
        await self._put(source, state, saved, members, new)
        for problem in parsed.problems:
            self.log.warning(
                "source.problem", source=source.id, where=problem.where, found=problem.found
            )
        self.log.info("source.polled", source=source.id, new=len(new), seen=len(articles))
        return Polled(feeds=1, articles=len(new), problems=len(parsed.problems)), due

    async def _parsed(self, source: Source, answer: Fetched, fetched: datetime) -> ParsedSource:
        return await self.parser.parse(
            answer.body,
            source=source,
            url=answer.url,
            content_type=answer.content_type,
            fetched=fetched,
        )

    async def _failed(
        self, source: Source, state: SourceState, error: SourceError
    ) -> tuple[Polled, datetime]:
        failures = int(state.get("failures", "0")) + 1
        asked = error.retry_after_s if isinstance(error, BadStatus) else None
        due = due_after_failure(
            source,
            self.now(),
            failures=failures,
            retry_after=None if asked is None else timedelta(seconds=asked),
        )
        kind = "fetch" if isinstance(error, FetchError) else "parse"
        saved = {"failures": str(failures), "error": error.message, "next_due": due.isoformat()}
        if isinstance(error, ParseError):
            # The next answer must not be a 304 to a document that was never read.
            saved |= {"etag": "", "last_modified": "", "body_hash": ""}
        await self._put(source, state, saved, (), ())
        self.log.warning(
            "source.failed",
            source=source.id,
            url=error.ids.get("url"),  # without credentials, unlike the source's own
            kind=kind,
            reason=error.message,
            failures=failures,
            next_due=due.isoformat(timespec="seconds"),
        )
        return Polled(feeds=1, failed=1, problems=1), due

    async def _put(
        self,
        source: Source,
        state: SourceState,
        saved: dict[str, str],
        seen: list[str] | tuple[()],
        articles: tuple[Article, ...],
    ) -> None:
        await asyncio.to_thread(
            lambda: self.store.sources.put(
                source.id,
                version=state.version,
                state=saved,
                seen=seen,
                articles=articles,
                now=self.now(),
            )
        )


def _validators(state: SourceState) -> Validators:
    return Validators(
        etag=state.get("etag") or None,
        last_modified=state.get("last_modified") or None,
        body_hash=state.get("body_hash") or None,
    )


def _arrived(parsed: ParsedSource, *, first: bool, fetched: datetime) -> tuple[Article, ...]:
    """The articles, oldest first as they happened; old ones of a first poll as backfill."""

    def is_old(article: Article) -> bool:
        return article.published is not None and fetched - article.published > OLD

    return tuple(
        replace(article, origin=Origin.BACKFILL) if first and is_old(article) else article
        for article in reversed(parsed.articles)
    )
