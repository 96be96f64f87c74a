"""feeds.toml as a file that commands add to: what stands in it stays, comments and all.

The text in, the text out; what is written was read again before, and replaces the file whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import tempfile
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from monitor.dedupe import url_key
from monitor.errors import ConfigError, ConfigProblem
from monitor.model import Source
from monitor.settings.files import read_toml
from monitor.settings.problems import Problems
from monitor.settings.source_table import SourceTable
from monitor.sources.opml import ListedFeed

FILE: Final = "feeds.toml"
_LONGEST_ID: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of a list: the new text, the tables in it by their ids, and the feeds that were
    listed already, with the id they have.
    """

    text: str
    new: tuple[tuple[str, ListedFeed], ...]
    known: tuple[tuple[str, ListedFeed], ...]


def with_feeds(
    text: str,
    feeds: Iterable[ListedFeed],
    sources: Sequence[Source],
    *,
    remark: str = "",
    wanted_id: str = "",
) -> Added:
    """The text with a table more for each feed whose address none of `sources` has.

    Ids are made of the titles, so that they can be read, and are the same whenever the same list is
    added to the same file. `remark` stands above the first; `wanted_id` is the id of the first.
    """
    ids = {_key(source.url): source.id for source in sources}
    taken = {source.id.lower(): 1 for source in sources}
    new: list[tuple[str, ListedFeed]] = []
    known: list[tuple[str, ListedFeed]] = []
    for feed in feeds:
        key = _key(feed.url)
        if key in ids:
            known.append((ids[key], feed))
            continue
        name = wanted_id if wanted_id and not new else _free(_slug(feed), taken)
        ids[key] = name
        taken[name.lower()] = taken.get(name.lower(), 1)
        new.append((name, feed))
    if not new:
        return Added(text=text, new=(), known=tuple(known))
    head = f"# {' '.join(remark.split())}\n" if remark else ""
    tables = "\n".join(_table(name, feed) for name, feed in new)
    before = text.rstrip() + "\n\n" if text.strip() else ""
    return Added(text=f"{before}{head}{tables}", new=tuple(new), known=tuple(known))


def read_text(config: Path) -> str:
    """The text of feeds.toml, "" where there is none. Raises ConfigError where it is no TOML."""
    problems = Problems()
    read_toml(config / FILE, problems)
    if problems.found:
        raise ConfigError(tuple(problems.found))
    path = config / FILE
    return path.read_bytes().decode("utf-8-sig") if path.exists() else ""


def save(config: Path, text: str, *, new: Iterable[str]) -> None:
    """Put this text in the place of feeds.toml, whole or not at all.

    Raises ConfigError, with the file as it was, where the text would not load or lacks one of the
    `new` tables.
    """
    try:
        tables = tomllib.loads(text)["source"]
        for name in new:
            SourceTable.model_validate(tables[name])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        problem = ConfigProblem(
            file=FILE,
            table="source",
            key="",
            found="a form that no table can be added to",
            wanted="tables [source.ID]",
            fix="Write each source as a table of its own; nothing was changed",
        )
        raise ConfigError((problem,)) from error
    # What the path leads to, so that a link stays one.
    place = Path(os.path.realpath(config / FILE))
    handle, name = tempfile.mkstemp(prefix=".feeds.", suffix=".toml", dir=place.parent)
    written = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        written.chmod(place.stat().st_mode & 0o777 if place.exists() else 0o644)
        written.replace(place)
    finally:
        written.unlink(missing_ok=True)


@contextmanager
def alone(config: Path) -> Iterator[None]:
    """Nobody else who comes this way changes the folder meanwhile."""
    folder = os.open(config, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def exportable(
    config: Path, sources: Iterable[Source]
) -> tuple[tuple[ListedFeed, ...], tuple[str, ...]]:
    """The sources as a list that may be given away, and the ids of those left out: their whole
    address is a secret. A login within an address is taken out of it.
    """
    raw = read_toml(config / FILE, Problems()).get("source", {})
    feeds, left_out = [], []
    for source in sources:
        if str(raw.get(source.id, {}).get("url", "")).startswith(("env:", "file:")):
            left_out.append(source.id)
            continue
        login, _, _ = urlsplit(source.url).netloc.rpartition("@")
        url = source.url.replace(f"{login}@", "", 1) if login else source.url
        feeds.append(
            ListedFeed(
                url=url,
                title=source.name or source.id,
                language=source.language,
                tags=source.tags,
            )
        )
    return tuple(feeds), tuple(left_out)


def _key(url: str) -> str:
    return url_key(url) or url


def _slug(feed: ListedFeed) -> str:
    """An id of its title, else of its host."""
    host = (urlsplit(feed.url).hostname or "").removeprefix("www.")
    return _words(feed.title) or _words(host) or "feed"


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    named = "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))
    cut = named[: _LONGEST_ID + 1].rpartition("-")[0] or named
    return cut[:_LONGEST_ID] if len(named) > _LONGEST_ID else named


def _free(name: str, taken: dict[str, int]) -> str:
    """The name, or the name and the next free number; `taken` knows where to go on looking."""
    if name not in taken:
        return name
    number = taken[name] + 1
    while f"{name}-{number}" in taken:
        number += 1
    taken[name] = number
    return f"{name}-{number}"


def _table(name: str, feed: ListedFeed) -> str:
    rows = [f"[source.{_quoted_id(name)}]", f"url = {_text(feed.url)}"]
    if feed.title:
        rows.append(f"name = {_said(feed.title)}")
    if feed.language:
        rows.append(f"language = {_said(feed.language)}")
    if feed.tags:
        rows.append(f"tags = [{', '.join(map(_said, feed.tags))}]")
    return "\n".join(rows) + "\n"


def _quoted_id(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _said(text: str) -> str:
    """What a stranger calls something: no signs that are not seen, and never a word of ours.

    "file:/etc/passwd" would be read and shown; a blank before it is taken off when it is loaded,
    and what follows is then a text like any other.
    """
    seen = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return _text(f" {seen}" if seen.startswith(("env:", "file:")) else seen)


def _text(text: str) -> str:
    """A basic string of TOML: JSON's, but that TOML has no raw DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
