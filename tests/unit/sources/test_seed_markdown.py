"""Markdown files: front matter of either kind, and the text without its marks."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from monitor.errors import ParseError
from monitor.model import Article, SourceProblem
from monitor.sources.markdown import FRONT_CHARS, read, said

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def found(text: str) -> list[Article | SourceProblem]:
    return list(read(io.BytesIO(text.encode()), "note.md", NOW))


def article(text: str) -> Article:
    (one,) = found(text)
    assert isinstance(one, Article)
    return one


YAML = """---
title: "Ferry strike: day two"
date: 2026-02-20 10:00:00 +0100
language: no
tags: [ferry, harbour]
author:
  - Nora Vik
categories: [World]
draft: true
link: https://harbour.example/1
---
The crews stayed ashore.
"""
TOML = """+++
title = "Ferry strike: day two"
date = 2026-02-20T10:00:00+01:00
language = "no"
tags = ["ferry", "harbour"]
author = "Nora Vik"
section = "World"
url = "https://harbour.example/1"
+++
The crews stayed ashore.
"""


@pytest.mark.parametrize("text", [YAML, TOML, YAML.replace("\n", "\r\n"), "\ufeff" + YAML])
def test_front_matter_says_what_the_article_is(text: str) -> None:
    one = article(text)

    assert (one.title, one.body) == ("Ferry strike: day two", "The crews stayed ashore.")
    assert one.published == datetime(2026, 2, 20, 9, tzinfo=UTC)
    assert (one.language, one.authors) == ("no", ("Nora Vik",))
    assert (one.url, one.source) == ("https://harbour.example/1", "note.md")


def test_the_first_heading_is_the_title_where_none_is_given() -> None:
    assert article("# Boats *sail* #\n\nTwo.").title == "Boats sail"
    assert article("Boats sail\n=====\n\nTwo.").title == "Boats sail"
    assert article("# Boats sail\n\nTwo.").body == "Two."
    assert article("---\ntitle: Nets\n---\n# Boats\n\nTwo.").title == "Nets"


def test_a_file_without_marks_is_a_body() -> None:
    one = article("Two boats sailed.\nOne stayed.\n\nNobody knows why.")

    assert (one.title, one.body) == ("", "Two boats sailed. One stayed.\n\nNobody knows why.")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The **bold** *and* `code` ~~gone~~ ___all___", "The bold and code gone all"),
        ("a snake_case_name and 2 * 3 * 4", "a snake_case_name and 2 * 3 * 4"),
        ("see [the page](https://a.example/b) and [that][1]\n\n[1]: https://c.example",
         "see the page and that"),
        ("before\n\n![a picture](x.png)\n\nafter", "before\n\nafter"),
        ("- one\n- two\n3. three", "one\n\ntwo\n\nthree"),
        ("> they said\n> so", "they said so"),
        ("a\n\n---\n\nb", "a\n\nb"),
        ("## Part ##\ntext", "Part\n\ntext"),
        ("```python\nx = 1\n```", "x = 1"),
        (r"5 \* 3 \# 1", "5 * 3 # 1"),
        ("<https://a.example>", "https://a.example"),
        ("{{< figure src=x >}}text", "text"),
        ("some <em>html</em> &amp; more", "some html & more"),
    ],
)  # fmt: skip
def test_marks_say_nothing(text: str, wanted: str) -> None:
    assert said(text) == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("---\ntitle: [open\n---\nx", "not YAML at line 3 column 1"),
        ("---\ntitle: !!python/object/apply:os.system [ls]\n---\nx", None),
        ("+++\ntitle =\n+++\nx", "not TOML"),
        ("---\njust words\n---\nx", "without keys"),
        (f"---\ntitle: {'x' * FRONT_CHARS}\n---\nx", "more than 64 KiB"),
        ("---\n" + "[" * 10_000 + "\n---\nx", "not YAML"),
    ],
)
def test_misspelt_front_matter_is_refused(text: str, words: str | None) -> None:
    if words is None:  # a tag is not followed: what stands under it is only text
        (problem,) = found(text)
        assert isinstance(problem, SourceProblem)
        assert '"title": found a list' in problem.found
        return
    with pytest.raises(ParseError, match=words):
        found(text)


def test_aliases_of_aliases_cost_nothing() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    text = "---\ntitle: Boats\n" + "\n".join(rows) + "\n---\nTwo."

    assert article(text).title == "Boats"


def test_a_wrong_type_is_a_problem_that_names_the_key() -> None:
    (problem,) = found("---\ntitle: {a: b}\n---\nTwo.")

    assert isinstance(problem, SourceProblem)
    assert problem.where == "front matter"
    assert '"title": found an object' in problem.found


@pytest.mark.parametrize(
    "mark",
    [
        "*",
        "_",
        "`",
        "[",
        "![",
        "> ",
        "- ",
        "#",
        "\\",
        "~~",
        "(",
        "\n",
        "*a ",
        "_a",
        "[a",
        "`a ",
        "~~a ",
    ],
)
def test_marks_without_end_are_read_in_time(mark: str) -> None:
    assert isinstance(said(mark * 20_000 + "text"), str)
