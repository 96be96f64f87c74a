"""Feeds of every format, fetched from a real server and read in the process that can be killed."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
from loopback import LoopbackHttp

from monitor.model import Source
from monitor.net import Client
from monitor.sources.childparse import Parser
from monitor.sources.feed import FORMATS
from monitor.sources.fetch import Fetched, Validators, fetch

NOW = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Harbour Post",
        "items": [{"id": "1", "url": "/1", "title": "Ferry late", "content_text": "One hour."}],
    }
).encode()
SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>
<loc>https://news.example/1</loc><news:news><news:publication><news:name>Harbour Post</news:name>
<news:language>en</news:language></news:publication>
<news:publication_date>2026-11-05</news:publication_date><news:title>Ferry late</news:title>
</news:news></url></urlset>"""
RSS = b"""<rss version="2.0"><channel><title>Harbour Post</title><item><title>Ferry late</title>
<guid>1</guid></item></channel></rss>"""

SERVED = {
    "JSON Feed": ("application/feed+json", JSON_FEED),
    "News sitemap": ("application/xml", SITEMAP),
    "RSS, Atom or RDF": ("application/rss+xml", RSS),
}


@pytest.mark.parametrize("name", [kind.name for kind in FORMATS])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip file"])
def test_a_feed_comes_from_a_server_and_becomes_articles(name: str, packed: bool) -> None:
    kind, body = SERVED[name]
    page = (200, {"Content-Type": kind}, gzip.compress(body) if packed else body)

    async def go(url: str) -> list[tuple[str, str | None]]:
        source = Source(id="harbour", url=url)
        async with Client(allow=(ip_network("127.0.0.0/8"),)) as client, Parser() as parser:
            got = await fetch(client, source, Validators())
            assert isinstance(got, Fetched)
            result = await parser.parse(
                got.body, source=source, url=got.url, content_type=got.content_type, fetched=NOW
            )
        return [(article.title, article.source_name) for article in result.articles]

    with LoopbackHttp({"/feed": page}) as web:
        assert asyncio.run(go(web.url("/feed"))) == [("Ferry late", "Harbour Post")]
