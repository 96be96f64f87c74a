"""A list of feeds, as feed readers exchange them: `.opml` (OPML 2.0, opml.org/spec2.opml).

It names sources, not articles. Dropped among seeds it is a problem that says so, and what to do;
nothing it names is ever fetched because of that. `wirewatch feeds import` and `export` read and
write it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Final
from xml.sax.saxutils import quoteattr

from monitor.errors import ParseError
from monitor.model import Article, SourceProblem
from monitor.sources.document import in_utf8, root_name
from monitor.sources.feed_entry import distinct, language_of
from monitor.sources.links import web_link
from monitor.sources.markup import clean, line
from monitor.sources.safe_xml import elements, local_name
from monitor.sources.seed_bytes import whole

if TYPE_CHECKING:
    from lxml.etree import _Element

_SHOWN: Final = 5
_MOST_TAGS: Final = 8
_LONGEST: Final = 200  # of a title or a tag; what is longer is none
_FEED_SCHEME: Final = re.compile(r"feed:(?://)?(?=https?://)|feed(?=://)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """A feed that a list names. `tags` are the outlines it stands in, and its categories."""

    url: str
    title: str
    language: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedList:
    """The feeds of a list, each once, in its order; and the addresses that are none of the web."""

    feeds: tuple[ListedFeed, ...]
    refused: tuple[str, ...] = ()


def read(stream: BinaryIO, source: str, fetched: datetime) -> Iterator[Article | SourceProblem]:
    """No article: one problem that names the first feeds, and the command that takes them."""
    del fetched
    feeds = list_in(whole(stream)).feeds
    named = ", ".join(feed.title or feed.url[:100] for feed in feeds[:_SHOWN])
    more = f" and {len(feeds) - _SHOWN} more" if len(feeds) > _SHOWN else ""
    found = f"found a list of {len(feeds)} feeds, wanted articles"
    if feeds:
        found += f". `wirewatch feeds import FILE` adds them to feeds.toml: {named}{more}"
    yield SourceProblem(source=source, where="body", found=found)


def list_in(body: bytes) -> FeedList:
    """The feeds of a list. Raises ParseError where it is none."""
    if root_name(in_utf8(body) or body) != "opml":
        raise ParseError("found XML that is not OPML, wanted <opml>. Feed dumps are .xml files")
    found: dict[str, ListedFeed] = {}
    refused: dict[str, None] = {}
    for outline in elements(body, "outline"):
        said = _said(outline)
        given = said.get("xmlurl", "").strip()
        if not given:
            continue
        instead = "http" if given.lower().startswith("feed://") else ""
        url = web_link(_FEED_SCHEME.sub(instead, given, count=1))
        if url is None:
            refused[clean(given)[:_LONGEST]] = None
        elif url not in found:
            found[url] = ListedFeed(
                url=url,
                title=_name(said),
                language=language_of(said.get("language")),
                tags=_tags(outline, said),
            )
    return FeedList(feeds=tuple(found.values()), refused=tuple(refused))


def written(feeds: Iterable[ListedFeed]) -> str:
    """The feeds as OPML 2.0; their tags are categories."""
    rows = []
    for feed in feeds:
        said = {
            "type": "rss",
            "text": feed.title,
            "title": feed.title,
            "xmlUrl": feed.url,
            "language": feed.language or "",
            "category": ",".join(tag.replace(",", " ").replace("/", " ") for tag in feed.tags),
        }
        shown = " ".join(f"{key}={quoteattr(clean(text))}" for key, text in said.items() if text)
        rows.append(f"    <outline {shown}/>\n")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
        "  <head><title>Feeds of Wirewatch</title></head>\n"
        f"  <body>\n{''.join(rows)}  </body>\n</opml>\n"
    )


def _said(outline: _Element) -> dict[str, str]:
    return {str(key).lower(): str(value) for key, value in outline.attrib.items()}


def _name(said: dict[str, str]) -> str:
    return line(said.get("title") or said.get("text") or "")[:_LONGEST]


def _tags(outline: _Element, said: dict[str, str]) -> tuple[str, ...]:
    """The names of the outlines around it, the outermost first, and its categories."""
    around = [
        _name(_said(each)) for each in outline.iterancestors() if local_name(each) == "outline"
    ]
    categories = re.split("[,/]", said.get("category", ""))
    return distinct(text[:_LONGEST] for text in (*reversed(around), *categories))[:_MOST_TAGS]
