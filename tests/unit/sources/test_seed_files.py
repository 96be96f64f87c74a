"""Files, folders and stdin as seeds: what is read, in what order, and what is said of the rest."""

from __future__ import annotations

import io
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.model import Article, Origin, SourceProblem
from monitor.sources import seed_bytes
from monitor.sources.seed import SEEDS, read_paths, read_seed, seed_files

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTE = "Ferry leaves earlier\n\nThe ferry leaves an hour earlier from Monday, the office said.\n"
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Post</title>
<link>https://harbour.example/</link>
<item><title>Boats</title><link>https://harbour.example/1</link><guid>1</guid>
<pubDate>Fri, 13 Jun 2014 10:00:00 GMT</pubDate><description>Two boats.</description></item>
<item><title>Nets</title><link>https://harbour.example/2</link><guid>2</guid></item>
</channel></rss>"""


def only(found: Iterator[Article | SourceProblem]) -> Article | SourceProblem:
    (one,) = found
    return one


def problem(path: Path) -> str:
    found = only(read_seed(path, fetched=NOW))
    assert isinstance(found, SourceProblem)
    assert found.source == path.name
    assert found.where == str(path)
    return found.found


def test_a_folder_is_read_by_name_all_the_way_down(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("c.txt", "b/2.txt", "b/1.txt", "a.txt"):
        (tmp_path / name).write_text(NOTE)

    sources = [found.source for found in read_paths([tmp_path], fetched=NOW)]

    assert sources == ["a.txt", "1.txt", "2.txt", "c.txt"]


def test_files_are_listed_without_opening_any(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(NOTE)
    os.mkfifo(tmp_path / "b.txt")
    single = tmp_path / "nowhere.txt"

    assert list(seed_files([tmp_path, single])) == [tmp_path / "a.txt", tmp_path / "b.txt", single]


def test_hidden_files_and_folders_are_skipped(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "a.txt").write_text(NOTE)
    (tmp_path / ".b.txt").write_text(NOTE)

    assert list(read_paths([tmp_path], fetched=NOW)) == []


def test_a_seed_has_its_file_name_as_source_and_may_alert(tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text(NOTE)

    article = only(read_seed(path, fetched=NOW))

    assert isinstance(article, Article)
    assert (article.source, article.origin, article.fetched) == ("ferry.txt", Origin.SEED, NOW)


def test_the_same_file_gives_the_same_ids_each_time(tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text(NOTE)

    first, again = (only(read_seed(path, fetched=NOW)) for _ in range(2))

    assert first == again


@pytest.mark.parametrize("name", ["dump.rss", "dump.xml", "DUMP.RSS"])
def test_a_feed_dump_gives_its_articles_as_seeds(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FEED)

    articles = [found for found in read_seed(path, fetched=NOW) if isinstance(found, Article)]

    assert [article.id for article in articles] == ["1", "2"]
    assert {article.source for article in articles} == {name}
    assert {article.source_name for article in articles} == {"Harbour Post"}
    assert {article.origin for article in articles} == {Origin.SEED}


def test_xml_that_is_no_feed_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "letter.xml"
    path.write_text("<letter><to>you</to></letter>")

    assert "not a feed" in problem(path)


def test_one_bad_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x00\x01\x02")
    (tmp_path / "b.txt").write_text(NOTE)

    first, second = read_paths([tmp_path], fetched=NOW)

    assert isinstance(first, SourceProblem)
    assert isinstance(second, Article)


def test_a_binary_file_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    path.write_bytes(b"some letters\x00\xff and more")

    assert "zero byte at offset 12" in problem(path)


@pytest.mark.parametrize(
    ("start", "name"),
    [(b"%PDF-1.7", "PDF"), (b"PK\x03\x04", "zip"), (b"\x1f\x8b\x08", "gzip"), (b"\x89PNG", "PNG")],
)
def test_a_known_kind_of_binary_is_named(tmp_path: Path, start: bytes, name: str) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(start + b" rest")

    assert name in problem(path)


@pytest.mark.parametrize("suffix", SEEDS)
def test_an_empty_file_is_a_problem(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"empty{suffix}"
    path.write_bytes(b" \n")

    assert "empty file" in problem(path)


def test_a_file_beyond_the_cap_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as large:
        large.truncate(seed_bytes.SEED_BYTES + 1)  # sparse: takes no room

    assert "more than 64 MiB" in problem(path)


def test_an_unknown_suffix_is_a_problem_that_names_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    path.write_text(NOTE)

    found = problem(path)

    assert "'.docx'" in found
    assert ".jsonl" in found


def test_no_suffix_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text(NOTE)

    assert "no suffix" in problem(path)


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    assert problem(tmp_path / "nowhere.txt") == "it cannot be read: no such file or directory"


def test_a_named_pipe_is_a_problem_and_nobody_waits_for_it(tmp_path: Path) -> None:
    path = tmp_path / "pipe.txt"
    os.mkfifo(path)

    assert "named pipe" in problem(path)


def test_a_socket_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "s.txt"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(path))  # a socket's path may be 107 bytes long

        assert "a socket" in problem(path)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text(NOTE)
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")

    found = only(read_paths([folder], fetched=NOW))

    assert isinstance(found, SourceProblem)
    assert "leads out" in found.found


def test_a_link_inside_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(NOTE)
    (tmp_path / "b.txt").symlink_to("a.txt")

    found = list(read_paths([tmp_path], fetched=NOW))

    assert [type(one) for one in found] == [Article, Article]


def test_a_link_to_the_folder_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)

    found = only(read_paths([tmp_path], fetched=NOW))

    assert isinstance(found, SourceProblem)
    assert "a folder" in found.found


def test_a_link_to_itself_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "knot.txt").symlink_to("knot.txt")

    found = only(read_paths([tmp_path], fetched=NOW))

    assert isinstance(found, SourceProblem)
    assert "cannot be read" in found.found


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_listed_is_a_problem(tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0)

    found = only(read_paths([tmp_path], fetched=NOW))

    assert isinstance(found, SourceProblem)
    assert "permission denied" in found.found


def test_a_file_name_that_is_not_utf8_still_has_a_source(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text(NOTE)

    article = only(read_seed(path, fetched=NOW))

    assert article.source == "caf\ufffd.txt"


def test_a_dash_is_article_json_lines_on_stdin(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(NOTE)
    stdin = io.BytesIO(b'{"title": "Boats", "body": "Two."}\n')

    found = list(read_paths(["-", tmp_path / "a.txt"], fetched=NOW, stdin=stdin))

    assert [one.source for one in found] == ["stdin", "a.txt"]


def test_nothing_on_stdin_is_a_problem() -> None:
    found = only(read_paths(["-"], fetched=NOW, stdin=io.BytesIO()))

    assert isinstance(found, SourceProblem)
    assert found.where == "stdin"


ENCODED = [
    ("utf-8", "Zürich: Straße gesperrt – „heute“"),
    ("utf-8-sig", "Zürich: Straße gesperrt – „heute“"),
    ("utf-16", "Zürich: Straße gesperrt – „heute“"),
    ("cp1252", "À Paris, la grève continue. Le ministère l’a précisé vendredi à l’Assemblée."),
    ("cp1251", "Президент заявил в пятницу, что правительство готово к переговорам о газе."),
    ("cp1256", "قال مسؤولون في بغداد إن القوات العراقية استعادت السيطرة على بلدة قرب تكريت."),
    ("gb18030", "国务院星期五表示，政府将继续推进改革，扩大开放，并加强监管。"),
]


@pytest.mark.parametrize(("encoding", "text"), ENCODED, ids=[name for name, _ in ENCODED])
def test_text_is_read_in_the_encoding_it_was_written_in(encoding: str, text: str) -> None:
    assert seed_bytes.decoded(text.encode(encoding)) == text


def test_a_few_broken_letters_do_not_change_the_encoding() -> None:
    text = "Zürich, Köln, Düsseldorf, Lübeck, Göttingen "

    assert seed_bytes.decoded(text.encode() + b"\xff") == text + "\ufffd"


def test_an_old_page_is_read_in_the_charset_it_declares() -> None:
    page = "<meta charset='iso-8859-2'><p>Łódź</p>"

    assert seed_bytes.decoded(page.encode("iso-8859-2")) == page


@pytest.mark.parametrize("name", ["idna", "no-such-charset", "cp99999", "iso-8859-1"])
def test_a_charset_that_cannot_be_meant_is_windows_1252(name: str) -> None:
    page = f"<meta charset='{name}'><p>café</p>"

    assert seed_bytes.decoded(page.encode("cp1252")) == page


def test_line_ends_of_all_systems_are_one() -> None:
    assert seed_bytes.decoded(b"a\r\nb\rc\n") == "a\nb\nc\n"
