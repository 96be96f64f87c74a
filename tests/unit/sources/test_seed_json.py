"""Articles as JSON and JSON Lines: kept as given, read by many names, wrong ones left out."""

from __future__ import annotations

import io
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Article, Origin, SourceProblem
from monitor.sources import article_json
from monitor.sources.seed import read_seed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def lines(*values: object) -> list[Article | SourceProblem]:
    stream = io.BytesIO(
        b"".join(
            value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n"
            for value in values
        )
    )
    return list(article_json.read_lines(stream, "wire.jsonl", NOW))


def read(value: object) -> Article:
    (article,) = lines(value)
    assert isinstance(article, Article), article
    return article


def refused(value: object) -> str:
    (problem,) = lines(value)
    assert isinstance(problem, SourceProblem), problem
    return problem.found


def document(tmp_path: Path, text: str) -> list[Article | SourceProblem]:
    path = tmp_path / "wire.json"
    path.write_text(text, encoding="utf-8")
    return list(read_seed(path, fetched=NOW))


def test_our_own_keys_are_kept_as_given() -> None:
    given = {
        "id": "mna-140613-08",
        "source": "meridian-news",
        "url": "https://meridian.example/x?utm_source=rss",
        "title": " Two  spaces ",
        "summary": "Short.",
        "body": "First line\r\nsecond\n\n\nthird \x07",
        "published": "2014-06-13T06:30:00+02:00",
        "authors": ["Ann Roe", "Bob Poe"],
        "language": "en-GB",
        "tags": ["Iraq violence", "Samarra"],
        "section": "World",
    }

    article = read(given)

    assert article == Article(
        id="mna-140613-08",
        source="meridian-news",
        url="https://meridian.example/x?utm_source=rss",
        title=" Two  spaces ",
        summary="Short.",
        body="First line\r\nsecond\n\n\nthird \x07",
        published=datetime(2014, 6, 13, 4, 30, tzinfo=UTC),
        authors=("Ann Roe", "Bob Poe"),
        language="en-GB",
        tags=("Iraq violence", "Samarra"),
        section="World",
        fetched=NOW,
        origin=Origin.SEED,
    )


def test_missing_and_null_keys_are_empty_and_unknown_ones_ignored() -> None:
    article = read({"title": "T", "url": None, "tags": None, "published": None, "sentiment": 3})

    assert (article.url, article.tags, article.published, article.body) == (None, (), None, "")
    assert article.source == "wire.jsonl"


@pytest.mark.parametrize(
    ("key", "value", "field", "wanted"),
    [
        ("text", "B", "body", "B"),
        ("content", "B", "body", "B"),
        ("articleBody", "B", "body", "B"),
        ("content_html", "<p>A</p><p>B</p>", "body", "A\n\nB"),
        ("headline", "H", "title", "H"),
        ("description", "S", "summary", "S"),
        ("link", "https://example.org/1", "url", "https://example.org/1"),
        ("date", "2014-06-13", "published", datetime(2014, 6, 13, tzinfo=UTC)),
        ("published_at", "2014-06-13", "published", datetime(2014, 6, 13, tzinfo=UTC)),
        ("publishedAt", "2014-06-13T10:00:00Z", "published", datetime(2014, 6, 13, 10, tzinfo=UTC)),
        ("timestamp", 1402653600, "published", datetime(2014, 6, 13, 10, tzinfo=UTC)),
        ("author", "Ann Roe", "authors", ("Ann Roe",)),
        ("authors", [{"name": "Ann Roe"}], "authors", ("Ann Roe",)),
        ("author", {"@type": "Person", "name": "Ann Roe"}, "authors", ("Ann Roe",)),
        ("keywords", "Iraq, ISIL", "tags", ("Iraq", "ISIL")),
        ("topics", ["Iraq", "Iraq"], "tags", ("Iraq",)),
        ("lang", "de", "language", "de"),
        ("category", ["World", "Iraq"], "section", "World"),
        ("source", {"id": None, "name": "Harbour Post"}, "source", "Harbour Post"),
        ("guid", "g-1", "id", "g-1"),
        ("id", 17, "id", "17"),
    ],
)
def test_other_names_of_a_key_are_understood(
    key: str, value: object, field: str, wanted: object
) -> None:
    article = read({"title": "T", key: value} if field != "title" else {key: value})

    assert getattr(article, field) == wanted


def test_our_name_of_a_key_comes_before_the_others() -> None:
    assert read({"content": "other", "body": "ours"}).body == "ours"


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("title", 5, '"title": found the number 5, wanted text'),
        ("body", ["a"], '"body": found a list, wanted text'),
        ("url", {"href": "x"}, '"url": found an object, wanted text'),
        ("tags", 7, '"tags": found the number 7, wanted a list of texts'),
        ("tags", ["a", None], '"tags": found null, wanted a list of texts'),
        ("authors", [["Ann"]], '"authors": found a list, wanted a list of texts'),
        ("id", True, '"id": found true, wanted text'),
        ("published", ["2014"], '"published": found a list, wanted text'),
    ],
)
def test_a_wrong_type_is_a_problem_of_its_line_only(key: str, value: object, found: str) -> None:
    before, problem, after = lines({"title": "A"}, {"title": "T", key: value}, {"title": "B"})

    assert isinstance(before, Article)
    assert isinstance(after, Article)
    assert isinstance(problem, SourceProblem)
    assert problem.where == "line 2"
    assert problem.found.startswith(found)


def test_a_misspelt_line_is_a_problem_that_says_where() -> None:
    problem, article = lines(b'{"title" "T"}\n', {"title": "B"})

    assert isinstance(problem, SourceProblem)
    assert (problem.where, "column 10" in problem.found) == ("line 1", True)
    assert isinstance(article, Article)


