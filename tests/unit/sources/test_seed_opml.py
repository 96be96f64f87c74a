"""Lists of feeds among seeds: named, never fetched."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import ParseError
from monitor.model import SourceProblem
from monitor.sources import opml
from monitor.sources.opml import FeedList, ListedFeed, list_in, written

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def outline(number: int, **more: str) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in more.items())
    return f'<outline xmlUrl="https://{number}.example/rss"{attributes}/>'


def document(*outlines: str, prolog: str = "") -> bytes:
    body = f'<body><outline text="World">{"".join(outlines)}</outline></body>'
    return f'<?xml version="1.0"?>{prolog}<opml version="2.0">{body}</opml>'.encode()


def said(body: bytes) -> str:
    (problem,) = opml.read(io.BytesIO(body), "feeds.opml", NOW)
    assert isinstance(problem, SourceProblem)
    return problem.found


def test_the_feeds_of_a_list_are_named_once_in_order() -> None:
    body = document(
        outline(1, text="Harbour Post &amp; more", title=""),
        outline(2, title="Mill"),
        outline(1),
        '<outline xmlUrl="file:///etc/passwd"/>',
        '<outline text="no feed"/>',
    )

    found = [(feed.url, feed.title) for feed in list_in(body).feeds]

    assert found == [
        ("https://1.example/rss", "Harbour Post & more"),
        ("https://2.example/rss", "Mill"),
    ]


def test_a_list_among_seeds_says_what_takes_it_into_the_configuration() -> None:
    words = said(document(*(outline(n, text=f"Post No. {n}") for n in range(7))))

    assert words.startswith("found a list of 7 feeds, wanted articles. `wirewatch feeds import")
    assert "feeds.toml: Post No. 0, Post No. 1, " in words
    assert words.endswith("Post No. 4 and 2 more")


def test_a_feed_without_a_title_is_called_by_its_address() -> None:
    assert said(document(outline(3))).endswith(": https://3.example/rss")


def test_an_empty_list_is_one_of_no_feeds() -> None:
    assert "a list of 0 feeds" in said(document())


def test_xml_of_another_kind_is_refused() -> None:
    with pytest.raises(ParseError, match="not OPML"):
        list_in(b"<rss/>")


def test_a_list_that_declares_entities_is_refused(tmp_path: Path) -> None:
    prolog = f'<!DOCTYPE opml [<!ENTITY x SYSTEM "{(tmp_path / "a").as_uri()}">]>'

    with pytest.raises(ParseError, match="declares entities"):
        list_in(document(outline(1, text="&x;"), prolog=prolog))


def test_the_outlines_around_a_feed_and_its_categories_are_its_tags() -> None:
    body = (
        b"<opml><body><outline text='News'><outline text='Ports &amp; ships'>"
        b"<outline text='Harbour' xmlUrl='feed://harbour.example/rss' language='en_gb'"
        b" category='/Coast/North,News'><outline text='Inside' XMLURL='feed:http://in.example/'/>"
        b"</outline></outline></outline><outline xmlUrl='http://top.example/' text='Top'/>"
        b"<outline text='Local' xmlUrl='/rss'/></body></opml>"
    )

    listed = list_in(body)
    found = {feed.title: feed for feed in listed.feeds}

    assert found["Harbour"].url == "http://harbour.example/rss"
    assert found["Harbour"].language == "en-GB"
    assert found["Harbour"].tags == ("News", "Ports & ships", "Coast", "North")
    assert found["Inside"].url == "http://in.example/"
    assert found["Top"].tags == ()
    assert listed.refused == ("/rss",)


def test_what_was_written_is_read_again() -> None:
    feeds = (
        ListedFeed(
            url='https://a.example/?q="x"&y=<1>', title="A & B", language="en", tags=("u", "v w")
        ),
        ListedFeed(url="https://b.example/rss", title="港"),
    )

    assert list_in(written(feeds).encode()) == FeedList(feeds=feeds)


def test_a_hostile_list_is_read_in_time_or_refused() -> None:
    # given: a long one, a deep one, one whose entities would be a gigabyte
    long = document(*(outline(n, text=f"Post {n}") for n in range(50_000)))
    deep = (
        b"<opml><body>" + b"<outline text='x'>" * 100_000 + b"<outline xmlUrl='http://a.example'/>"
    )
    laughs = '<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 1000 + '">]>'
    # then
    assert len(list_in(long).feeds) == 50_000
    assert len(list_in(deep).feeds) <= 1
    with pytest.raises(ParseError, match="declares entities"):
        list_in(document(outline(1, text="&b;"), prolog=laughs))
