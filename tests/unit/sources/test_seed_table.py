"""Tables of articles: which columns they have, and rows that do not fit."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from monitor.errors import ParseError
from monitor.model import Article, SourceProblem
from monitor.sources import table_csv

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def found(table: str | bytes) -> list[Article | SourceProblem]:
    raw = table.encode() if isinstance(table, str) else table
    return list(table_csv.read(io.BytesIO(raw), "wire.csv", NOW))


def titles(table: str | bytes) -> list[str]:
    return [one.title for one in found(table) if isinstance(one, Article)]


def problems(table: str | bytes) -> list[tuple[str, str]]:
    return [(one.where, one.found) for one in found(table) if isinstance(one, SourceProblem)]


def test_columns_are_named_as_in_article_json() -> None:
    (one,) = found(
        "id,Headline,Full Text,pub_date,Author,Tags,link,sitename,ignored\n"
        '7,Boats sail,"Two boats; ""three"", and\na net",2026-02-20,Nora Vik,"boats, nets",'
        "https://a.example/7,Harbour Post,x\n"
    )

    assert isinstance(one, Article)
    assert (one.id, one.title, one.url) == ("7", "Boats sail", "https://a.example/7")
    assert one.body == 'Two boats; "three", and\na net'
    assert one.published == datetime(2026, 2, 20, tzinfo=UTC)
    assert (one.authors, one.tags) == (("Nora Vik",), ("boats", "nets"))
    assert (one.source, one.source_name) == ("wire.csv", "Harbour Post")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_columns_are_parted_by_what_the_first_row_has_most_of(separator: str) -> None:
    assert titles(f"title{separator}body\nBoats{separator}Two.\n") == ["Boats"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems_end_a_row(end: str) -> None:
    assert titles(end.join(["title,body", "Boats,Two.", "Nets,One.", ""])) == ["Boats", "Nets"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "cp1252"])
def test_the_encoding_is_that_of_the_head(encoding: str) -> None:
    text = "title,body\n" + "Zürich wählt,Straße gesperrt in der Stadt\n" * 3
    raw = b"\xff\xfe" + text.encode("utf-16-le") if "bom" in encoding else text.encode(encoding)

    assert titles(raw) == ["Zürich wählt"] * 3


def test_the_head_may_end_inside_a_letter() -> None:
    text = "title,body\n" + "é,è\n" * 12_000

    assert set(titles(text)) == {"é"}


def test_empty_rows_and_short_rows_are_no_problem() -> None:
    table = "title,body\n\nBoats\n,\nNets,One.\n"

    assert (titles(table), problems(table)) == (["Boats", "Nets"], [])


def test_a_row_with_too_many_values_is_a_problem_of_its_own() -> None:
    table = "title,body\nBoats,Two, and more\nNets,One.\n"

    assert titles(table) == ["Nets"]
    ((where, words),) = problems(table)
    assert where == "row 2"
    assert "found 3 values, wanted 2" in words


def test_a_quote_that_is_never_closed_costs_one_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_csv, "FIELD_CHARS", 1_000)
    table = 'title,body\nBoats,"Two\n' + "Nets,One.\n" * 200

    assert any("is a quote missing?" in words for _, words in problems(table))


def test_a_line_without_end_is_refused_before_it_fills_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table_csv, "FIELD_CHARS", 1_000)

    with pytest.raises(ParseError, match="found a line of more than"):
        found("title,body\n" + "x" * 10_000)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "empty file"),
        ("\n \n", "empty file"),
        ("name,size\nx,1\n", "a first row that names no text"),
        ("Boats sailed on Friday, they said.\n", "a first row that names no text"),
    ],
)
def test_what_is_no_table_of_articles_is_refused(table: str, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        found(table)


def test_a_table_is_read_as_it_comes() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, room: memoryview) -> int:  # type: ignore[override]  # what it is given
            piece = (b"Boats,Two.\n" * (len(room) // 11 + 1))[: len(room)]
            room[:] = piece
            return len(piece)

    stream = io.BufferedReader(Endless())
    stream = io.BufferedReader(_Headed(b"title,body\n", stream))
    rows: Iterator[Article | SourceProblem] = table_csv.read(stream, "wire.csv", NOW)

    assert isinstance(next(rows), Article)


class _Headed(io.RawIOBase):
    def __init__(self, head: bytes, rest: io.BufferedReader) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, room: memoryview) -> int:  # type: ignore[override]  # what it is given
        piece, self._head = self._head, b""
        piece = piece or self._rest.read(len(room))
        room[: len(piece)] = piece
        return len(piece)


def test_a_quote_that_is_not_closed_by_the_end_is_said_and_makes_no_article() -> None:
    table = 'title,body\nOne,a\n"Two,b\nThree,c\nFour,d\n'

    assert titles(table) == ["One"]
    ((where, said),) = problems(table)
    assert where == "row 3"
    assert said == "found a quote that is not closed: all up to line 4, the last, was not read"


def test_a_quote_that_closes_too_late_is_said() -> None:
    table = 'title,body\n"One,a\n"Two",b\n"Three",c\n'

    assert "Three" in titles(table)
    ((where, said),) = problems(table)
    assert (where, said.partition(";")[0]) == ("row 2", "found text behind a closing quote")
