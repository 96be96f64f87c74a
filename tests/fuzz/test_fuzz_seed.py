"""Seed files of every suffix: articles that can go on, or problems that name the file."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Hashable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fuzzing import CORPUS, SECONDS, SEED, Target, dictionary, fuzz
from mutating import Mutator
from soundness import check, kind_of

from monitor.model import Article, SourceProblem
from monitor.sources.packed import UNPACKERS
from monitor.sources.seed import SEEDS, read_seed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEEDS = frozenset({".xml", ".rss", ".atom"})
"""Read by a child that is killed when it takes too long: the fuzzer of feeds is theirs."""

SUFFIXES = tuple(suffix for suffix in (*SEEDS, *UNPACKERS) if suffix not in FEEDS)


def zipped(*names: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writing:
        for name in names:
            writing.writestr(zipfile.ZipInfo(name), (CORPUS / "seed" / name).read_bytes())
    return archive.getvalue()


def headed(suffix: str, content: bytes) -> bytes:
    """An input says in its first line what its file is called."""
    return suffix.encode() + b"\n" + content


FILES = [
    *(headed(path.suffix, path.read_bytes()) for path in sorted((CORPUS / "seed").iterdir())),
    headed(".gz", gzip.compress((CORPUS / "seed" / "note.txt").read_bytes(), mtime=0)),
    headed(".zip", zipped("note.txt", "one.json", "table.csv", "letter.eml")),
]
MUTATOR = Mutator(tokens=[*(suffix.encode() + b"\n" for suffix in SUFFIXES), *dictionary("seed")])


def reader(folder: Path) -> Target:
    """Reads inputs as files of this folder."""

    def seed(data: bytes) -> Hashable:
        head, _, content = data.partition(b"\n")
        named = head.decode("ascii", "replace").lower()
        suffix = named if named in SUFFIXES else SUFFIXES[len(data) % len(SUFFIXES)]
        path = folder / f"seed{suffix}"
        path.write_bytes(content)
        kinds = {told(found) for found in read_seed(path, fetched=NOW)}
        # a table may have no rows
        assert kinds or suffix in {".csv", ".tsv"}, "neither an article nor a word about it"
        return suffix, frozenset(kinds)

    return seed


def told(found: Article | SourceProblem) -> str:
    """What sort of thing was found, once it is checked."""
    if isinstance(found, Article):
        check(found)
        parts = (found.url, found.published, found.authors, found.language, found.tags)
        return "".join("01"[bool(part)] for part in parts)
    assert found.where, "a problem of nothing"
    assert found.found.isprintable(), f"a problem that cannot be shown: {found.found!r}"
    return kind_of(found.found)


def test_a_few_hundred_broken_files_give_articles_or_problems(tmp_path: Path) -> None:
    fuzz(reader(tmp_path), FILES, MUTATOR, seed=1, inputs=250)


@pytest.mark.fuzz
@pytest.mark.timeout(SECONDS * 2 + 300)
def test_whatever_a_file_holds_gives_articles_or_problems(tmp_path: Path) -> None:
    fuzz(reader(tmp_path), FILES, MUTATOR, seed=SEED)
