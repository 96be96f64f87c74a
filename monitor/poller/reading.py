"""What a document holds, no entry of it read twice; of a list of sitemaps, what those hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.model import ParsedSource, Source
from monitor.net import Client
from monitor.poller.arrivals import clean_cut, pieces_known
from monitor.poller.parts import Gathered, as_listed, gather, joined, known_of
from monitor.poller.record import Record, is_reused, lone_of
from monitor.sources.childparse import Parser
from monitor.sources.feed_pieces import cut_of
from monitor.sources.fetch import Fetched, NotModified
from monitor.store import SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The parts that reading needs."""

    client: Client
    parser: Parser
    now: Callable[[], datetime]

    async def held(
        self,
        source: Source,
        state: SourceState,
        record: Record,
        answer: Fetched | NotModified,
        began: datetime,
    ) -> Gathered:
        """What the document holds; of a list of sitemaps, what those hold that it names."""

        async def read(body: bytes, url: str, kind: str | None) -> ParsedSource:
            return await self._read(source, record, body, url, kind)

        known = known_of(state) if record.well is not None else ()
        listed = as_listed(known)
        if isinstance(answer, Fetched):
            cut = cut_of(answer.body, pieces_known(state.get("pieces"), record=record, now=began))
            parsed = await read(cut.body, answer.url, answer.content_type)
            if cut.known and not clean_cut(cut, parsed):
                cut = cut_of(answer.body, frozenset())
                parsed = await read(cut.body, answer.url, answer.content_type)
            listed = parsed.parts
            if not listed:
                return Gathered(parsed=parsed, suspects=(), known=(), cut=cut)
        if not listed:
            return Gathered(parsed=None, suspects=(), known=())
        known = joined(listed, known, source=source, url=answer.url)
        return await gather(known, source=source, client=self.client, read=read, now=began)

    async def _read(
        self, source: Source, record: Record, body: bytes, url: str, kind: str | None
    ) -> ParsedSource:
        """The document. A guid that a feed of one entry has given to another names neither."""

        async def parsed_with(distrusted: tuple[str, ...]) -> ParsedSource:
            asked = replace(source, distrusted=distrusted)
            return await self.parser.parse(
                body, source=asked, url=url, content_type=kind, fetched=self.now()
            )

        parsed = await parsed_with(record.shared_guids)
        if not is_reused(record.lone, lone_of(parsed)):
            return parsed
        guids = (*record.shared_guids, parsed.articles[0].id)
        return replace(await parsed_with(guids), shared_guids=guids)
