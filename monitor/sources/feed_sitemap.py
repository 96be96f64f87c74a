"""News sitemaps, as publishers keep them for search engines: the articles of the last two days.

Google's extension of the sitemap protocol (sitemaps.org; developers.google.com, "News sitemap"). A
sitemap says address, title and date of an article, never its text. Pages that are not marked as
news are left out; a sitemap of nothing else is no feed. Of an index of sitemaps we read which
there are: the poller asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from monitor.errors import ParseError
from monitor.model import ParsedSource, Part
from monitor.sources.dates import read_date
from monitor.sources.document import Document, in_utf8, root_name
from monitor.sources.feed_articles import MOST_ENTRIES, Feed
from monitor.sources.feed_entry import Entry, distinct, language_of, with_oddities
from monitor.sources.links import web_link
from monitor.sources.markup import line
from monitor.sources.safe_xml import elements, local_name, texts

_END: Final = re.compile(rb"<(?:/\s*(?:\w+:)?urlset\s*|(?:\w+:)?urlset[^>]*/)>", re.IGNORECASE)
_NEWS: Final = b"sitemap-news"  # of its namespace, which an empty one still declares
_MOST_PARTS: Final = 200  # of an index that are told; protocol and publishers go to 50,000


def recognises(document: Document) -> bool:
    """Whether the document is a sitemap or a list of them, in whatever namespace."""
    return root_name(_body(document)).rpartition(":")[2] in {"urlset", "sitemapindex"}


def read(document: Document) -> ParsedSource:
    """The articles of a news sitemap, or the parts of an index. Raises ParseError where it holds
    nothing but pages.
    """
    body = _body(document)
    if root_name(body).endswith("sitemapindex"):
        return _index(document)
    marked: list[dict[str, str]] = []
    pages = 0
    for element in elements(body, "url"):
        news = next((inner for inner in element if local_name(inner) == "news"), None)
        address = next((inner.text for inner in element if local_name(inner) == "loc"), None)
        if news is None:
            pages += 1
        else:
            marked.append(texts(news) | {"loc": address or ""})
    if not marked and (pages or _NEWS not in body):
        raise ParseError(
            f"this is a sitemap of {pages} pages, none of them marked as news, not a feed;"
            " look in robots.txt for a news sitemap",
            source=document.source.id,
        )
    if len(marked) > MOST_ENTRIES:  # they may stand in any order, and no old one may hide a new one
        marked.sort(key=lambda said: said.get("publication_date", ""), reverse=True)
    head = marked[0] if marked else {}
    feed = Feed(document, title=line(head.get("name", "")), language=head.get("language"))
    if pages:
        feed.note("document", f"{pages} pages are not marked as news; left out")
    if b"\x00" not in body[:256] and not _END.search(body[-4096:]):
        feed.note("document", f"cut off in or after entry {len(marked)}; what came is read")
    return feed.parsed(marked, lambda said: _entry(said, document))


def _index(document: Document) -> ParsedSource:
    """The sitemaps that an index names, news before others, those changed last first.

    The moments are compared as they are written: the protocol has one form for them (W3C's), and a
    day sorts before its hours.
    """
    found: dict[str, str] = {}
    for element in elements(_body(document), "sitemap"):
        said = texts(element)
        address = web_link(said.get("loc", ""), document.url)
        if address:
            found[address] = max(said.get("lastmod", ""), found.get(address, ""))
    if not found:
        raise ParseError("this is a list of sitemaps that names none", source=document.source.id)
    parts = sorted(
        (Part(url=url, changed=changed[:40]) for url, changed in found.items()),
        key=lambda part: ("news" in urlsplit(part.url).path.lower(), part.changed, part.url),
        reverse=True,
    )
    return ParsedSource(articles=(), parts=tuple(parts[:_MOST_PARTS]))


def _body(document: Document) -> bytes:
    body = in_utf8(document.body)
    return document.body if body is None else body


def _entry(said: dict[str, str], document: Document) -> Entry:
    address = said["loc"].strip()
    dated = said.get("publication_date", "")
    language = language_of(said.get("language"))
    entry = Entry(
        guid=address,
        link=web_link(address, document.url),
        title=line(said.get("title", "")),
        summary="",
        body="",
        dated=dated,
        published=read_date(dated, now=document.fetched, language=language),
        authors=(),
        tags=distinct(_parts(said.get("keywords", ""))),
        language=language,
    )
    return with_oddities(entry, address)


def _parts(keywords: str) -> Iterator[str]:
    return (one for one in keywords.split(","))
