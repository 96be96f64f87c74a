"""Which hub a feed names."""

from __future__ import annotations

import pytest

from monitor.model import Hub
from monitor.sources.feed_hub import hub_of

URL = "https://harbour.example/feed"
HUB = "https://hub.example/"


def rss(head: str) -> bytes:
    entry = "<item><atom:link rel='hub' href='https://evil.example/'/></item>"
    return f"<rss><channel>{head}{entry}</channel></rss>".encode()


@pytest.mark.parametrize(
    "links",
    [
        (f'<{HUB}>; rel="hub"', '<https://harbour.example/self>; rel="self"'),
        (f"<{HUB}>; rel=hub, </self>; rel=self",),
        (f'<x>; rel=next, <{HUB}>; title="a"; rel="hub alternate", </self>; REL="Self"',),
    ],
)
def test_link_headers_name_hub_and_topic(links: tuple[str, ...]) -> None:
    assert hub_of(links, b"", URL) == Hub(url=HUB, topic="https://harbour.example/self")


@pytest.mark.parametrize(
    "head",
    [
        f'<atom:link rel="hub" href="{HUB}"/><atom:link href="/self" rel="self"/>',
        f"<link href='{HUB}' rel='hub'/><link rel='self' href='https://harbour.example/self' />",
    ],
)
def test_else_links_in_the_head_of_the_document_do(head: str) -> None:
    assert hub_of((), rss(head), URL) == Hub(url=HUB, topic="https://harbour.example/self")


def test_without_a_name_of_its_own_a_feed_goes_by_its_address() -> None:
    assert hub_of((f"<{HUB}>; rel=hub",), b"", URL) == Hub(url=HUB, topic=URL)


@pytest.mark.parametrize(
    ("links", "head"),
    [
        ((), ""),
        (("nonsense", "<https://x.example/>; rel=next"), '<link rel="self" href="/self"/>'),
        (("<ftp://hub.example/>; rel=hub",), '<link rel="hub" href="javascript:1"/>'),
        ((f"<{HUB}{'x' * 1990}>; rel=hub",), '<link rel="hub"/>'),
        ((), f'<link rel="hub" href="{HUB}a b"/><item><link rel="hub" href="{HUB}"/>'),
    ],
)  # fmt: skip
def test_a_feed_that_names_none_or_no_web_address_has_none(
    links: tuple[str, ...], head: str
) -> None:
    assert hub_of(links, rss(head), URL) is None


def test_a_document_that_means_harm_is_looked_at_in_no_time() -> None:
    assert hub_of((), b"<link " * 1_000_000, URL) is None
    assert hub_of(("<" * 30_000, "<a>;rel" * 4_000), b"", URL) is None
