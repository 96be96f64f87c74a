"""Articles as JSON: `.json` (one, an array, or {"articles": [...]}) and `.jsonl`, one a line.

The keys, and what else they may be called, are those of `article_keys`.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Final

from monitor.errors import ParseError
from monitor.model import Article, SourceProblem
from monitor.sources.article_keys import Dump, read_one
from monitor.sources.seed_bytes import decoded, refuse_binary, whole

LINE_BYTES: Final = 8 * 2**20
_LISTS: Final = ("articles", "items")


def read(stream: BinaryIO, source: str, fetched: datetime) -> Iterator[Article | SourceProblem]:
    """The articles of one JSON document."""
    document = _parsed(decoded(whole(stream)))
    dump = Dump(source=source, fetched=fetched)
    if isinstance(document, dict) and (name := next((n for n in _LISTS if n in document), None)):
        texts = {key: value for key, value in document.items() if isinstance(value, str)}
        dump = Dump(
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
        yield from read_one(raw, dump, f"article {number}")


def read_lines(
    stream: BinaryIO, source: str, fetched: datetime
) -> Iterator[Article | SourceProblem]:
    """The articles of JSON Lines, one at a time however long the file; blank lines are skipped."""
    dump = Dump(source=source, fetched=fetched)
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


def _read_line(line: bytes, dump: Dump, where: str) -> Iterator[Article | SourceProblem]:
    try:
        raw = _parsed(decoded(line).strip())
    except ParseError as error:
        yield SourceProblem(source=dump.source, where=where, found=error.message)
    else:
        yield from read_one(raw, dump, where)


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
