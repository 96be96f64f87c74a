"""A fetched document before anyone knows what it is: its bytes, unpacked, in one encoding; and, if
it is no feed, what it is instead.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urljoin

from lxml import etree

from monitor.errors import ParseError
from monitor.model import Source

UNPACKED_BYTES: Final = 10 << 20

_CONTROLS: Final = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_REFERENCE: Final = re.compile(rb"&#([xX][0-9a-fA-F]+|[0-9]+);?")
_HTML: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|script)[\s>]", re.IGNORECASE)
_FEED_TYPES: Final = ("rss+xml", "atom+xml", "rdf+xml", "feed+json")
_ROOT: Final = re.compile(rb"<([A-Za-z_][\w.-]*(?::[\w.-]+)?)[\s/>]")
_FEED_ROOTS: Final = frozenset({"rss", "feed", "rdf:rdf", "channel"})
_KNOWN_ROOTS: Final = {
    "opml": "OPML, a list of feeds",
}
_MAGIC: Final = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"\x1f\x8b", "packed with gzip more than once"),
    (b"{", "JSON of another kind"),
    (b"[", "JSON of another kind"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What came from a source: `url` is where from in the end, `fetched` when."""

    body: bytes
    source: Source
    url: str
    content_type: str | None
    fetched: datetime


def unpacked(document: Document) -> Document:
    """The document without a gzip wrapping of its own (not the transfer's).

    Raises ParseError where it unpacks to more than 10 MiB, or is damaged at its very start.
    """
    if not document.body.startswith(b"\x1f\x8b"):
        return document
    inflate = zlib.decompressobj(31)
    try:
        body = inflate.decompress(document.body, UNPACKED_BYTES + 1)
    except zlib.error as error:
        raise ParseError("this begins like a gzip file but cannot be unpacked") from error
    if len(body) > UNPACKED_BYTES:
        raise ParseError("this gzip file holds more than 10 MiB, too much for a feed")
    return replace(document, body=body)


def in_utf8(body: bytes) -> bytes | None:
    """The body if it is UTF-8 beyond doubt, else None: let the declared encodings decide.

    Bytes above 127 that form valid UTF-8 are UTF-8 whatever header and prolog say; so are those of
    a document in which a few characters were broken, which become U+FFFD. Plain ASCII is no proof.
    """
    if body.startswith(codecs.BOM_UTF8):
        body = body[3:]
    if b"\x00" in body[:1024] or (b"\x1b" in body and body.isascii()):
        return None
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(body)
    broken = text.count("\ufffd")
    if broken:
        foreign = sum(map(len, re.findall("[\x80-\U0010ffff]+", text))) - broken
        if foreign < 4 * broken:
            return None
    return text.encode().translate(None, _CONTROLS).lstrip()


def without_bad_references(body: bytes) -> bytes:
    """The body with U+FFFD for references to what is no character: `&#0;`, `&#xD800;`.

    One of them makes feedparser's second, forgiving parser give up the whole feed.
    """
    return _REFERENCE.sub(_instead, body) if b"&#" in body else body


def _instead(found: re.Match[bytes]) -> bytes:
    digits = found[1][:12]
    code = int(digits[1:], 16) if digits[:1] in b"xX" else int(digits)
    good = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF
    return found[0] if good else b"&#xFFFD;"


def no_feed(document: Document) -> ParseError:
    """The error that says what this is, since it is no feed."""
    body = document.body.removeprefix(codecs.BOM_UTF8).strip()
    return ParseError(_what(body, document.url), source=document.source.id)


def _what(body: bytes, url: str) -> str:
    if not body:
        return "the body is empty, where a feed should be"
    for magic, name in _MAGIC:
        if body.startswith(magic):
            return f"this is {name}, not a feed"
    if _HTML.search(body[:4096]):
        return _html(body, url)
    if body.startswith(b"<"):
        return _xml(body)
    start = body[:40].decode("utf-8", "replace")
    return f"this is not a feed of any kind we know; it begins with {start!r}"


def root_name(body: bytes) -> str:
    """The name of an XML document's first element in lower case, "" where there is none."""
    root = _ROOT.search(re.sub(rb"<!--.*?-->", b"", body[:4096], flags=re.DOTALL))
    return root[1].decode("ascii", "replace").lower() if root else ""


def _xml(body: bytes) -> str:
    name = root_name(body)
    if not name:
        return "this XML document is cut off before it begins"
    if name in _FEED_ROOTS:
        return f"this feed (<{name}>) is cut off or damaged before its first article"
    known = _KNOWN_ROOTS.get(name, f"an XML document of another kind (<{name[:40]}>)")
    return f"this is {known}, not a feed"


def _html(body: bytes, url: str) -> str:
    named = next(feed_links(body, url), None)
    if named:
        return (
            "this is an HTML page, not a feed; look for a link rel=alternate:"
            f" it names {named}, try that as the source's url"
        )
    return "this is an HTML page, not a feed; look for a link rel=alternate: it names none"


def feed_links(page: bytes, url: str) -> Iterator[str]:
    """The feeds that an HTML page names (`link rel=alternate`), in its order, each once."""
    seen = set()
    for link in _alternates(page[: 512 << 10]):
        try:
            address = urljoin(url, link)[:500]
        except ValueError:
            continue
        if address not in seen:
            seen.add(address)
            yield address


def _alternates(body: bytes) -> Iterator[str]:
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True)
    parser.feed(body)
    try:
        root = parser.close()
    except etree.XMLSyntaxError:
        return
    for link in () if root is None else root.iter("link"):
        if "alternate" in link.get("rel", "").lower().split() and any(
            kind in link.get("type", "").lower() for kind in _FEED_TYPES
        ):
            yield link.get("href", "").strip()
