"""Lists of feeds among seeds: named, never fetched."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import ParseError
from monitor.model import SourceProblem
from monitor.sources import opml
from monitor.sources.opml import feeds_in

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

    found = [(feed.url, feed.title) for feed in feeds_in(body)]

    assert found == [
        ("https://1.example/rss", "Harbour Post & more"),
        ("https://2.example/rss", "Mill"),
    ]


def test_a_list_among_seeds_says_what_to_write_into_the_configuration() -> None:
    words = said(document(*(outline(n, text=f"Post No. {n}") for n in range(7))))

    assert words.startswith("found a list of 7 feeds, wanted articles. Add to feeds.toml")
    assert '[source.post-no-0] url = "https://0.example/rss"' in words
    assert words.endswith(" and 2 more")


def test_a_feed_without_a_title_is_called_after_its_host() -> None:
    assert "[source.3-example]" in said(document(outline(3)))


def test_an_empty_list_is_one_of_no_feeds() -> None:
    assert "a list of 0 feeds" in said(document())


def test_xml_of_another_kind_is_refused() -> None:
    with pytest.raises(ParseError, match="not OPML"):
        feeds_in(b"<rss/>")


def test_a_list_that_declares_entities_is_refused(tmp_path: Path) -> None:
    prolog = f'<!DOCTYPE opml [<!ENTITY x SYSTEM "{(tmp_path / "a").as_uri()}">]>'

    with pytest.raises(ParseError, match="declares entities"):
        feeds_in(document(outline(1, text="&x;"), prolog=prolog))
