"""A feed's bytes become articles: RSS, Atom and RDF, in whatever state they come.

feedparser does the reading, and is called in one way only. Given raw bytes that spell a path it
opens that file, given a string that spells a URL it fetches it; so it gets a BytesIO. Cleaning and
rebasing HTML (two thirds of its time on 200 real feeds) are off: we keep text, not markup. Some
documents take it minutes; call `parse_feed` in a process that can be killed (`childparse`).

Oddities are problems beside the articles; only a document that is no feed at all is an error.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

import feedparser
from feedparser.api import LooseFeedParser, StrictFeedParser

from monitor.errors import ParseError
from monitor.model import Article, ParsedSource, Source, SourceProblem
from monitor.sources.document import Document, in_utf8, no_feed, unpacked, without_bad_references
from monitor.sources.feed_entry import Entry, Raw, distinct, language_of, read_entry, text_of
from monitor.sources.markup import line

MOST_ENTRIES: Final = 1_000
_MOST_PROBLEMS: Final = 50

# A guid names the article and is kept as given. feedparser would resolve it like a link, so that
# all ids change when a feed moves from http to https, and every article is new again.
for _parser in (StrictFeedParser, LooseFeedParser):
    _parser.can_be_relative_uri = _parser.can_be_relative_uri - {"id"}

# What feedparser and our reading of its entries may raise on a document it was not made for.
_UNREADABLE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
_END: Final = re.compile(rb"</\s*(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_LAST_ENTRY: Final = re.compile(rb".*<(?:\w+:)?(?:item|entry)[\s>]", re.DOTALL | re.IGNORECASE)
_ENTRY_END: Final = re.compile(rb"</(?:\w+:)?(?:item|entry|guid|id|link)\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of feed: whether a document is one, and its reading."""

    name: str
    recognises: Callable[[Document], bool]
    read: Callable[[Document], ParsedSource]


def parse_feed(
    body: bytes, *, source: Source, url: str, content_type: str | None, fetched: datetime
) -> ParsedSource:
    """The articles of a feed document, in its order, and what was odd about it.

    `url` is where the body came from in the end, `fetched` when: dates more than two days later are
    no dates. At most 1,000 entries are read. Raises ParseError, which says what the document is,
    where it is no feed.
    """
    document = unpacked(
        Document(body=body, source=source, url=url, content_type=content_type, fetched=fetched)
    )
    for kind in FORMATS:
        if kind.recognises(document):
            return kind.read(document)
    raise no_feed(document)


def _anything(document: Document) -> bool:
    """Last in the table: feedparser decides, also on EBCDIC and what else XML may be written in."""
    return bool(document.body)


