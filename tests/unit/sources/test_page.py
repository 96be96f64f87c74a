"""What a page adds to what its feed said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.dedupe import article_keys
from monitor.model import Article
from monitor.sources.page import with_page

Make = Callable[..., Article]
TEASER = "A ferry was late on Tuesday."
TEXT = f"{TEASER}\n\nIt had waited for a drone to leave the harbour, the port said."
LATER = datetime(2026, 3, 2, tzinfo=UTC)


def entry(make: Make, **given: Any) -> Article:
    return make(**{"title": "Ferry late", "summary": TEASER, "body": ""} | given)


def page(make: Make, **given: Any) -> Article:
    values: dict[str, Any] = {
        "id": "other",
        "source": "page",
        "url": "https://example.org/canonical",
        "title": "Ferry delayed by drone",
        "body": TEXT,
        "published": LATER,
        "fetched": LATER,
        "authors": ("Jane Roe",),
        "tags": ("ports",),
        "language": "en",
        "section": "Coast",
        "dateline": "Basra",
    }
    return make(**values | given)


def merged(of: Article, with_: Article) -> Article:
    found = with_page(of, with_)
    assert found is not None
    return found


def test_the_text_is_the_pages_and_the_identity_the_feeds(article: Make) -> None:
    # when
    found = merged(entry(article), page(article))
    # then
    assert (found.body, found.summary) == (TEXT, TEASER)
    assert (found.ref, found.url) == (entry(article).ref, entry(article).url)
    assert article_keys(found).url == article_keys(entry(article)).url
    assert found.fetched == entry(article).fetched


def test_what_the_feed_says_holds_and_the_page_fills_its_gaps(article: Make) -> None:
    # when
    kept = merged(entry(article, authors=("A. Feed",), tags=("sea",)), page(article))
    filled = merged(entry(article, title="", published=None), page(article))
    # then
    assert (kept.title, kept.authors, kept.tags) == ("Ferry late", ("A. Feed",), ("sea", "ports"))
    assert kept.published == LATER - timedelta(hours=12)
    assert (filled.title, filled.published) == ("Ferry delayed by drone", LATER)
    assert (filled.language, filled.section, filled.dateline) == ("en", "Coast", "Basra")


def test_a_page_with_no_more_text_than_the_feed_adds_nothing(article: Make) -> None:
    assert with_page(entry(article, body=TEXT), page(article)) is None
    assert with_page(entry(article), page(article, body="Please log in.")) is None


def test_a_teaser_that_the_page_does_not_repeat_is_kept_as_summary(article: Make) -> None:
    # given
    wall = " ".join(["We value your privacy, and so do our 900 partners."] * 5)
    as_body = {"summary": "", "body": TEASER}
    # then
    assert merged(entry(article, **as_body), page(article, body=wall)).summary == TEASER
    assert merged(entry(article, **as_body), page(article, summary="Late.")).summary == "Late."


def test_the_address_a_page_gives_itself_is_a_second_key_on_its_site(article: Make) -> None:
    found = merged(entry(article, url="https://example.org/1?from=feed"), page(article))

    assert found.url == "https://example.org/1?from=feed"
    assert article_keys(found).canonical == "https://example.org/canonical"
    elsewhere = merged(entry(article), page(article, url="https://other.example/x"))
    assert article_keys(elsewhere).canonical is None
