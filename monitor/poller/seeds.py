"""Seed files: each is read once, by content; articles go to the queue in the order of the file.

A file that appears in a watched folder is read when it is whole: when size and time of change have
stood still. Who writes slowly, with pauses, gives it another name meanwhile, or moves it in.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from monitor.errors import StoreConflict
from monitor.model import Article, SourceProblem, digest
from monitor.poller.replay import Replay
from monitor.sources.seed import can_read, read_seed, seed_files
from monitor.store import Store

CHUNK = 50
"""Articles put at once: one bundle."""

BLOCK = 1 << 20

SETTLED_S = 2.0
"""So long a file has not changed before it is taken for whole."""

UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".temp", ".swp", "~")
"""Names of files that somebody is still writing: browsers, rsync, editors."""


@dataclass(slots=True, kw_only=True)
class SeedReader:
    """Reads seed files and folders, also again and again: what was read is not read twice. `read`
    is under which name the store knows each file.
    """

    store: Store
    now: Callable[[], datetime]
    room: Callable[[], None]
    log: FilteringBoundLogger
    replay: Replay = field(default_factory=Replay)
    known: dict[Path, tuple[int, int]] = field(default_factory=dict)
    read: dict[Path, str] = field(default_factory=dict)
    offered: dict[Path, tuple[int, int]] = field(default_factory=dict)
    told: set[SourceProblem] = field(default_factory=set)
    problems: int = 0
    term: int = 0

    def read_all(self, paths: Iterable[Path]) -> int:
        """Read every file as it stands; returns how many articles were put on the queue."""
        return sum(self._guarded(path) for path in self._new(paths))

    def read_settled(self, paths: Iterable[Path]) -> int:
        """Read files that are new or changed and stand still: since the last look, or for 2 s."""
        put, offered = 0, {}
        for path in self._new(paths):
            mark = _mark(path)
            if mark is not None and (self.offered.get(path) == mark or _is_old(mark)):
                put += self._guarded(path)
            elif mark is not None:
                offered[path] = mark
        self.offered = offered
        return put

    def lying(self) -> tuple[str, ...]:
        """What the store knows of the files that were read and are still there."""
        self.read = {path: key for path, key in self.read.items() if path.exists()}
        return tuple(self.read.values())

    def _new(self, paths: Iterable[Path]) -> Iterator[Path]:
        for found in seed_files(paths):
            if isinstance(found, SourceProblem):
                if found not in self.told:  # else at each look
                    self.told.add(found)
                    self._problem(found)
            elif found.name.lower().endswith(UNFINISHED):
                continue
            elif found not in self.known or self.known[found] != _mark(found):
                yield found

    def _guarded(self, path: Path) -> int:
        try:
            return self._read(path)
        except StoreConflict:
            # Another poller reads the same file now; what it does not finish is looked for again.
            self.log.info("seed.skipped", file=path.name, reason="another poller reads it")
            return 0

    def _read(self, path: Path) -> int:
        mark = _mark(path)
        if not can_read(path):
            return self._refuse(path, mark)
        key = f"seed:{_content(path)}"
        if _mark(path) != mark:
            return 0  # still written to: the next look is soon
        self.read[path] = key
        state = self.store.sources.state(key)
        if state.get("done") == "1":
            self._know(path, mark)
            self.log.info("seed.skipped", file=path.name, reason="read before")
            return 0
        put, is_whole = self._put_all(path, key, int(state.get("taken", "0")), state.version)
        if is_whole:
            self._know(path, mark)  # not before: what Redis did not take is read again
            self.log.info("seed.read", file=path.name, articles=put)
        return put

    def _refuse(self, path: Path, mark: tuple[int, int] | None) -> int:
        """Say why a file of this name is not read. Its content does not count as read: it may come
        again under a better name.
        """
        for _ in self._articles(path):
            pass
        self._know(path, mark)
        return 0

    def _put_all(self, path: Path, key: str, taken: int, version: int) -> tuple[int, bool]:
        """Put what was not taken yet; returns how much, and whether that is all of it."""
        put = 0
        for articles, is_last in self._chunks(path, taken):
            if not self.replay.wait(len(articles)):
                return put, False  # we end; the rest comes when we are started again
            put += self._put(key, version, taken + put, articles, done=is_last)
            version += 1
        return put, True

    def _chunks(self, path: Path, taken: int) -> Iterator[tuple[list[Article], bool]]:
        waiting: list[Article] = []
        for article in islice(self._articles(path), taken, None):
            waiting.append(self.replay.came_in(article, self.now()))
            if len(waiting) == self.replay.chunk(CHUNK):
                yield waiting, False
                waiting = []
        yield waiting, True

    def _know(self, path: Path, mark: tuple[int, int] | None) -> None:
        if mark is not None:
            self.known[path] = mark

    def _put(
        self, key: str, version: int, taken: int, articles: list[Article], *, done: bool
    ) -> int:
        self.room()
        self.store.sources.put(
            key,
            version=version,
            state={"taken": str(taken + len(articles)), "done": "1" if done else "0"},
            seen=(),
            articles=articles,
            now=self.now(),
            term=self.term,
        )
        return len(articles)

    def _articles(self, path: Path) -> Iterator[Article]:
        for found in read_seed(path, fetched=self.now()):
            if isinstance(found, SourceProblem):
                self._problem(found)
            else:
                yield found

    def _problem(self, problem: SourceProblem) -> None:
        self.problems += 1
        self.log.warning(
            "source.problem", source=problem.source, where=problem.where, found=problem.found
        )


def _is_old(mark: tuple[int, int]) -> bool:
    """Whether a file was changed so long ago that it is whole at first sight."""
    return time.time() - mark[1] / 1e9 > SETTLED_S


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def _content(path: Path) -> str:
    """A digest of the file's bytes; of its name where it cannot be read (the reader says why)."""
    state = hashlib.blake2b(digest_size=16)
    if not path.is_file():  # opening a pipe would wait for its writer
        return digest("irregular", str(path))
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                state.update(block)
    except OSError:
        state.update(str(path).encode())
    return state.hexdigest()
