"""Articles as JSON: `.json` (one, an array, or {"articles": [...]}) and `.jsonl`, one a line.

Our own keys are `id source url title summary body published authors language tags section`; what
other programs call them is understood too (`ALIASES`). Text is taken exactly as given, because
whoever gives it to us counts offsets in it. A key that is missing or null is empty, an unknown one
is ignored, one of a wrong type makes a problem of its article and of no other.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

from monitor.errors import ParseError
from monitor.model import Article, Origin, SourceProblem
from monitor.sources.dates import read_date
from monitor.sources.markup import plain
from monitor.sources.seed_bytes import decoded, refuse_binary, whole
from monitor.sources.seed_id import derived_id

LINE_BYTES: Final = 8 * 2**20

# Key of ours -> the names it may go by, ours first; case, `_` and `-` do not count. Seen in JSON
# Feed, NewsAPI, schema.org, news-please, fundus and newspaper dumps.
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
_LISTS: Final = ("articles", "items")
_NAMES: Final = ("name", "term", "label")  # the text of an object that stands for an author or tag


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dump:
    """What holds for all articles of a file unless they say otherwise."""

    source: str
    fetched: datetime
    source_name: str | None = None
    language: str | None = None


def read(stream: BinaryIO, source: str, fetched: datetime) -> Iterator[Article | SourceProblem]:
    """The articles of one JSON document."""
    document = _parsed(decoded(whole(stream)))
    dump = _Dump(source=source, fetched=fetched)
    if isinstance(document, dict) and (name := next((n for n in _LISTS if n in document), None)):
        texts = {key: value for key, value in document.items() if isinstance(value, str)}
        dump = _Dump(
            source=source,
            fetched=fetched,
            source_name=texts.get("title"),
            language=texts.get("language"),
        )
        document = document[name]
    many = document if isinstance(document, list) else [document]
    if not many:
        raise ParseError("found an empty list, wanted articles")
    for number, raw in enumerate(many, start=1):
        yield from _read_one(raw, dump, f"article {number}")


def read_lines(
    stream: BinaryIO, source: str, fetched: datetime
) -> Iterator[Article | SourceProblem]:
    """The articles of JSON Lines, one at a time however long the file; blank lines are skipped."""
    dump = _Dump(source=source, fetched=fetched)
    blank = True
    for number, line in enumerate(_lines(stream), start=1):
        where = f"line {number}"
        if len(line) > LINE_BYTES:
            found = f"found a line of more than {LINE_BYTES // 2**20} MiB, wanted one article"
            yield SourceProblem(source=source, where=where, found=found)
        elif line.strip():
            if blank:
                refuse_binary(line)
            yield from _read_line(line, dump, where)
        blank = blank and not line.strip()
    if blank:
        raise ParseError("found an empty file, wanted one article a line. Was it cut off?")


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of the stream; one that is too long comes cut, its rest is thrown away."""
    while line := stream.readline(LINE_BYTES + 1):
        yield line.removeprefix(codecs.BOM_UTF8)
        rest = line
        while len(rest) > LINE_BYTES and not rest.endswith(b"\n"):
            rest = stream.readline(LINE_BYTES + 1)


def _read_line(line: bytes, dump: _Dump, where: str) -> Iterator[Article | SourceProblem]:
    try:
        raw = _parsed(decoded(line).strip())
    except ParseError as error:
        yield SourceProblem(source=dump.source, where=where, found=error.message)
    else:
        yield from _read_one(raw, dump, where)


def _parsed(text: str) -> object:
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        line = f"line {error.lineno} " if error.lineno > 1 else ""
        raise ParseError(
            f"found what is not JSON at {line}column {error.colno}: "
            f"{error.msg.lower()}. Fix it there. (.jsonl is one article a line, .json one document)"
        ) from error
    except (RecursionError, ValueError) as error:
        raise ParseError("found JSON nested too deep or a number too long, wanted text") from error
    return value


def _read_one(raw: object, dump: _Dump, where: str) -> Iterator[Article | SourceProblem]:
    """The article, and a problem if its date says nothing; or only the problem."""
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


def _article(raw: object, dump: _Dump) -> tuple[Article, str | None]:
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
        folded: dict[str, object] = {}
        for key, value in raw.items():
            if value is not None:
                folded.setdefault(key.lower().replace("_", "").replace("-", ""), value)
        return cls(
            {
                ours: next((folded[name] for name in names if name in folded), None)
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
