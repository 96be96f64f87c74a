"""JSON Feed, versions 1.0 and 1.1 (jsonfeed.org).

What has a wrong type is read as missing and said; a document that was cut off gives the entries
that came whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from monitor.errors import ParseError
from monitor.model import ParsedSource
from monitor.sources.dates import read_date
from monitor.sources.document import Document
from monitor.sources.feed_articles import Feed
from monitor.sources.feed_entry import Entry, distinct, language_of, with_oddities
from monitor.sources.links import web_link
from monitor.sources.markup import clean, line, plain
from monitor.sources.seed_bytes import decoded

_VERSION: Final = re.compile(rb"jsonfeed\.org\\?/version")
_ITEMS: Final = re.compile(r'"items"\s*:\s*\[')
_BETWEEN: Final = re.compile(r"[\s,]*")
_TYPES: Final = ("feed+json",)


def recognises(document: Document) -> bool:
    """Whether it is JSON, and says that it is a JSON Feed or was sent as one."""
    body = document.body.removeprefix(b"\xef\xbb\xbf").lstrip()
    sent = any(name in (document.content_type or "").lower() for name in _TYPES)
    return body.startswith(b"{") and (sent or _VERSION.search(body) is not None)


def read(document: Document) -> ParsedSource:
    """The entries of the feed. Raises ParseError where there is no list of them."""
    text = decoded(document.body).removeprefix("\ufeff")
    try:
        head: object = json.loads(text)
        whole = True
    except RecursionError as error:
        raise ParseError("this JSON is nested too deep for a feed") from error
    except ValueError:
        head, whole = {"items": list(_whole_items(text))}, False
    if not isinstance(head, dict) or not isinstance(items := head.get("items"), list):
        raise ParseError("this is JSON without a list of items, not a feed")
    if not items and not whole:
        raise ParseError("this JSON Feed is cut off or damaged before its first article")
    given = _Given(head)
    feed = Feed(document, title=line(given.text("title")), language=head.get("language"))
    if not whole:
        feed.note("document", f"cut off or damaged after entry {len(items)}; what came is read")
    authors = given.authors()
    return feed.parsed(items, lambda item: _entry(item, document, feed.language, authors))


def _whole_items(text: str) -> Iterator[object]:
    """The items of a damaged document, as far as each is whole."""
    start = _ITEMS.search(text)
    place = start.end() if start else len(text)
    decoder = json.JSONDecoder()
    while place < len(text):
        between = _BETWEEN.match(text, place)
        assert between is not None
        try:
            item, place = decoder.raw_decode(text, between.end())
        except (ValueError, RecursionError):
            return
        yield item


def _entry(
    item: object, document: Document, language: str | None, authors: tuple[str, ...]
) -> Entry:
    if not isinstance(item, dict):
        raise TypeError("an item is no object")
    given = _Given(item)
    address = given.text("url") or given.text("external_url")
    dated = given.text("date_published") or given.text("date_modified")
    body = plain(given.text("content_html")) or _paragraphs(given.text("content_text"))
    summary = plain(given.text("summary"))
    entry = Entry(
        guid=clean(given.name("id")).strip(),
        link=web_link(address, document.url),
        title=line(given.text("title")),
        summary="" if summary == body else summary,
        body=body,
        dated=dated,
        published=read_date(dated, now=document.fetched, language=language),
        authors=given.authors() or authors,
        tags=distinct(given.texts("tags")),
        language=language_of(item.get("language")),
    )
    return with_oddities(entry, address, *given.wrong)


def _paragraphs(text: str) -> str:
    """Text that is no HTML: blank lines part its paragraphs, `<` is a letter like any other."""
    parts = re.split(r"\n\s*\n", clean(text).replace("\r\n", "\n"))
    return "\n\n".join(one for part in parts if (one := " ".join(part.split())))


class _Given:
    """What an object says; `wrong` gathers what has a type that it must not have."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values
        self.wrong: list[str] = []

    def text(self, key: str) -> str:
        """The text under this key, "" without one."""
        value = self._values.get(key)
        if value is not None and not isinstance(value, str):
            self.wrong.append(f'has a "{key}" that is no text; read as missing')
        return value if isinstance(value, str) else ""

    def name(self, key: str) -> str:
        """A text, or a number as its digits (the standard allows it for an id)."""
        value = self._values.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return self.text(key)

    def texts(self, key: str) -> list[str]:
        """The texts of a list."""
        value = self._values.get(key)
        if value is not None and not isinstance(value, list):
            self.wrong.append(f'has "{key}" that are no list; read as missing')
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []

    def authors(self) -> tuple[str, ...]:
        """The names of its authors: a list since 1.1, one object in 1.0."""
        value = self._values.get("authors") or self._values.get("author")
        rows = value if isinstance(value, list) else [value]
        names = (row.get("name") if isinstance(row, dict) else row for row in rows)
        return distinct(name for name in names if isinstance(name, str))