def test_a_huge_line_is_a_problem_and_the_next_is_read() -> None:
    huge = b'{"title": "' + b"x" * (2 * article_json.LINE_BYTES) + b'"}\n'

    problem, article = lines(huge, {"title": "B"})

    assert isinstance(problem, SourceProblem)
    assert "more than 8 MiB" in problem.found
    assert isinstance(article, Article)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"[1, 2]\n", "found a list, wanted an object"),
        (b'"text"\n', "found a text, wanted an object"),
        (b"{}\n", 'found neither "title"'),
        (b'{"title": " ", "body": ""}\n', 'found neither "title"'),
        (b"[" * 100_000 + b"\n", "nested too deep"),
        (b'{"id": ' + b"9" * 5000 + b"}\n", "a number too long"),
    ],
)
def test_a_line_that_is_no_article_is_a_problem(line: bytes, found: str) -> None:
    assert found in refused(line)


def test_blank_lines_and_a_byte_order_mark_are_nothing() -> None:
    found = lines(b"\xef\xbb\xbf\n", b"\n", {"title": "A"}, b"  \n")

    assert [type(one) for one in found] == [Article]


def test_a_binary_file_under_this_name_is_one_problem(tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    path.write_bytes(b"PK\x03\x04\n\n\n")

    (problem,) = read_seed(path, fetched=NOW)

    assert isinstance(problem, SourceProblem)
    assert "zip" in problem.found


def test_an_empty_file_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    path.write_bytes(b"\n")

    (problem,) = read_seed(path, fetched=NOW)

    assert isinstance(problem, SourceProblem)
    assert "empty file" in problem.found


def test_a_date_that_says_nothing_costs_the_date_only() -> None:
    article, problem = lines({"title": "T", "published": "soon"})

    assert isinstance(article, Article)
    assert article.published is None
    assert isinstance(problem, SourceProblem)
    assert "'soon'" in problem.found


def test_a_text_cut_inside_an_emoji_is_read() -> None:
    article = read(b'{"title": "cut \\ud83d", "tags": ["\\udc00"]}\n')

    assert article.title == "cut \ufffd"
    assert article.tags == ("\ufffd",)


def test_an_id_is_derived_from_the_address_where_none_is_given() -> None:
    one = read({"title": "A", "url": "https://example.org/1"})
    other = read({"title": "B", "url": "https://example.org/1"})

    assert one.id == other.id


def test_an_id_is_derived_from_title_date_and_body_without_an_address() -> None:
    one = {"title": "A", "body": "x", "date": "2014-06-13"}

    assert read(one).id == read(dict(one)).id
    assert len({read(one | {key: "2014-06-12"}).id for key in one} | {read(one).id}) == 4


def test_a_document_may_be_one_article(tmp_path: Path) -> None:
    (article,) = document(tmp_path, '{"title": "A"}')

    assert isinstance(article, Article)
    assert article.source == "wire.json"


@pytest.mark.parametrize("form", ['[{"title": "A"}, {"x": 1}, {"title": "B"}]', None])
def test_a_document_may_be_a_list_of_which_one_is_wrong(tmp_path: Path, form: str | None) -> None:
    form = form or '{"articles": [{"title": "A"}, 5, {"title": "B"}]}'

    first, problem, last = document(tmp_path, form)

    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert isinstance(problem, SourceProblem)
    assert problem.where.endswith("wire.json, article 2")


def test_a_json_feed_lends_its_title_and_language(tmp_path: Path) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Harbour Post",
        "language": "en",
        "items": [{"id": "1", "content_html": "<p>Boats.</p>", "date_published": "2014-06-13"}],
    }

    (article,) = document(tmp_path, json.dumps(feed))

    assert isinstance(article, Article)
    assert (article.source_name, article.language) == ("Harbour Post", "en")
    assert article.body == "Boats."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"title": "A",}', "column 1"),  # 14 or 15, by the version of Python
        ('{\n"title": "A"', "line 2"),
        ("[]", "empty list"),
        ('{"articles": []}', "empty list"),
    ],
)
def test_a_document_without_articles_is_a_problem(tmp_path: Path, text: str, found: str) -> None:
    (problem,) = document(tmp_path, text)

    assert isinstance(problem, SourceProblem)
    assert found in problem.found


_TEXT = st.text(max_size=40)


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {"id": _TEXT.filter(bool), "title": _TEXT.filter(str.strip), "body": _TEXT},
        optional={"source": _TEXT.filter(bool), "summary": _TEXT, "url": _TEXT.filter(bool)},
    )
)
def test_what_is_given_in_our_keys_comes_out_verbatim(given: dict[str, str]) -> None:
    article = read(given)

    assert {key: getattr(article, key) for key in given} == given


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | _TEXT,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "title", "body", "tags", "author", "date", "source", "name", "url"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(_JSON)
def test_any_json_gives_an_article_or_a_problem(value: object) -> None:
    found = lines(value)

    assert 1 <= len(found) <= 2


def test_the_memory_does_not_grow_with_the_file() -> None:
    class Lines(io.RawIOBase):
        """A file of many lines that nobody has to store."""

        def __init__(self, count: int) -> None:
            self._left = count

        def readline(self, size: int | None = -1, /) -> bytes:
            self._left -= 1
            return b'{"title": "Boats", "body": "%s"}\n' % (b"x" * 500) if self._left >= 0 else b""

    def peak_bytes(count: int) -> int:
        tracemalloc.start()
        for _ in article_json.read_lines(cast("BinaryIO", Lines(count)), "wire.jsonl", NOW):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    few, many = peak_bytes(200), peak_bytes(10_000)

    assert many < 2 * few + 100_000
