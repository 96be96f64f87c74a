"""An article as names and values, whatever wrote them down: JSON objects, table rows, front matter.

Our own keys are `id source url title summary body published authors language tags section`; what
other programs call them is understood too (`ALIASES`). Text is taken exactly as given, because
whoever gives it to us counts offsets in it. A key that is missing or null is empty, an unknown one
is ignored, one of a wrong type makes a problem of its article and of no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from monitor.errors import ParseError
from monitor.model import Article, Origin, SourceProblem
from monitor.sources.dates import read_date
from monitor.sources.markup import plain
from monitor.sources.seed_id import derived_id

# Key of ours -> the names it may go by, ours first; case, space, `_` and `-` do not count.
# Seen in JSON Feed, NewsAPI, schema.org, news-please, fundus and newspaper dumps.
ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "guid"),
    "source": ("source",),
    "source_name": ("sourcename", "publisher", "sitename"),
    "url": ("url", "link", "uri", "permalink", "canonicalurl"),
    "title": ("title", "headline"),
    "summary": ("summary", "description", "abstract", "excerpt", "teaser"),
    "body": ("body", "text", "content", "contenttext", "fulltext", "articlebody", "maintext"),
    "body_html": ("bodyhtml", "contenthtml", "html"),
    "published": (
        *("published", "publishedat", "date", "datepublished", "pubdate", "publishdate"),
        *("datepublish", "publicationdate", "timestamp"),
    ),
    "authors": ("authors", "author", "byline", "creator"),
    "language": ("language", "lang", "inlanguage"),
    "country": ("country",),
    "tags": ("tags", "keywords", "topics", "categories"),
    "section": ("section", "category", "articlesection"),
}
_HALF: Final = re.compile("[\ud800-\udfff]")
_NAMES: Final = ("name", "term", "label")  # the text of an object that stands for an author or tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """What holds for all articles of a file unless they say otherwise."""

    source: str
    fetched: datetime
    source_name: str | None = None
    language: str | None = None


def read_one(raw: object, dump: Dump, where: str) -> Iterator[Article | SourceProblem]:
    """The article of one object, and a problem if its date says nothing; or only the problem."""
    try:
        article, date = _article(raw, dump)
    except ParseError as error:
        yield SourceProblem(source=dump.source, where=where, found=error.message)
        return
    yield article
    if date and article.published is None:
        found = (
            f'"published": found {date[:40]!r}, wanted a date such as 2014-06-13T10:00:00Z. '
            "The article was read without its date"
        )
        yield SourceProblem(source=dump.source, where=where, found=found)


def _article(raw: object, dump: Dump) -> tuple[Article, str | None]:
    """The article and its date as it was written. Raises ParseError at the first wrong type."""
    if not isinstance(raw, dict):
        raise ParseError(f"found {_kind(raw)}, wanted an object with a title and a body")
    given = _Given.of(raw)
    title, summary = given.text("title") or "", given.text("summary") or ""
    body = given.text("body") or plain(given.text("body_html") or "")
    if not (title or summary or body).strip():
        raise ParseError('found neither "title" nor "summary" nor "body", wanted an article')
    language = given.text("language") or dump.language
    date = given.scalar("published")
    published = read_date(date, now=dump.fetched, language=language) if date else None
    url = given.text("url") or None
    article = Article(
        id=given.scalar("id") or derived_id(url=url, title=title, published=published, body=body),
        source=given.name("source") or dump.source,
        source_name=given.name("source_name") or dump.source_name,
        url=url,
        title=title,
        summary=summary,
        body=body,
        published=published,
        authors=given.names("authors"),
        language=language,
        country=given.text("country") or None,
        tags=given.names("tags", separator=","),
        section=next(iter(given.names("section")), None),
        fetched=dump.fetched,
        origin=Origin.SEED,
    )
    return article, date


@dataclass(frozen=True, slots=True)
class _Given:
    """What an object says, by our keys; each question raises ParseError for a wrong type."""

    values: Mapping[str, object]

    @classmethod
    def of(cls, raw: Mapping[str, object]) -> _Given:
        """The object with the many names of a key folded into ours; null is the same as missing."""
        named: dict[str, object] = {}
        for key, value in raw.items():
            if value is not None:
                named.setdefault(folded(key), value)
        return cls(
            {
                ours: next((named[name] for name in names if name in named), None)
                for ours, names in ALIASES.items()
            }
        )

    def text(self, key: str) -> str | None:
        """A string, exactly as given."""
        value = self.values[key]
        if value is None or isinstance(value, str):
            return value and _sound(value)
        raise _wrong(key, value, "text")

    def scalar(self, key: str) -> str | None:
        """A string, or a number as its digits (ids and seconds since 1970)."""
        value = self.values[key]
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return self.text(key)

    def name(self, key: str) -> str | None:
        """A string, or an object with an id or a name ({"id": null, "name": "Example"})."""
        value = self.values[key]
        if isinstance(value, dict):
            value = next((value[one] for one in ("id", *_NAMES) if value.get(one)), None)
        if value is None or isinstance(value, str):
            return value and _sound(value)
        raise _wrong(key, value, "text")

    def names(self, key: str, separator: str | None = None) -> tuple[str, ...]:
        """A list of strings or of objects with a name; or one string, parted at the separator."""
        value = self.values[key]
        if isinstance(value, str):
            value = value.split(separator) if separator else [value]
        elif isinstance(value, dict):
            value = [value]
        if not isinstance(value, list | None):
            raise _wrong(key, value, "a list of texts")
        found = (self._name_of(key, one) for one in value or ())
        return tuple(dict.fromkeys(name for name in found if name))

    def _name_of(self, key: str, value: object) -> str:
        if isinstance(value, dict):
            value = next((value[one] for one in _NAMES if value.get(one)), None)
        if not isinstance(value, str):
            raise _wrong(key, value, "a list of texts")
        return _sound(value).strip()


def folded(key: str) -> str:
    """The key as `ALIASES` spells it: case, space, `_` and `-` do not count."""
    return key.strip().lower().replace("_", "").replace("-", "").replace(" ", "")


def _sound(text: str) -> str:
    """Half surrogates (a text cut inside an emoji) replaced, one for one: offsets stay right."""
    return _HALF.sub("\ufffd", text)


def _wrong(key: str, value: object, wanted: str) -> ParseError:
    return ParseError(f'"{key}": found {_kind(value)}, wanted {wanted}. The article was not read')


def _kind(value: object) -> str:
    """What JSON calls it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {str(value)[:20]}"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"
