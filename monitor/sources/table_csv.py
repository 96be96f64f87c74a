"""Articles as the rows of a table: `.csv`, `.tsv`.

The first row names the columns; the names are those of article JSON and what else those may be
called. Read row by row, however long the file; comma, semicolon, tab or `|` part the columns,
whichever the first row has most of.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO, Final, TextIO

from monitor.errors import ParseError
from monitor.model import Article, SourceProblem
from monitor.sources.article_keys import ALIASES, Dump, folded, read_one
from monitor.sources.seed_bytes import as_text

FIELD_CHARS: Final = 8 * 2**20

_SEPARATORS: Final = ",;\t|"
_KNOWN: Final = frozenset(name for names in ALIASES.values() for name in names)
_TEXTS: Final = frozenset(
    name for key in ("title", "summary", "body", "body_html") for name in ALIASES[key]
)


def read(stream: BinaryIO, source: str, fetched: datetime) -> Iterator[Article | SourceProblem]:
    """The articles of the table. Raises ParseError where the first row names no text column."""
    lines = _lines(as_text(stream))
    first = next((one for one in lines if one.strip()), "")
    if not first:
        raise ParseError("found an empty file, wanted a table of articles. Was it cut off?")
    separator = max(_SEPARATORS, key=first.count)
    csv.field_size_limit(FIELD_CHARS)
    names = next(csv.reader([first], delimiter=separator))
    _refuse_unnamed(names)
    dump = Dump(source=source, fetched=fetched)
    rows = csv.reader(lines, delimiter=separator, strict=True)
    for number, row in _numbered(rows):
        where = f"row {number}"
        if isinstance(row, csv.Error):
            yield SourceProblem(source=source, where=where, found=_trouble(row, rows.line_num))
        elif len(row) > len(names):
            found = (
                f"found {len(row)} values, wanted {len(names)}, as many as the first row names. "
                "The row was not read; texts with a separator in them need quotes"
            )
            yield SourceProblem(source=source, where=where, found=found)
        elif any(value.strip() for value in row):
            given = {name: value for name, value in zip(names, row, strict=False) if value}
            yield from read_one(given, dump, where)


def _lines(text: TextIO) -> Iterator[str]:
    """The lines. One longer than a value may be ends the reading, before it fills the memory."""
    while line := text.readline(FIELD_CHARS + 1):
        if len(line) > FIELD_CHARS:
            raise ParseError(f"found a line of more than {FIELD_CHARS // 2**20} MiB, wanted rows")
        yield line


def _trouble(error: csv.Error, line: int) -> str:
    """What is wrong with a row. With a lenient reader one stray quote swallows the rest unsaid."""
    if "unexpected end" in str(error):
        return f"found a quote that is not closed: all up to line {line}, the last, was not read"
    if "limit" in str(error):
        return f"found a value of more than {FIELD_CHARS // 2**20} MiB; is a quote missing?"
    return "found text behind a closing quote; a quote inside a quoted text is written twice"


def _numbered(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """The rows, counted as a spreadsheet does, where the names are row 1; errors as such."""
    number = 1
    while True:
        number += 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield number, error
            continue
        if row is None:
            return
        yield number, row


def _refuse_unnamed(names: Sequence[str]) -> None:
    known = {folded(name) for name in names}
    if not known & _TEXTS:
        shown = ", ".join(name.strip() for name in names[:8])[:200]
        raise ParseError(
            f"found a first row that names no text ({shown!r}), wanted names of columns, at least "
            "one of title, summary, body"
        )
