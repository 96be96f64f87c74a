"""Where are the feeds of this site? Asked of the address itself, then of what the site says.

In this order, and no further than the first that answers: the address is a feed; the page names
feeds (`link rel=alternate`); feeds where they usually are; sitemaps that `robots.txt` names, or
where they usually are. Everything is fetched by the guarded client and read in a process that can
be killed; each candidate is tried, so what is told is a feed indeed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urljoin, urlsplit

from monitor.errors import BadStatus, FetchError, ParseError, SourceError
from monitor.model import ParsedSource, Source
from monitor.net import Client, Limits
from monitor.sources.document import feed_links
from monitor.sources.links import web_link

if TYPE_CHECKING:
    from monitor.sources.childparse import Parser

Where = Literal["address", "page", "usual place", "sitemap"]

MOST: Final = 10
"""Candidates tried of one kind."""

FEED_PATHS: Final = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json")
SITEMAP_PATHS: Final = ("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml", "sitemap.xml")
_SITEMAP: Final = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_PATIENCE: Final = Limits(total_s=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed: where it is, and what it holds. Of a list of sitemaps `entries` counts those."""

    url: str
    where: Where
    title: str
    language: str | None
    entries: int
    is_list: bool = False
    newest: datetime | None = None
    newest_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found for an address. `refused` are addresses that the site names as feeds, and why
    they are none.
    """

    feeds: tuple[FoundFeed, ...]
    refused: tuple[tuple[str, str], ...] = ()


class _Search:
    """One search: remembers what was tried."""

    def __init__(self, client: Client, parser: Parser, now: datetime) -> None:
        self._client, self._parser, self._now = client, parser, now
        self._found: dict[str, FoundFeed] = {}
        self._contents: set[frozenset[str]] = set()
        self.refused: dict[str, str] = {}

    @property
    def feeds(self) -> tuple[FoundFeed, ...]:
        return tuple(self._found.values())

    async def get(self, url: str) -> tuple[bytes, str, str | None]:
        """Body, final address, content type. Raises FetchError, also for a status but 200."""
        answer = await self._client.get(url, limits=_PATIENCE)
        if answer.status != 200:
            raise BadStatus(
                f"the server says {answer.status}, where 200 and a page or a feed were wanted",
                status=answer.status,
                url=answer.url.partition("?")[0],
            )
        return answer.body, answer.url, answer.headers.get("Content-Type")

    async def read(self, body: bytes, url: str, kind: str | None, where: Where) -> None:
        """Keep it if it is a feed. Raises ParseError if not."""
        parsed = await self._parser.parse(
            body,
            source=Source(id="found", url=url),
            url=url,
            content_type=kind,
            fetched=self._now,
        )
        held = frozenset(article.id for article in parsed.articles)
        if url in self._found or (held and held in self._contents):
            return  # one feed under two addresses
        self._contents.add(held)
        self._found[url] = _told(parsed, url, where)

    async def try_all(self, candidates: Iterable[str], where: Where, *, named: bool) -> None:
        """Try each; those that the site `named` and that are no feeds are told."""
        for candidate in list(dict.fromkeys(candidates))[:MOST]:
            try:
                await self.read(*await self.get(candidate), where)
            except SourceError as error:
                if named:
                    self.refused[candidate] = error.message


async def discover(url: str, *, client: Client, parser: Parser, now: datetime) -> Discovery:
    """The feeds of the site at this address. Raises FetchError where it does not answer."""
    search = _Search(client, parser, now)
    body, final, kind = await search.get(url)
    try:
        await search.read(body, final, kind, "address")
    except ParseError:
        links = [link for each in feed_links(body, final) if (link := web_link(each))]
        await search.try_all(links, "page", named=True)
    if not search.feeds:
        await search.try_all(_usual(final, FEED_PATHS), "usual place", named=False)
    if not search.feeds:
        await search.try_all(await _sitemaps(search, final), "sitemap", named=False)
    return Discovery(feeds=search.feeds, refused=tuple(search.refused.items()))


def _usual(url: str, names: tuple[str, ...]) -> list[str]:
    """Where something usually is: beside the page, and at the top of its site."""
    path = urlsplit(url).path
    beside = url if path.endswith("/") else f"{url.partition('?')[0].rstrip('/')}/"
    return [*(urljoin(url, f"/{name}") for name in names), *(urljoin(beside, n) for n in names[:2])]


async def _sitemaps(search: _Search, url: str) -> list[str]:
    try:
        body, _, _ = await search.get(urljoin(url, "/robots.txt"))
    except FetchError:
        body = b""
    named = _SITEMAP.findall(body[: 500 << 10].decode("utf-8", "replace"))
    links = [link for each in named if (link := web_link(each, url))]
    news_first = sorted(links, key=lambda link: "news" not in link.lower())
    return [*news_first[: MOST - len(SITEMAP_PATHS)], *_usual(url, SITEMAP_PATHS)]


def _told(parsed: ParsedSource, url: str, where: Where) -> FoundFeed:
    dated = [article for article in parsed.articles if article.published is not None]
    newest = max(dated, key=lambda article: article.published or article.fetched, default=None)
    shown = newest or (parsed.articles[0] if parsed.articles else None)
    return FoundFeed(
        url=url,
        where=where,
        title=parsed.title or "",
        language=parsed.language,
        entries=len(parsed.parts or parsed.articles),
        is_list=bool(parsed.parts),
        newest=newest.published if newest else None,
        newest_title=shown.title if shown else "",
    )
