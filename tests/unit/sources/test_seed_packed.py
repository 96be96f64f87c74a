"""Packed seed files: what is in them, and what would fill the disk or the memory."""

from __future__ import annotations

import gzip
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.model import Article, SourceProblem
from monitor.sources import packed
from monitor.sources.seed import read_seed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTE = "Ferry leaves earlier\n\nThe ferry leaves an hour earlier from Monday, the office said.\n"
LINE = b'{"title": "Boats", "body": "Two."}\n'


def found(path: Path) -> list[Article | SourceProblem]:
    return list(read_seed(path, fetched=NOW))


def problems(path: Path) -> list[tuple[str, str]]:
    return [
        (one.where.removeprefix(str(path)), one.found)
        for one in found(path)
        if isinstance(one, SourceProblem)
    ]


def sources(path: Path) -> list[str]:
    return [one.source for one in found(path) if isinstance(one, Article)]


def zipped(path: Path, files: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_a_packed_file_is_read_as_what_its_name_says(tmp_path: Path) -> None:
    (tmp_path / "wire.jsonl").write_bytes(LINE)
    path = tmp_path / "wire.jsonl.gz"
    path.write_bytes(gzip.compress(LINE))

    assert found(path) == found(tmp_path / "wire.jsonl")


def test_a_file_packed_in_pieces_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "WIRE.JSONL.GZ"
    path.write_bytes(gzip.compress(LINE) + gzip.compress(LINE))

    assert len(sources(path)) == 2


def test_the_files_of_an_archive_are_read_in_its_order(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip",
        {
            "b/note.txt": NOTE,
            "wire.jsonl": LINE,
            "table.csv": "title,body\nNets,One.\n",
            ".hidden.txt": NOTE,
            "__MACOSX/b/note.txt": NOTE,
            "b/": "",
        },
    )

    assert sources(path) == ["note.txt", "wire.jsonl", "table.csv"]
    assert problems(path) == []


def test_a_problem_names_archive_file_and_place(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"b/wire.jsonl": LINE + b"{\n", "c.docx": "x", "d.txt": NOTE})

    wheres = [where for where, _ in problems(path)]

    assert wheres == [", b/wire.jsonl, line 2", ", c.docx"]
    assert sources(path) == ["wire.jsonl", "d.txt"]


@pytest.mark.parametrize("inner", ["b.zip", "wire.jsonl.gz"])
def test_what_is_packed_twice_is_not_unpacked(tmp_path: Path, inner: str) -> None:
    path = zipped(tmp_path / "a.zip", {inner: gzip.compress(LINE)})

    assert "a packed file in a packed file" in problems(path)[0][1]


def test_nothing_is_written_to_the_disk(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"../../up.txt": NOTE, "/etc/root.txt": NOTE})

    assert sources(path) == ["up.txt", "root.txt"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_unpacks_to_a_hundred_times_its_size_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(LINE + (b" " * 1_000 + b"\n") * 30_000))

    assert len(sources(path)) == 1
    ((_, words),) = problems(path)
    assert "more than 100 times its size" in words


def test_the_files_of_an_archive_share_one_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "_SMALL_BYTES", 3 << 20)
    blank = b" " * (1 << 20)
    path = zipped(tmp_path / "a.zip", {f"{n}.jsonl": LINE + blank for n in range(9)})

    assert len(problems(path)) == 1
    assert len(sources(path)) <= 3


def test_more_than_the_total_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "TOTAL_BYTES", 1 << 30 >> 12)
    path = tmp_path / "large.jsonl.gz"
    path.write_bytes(gzip.compress(LINE * 20_000))

    assert "Unpack it first" in problems(path)[0][1]


def test_a_repetitive_small_file_is_no_bomb(tmp_path: Path) -> None:
    path = tmp_path / "same.jsonl.gz"
    path.write_bytes(gzip.compress(LINE * 5_000))

    assert len(sources(path)) == 5_000


def test_an_archive_of_too_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "MOST_FILES", 3)
    path = zipped(tmp_path / "a.zip", {f"{n}.txt": NOTE for n in range(4)})

    assert problems(path) == [("", "found 4 files in one archive, wanted at most 3")]


def test_an_archive_with_a_huge_directory_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "_DIRECTORY_BYTES", 100)
    path = zipped(tmp_path / "a.zip", {f"{n}.txt": NOTE for n in range(9)})

    assert "a huge number of files" in problems(path)[0][1]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_cannot_be_unpacked_in_bounds_is_refused(tmp_path: Path, method: int) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": NOTE}, method)

    assert "other than deflate" in problems(path)[0][1]


def test_a_file_with_a_password_costs_no_other(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": NOTE, "b.txt": NOTE})
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.find(mark) + offset] |= 1
    path.write_bytes(raw)

    assert sources(path) == ["b.txt"]
    assert "a password" in problems(path)[0][1]


@pytest.mark.parametrize("name", ["a.zip", "a.jsonl.gz"])
@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06", b"\x1f\x8b\x08\x00"])
def test_what_is_no_archive_is_a_problem(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert len(problems(path)) == 1
    assert sources(path) == []


def test_a_file_that_was_cut_off_gives_what_came(tmp_path: Path) -> None:
    lines = b"".join(b'{"title": "%s"}\n' % os.urandom(600).hex().encode() for _ in range(500))
    path = tmp_path / "wire.jsonl.gz"
    path.write_bytes(gzip.compress(lines)[:200_000])

    assert len(sources(path)) > 100
    assert "damaged packed data" in problems(path)[0][1]


def test_any_damage_to_an_archive_is_a_problem_and_no_more(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": NOTE, "b.jsonl": LINE})
    whole = path.read_bytes()

    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        assert all(isinstance(one, Article | SourceProblem) for one in found(path))
