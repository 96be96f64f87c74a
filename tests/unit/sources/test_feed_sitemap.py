"""News sitemaps: what they say of articles, and what sitemaps of other kinds are told."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import ParseError
from monitor.model import ParsedSource, Source
from monitor.sources.feed import parse_feed

NOW = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
SOURCE = Source(id="harbour", url="https://news.example/sitemap.xml")
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
NEWS = (
    "<news:news><news:publication><news:name>Harbour Post</news:name>"
    "<news:language>en</news:language></news:publication>"
    "<news:publication_date>{date}</news:publication_date>"
    "<news:title>{title}</news:title><news:keywords>boats, nets</news:keywords></news:news>"
)


def url(number: int, title: str = "Two boats", date: str = "2026-11-05T09:00:00+01:00") -> str:
    picture = "<image:image><image:loc>https://a.example/p</image:loc><image:title>P</image:title>"
    news = NEWS.format(title=title, date=date)
    return f"<url>{picture}</image:image><loc> https://news.example/{number}\n</loc>{news}</url>"


def sitemap(*urls: str, prolog: str = '<?xml version="1.0"?>') -> str:
    return f"{prolog}<urlset {NAMESPACES}>{''.join(urls)}</urlset>"


def parsed(body: str | bytes) -> ParsedSource:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, source=SOURCE, url=SOURCE.url, content_type="text/xml", fetched=NOW)


def found(result: ParsedSource) -> list[str]:
    return [problem.found for problem in result.problems]


def test_a_news_sitemap_names_articles() -> None:
    result = parsed(sitemap(url(1, "Two boats &amp; a net")))
    (article,) = result.articles

    assert (article.id, article.url) == ("https://news.example/1", "https://news.example/1")
    assert (article.title, article.body) == ("Two boats & a net", "")
    assert article.published == datetime(2026, 11, 5, 8, tzinfo=UTC)
    assert (article.tags, article.language) == (("boats", "nets"), "en")
    assert (article.source_name, result.title) == ("Harbour Post", "Harbour Post")
    assert found(result) == []


def test_pages_that_are_no_news_are_left_out() -> None:
    result = parsed(sitemap(url(1), "<url><loc>https://news.example/about</loc></url>"))

    assert [article.id for article in result.articles] == ["https://news.example/1"]
    assert found(result) == ["1 pages are not marked as news; left out"]


def test_an_empty_news_sitemap_is_no_error() -> None:
    assert parsed(sitemap()).articles == ()


@pytest.mark.parametrize(
    ("said", "encoding"),
    [("utf-8", "utf-8"), ("iso-8859-1", "utf-8"), ("iso-8859-1", "latin-1"), ("utf-16", "utf-16")],
)
def test_a_title_is_read_in_the_encoding_it_was_written_in(said: str, encoding: str) -> None:
    body = sitemap(url(1, "Zürich wählt"), prolog=f'<?xml version="1.0" encoding="{said}"?>')

    try:
        articles = parsed(body.encode(encoding)).articles
    except ParseError:
        assert encoding == "utf-16"  # standards ask for UTF-8; nothing is read wrong
        return
    assert [article.title for article in articles] == ["Zürich wählt"]


def test_an_unknown_prefix_costs_no_article() -> None:
    body = sitemap(url(1)).replace(NAMESPACES, 'about="sitemap-news"')

    assert [article.title for article in parsed(body).articles] == ["Two boats"]


def test_a_date_that_says_nothing_costs_the_date_only() -> None:
    result = parsed(sitemap(url(1, date="soon")))

    assert [article.published for article in result.articles] == [None]
    assert found(result) == ["is dated 'soon', which is no date news can have"]


def test_the_newest_are_read_where_there_are_too_many() -> None:
    urls = [url(n, date=f"2026-10-{1 + n // 50:02}T{n % 24:02}:00:00Z") for n in range(1_200)]

    articles = parsed(sitemap(*urls)).articles

    assert len(articles) == 1_000
    assert "https://news.example/1199" in {article.id for article in articles}


def test_what_was_cut_off_gives_what_came() -> None:
    result = parsed(sitemap(url(1), url(2))[:-150])

    assert "https://news.example/1" in {article.id for article in result.articles}
    assert any("cut off" in words for words in found(result))


def test_it_may_come_packed() -> None:
    assert len(parsed(gzip.compress(sitemap(url(1)).encode())).articles) == 1


@pytest.mark.parametrize("namespaces", [NAMESPACES, NAMESPACES.partition(" ")[0]])
def test_a_sitemap_of_pages_is_no_feed(namespaces: str) -> None:
    page = "<url><loc>https://news.example/about</loc></url>"
    body = f"<urlset {namespaces}>{page}</urlset>"

    with pytest.raises(ParseError, match="a sitemap of 1 pages, none of them marked as news"):
        parsed(body)


INDEX = """<?xml version="1.0"?><!-- made by hand -->
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://news.example/pages.xml</loc><lastmod>2026-11-05</lastmod></sitemap>
<sitemap><loc>/news-1.xml</loc><lastmod>2026-11-03</lastmod></sitemap>
<sitemap><loc>/news-2.xml</loc><lastmod>2026-11-04</lastmod></sitemap>
<sitemap><loc>file:///etc/passwd</loc></sitemap>
</sitemapindex>"""


def test_an_index_lists_its_sitemaps_newest_news_first() -> None:
    result = parsed(INDEX)

    assert (result.articles, result.problems) == ((), ())
    assert [(part.url, part.changed) for part in result.parts] == [
        ("https://news.example/news-2.xml", "2026-11-04"),
        ("https://news.example/news-1.xml", "2026-11-03"),
        ("https://news.example/pages.xml", "2026-11-05"),
    ]


def test_an_index_of_nothing_is_no_feed() -> None:
    with pytest.raises(ParseError, match="names none"):
        parsed("<sitemapindex><sitemap><loc>file:///etc/passwd</loc></sitemap></sitemapindex>")


def test_a_huge_index_is_told_in_part_and_in_time() -> None:
    rows = "".join(
        f"<sitemap><loc>/m{n:05}.xml</loc><lastmod>2026-11-05</lastmod></sitemap>"
        for n in range(50_000)
    )

    parts = parsed(f"<sitemapindex>{rows}</sitemapindex>").parts

    assert len(parts) == 200
    assert parts[0].url == "https://news.example/m49999.xml"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_sitemap_that_declares_entities_is_refused(tmp_path: Path, encoding: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush")
    name = "utf-16" if encoding == "utf-16" else "utf-8"
    doctype = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    body = sitemap(url(1, "&x;"), prolog=f'<?xml version="1.0" encoding="{name}"?>{doctype}')

    with pytest.raises(ParseError):
        parsed(body.encode(encoding))


def test_a_reference_to_no_character_costs_no_article() -> None:
    odd = url(2).replace("<url>", '<url xmlns:x="&#xDFFF;"><x:y>&#0;</x:y>')

    articles = parsed(sitemap(url(1, "Two &#xD800; boats"), odd)).articles

    assert [article.title for article in articles] == ["Two \ufffd boats", "Two boats"]


def test_a_hundred_thousand_attributes_are_read_in_time() -> None:
    attributes = " ".join(f'a{n}="1"' for n in range(100_000))

    assert len(parsed(sitemap(f"<url {attributes}/>", url(1))).articles) == 1


def test_a_sitemap_cut_off_anywhere_breaks_nothing() -> None:
    body = sitemap(url(1), url(2)).encode()

    for end in range(0, len(body), 7):
        try:
            articles = parsed(body[:end]).articles
        except ParseError:
            continue
        assert all(article.url for article in articles if article.title == "Two boats")
