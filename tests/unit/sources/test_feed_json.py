"""JSON Feed, as its two versions have it and as it comes."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from monitor.errors import ParseError
from monitor.model import ParsedSource, Source
from monitor.sources.feed import parse_feed

NOW = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
SOURCE = Source(id="harbour", url="https://news.example/feed.json", country="GB", tags=("coast",))
ITEM: dict[str, object] = {"id": "1", "title": "Ferry late", "content_text": "One hour."}


def parsed(body: str | bytes, content_type: str | None = None) -> ParsedSource:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, source=SOURCE, url=SOURCE.url, content_type=content_type, fetched=NOW)


def feed(*items: object, version: str = "1.1", **head: object) -> str:
    about = f"https://jsonfeed.org/version/{version}"
    return json.dumps({"version": about, "title": "Harbour Post", **head, "items": items})


def found(result: ParsedSource) -> list[str]:
    return [problem.found for problem in result.problems]


def test_a_feed_of_version_1_1_is_read() -> None:
    result = parsed(
        feed(
            {
                "id": "https://news.example/1",
                "url": "/1",
                "title": "Two <i>boats</i> &amp; a net",
                "content_html": "<p>Two boats.</p><p>One net.</p>",
                "summary": "Boats.",
                "date_published": "2026-11-05T09:00:00+01:00",
                "authors": [{"name": "Nora Vik"}, {"url": "https://b.example"}],
                "tags": ["boats", "nets"],
                "language": "en-gb",
            },
            language="en",
        )
    )
    (article,) = result.articles

    assert (result.title, result.language, result.problems) == ("Harbour Post", "en", ())
    assert (article.id, article.url) == ("https://news.example/1", "https://news.example/1")
    assert (article.title, article.summary) == ("Two boats & a net", "Boats.")
    assert article.body == "Two boats.\n\nOne net."
    assert article.published == datetime(2026, 11, 5, 8, tzinfo=UTC)
    assert (article.authors, article.language) == (("Nora Vik",), "en-GB")
    assert (article.tags, article.country) == (("boats", "nets", "coast"), "GB")
    assert (article.source, article.source_name) == ("harbour", "Harbour Post")


def test_a_feed_of_version_1_0_has_one_author_and_lends_it() -> None:
    own = {**ITEM, "id": "2", "author": {"name": "Own"}}

    result = parsed(feed(ITEM, own, version="1", author={"name": "Desk"}))

    assert [article.authors for article in result.articles] == [("Desk",), ("Own",)]


def test_plain_text_is_not_taken_for_html() -> None:
    text = "Rates < 5 &amp; falling\nfast\n\n<b> is a tag"

    (article,) = parsed(feed({"id": "1", "content_text": text})).articles

    assert article.body == "Rates < 5 &amp; falling fast\n\n<b> is a tag"


def test_a_number_for_an_id_is_its_digits() -> None:
    assert [a.id for a in parsed(feed({**ITEM, "id": 17})).articles] == ["17"]


def test_without_an_id_an_entry_is_named_by_its_link() -> None:
    result = parsed(feed({"url": "https://news.example/7", "title": "Seven"}))

    assert [article.id for article in result.articles] == ["https://news.example/7"]
    assert found(result) == ["has no guid; named by its link"]


def test_an_entry_that_links_elsewhere_has_that_address() -> None:
    (article,) = parsed(feed({**ITEM, "external_url": "https://other.example/a"})).articles

    assert article.url == "https://other.example/a"


@pytest.mark.parametrize(
    "slashes", ["https://jsonfeed.org/version/1", r"https:\/\/jsonfeed.org\/version\/1"]
)
def test_it_is_known_by_its_version(slashes: str) -> None:
    body = f'{{"version": "{slashes}", "items": [{{"id": "1", "title": "a"}}]}}'

    assert len(parsed(body).articles) == 1


def test_it_is_known_by_its_content_type() -> None:
    body = '{"items": [{"id": "1", "title": "a"}]}'

    assert len(parsed(body, "application/feed+json; charset=utf-8").articles) == 1
    with pytest.raises(ParseError, match="JSON of another kind"):
        parsed(body, "application/json")


def test_a_wrong_entry_costs_no_other() -> None:
    result = parsed(feed("nothing", ITEM, {"id": "2", "title": ["a"], "tags": "b"}, None))

    assert [article.id for article in result.articles] == ["1", "2"]
    assert found(result) == [
        "cannot be read (TypeError)",
        "has neither title nor text",
        'has a "title" that is no text; read as missing',
        'has "tags" that are no list; read as missing',
    ]


def test_a_shared_id_loses_no_entry() -> None:
    items = [{"id": "feed", "title": f"Story {n}", "url": f"/{n}"} for n in range(3)]

    result = parsed(feed(*items))

    assert [a.id for a in result.articles] == [f"https://news.example/{n}" for n in range(3)]


def test_a_feed_that_was_cut_off_gives_what_came_whole() -> None:
    body = feed(ITEM, {**ITEM, "id": "2"}, {**ITEM, "id": "3"})

    result = parsed(body[:-20])

    assert [article.id for article in result.articles] == ["1", "2"]
    assert found(result) == ["cut off or damaged after entry 2; what came is read"]


def test_a_feed_without_entries_is_no_error() -> None:
    assert parsed(feed()).articles == ()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (feed(ITEM)[:70], "cut off or damaged before its first"),
        (feed().replace("items", "entries"), "without a list of items"),
        (
            '{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 200_000,
            "too deep|cut off",
        ),
    ],
)
def test_what_is_no_feed_is_refused(body: str, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        parsed(body)


def test_a_byte_order_mark_is_no_part_of_it() -> None:
    assert len(parsed(b"\xef\xbb\xbf" + feed(ITEM).encode()).articles) == 1


def test_a_thousand_entries_are_enough() -> None:
    result = parsed(feed(*({"id": str(n), "title": "a"} for n in range(1_003))))

    assert len(result.articles) == 1_000
    assert found(result) == ["1003 entries; only the first 1000 are read"]


def test_a_feed_cut_off_anywhere_breaks_nothing() -> None:
    body = feed(ITEM, {**ITEM, "id": "2", "tags": ["a"]}).encode()

    for end in range(len(body)):
        try:
            result = parsed(body[:end])
        except ParseError:
            continue
        assert {article.id for article in result.articles} <= {"1", "2"}
