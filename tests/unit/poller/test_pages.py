"""Which new articles have their pages read first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from monitor.hosts import SPACING_S
from monitor.model import Article, FullText, Origin
from monitor.poller.pages import SHORT_WORDS, parted

Make = Callable[..., Article]


def feed_article(make: Make, number: int = 1, **given: Any) -> Article:
    return make(number, **{"origin": Origin.FEED, **given})


def wanted(wish: FullText, *articles: Article) -> list[str]:
    as_they_are, pages = parted(articles, wish)
    assert {a.id for a in as_they_are} | {p.article.id for p in pages} == {a.id for a in articles}
    return [page.article.id for page in pages]


def test_where_no_full_text_is_wanted_no_page_is_read(article: Make) -> None:
    assert wanted(FullText.NEVER, feed_article(article)) == []


@pytest.mark.parametrize(("words", "asked"), [(SHORT_WORDS - 1, True), (SHORT_WORDS, False)])
def test_if_short_reads_the_pages_of_teasers_only(article: Make, words: int, asked: bool) -> None:
    # given
    one = feed_article(article, body=" ".join(f"word{n}" for n in range(words)))
    # then
    assert bool(wanted(FullText.IF_SHORT, one)) == asked
    assert wanted(FullText.ALWAYS, one) == [one.id]


def test_an_article_without_a_page_is_judged_as_it_is(article: Make) -> None:
    assert wanted(FullText.ALWAYS, feed_article(article, url=None)) == []


def test_what_raises_no_alert_is_not_worth_a_request(article: Make) -> None:
    old = feed_article(article, 1, origin=Origin.BACKFILL)
    assert wanted(FullText.ALWAYS, old, feed_article(article, 2)) == ["https://example.org/2"]


def test_a_page_waits_in_the_lane_of_its_host(article: Make) -> None:
    # given
    ours = feed_article(article, 2, url="http://127.0.0.1:8000/a")
    # when
    _, pages = parted((feed_article(article), ours), FullText.ALWAYS)
    # then
    assert [(page.host, page.room_s) for page in pages] == [
        ("example.org", SPACING_S),
        ("127.0.0.1", 0.0),
    ]
