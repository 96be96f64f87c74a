"""Seed files: each is read once, by content; articles go to the queue in the order of the file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from monitor.errors import StoreConflict
from monitor.model import Article, SourceProblem, digest
from monitor.sources.seed import read_seed, seed_files
from monitor.store import Store

CHUNK = 50
"""Articles put at once: one bundle."""

BLOCK = 1 << 20


@dataclass(slots=True, kw_only=True)
class SeedReader:
    """Reads seed files and folders, also again and again: what was read is not read twice."""

    store: Store
    now: Callable[[], datetime]
    room: Callable[[], None]
    log: FilteringBoundLogger
    known: dict[Path, tuple[int, int]] = field(default_factory=dict)
    offered: dict[Path, tuple[int, int]] = field(default_factory=dict)
    problems: int = 0

    def read_all(self, paths: Iterable[Path]) -> int:
        """Read every file as it stands; returns how many articles were put on the queue."""
        return sum(self._guarded(path) for path in self._new(paths))

    def read_settled(self, paths: Iterable[Path]) -> int:
        """Read files that are new or changed and have not changed since the last look."""
        put, offered = 0, {}
        for path in self._new(paths):
            mark = _mark(path)
            if mark is not None and self.offered.get(path) == mark:
                put += self._guarded(path)
            elif mark is not None:
                offered[path] = mark
        self.offered = offered
        return put

    def _new(self, paths: Iterable[Path]) -> Iterator[Path]:
        for found in seed_files(paths):
            if isinstance(found, SourceProblem):
                self._problem(found)
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
        key = f"seed:{_content(path)}"
        put = 0
        state = self.store.sources.state(key)
        if state.get("done") == "1":
            self._know(path, mark)
            self.log.info("seed.skipped", file=path.name, reason="read before")
            return 0
        taken, version = int(state.get("taken", "0")), state.version
        waiting: list[Article] = []
        for number, article in enumerate(self._articles(path)):
            if number < taken:
                continue
            waiting.append(article)
            if len(waiting) == CHUNK:
                put += self._put(key, version, taken + put, waiting)
                version += 1
                waiting = []
        put += self._put(key, version, taken + put, waiting, done=True)
        self._know(path, mark)  # not before: what Redis did not take is read again
        self.log.info("seed.read", file=path.name, articles=put)
        return put

    def _know(self, path: Path, mark: tuple[int, int] | None) -> None:
        if mark is not None:
            self.known[path] = mark

    def _put(
        self, key: str, version: int, taken: int, articles: list[Article], *, done: bool = False
    ) -> int:
        self.room()
        self.store.sources.put(
            key,
            version=version,
            state={"taken": str(taken + len(articles)), "done": "1" if done else "0"},
            seen=(),
            articles=articles,
            now=self.now(),
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
