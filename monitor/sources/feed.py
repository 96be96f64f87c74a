"""A feed's bytes become articles, whatever the format: `FORMATS` says which reads what.

Some documents take a parser minutes; call `parse_feed` in a process that can be killed
(`childparse`). Oddities are problems beside the articles; only a document that is no feed at all is
an error. A new format is one file beside this one, with `recognises` and `read`, and one line in
the table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from monitor.model import ParsedSource, Source
from monitor.sources import feed_json, feed_sitemap, feed_xml
from monitor.sources.document import Document, no_feed, unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of feed: whether a document is one, and its reading."""

    name: str
    recognises: Callable[[Document], bool]
    read: Callable[[Document], ParsedSource]


# In order of trial.
FORMATS: Final = (
    Format(name="JSON Feed", recognises=feed_json.recognises, read=feed_json.read),
    Format(name="News sitemap", recognises=feed_sitemap.recognises, read=feed_sitemap.read),
    Format(name="RSS, Atom or RDF", recognises=feed_xml.recognises, read=feed_xml.read),
)


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
