"""Seed files: files and folders of articles, read as they lie on the disk.

`SEEDS` says which reader a suffix has; a new format is one file beside this one and one line there.
What comes packed (`UNPACKERS`) is read by what its name says without the packing.
What cannot be read becomes a `SourceProblem` that says what was found and what to do, and the rest
goes on.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from monitor.errors import ParseError
from monitor.model import Article, SourceProblem
from monitor.sources import (
    article_json,
    feed_dump,
    mail,
    markdown,
    opml,
    page_html,
    page_text,
    table_csv,
    warc,
)
from monitor.sources.packed import UNPACKERS, PackedFile

# A reader gets the open file, the name of the source and the time of reading. It raises ParseError
# when nothing of the file can be read.
Reader = Callable[[BinaryIO, str, datetime], Iterator[Article | SourceProblem]]

# Stands between an open file and its reader, to see how far the reading is.
Through = Callable[[BinaryIO, Path], BinaryIO]

SEEDS: Mapping[str, Reader] = {
    ".txt": page_text.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".html": page_html.read,
    ".htm": page_html.read,
    ".json": article_json.read,
    ".jsonl": article_json.read_lines,
    ".ndjson": article_json.read_lines,
    ".xml": feed_dump.read,
    ".rss": feed_dump.read,
    ".atom": feed_dump.read,
    ".csv": table_csv.read,
    ".tsv": table_csv.read,
    ".eml": mail.read,
    ".mbox": mail.read_box,
    ".warc": warc.read,
    ".opml": opml.read,
}
STDIN = "-"
_KINDS: Mapping[int, str] = {
    stat.S_IFDIR: "a folder (or a link to one)",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def read_paths(
    paths: Iterable[str | Path],
    *,
    fetched: datetime,
    stdin: BinaryIO | None = None,
    through: Through | None = None,
) -> Iterator[Article | SourceProblem]:
    """Every article of these files and folders, in order; `-` is article JSON Lines on stdin.

    Folders are walked in order of name, all the way down; hidden files are skipped. Each file that
    is opened is read through what `through` makes of it.
    """
    for path in paths:
        if str(path) == STDIN:
            yield from _read_stdin(stdin or sys.stdin.buffer, fetched)
        else:
            for found in seed_files((Path(path),)):
                if isinstance(found, SourceProblem):
                    yield found
                else:
                    yield from read_seed(found, fetched=fetched, through=through)


def seed_files(paths: Iterable[Path]) -> Iterator[Path | SourceProblem]:
    """The files among these files and folders, as `read_paths` takes them, without opening any."""
    for path in paths:
        if path.is_dir():
            yield from _files_of(path)
        else:
            yield path


def read_seed(
    path: Path, *, fetched: datetime, through: Through | None = None
) -> Iterator[Article | SourceProblem]:
    """The articles of one file, one after the other, and what was odd about it.

    The source is what the article says, else the file's name.
    """
    source = source_name(path)
    try:
        with _opened(path) as file:
            stream = through(file, path) if through else file
            for found in _found_in(stream, path, source, fetched):
                yield _placed(found, path)
    except ParseError as error:
        yield SourceProblem(source=source, where=str(path), found=error.message)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        yield SourceProblem(source=source, where=str(path), found=f"it cannot be read: {reason}")


def _found_in(
    stream: BinaryIO, path: Path, source: str, fetched: datetime
) -> Iterator[Article | SourceProblem]:
    unpacker = UNPACKERS.get(path.suffix.lower())
    if unpacker is None:
        yield from _reader_for(path)(stream, source, fetched)
        return
    for file in unpacker(stream, source):
        yield from _unpacked(file, fetched)


def _unpacked(file: PackedFile, fetched: datetime) -> Iterator[Article | SourceProblem]:
    """What a file within an archive holds. Its source is its own name, packed or not."""
    inner = Path(file.name)
    source = source_name(inner)
    try:
        reader = _reader_for(inner)
        with file.open() as stream:
            for found in reader(stream, source, fetched):
                yield _placed(found, inner)
    except ParseError as error:
        yield SourceProblem(source=source, where=file.name, found=error.message)


def can_read(path: Path) -> bool:
    """Whether there is a reader for files of this name."""
    suffix = path.suffix.lower()
    return suffix in SEEDS or suffix in UNPACKERS


def source_name(path: Path) -> str:
    """The id of the source that a seed file is: its name, with `?` for what is not UTF-8."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _read_stdin(stdin: BinaryIO, fetched: datetime) -> Iterator[Article | SourceProblem]:
    try:
        yield from article_json.read_lines(stdin, "stdin", fetched)
    except ParseError as error:
        yield SourceProblem(source="stdin", where="stdin", found=error.message)


def _files_of(folder: Path) -> Iterator[Path | SourceProblem]:
    top = os.path.realpath(folder)
    for path in _walk(folder):
        if Path(os.path.realpath(path)).is_relative_to(top):
            yield path
        else:
            found = (
                f"found a link that leads out of {folder}: it is not followed. "
                "Put the file itself there, or name its own folder too"
            )
            yield SourceProblem(source=source_name(path), where=str(path), found=found)


def _walk(folder: Path) -> Iterator[Path]:
    """Every file of a folder by name, all the way down; links come as they are, also to folders.

    A folder that cannot be listed comes itself, so that the reader says why.
    """
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        paths = []
        yield folder
    for path in paths:
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file, open. Raises ParseError for anything but a regular file, without waiting for it.

    The kind is asked before opening (a device may act when opened) and after (it may have changed).
    """
    _refuse_irregular(path.stat().st_mode)
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        _refuse_irregular(os.fstat(handle).st_mode)
        yield stream


def _refuse_irregular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "something that is no file")
        raise ParseError(f"found {kind}, wanted a regular file")


def _reader_for(path: Path) -> Reader:
    reader = SEEDS.get(path.suffix.lower())
    if path.suffix.lower() in UNPACKERS:
        raise ParseError("found a packed file in a packed file, wanted one. Unpack it first")
    if reader is None:
        found = f"the suffix {path.suffix!r}" if path.suffix else "no suffix"
        known = " ".join((*SEEDS, *UNPACKERS))
        raise ParseError(f"found {found}, wanted one of {known}. Rename the file after its content")
    return reader


def _placed(found: Article | SourceProblem, path: Path) -> Article | SourceProblem:
    """A problem within the file says which file."""
    if isinstance(found, SourceProblem):
        return replace(found, where=f"{path}, {found.where}")
    return found
