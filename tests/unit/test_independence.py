"""Which sources are independent: publishers, not feeds, and one for a text of an agency."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.model import Claim, Relation, Story, publisher_of, site_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://www.example.org/a", "example.org"),
        ("https://feeds.news.example.com:8443/rss?x=1", "example.com"),
        ("http://WWW.BBC.co.uk./news", "bbc.co.uk"),
        ("https://feeds.abc.net.au/a", "abc.net.au"),
        ("https://www3.nhk.or.jp/news", "nhk.or.jp"),
        ("https://co.uk/", "co.uk"),
        ("https://www.lemonde.fr/a", "lemonde.fr"),
        ("https://ann.substack.com/p/1", "ann.substack.com"),
        ("https://www.ann.substack.com/p/1", "ann.substack.com"),
        ("https://substack.com/p/1", "substack.com"),
        ("https://www.substack.com/p/1", "substack.com"),
        *(
            (f"https://{front}net.hr/a", "net.hr")
            for front in ("", "www.", "m.", "news.", "www.m.")
        ),
        *((f"https://{front}ne.se/a", "ne.se") for front in ("", "www.")),
        *((f"https://{front}gov.uk/a", "gov.uk") for front in ("", "www.", "www.dft.")),
        *((f"https://{front}nhs.uk/a", "nhs.uk") for front in ("", "www.")),
        *((f"https://{front}bbc.co.uk/a", "bbc.co.uk") for front in ("", "m.", "amp.", "www.m.")),
        *((f"https://{front}amp.com.au/a", "amp.com.au") for front in ("", "www.")),
        *((f"https://{front}co.uk/", "co.uk") for front in ("", "www.")),
        ("https://www.münchen.de/a", "xn--mnchen-3ya.de"),
        ("https://XN--MNCHEN-3YA.de/a", "xn--mnchen-3ya.de"),
        (f"https://{'ü' * 70}.de/a", f"{'ü' * 70}.de"),
        ("https://feeds.feedburner.com/paper", ""),
        ("https://news.google.com/rss/articles/CBM1", ""),
        ("https://www.google.com/url?url=https://paper.example/1", ""),
        ("https://www-paper-example.cdn.ampproject.org/c/s/www.paper.example/1", ""),
        ("https://news.yahoo.com/1", "yahoo.com"),
        ("http://127.0.0.1:8000/feed", "127.0.0.1"),
        ("http://[::1]/feed", "::1"),
        ("http://localhost/feed", "localhost"),
        ("mailto:news@example.org", ""),
        ("http://[broken/feed", ""),
        ("", ""),
    ],
)
def test_a_site_is_the_name_that_was_registered(address: str, site: str) -> None:
    assert site_of(address) == site


def test_a_publisher_is_the_site_of_the_article_else_of_its_feed_else_its_source() -> None:
    home, url = "https://feeds.paper.example/rss", "https://www.daily.example/1"
    assert publisher_of(url=url, home=home, source="a") == "daily.example"
    assert publisher_of(url=None, home=home, source="a") == "paper.example"
    assert publisher_of(url="urn:1", home=home, source="a") == "paper.example"
    assert publisher_of(url=None, home=None, source="a letter ") == "a_letter"
    assert publisher_of(url=None, home=None, source=" ") == "_"


def claim(agencies: tuple[str, ...] = (), publishers: tuple[str, ...] = ()) -> Claim:
    return Claim(
        story="s",
        relation=Relation.COPY,
        sources=("wire-world", "wire-sport", "star"),
        agencies=agencies,
        publishers=publishers,
    )


def test_two_feeds_of_one_publisher_are_one_and_so_are_copies_of_an_agency() -> None:
    assert claim(publishers=("wire.example", "star.example")).independent == 2
    assert claim(("reuters",), ("wire.example", "star.example")).independent == 1
    assert claim().independent == 3  # kept by an earlier version
    assert claim(("reuters",), ("wire.example",)).voice == "reuters"
    assert claim((), ("wire.example", "star.example")).voice == "wire.example"
    assert claim().voice == "wire-world"


def test_a_story_counts_as_its_claims_do() -> None:
    story = Story(
        id="s",
        event="s",
        first="a",
        best="a",
        sources=(("wire-world", NOON), ("wire-sport", NOON)),
        agencies=(),
        copies=(),
        publishers=("wire.example",),
    )
    assert story.independent == 1
