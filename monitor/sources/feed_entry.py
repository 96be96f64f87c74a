"""One entry of a feed, as feedparser gives it, becomes what we know of an article.

No dict of feedparser's leaves this module. `Mapping[str, Any]` is what it hands out: any key may be
missing or hold something else than expected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from monitor.model import digest
from monitor.sources.dates import read_date
from monitor.sources.links import web_link
from monitor.sources.markup import clean, line, plain

Raw = Mapping[str, Any]

_MAILED: Final = re.compile(
    r"\s*[^\s()]+@[^\s()]+\s*\((.+)\)\s*|\s*(.+?)\s*<[^\s>]+@[^\s>]+>\s*|\s*([^\s()]+@[^\s()]+)\s*"
)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry, before it is known whether its guid is its own.

    `guid` and `dated` are as given, "" for none; `odd` says what is wrong with it, in words for a
    problem.
    """

    guid: str
    link: str | None
    title: str
    summary: str
    body: str
    dated: str
    published: datetime | None
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    language: str | None
    odd: tuple[str, ...]

    @property
    def content_id(self) -> str:
        """The id of an entry whose guid is missing or shared."""
        return self.link or digest("entry", self.title, self.dated, self.summary or self.body)

    @property
    def says_nothing(self) -> bool:
        """Whether there is no text in it."""
        return not (self.title or self.summary or self.body)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it at all."""
        known = self.guid or self.link or self.dated or self.authors or self.tags
        return self.says_nothing and not known


def read_entry(raw: Raw, *, url: str, fetched: datetime, language: str | None) -> Entry:
    """The entry. `url` is the document's, `language` that of its dates."""
    guid = clean(text_of(raw, "id")).strip()
    summary, body = plain(text_of(raw, "summary")), _body(raw)
    dated, published = _date(raw, fetched, language)
    given, link = _link(raw, guid, url)
    entry = Entry(
        guid=guid,
        link=link,
        title=line(text_of(raw, "title")),
        summary="" if summary == body else summary,  # or else every mention counts twice
        body=body,
        dated=dated,
        published=published,
        authors=_authors(raw),
        tags=distinct(text_of(tag, "label") or text_of(tag, "term") for tag in _rows(raw, "tags")),
        language=language_of(raw.get("language")),
        odd=(),
    )
    return replace(entry, odd=tuple(_oddities(entry, given)))


def _oddities(entry: Entry, given_link: str) -> Iterable[str]:
    if entry.says_nothing:
        yield "has neither title nor text"
    if not entry.guid:
        yield f"has no guid; named by its {'link' if entry.link else 'text'}"
    if given_link and not entry.link:
        yield f"links to {given_link[:100]!r}, which is not http; kept without link"
    if entry.dated and not entry.published:
        yield f"is dated {entry.dated[:60]!r}, which is no date news can have"


def _link(raw: Raw, guid: str, url: str) -> tuple[str, str | None]:
    """The address of the article, as given and as an absolute web address."""
    given = text_of(raw, "feedburner_origlink") or text_of(raw, "link")
    if given == guid and raw.get("guidislink") and not web_link(given):
        given = ""  # a guid that forgot to say it is no link
    others = (text_of(row, "href") for row in _rows(raw, "links") if row.get("rel") == "alternate")
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
    given = [text_of(raw, key) for key in ("published", "updated", "created") if key in raw]
    moments = (read_date(text, now=fetched, language=language) for text in given)
    first = next((text for text in given if text), "")
    return first, next((moment for moment in moments if moment), None)


def text_of(row: Raw, key: str) -> str:
    """The text under this key, "" where there is none."""
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _rows(row: Raw, key: str) -> list[Raw]:
    value = row.get(key)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _body(raw: Raw) -> str:
    """The longest of the contents that are text."""
    texts = [
        plain(text_of(row, "value"))
        for row in _rows(raw, "content")
        if "text" in text_of(row, "type") or "html" in text_of(row, "type")
    ]
    return max(texts, key=len, default="")


def _authors(raw: Raw) -> tuple[str, ...]:
    """Who wrote it. feedparser takes a mail address to end in at most four letters, so that of
    `desk@gazette.example (The desk)` it makes a "ple (The desk"; that form we read ourselves.
    """
    rows = _rows(raw, "authors")
    mailed = _MAILED.fullmatch(text_of(raw, "author"))
    if mailed and len(rows) < 2:
        return distinct(name for name in mailed.groups() if name)
    return distinct(text_of(row, "name") or text_of(row, "email") for row in rows)


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts as plain lines, each once, empty ones left out."""
    return tuple(dict.fromkeys(shown for text in texts if (shown := line(text))))


def language_of(given: object) -> str | None:
    """BCP 47 for what a feed calls its language, or None: `en_us` is en-US."""
    if not isinstance(given, str) or not _LANGUAGE.fullmatch(given.strip()):
        return None
    first, *rest = re.split("[-_]", given.strip())
    cased = (part.upper() if len(part) == 2 else part.title() for part in rest)
    return "-".join((first.lower(), *cased))
