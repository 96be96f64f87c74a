"""Archived web pages: `.warc` (ISO 28500, versions 0.17 to 1.1).

Read record by record, however long the file. Only successful responses that are HTML count; each
becomes an article as a saved page would, with the address that the archive gives it. The date of a
record is when it was fetched, which is no date of publication. A `.warc.gz` is unpacked by the
layer that unpacks everything.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO, Final

from monitor.errors import FetchError, ParseError
from monitor.model import Article, SourceProblem
from monitor.sources import page_html
from monitor.sources.links import web_link
from monitor.sources.seed_bytes import refuse_binary
from monitor.sources.seed_id import derived_id

PAGE_BYTES: Final = 16 * 2**20

_LINE_BYTES: Final = 64 * 2**10
_MOST_HEADERS: Final = 200
_SKIP_BYTES: Final = 2**20
_HTML: Final = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """The headers of a record, in lower case, and how many bytes of content follow."""

    headers: Mapping[str, str]
    size_bytes: int


def read(stream: BinaryIO, source: str, fetched: datetime) -> Iterator[Article | SourceProblem]:
    """The articles of the pages in the archive; one that holds none is a problem of its own.

    Raises ParseError where the file is no archive, or where the next record cannot be found.
    """
    number = 0
    while (record := _record(stream, number)) is not None:
        number += 1
        if record.headers.get("warc-type") != "response" or not _is_http(record):
            _skip(stream, record.size_bytes)
            continue
        where = f"record {number} ({record.headers.get('warc-target-uri', '?')[:200]})"
        content = stream.read(min(record.size_bytes, PAGE_BYTES + 1))
        _skip(stream, record.size_bytes - len(content))
        if len(content) < min(record.size_bytes, PAGE_BYTES + 1):
            found = f"found {len(content)} of {record.size_bytes} bytes; the archive was cut off"
            yield SourceProblem(source=source, where=where, found=found)
            continue
        if len(content) > PAGE_BYTES:
            found = f"found a page of more than {PAGE_BYTES // 2**20} MiB; left out"
            yield SourceProblem(source=source, where=where, found=found)
            continue
        try:
            page = _page(content)
            if page is not None:
                yield from _articles(page, record, source, fetched)
        except (ParseError, FetchError) as error:
            yield SourceProblem(source=source, where=where, found=error.message)
    if not number:
        raise ParseError("found an empty file, wanted a WARC archive. Was the download cut off?")


def _articles(
    page: bytes, record: _Record, source: str, fetched: datetime
) -> Iterator[Article | SourceProblem]:
    """What the page holds; its address is where it was fetched, if it names none itself."""
    address = web_link(record.headers.get("warc-target-uri", "").strip("<>"))
    for found in page_html.read(io.BytesIO(page), source, fetched):
        if isinstance(found, Article) and found.url is None and address:
            own = derived_id(
                url=address, title=found.title, published=found.published, body=found.body
            )
            yield replace(found, id=own, url=address)
        else:
            yield found


def _record(stream: BinaryIO, number: int) -> _Record | None:
    """The next record's headers, None at the end."""
    while (first := stream.readline(_LINE_BYTES)) in {b"\r\n", b"\n", b" \n"}:
        pass
    if not first:
        return None
    if not first.startswith(b"WARC/"):
        if not number:
            refuse_binary(first)
        raise ParseError(
            f"found no WARC record behind record {number}, wanted a line `WARC/1.1`. "
            "Is the archive damaged there?"
        )
    headers = _headers(stream)
    size = headers.get("content-length", "")
    if not size.isdecimal() or len(size) > 15:
        raise ParseError(f"found no Content-Length in record {number + 1}, so it has no end")
    return _Record(headers=headers, size_bytes=int(size))


def _headers(stream: BinaryIO) -> dict[str, str]:
    """Names in lower case -> values, up to the empty line; the first of a name counts."""
    found: dict[str, str] = {}
    for _ in range(_MOST_HEADERS):
        row = stream.readline(_LINE_BYTES)
        if not row.strip():
            return found
        name, _, value = row.decode("utf-8", "replace").partition(":")
        found.setdefault(name.strip().lower(), value.strip())
    raise ParseError(f"found more than {_MOST_HEADERS} header lines, wanted fewer")


def _skip(stream: BinaryIO, size_bytes: int) -> None:
    while size_bytes > 0 and (piece := stream.read(min(size_bytes, _SKIP_BYTES))):
        size_bytes -= len(piece)


def _is_http(record: _Record) -> bool:
    return record.headers.get("content-type", "").lower().startswith("application/http")


def _page(content: bytes) -> bytes | None:
    """The HTML of an HTTP answer, unpacked; None for an answer that is no page."""
    answer = io.BytesIO(content)
    status = answer.readline(_LINE_BYTES).split()
    headers = _headers(answer)
    kind = headers.get("content-type", "text/html").partition(";")[0].strip().lower()
    if len(status) < 2 or status[1] != b"200" or kind not in _HTML:
        return None
    body = answer.read()
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _joined(body)
    return _unpacked(body, headers.get("content-encoding", ""))


def _joined(body: bytes) -> bytes:
    """The chunks of a body without their sizes (RFC 9112, 7.1), as far as they are whole.

    Some archives keep the header but have joined the chunks already.
    """
    chunks = io.BytesIO(body)
    joined = bytearray()
    while row := chunks.readline(_LINE_BYTES):
        digits = row.partition(b";")[0].strip()
        try:
            size = int(digits, 16) if digits else 0
        except ValueError:
            return bytes(joined) or body
        if size <= 0:
            break
        joined += chunks.read(min(size, PAGE_BYTES))
        chunks.readline(2)
    return bytes(joined)


def _unpacked(body: bytes, encoding: str) -> bytes:
    from monitor.net.decode import Decoder  # it comes with the HTTP client, which takes 0.2 s

    if encoding.strip().lower() in {"gzip", "x-gzip"} and not body.startswith(b"\x1f\x8b"):
        encoding = ""  # kept as sent, but unpacked
    decoder = Decoder(encoding, wire_bytes=PAGE_BYTES, body_bytes=PAGE_BYTES)
    decoder.feed(body)
    return decoder.body()
