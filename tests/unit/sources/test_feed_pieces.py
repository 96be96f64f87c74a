"""What is left of a document when the entries that were read before are taken out."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import ParsedSource, Source
from monitor.poller.arrivals import clean_cut
from monitor.sources.feed import parse_feed
from monitor.sources.feed_pieces import MOST, Cut, cut_of

NOW = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
NOTHING: frozenset[str] = frozenset()


def entry(number: int, *, guid: str | None = None, text: str = "News") -> str:
    guid = f"g{number}" if guid is None else guid
    link = f"<link>https://harbour.example/{number}</link>"
    return f"<item><title>{text} {number}</title><guid>{guid}</guid>{link}</item>"


def rss(*entries: str) -> bytes:
    head = "<title>Harbour</title><ttl>60</ttl>"
    return f"<rss version='2.0'><channel>{head}{''.join(entries)}</channel></rss>".encode()


def read(body: bytes) -> ParsedSource:
    source = Source(id="harbour", url="https://harbour.example/feed")
    return parse_feed(body, source=source, url=source.url, content_type=None, fetched=NOW)


def cut_after(before: bytes, body: bytes) -> Cut:
    return cut_of(body, frozenset(cut_of(before, NOTHING).pieces))


def test_only_what_is_new_is_left_and_the_feed_says_of_itself_what_it_said() -> None:
    cut = cut_after(rss(entry(1), entry(2)), rss(entry(3), entry(2), entry(1)))

    assert (cut.left, cut.known, len(cut.pieces)) == (1, 2, 3)
    found = read(cut.body)
    assert [article.id for article in found.articles] == ["g3"]
    assert (found.title, found.hints.every_s) == ("Harbour", 3600)


def test_an_entry_that_was_changed_is_left() -> None:
    cut = cut_after(rss(entry(1), entry(2)), rss(entry(1), entry(2, text="Corrected")))

    assert [article.title for article in read(cut.body).articles] == ["Corrected 2"]


def test_an_atom_feed_is_cut_too() -> None:
    def atom(*numbers: int) -> bytes:
        entries = "".join(
            f"<entry><id>urn:{n}</id><title>News {n}</title></entry>" for n in numbers
        )
        return f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>".encode()

    cut = cut_after(atom(1, 2), atom(3, 1, 2))

    assert [article.id for article in read(cut.body).articles] == ["urn:3"]


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>x</title></item>", entry(1)),  # a new one without a name
        rss(entry(2, guid="g1"), entry(1)),  # a guid that stands there already
        rss(entry(2, guid="<![CDATA[ g1 ]]>"), entry(1)),
        rss(f"<item><description><![CDATA[<item>]]></description>{entry(2)}</item>", entry(1)),
        rss("<item><guid>g9</guid><title>the end is mi", entry(1)),
        rss(entry(1), "</item>"),
        rss(entry(1), *(entry(n) for n in range(2, MOST + 2))),
        rss(entry(1), entry(2)).decode().encode("utf-16"),
    ],
)  # fmt: skip
def test_what_cannot_be_cut_for_certain_is_read_whole(body: bytes) -> None:
    cut = cut_after(rss(entry(1)), body)

    assert (cut.body, cut.known) == (body, 0)


def test_the_cut_is_trusted_only_where_the_parser_saw_as_many_entries() -> None:
    body = rss(entry(1), "<!--" + entry(2) + "-->")

    assert not clean_cut(cut_of(body, NOTHING), read(body))
    assert clean_cut(cut_of(rss(entry(1)), NOTHING), read(rss(entry(1))))
    odd = rss(entry(1), "<item><title>No name</title></item>")
    assert not clean_cut(cut_of(odd, NOTHING), read(odd))


ENTRIES = st.lists(
    st.builds(
        lambda number, guid, text: entry(number, guid=guid, text=text),
        st.integers(1, 6), st.sampled_from(["a", "b", "c", "d"]), st.sampled_from(["News", "Late"]),
    ),
    max_size=6,
)  # fmt: skip


@given(ENTRIES, ENTRIES)
@settings(max_examples=100)
def test_nothing_that_is_new_is_taken_out(before: list[str], after: list[str]) -> None:
    old, new = rss(*before), rss(*after)
    was, now = read(old), read(new)
    remembered = clean_cut(cut_of(old, NOTHING), was)
    cut = cut_after(old, new) if remembered else cut_of(new, NOTHING)
    found = read(cut.body)
    if not cut.known or not clean_cut(cut, found):
        return  # read whole
    assert set(now.articles) - set(was.articles) <= set(found.articles) <= set(now.articles)
    assert cut.known + cut.left == len(after)


@pytest.mark.parametrize(
    "piece", [b"<item>", b"<item", b"</item>", b"<item></item>", b"<itemx>", b"<guid>", b"<id>a]"]
)
def test_a_document_that_means_harm_is_looked_at_in_no_time(piece: bytes) -> None:
    first = b"<item><guid>1</guid></item>"
    body = first + b"<item>" + piece * (4 << 20 // len(piece)) + b"</item>"
    began = time.process_time()

    cut_of(body, frozenset(cut_of(first, NOTHING).pieces))

    assert time.process_time() - began < 2
