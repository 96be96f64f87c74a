"""A list of feeds, as feed readers exchange them: `.opml`.

It names sources, not articles. Dropped among seeds it is a problem that says so, and what to write
into `feeds.toml`; nothing it names is ever fetched because of that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from monitor.errors import ParseError
from monitor.model import Article, SourceProblem
from monitor.sources.document import in_utf8, root_name
from monitor.sources.links import web_link
from monitor.sources.markup import line
from monitor.sources.safe_xml import elements
from monitor.sources.seed_bytes import whole

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """A feed that the list names."""

    url: str
    title: str


def read(stream: BinaryIO, source: str, fetched: datetime) -> Iterator[Article | SourceProblem]:
    """No article: one problem that names the first feeds as tables for `feeds.toml`."""
    del fetched
    feeds = feeds_in(whole(stream))
    tables = " ".join(
        f"[source.{_name(feed)}] url = {json.dumps(feed.url[:500])}" for feed in feeds[:_SHOWN]
    )
    more = f" and {len(feeds) - _SHOWN} more" if len(feeds) > _SHOWN else ""
    found = f"found a list of {len(feeds)} feeds, wanted articles. Add to feeds.toml what is wanted"
    yield SourceProblem(
        source=source, where="body", found=f"{found}: {tables}{more}" if feeds else found
    )


def feeds_in(body: bytes) -> tuple[ListedFeed, ...]:
    """The feeds of a list, each once, in its order. Raises ParseError where it is none."""
    if root_name(in_utf8(body) or body) != "opml":
        raise ParseError("found XML that is not OPML, wanted <opml>. Feed dumps are .xml files")
    found: dict[str, ListedFeed] = {}
    for outline in elements(body, "outline"):
        attributes = {str(key).lower(): str(value) for key, value in outline.attrib.items()}
        url = web_link(attributes.get("xmlurl", ""))
        if url:
            title = line(attributes.get("title") or attributes.get("text") or "")
            found.setdefault(url, ListedFeed(url=url, title=title))
    return tuple(found.values())


def _name(feed: ListedFeed) -> str:
    """A key for its table: of its title, else of its host."""
    words = re.findall(r"[a-z0-9]+", (feed.title or urlsplit(feed.url).netloc).lower())
    return "-".join(words)[:40].strip("-") or "feed"
