"""Web pages saved as HTML: what the page says of itself first, guesses after."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.model import Article, SourceProblem
from monitor.sources.seed import read_seed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PARAGRAPHS = (
    "The ferry to the islands will leave an hour earlier from Monday, the harbour office said, "
    "because the channel has to be dredged before the summer.",
    "Drivers should be at the north pier by six. The company expects the work to last for three "
    "weeks and will pay for a bus to the town.",
    "Islanders had asked for the dredging since the winter, when two boats ran aground.",
)
BODY = "\n\n".join(PARAGRAPHS)


def page(head: str = "", attributes: str = 'lang="en"', body: str | None = None) -> str:
    text = body if body is not None else "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    return f"""<!doctype html><html {attributes}><head><title>Ferry | Harbour Post</title>{head}
    </head><body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
    <article><h1>Ferry leaves earlier</h1>{text}</article>
    <footer>© Harbour Post. <a href="/imprint">Imprint</a></footer></body></html>"""


def linked_data(**value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def found_in(tmp_path: Path, html: str | bytes) -> Article | SourceProblem:
    path = tmp_path / "page.html"
    path.write_bytes(html.encode() if isinstance(html, str) else html)
    (one,) = read_seed(path, fetched=NOW)
    return one


def read(tmp_path: Path, html: str | bytes) -> Article:
    article = found_in(tmp_path, html)
    assert isinstance(article, Article), article
    return article


def test_json_ld_is_believed_first(tmp_path: Path) -> None:
    head = linked_data(
        **{"@context": "https://schema.org", "@type": "NewsArticle"},
        headline="Ferry &amp; bus leave earlier",
        datePublished="2014-06-13T08:00:00+02:00",
        author=[{"@type": "Person", "name": "Ann Roe"}, {"@type": "Person", "name": "Bob Poe"}],
        keywords=["Ferry", "Harbour"],
        articleSection=["Transport", "Islands"],
        publisher={"@type": "Organization", "name": "Harbour Post"},
        inLanguage="en-GB",
        dateline="Tarbert",
        description="The channel is dredged.",
        mainEntityOfPage={"@id": "https://harbour.example/ferry"},
    )
    head += '<meta property="og:title" content="Something else"><meta name="author" content="X">'

    article = read(tmp_path, page(head))

    assert article.title == "Ferry & bus leave earlier"
    assert article.published == datetime(2014, 6, 13, 6, tzinfo=UTC)
    assert article.authors == ("Ann Roe", "Bob Poe")
    assert article.tags == ("Ferry", "Harbour")
    assert (article.section, article.source_name) == ("Transport", "Harbour Post")
    assert (article.language, article.dateline) == ("en-GB", "Tarbert")
    assert article.summary == "The channel is dredged."
    assert article.url == "https://harbour.example/ferry"
    assert article.body == BODY


def test_open_graph_and_meta_come_next(tmp_path: Path) -> None:
    head = """<link rel="canonical" href="https://harbour.example/ferry">
    <meta property="og:title" content="Ferry leaves earlier">
    <meta property="og:description" content="The channel is dredged.">
    <meta property="og:site_name" content="Harbour Post">
    <meta property="article:published_time" content="2014-06-13T08:00:00Z">
    <meta property="article:section" content="Transport">
    <meta property="article:tag" content="Ferry"><meta property="article:tag" content="Harbour">
    <meta name="author" content="By Ann Roe">"""

    article = read(tmp_path, page(head))

    assert article.title == "Ferry leaves earlier"
    assert article.published == datetime(2014, 6, 13, 8, tzinfo=UTC)
    assert (article.authors, article.tags) == (("Ann Roe",), ("Ferry", "Harbour"))
    assert (article.section, article.source_name) == ("Transport", "Harbour Post")
    assert (article.url, article.language) == ("https://harbour.example/ferry", "en")


def test_a_page_that_says_nothing_is_guessed_at(tmp_path: Path) -> None:
    article = read(tmp_path, page(attributes=""))

    assert article.title == "Ferry leaves earlier"
    assert article.body == BODY
    assert (article.authors, article.tags, article.language) == ((), (), None)


@pytest.mark.parametrize(
    "keywords", ["Ferry, Harbour", ["Ferry", "Harbour", "Ferry"], [{"name": "Ferry"}, "Harbour"]]
)
def test_keywords_come_in_many_forms(tmp_path: Path, keywords: object) -> None:
    head = linked_data(**{"@type": "NewsArticle"}, headline="T", keywords=keywords)

    assert read(tmp_path, page(head)).tags == ("Ferry", "Harbour")


def test_the_article_is_found_in_a_graph_beside_other_things(tmp_path: Path) -> None:
    graph = [
        {"@type": "WebSite", "name": "Harbour Post"},
        {"@type": ["Thing", "ReportageNewsArticle"], "headline": "From the graph"},
    ]

    assert read(tmp_path, page(linked_data(**{"@graph": graph}))).title == "From the graph"


@pytest.mark.parametrize("text", ['{"@type": "NewsArticle", "headline": ', "[" * 50_000, "", "7"])
def test_broken_json_ld_is_passed_over(tmp_path: Path, text: str) -> None:
    head = (
        f'<script type="application/ld+json">{text}</script><meta property="og:title" content="T">'
    )

    assert read(tmp_path, page(head)).title == "T"


def test_line_breaks_inside_json_ld_texts_are_forgiven(tmp_path: Path) -> None:
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A\nB"}</script>'
    )

    assert read(tmp_path, page(head)).title == "A B"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "/ferry", "file:///etc/hostname", ""])
def test_only_absolute_web_addresses_are_addresses(tmp_path: Path, link: str) -> None:
    assert read(tmp_path, page(f'<link rel="canonical" href="{link}">')).url is None


def test_profile_addresses_are_no_authors(tmp_path: Path) -> None:
    head = linked_data(**{"@type": "NewsArticle"}, headline="T", author="https://x.example/ann")
    head += '<meta name="author" content="Ann Roe">'

    assert read(tmp_path, page(head)).authors == ("Ann Roe",)


def test_the_text_in_json_ld_stands_in_for_a_teaser(tmp_path: Path) -> None:
    head = linked_data(**{"@type": "NewsArticle"}, headline="T", articleBody="A.\n\n" + BODY)

    article = read(tmp_path, page(head, body="<p>Log in to read on.</p>"))

    assert article.body == "A.\n\n" + BODY


def test_a_date_that_says_nothing_is_no_date_of_the_page(tmp_path: Path) -> None:
    head = linked_data(**{"@type": "NewsArticle"}, headline="T", datePublished="yesterday")

    assert read(tmp_path, page(head)).published is None


def test_a_page_is_read_in_the_charset_it_declares(tmp_path: Path) -> None:
    head = '<meta charset="windows-1251"><meta property="og:title" content="Паром уходит раньше">'

    assert read(tmp_path, page(head).encode("cp1251", "replace")).title == "Паром уходит раньше"


@pytest.mark.parametrize("html", ["<html></html>", "<!-- nothing -->", "<div id=app></div>"])
def test_a_page_without_an_article_is_a_problem(tmp_path: Path, html: str) -> None:
    found = found_in(tmp_path, html)

    assert isinstance(found, SourceProblem)
    assert "wanted" in found.found


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000 + "text",
        "<p " + " ".join(f"a{number}=1" for number in range(20_000)) + ">text",
        "<" * 50_000,
        "&" * 50_000,
        "<table>" * 2_000 + "<b>" * 2_000 + "text",
    ],
    ids=["nested", "attributes", "brackets", "ampersands", "tables"],
)
def test_hostile_markup_ends_soon(tmp_path: Path, html: str) -> None:
    found = found_in(tmp_path, html)

    assert isinstance(found, Article | SourceProblem)