def _read_xml(document: Document) -> ParsedSource:
    headers = {"content-location": document.url}
    body = in_utf8(document.body)
    if body is not None:
        headers["content-type"] = "application/xml; charset=utf-8"
    elif document.content_type:
        headers["content-type"] = document.content_type
    if body == b"":
        raise no_feed(document)
    body = without_bad_references(document.body if body is None else body)
    try:
        found = feedparser.parse(
            io.BytesIO(body),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _UNREADABLE as error:
        raise ParseError(
            f"the feed cannot be read: it trips the parser ({type(error).__name__})",
            source=document.source.id,
        ) from error
    if not found.entries and not found.version:
        raise no_feed(document)
    return _Feed(document, found.feed, body).parsed(found.entries)


FORMATS: Final = (Format(name="RSS, Atom or RDF", recognises=_anything, read=_read_xml),)


class _Feed:
    """The reading of one document: gathers problems while entries become articles."""

    def __init__(self, document: Document, head: Raw, body: bytes) -> None:
        self._document = document
        self._body = body
        self._head = head
        self._language = language_of(head.get("language")) or document.source.language
        self._problems: dict[str, list[str]] = {}

    def parsed(self, raw_entries: list[Raw]) -> ParsedSource:
        """All of it."""
        kept = self._whole(raw_entries)
        if len(kept) > MOST_ENTRIES:
            self._note("document", f"{len(kept)} entries; only the first {MOST_ENTRIES} are read")
            kept = kept[:MOST_ENTRIES]
        read = {
            number: entry
            for number, raw in enumerate(kept, 1)
            if (entry := self._entry(number, raw)) is not None
        }
        title = line(text_of(self._head, "title")) or None
        articles = tuple(self._article(name, entry, title) for name, entry in self._named(read))
        return ParsedSource(
            articles=articles,
            problems=tuple(self._noted()),
            title=title,
            language=language_of(self._head.get("language")),
        )

    def _note(self, where: str, found: str) -> None:
        self._problems.setdefault(found, []).append(where)

    def _noted(self) -> Iterable[SourceProblem]:
        """The problems, each kind once: a feed without guids has the same one a hundred times."""
        source = self._document.source.id
        for found, places in islice(self._problems.items(), _MOST_PROBLEMS):
            more = f" and {len(places) - 3} more" if len(places) > 3 else ""
            yield SourceProblem(source=source, where=", ".join(places[:3]) + more, found=found)
        if len(self._problems) > _MOST_PROBLEMS:
            more = f"{len(self._problems) - _MOST_PROBLEMS} more problems"
            yield SourceProblem(source=source, where="document", found=more)

    def _whole(self, entries: list[Raw]) -> list[Raw]:
        """The entries, less a last one cut off before anything that identifies it was complete."""
        if (
            b"<" not in self._body[:256]
            or b"\x00" in self._body[:256]
            or _END.search(self._body[-4096:])
        ):
            return entries
        self._note("document", f"cut off in or after entry {len(entries)}; what came is read")
        last = _LAST_ENTRY.match(self._body)
        if entries and last and not _ENTRY_END.search(self._body, last.end()):
            self._note(f"entry {len(entries)}", "cut off before its guid or link; left out")
            return entries[:-1]
        return entries

    def _entry(self, number: int, raw: Raw) -> Entry | None:
        try:
            entry = read_entry(
                raw,
                url=self._document.url,
                fetched=self._document.fetched,
                language=self._language,
            )
        except _UNREADABLE as error:
            self._note(f"entry {number}", f"cannot be read ({type(error).__name__})")
            return None
        if entry.is_empty:
            self._note(f"entry {number}", "is empty; left out")
            return None
        for odd in entry.odd:
            self._note(_place(number, entry), odd)
        return entry

    def _named(self, entries: Mapping[int, Entry]) -> Iterable[tuple[str, Entry]]:
        """Each entry with its id; an id never stands twice.

        A guid that entries of different links share is nobody's: all of them are named by link or
        text, whichever stand in the feed today. Entries that share guid and link are one article.
        """
        owners = {(entry.guid, entry.link or entry.title) for entry in entries.values()}
        shared = {guid for guid, count in Counter(g for g, _ in owners).items() if count > 1}
        seen: set[str] = set()
        for number, entry in entries.items():
            own = bool(entry.guid) and entry.guid not in shared
            name = entry.guid if own else entry.content_id
            if entry.guid in shared and entry.guid:
                self._note(_place(number, entry), "shares its guid; named by its link or text")
            if name in seen:
                self._note(_place(number, entry), "stands in the document twice; the first is read")
                continue
            seen.add(name)
            yield name, entry

    def _article(self, name: str, entry: Entry, feed_title: str | None) -> Article:
        source = self._document.source
        return Article(
            id=name,
            source=source.id,
            source_name=source.name or feed_title,
            title=entry.title,
            summary=entry.summary,
            body=entry.body,
            url=entry.link,
            published=entry.published,
            fetched=self._document.fetched,
            authors=entry.authors,
            language=entry.language or self._language,
            country=source.country,
            tags=distinct((*entry.tags, *source.tags)),
        )


def _place(number: int, entry: Entry) -> str:
    return f"entry {number} ({(entry.guid or entry.title)[:100] or 'no guid, no title'})"
