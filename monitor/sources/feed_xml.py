"""RSS, Atom and RDF, in whatever state they come.

feedparser does the reading, and is called in one way only. Given raw bytes that spell a path it
opens that file, given a string that spells a URL it fetches it; so it gets a BytesIO. Cleaning and
rebasing HTML (two thirds of its time on 200 real feeds) are off: we keep text, not markup.

No dict of feedparser's leaves this module. `Mapping[str, Any]` is what it hands out: any key may be
missing or hold something else than expected.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import feedparser
from feedparser import encodings
from feedparser.api import LooseFeedParser, StrictFeedParser

from monitor.errors import ParseError
from monitor.model import ParsedSource
from monitor.sources.dates import read_date
from monitor.sources.document import Document, in_utf8, no_feed, without_bad_references
from monitor.sources.feed_articles import UNREADABLE, Feed
from monitor.sources.feed_entry import Entry, distinct, language_of, with_oddities
from monitor.sources.feed_hints import hints_of
from monitor.sources.links import web_link
from monitor.sources.markup import clean, line, plain

Raw = Mapping[str, Any]

# A guid names the article and is kept as given. feedparser would resolve it like a link, so that
# all ids change when a feed moves from http to https, and every article is new again.
for _parser in (StrictFeedParser, LooseFeedParser):
    _parser.can_be_relative_uri = _parser.can_be_relative_uri - {"id"}

# Its own, `^<\?.*encoding=['"](.*?)['"].*\?>`, takes minutes for 64 KB in a line without an end of
# the declaration, and else believes the last `encoding=` of the line. A declaration is short.
encodings.RE_XML_PI_ENCODING = re.compile(
    rb"<\?[^>]{0,500}?encoding=['\"]([^'\"<>]{0,100})['\"][^>]{0,500}?\?>"
)

_END: Final = re.compile(rb"</\s*(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_LAST_ENTRY: Final = re.compile(rb".*<(?:\w+:)?(?:item|entry)[\s>]", re.DOTALL | re.IGNORECASE)
_ENTRY_END: Final = re.compile(rb"</(?:\w+:)?(?:item|entry|guid|id|link)\s*>", re.IGNORECASE)
_MAILED: Final = re.compile(
    r"\s*[^\s()]+@[^\s()]+\s*\((.+)\)\s*|\s*(.+?)\s*<[^\s>]+@[^\s>]+>\s*|\s*([^\s()]+@[^\s()]+)\s*"
)


def recognises(document: Document) -> bool:
    """Last in the table: feedparser decides, also on EBCDIC and what else XML may be written in."""
    return bool(document.body)


def read(document: Document) -> ParsedSource:
    """What feedparser finds in the document. Raises ParseError where that is nothing at all."""
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
    except UNREADABLE as error:
        raise ParseError(
            f"the feed cannot be read: it trips the parser ({type(error).__name__})",
            source=document.source.id,
        ) from error
    if not found.entries and not found.version:
        raise no_feed(document)
    head: Raw = found.feed
    feed = Feed(document, title=line(_text(head, "title")), language=head.get("language"))
    parsed = feed.parsed(
        _whole(found.entries, body, feed),
        lambda raw: _entry(raw, url=document.url, fetched=document.fetched, language=feed.language),
    )
    return replace(parsed, hints=hints_of(body))


def _whole(entries: list[Raw], body: bytes, feed: Feed) -> list[Raw]:
    """The entries, less a last one cut off before anything that identifies it was complete."""
    if b"<" not in body[:256] or b"\x00" in body[:256] or _END.search(body[-4096:]):
        return entries
    feed.note("document", f"cut off in or after entry {len(entries)}; what came is read")
    last = _LAST_ENTRY.match(body)
    if entries and last and not _ENTRY_END.search(body, last.end()):
        feed.note(f"entry {len(entries)}", "cut off before its guid or link; left out")
        return entries[:-1]
    return entries


def _entry(raw: Raw, *, url: str, fetched: datetime, language: str | None) -> Entry:
    """The entry. `url` is the document's, `language` that of its dates."""
    guid = clean(_text(raw, "id")).strip()
    summary, body = plain(_text(raw, "summary")), _body(raw)
    dated, published = _date(raw, fetched, language)
    given, link = _link(raw, guid, url)
    entry = Entry(
        guid=guid,
        link=link,
        title=line(_text(raw, "title")),
        summary="" if summary == body else summary,  # or else every mention counts twice
        body=body,
        dated=dated,
        published=published,
        authors=_authors(raw),
        tags=distinct(_text(tag, "label") or _text(tag, "term") for tag in _rows(raw, "tags")),
        language=language_of(raw.get("language")),
    )
    return with_oddities(entry, given)


def _link(raw: Raw, guid: str, url: str) -> tuple[str, str | None]:
    """The address of the article, as given and as an absolute web address."""
    given = _text(raw, "feedburner_origlink") or _text(raw, "link")
    if given == guid and raw.get("guidislink") and not web_link(given):
        given = ""  # a guid that forgot to say it is no link
    others = (_text(row, "href") for row in _rows(raw, "links") if row.get("rel") == "alternate")
    for candidate in (given, *others):
        link = web_link(candidate, url)
        if link:
            return given, link
    return given, None


def _date(raw: Raw, fetched: datetime, language: str | None) -> tuple[str, datetime | None]:
    """When it was published, as given and as a moment. What feedparser makes of it is not used:
    it reads seconds since 1970 as the year 1793, and other forms as the first of the month.
    """
    # `in`, not `get`: feedparser passes off one date as the other
    given = [_text(raw, key) for key in ("published", "updated", "created") if key in raw]
    moments = (read_date(text, now=fetched, language=language) for text in given)
    first = next((text for text in given if text), "")
    return first, next((moment for moment in moments if moment), None)


def _text(row: Raw, key: str) -> str:
    """The text under this key, "" where there is none."""
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _rows(row: Raw, key: str) -> list[Raw]:
    value = row.get(key)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _body(raw: Raw) -> str:
    """The longest of the contents that are text."""
    texts = [
        plain(_text(row, "value"))
        for row in _rows(raw, "content")
        if "text" in _text(row, "type") or "html" in _text(row, "type")
    ]
    return max(texts, key=len, default="")


def _authors(raw: Raw) -> tuple[str, ...]:
    """Who wrote it. feedparser takes a mail address to end in at most four letters, so that of
    `desk@gazette.example (The desk)` it makes a "ple (The desk"; that form we read ourselves.
    """
    rows = _rows(raw, "authors")
    mailed = _MAILED.fullmatch(_text(raw, "author"))
    if mailed and len(rows) < 2:
        return distinct(name for name in mailed.groups() if name)
    return distinct(_text(row, "name") or _text(row, "email") for row in rows)
