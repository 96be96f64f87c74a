"""The compiled form of knowledge: used when it is sound and ours, made again when not."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from monitor.lexicon import Knowledge
from monitor.model import Actor, Place, Role, Theme
from monitor.topics.knowledge.compiled import MOST_BYTES, Compiled, cache_folder

KNOWN = Knowledge.of(
    actors=[
        Actor(id="a", name="A", kind="person", roles=(Role(country="IQ", office="president"),)),
    ],
    places=[Place(id="IQ", name="Iraq", kind="country", country="IQ")],
    themes=[Theme(id="t", label="t", terms=(("word", 1.5),))],
)
SOURCES = (b"one", b"two")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "wirewatch"


def written(folder: Path) -> Path:
    Compiled.of(folder, SOURCES).write(KNOWN)
    (path,) = folder.iterdir()
    return path


def test_what_is_written_is_read(folder: Path) -> None:
    written(folder)
    assert Compiled.of(folder, SOURCES).read() == KNOWN


def test_other_sources_are_other_knowledge(folder: Path) -> None:
    written(folder)
    assert Compiled.of(folder, (b"on", b"etwo")).read() is None


@pytest.mark.parametrize("at", [0, 30, -1])
def test_a_damaged_file_is_not_read(folder: Path, at: int) -> None:
    path = written(folder)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    assert Compiled.of(folder, SOURCES).read() is None


def test_a_cut_off_or_missing_file_is_not_read(folder: Path) -> None:
    compiled = Compiled.of(folder, SOURCES)
    assert compiled.read() is None
    path = written(folder)
    path.write_bytes(path.read_bytes()[:40])
    assert compiled.read() is None


def test_a_sound_file_of_other_content_is_not_read(folder: Path) -> None:
    path = written(folder)
    compiled = Compiled.of(folder, SOURCES)
    body = msgspec.msgpack.encode(["something", "else"])
    path.write_bytes(compiled._head(body) + body)
    assert compiled.read() is None


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_may_write_is_not_read(folder: Path, mode: int) -> None:
    written(folder).chmod(mode)
    assert Compiled.of(folder, SOURCES).read() is None


def test_a_file_too_large_to_be_ours_is_not_read(folder: Path) -> None:
    with written(folder).open("r+b") as file:
        file.truncate(MOST_BYTES + 1)
    assert Compiled.of(folder, SOURCES).read() is None


def test_where_nothing_can_be_written_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for folder in (None, tmp_path / "file"):
        compiled = Compiled.of(folder, SOURCES)
        compiled.write(KNOWN)
        assert compiled.read() is None


def test_a_name_that_is_taken_leaves_nothing_behind(folder: Path) -> None:
    (folder / "knowledge.msgpack").mkdir(parents=True)
    (folder / "knowledge.msgpack" / "full").touch()
    Compiled.of(folder, SOURCES).write(KNOWN)
    assert [path.name for path in folder.iterdir()] == ["knowledge.msgpack"]


def test_it_lies_in_the_users_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "wirewatch"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "wirewatch"
    monkeypatch.delenv("HOME")
    assert cache_folder() is None
