"""Of a list of sitemaps: which are asked for, and what is known of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import ParseError
from monitor.model import Access, Part, Source
from monitor.poller.parts import BARREN, MOST, Known, chosen, field_of, joined, known_of
from monitor.store import SourceState

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SOURCE = Source(id="harbour", url="https://harbour.example/map.xml")


def known(*names: str, **given: object) -> tuple[Known, ...]:
    return tuple(
        Known(url=f"https://harbour.example/{name}.xml", asked_whole=NOON, **given)  # type: ignore[arg-type]
        for name in names
    )


def test_what_is_known_is_read_as_it_was_written_and_nothing_else_is() -> None:
    parts = known("a", "b", etag='W/"1"', shown="x y")
    state = SourceState(fields=tuple(field_of(parts).items()))
    assert known_of(state) == parts
    assert field_of(()) == {"parts": ""}
    for text in ("", "{", '[{"address": 1}]'):
        assert known_of(SourceState(fields=(("parts", text),))) == ()


def test_the_first_of_the_list_are_asked_and_the_barren_once_in_eight_days() -> None:
    many = known(*"abcdefgh")
    assert chosen(many, NOON) == tuple(each.url for each in many[:MOST])
    # given: two that never bring news, and one that was that eight days ago
    barren = known("x", "y", barren=BARREN)
    assert chosen((*barren, *many), NOON) == chosen(many, NOON)
    assert barren[0].url in chosen((*barren, *many), NOON + timedelta(days=8))
    # and: where there are no others
    assert chosen(barren, NOON) == tuple(each.url for each in barren)


def test_a_list_is_followed_on_its_own_host_only() -> None:
    here = Part(url="https://www.harbour.example/a.xml", changed="2026-03-01")
    there = Part(url="https://cdn.example/b.xml")
    (one,) = joined((there, here), (), source=SOURCE, url="https://www.harbour.example/map.xml")
    assert (one.url, one.changed) == (here.url, here.changed)
    with pytest.raises(ParseError, match=r"https://cdn\.example/b\.xml"):
        joined((there,), (), source=SOURCE, url=SOURCE.url)


def test_what_a_source_sends_goes_to_no_other_port_and_not_in_clear() -> None:
    private = Source(id="a", url=SOURCE.url, access=Access(authorization="Basic aHVzaA=="))
    urls = ("http://harbour.example/a.xml", "https://harbour.example:8443/b.xml")
    mine = "https://harbour.example/c.xml"
    listed = tuple(Part(url=url) for url in (*urls, mine))
    assert [each.url for each in joined(listed, (), source=private, url=private.url)] == [mine]
    assert len(joined(listed, (), source=SOURCE, url=SOURCE.url)) == 3
