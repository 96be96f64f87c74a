"""The page of an article: one polite GET, and what its text adds to what the feed said.

Feeds are published for machines, pages are not: before a page is asked for, robots.txt is, once a
day an origin. A site that has none (4xx) may be read; of one that does not answer, or has trouble
of its own (5xx), nothing may be read until it does (RFC 9309, 2.3.1).
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from monitor.dedupe import words_of
from monitor.errors import BadStatus, ParseError
from monitor.model import PLAIN, Access, Article
from monitor.net import Limits
from monitor.sources.feed_entry import distinct
from monitor.sources.fetch import retry_after_s

if TYPE_CHECKING:
    from monitor.net import Client

PAGE_BYTES: Final = 5 << 20
RULE_BYTES: Final = 500 << 10
"""What follows in a robots.txt is not read (RFC 9309, 2.5: at least that much is)."""

_RULES: Final = Limits(total_s=20.0, wire_bytes=2 << 20, body_bytes=2 << 20)
_ACCEPT: Final = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_PAGES: Final = frozenset({"", "text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBytes:
    """A page as it came, in UTF-8 or what it says of itself."""

    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The page has moved to this address, for which robots.txt is to be asked anew."""

    url: str


async def fetch_robots(
    client: Client, origin: str, *, now: datetime, access: Access = PLAIN
) -> str:
    """The rules of an origin, "" where it has none.

    Raises the FetchError family where they cannot be known now; BadStatus for 429 and 5xx.
    """
    try:
        answer = await client.get(f"{origin}/robots.txt", limits=_RULES, access=access)
    except BadStatus:
        return ""  # redirected too often: as if there were none (RFC 9309, 2.3.1.2)
    if 200 <= answer.status < 300:
        return answer.body[:RULE_BYTES].decode("utf-8", "replace")
    if 400 <= answer.status < 500 and answer.status != 429:
        return ""
    raise BadStatus(
        f"robots.txt: the server says {answer.status}, and until it answers no page is read",
        status=answer.status,
        retry_after_s=retry_after_s(answer.headers.get("Retry-After"), now=now),
    )


async def fetch_page(
    client: Client, url: str, *, total_s: float, access: Access = PLAIN
) -> PageBytes | Elsewhere:
    """The page at this address, within `total_s` seconds.

    Raises the FetchError family, BadStatus for any status but 200; ParseError for what is no HTML.
    """
    answer = await client.get(
        url,
        headers={"Accept": _ACCEPT},
        limits=Limits(total_s=total_s, wire_bytes=PAGE_BYTES, body_bytes=PAGE_BYTES),
        access=access,
        redirects="told",
    )
    if answer.elsewhere:
        return Elsewhere(url=answer.elsewhere)
    if answer.status != 200:
        asked = retry_after_s(answer.headers.get("Retry-After"), now=datetime.now(UTC))
        raise BadStatus(
            f"the server says {answer.status}", status=answer.status, retry_after_s=asked
        )
    kind, _, parameters = answer.headers.get("Content-Type", "").partition(";")
    if kind.strip().lower() not in _PAGES:
        raise ParseError(f"the page is {kind.strip()[:60]!r}, wanted HTML")
    return PageBytes(body=_in_utf8(answer.body, parameters))


def _in_utf8(body: bytes, parameters: str) -> bytes:
    """The body in UTF-8 where the header names another charset; its own word is in `seed_bytes`."""
    name = parameters.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    try:
        if not name or codecs.lookup(name).name in ("utf-8", "ascii"):
            return body
        return body.decode(name).encode("utf-8", "replace")
    except (LookupError, UnicodeError):
        return body


def with_page(article: Article, page: Article) -> Article | None:
    """The article with the text of its page; None where the page says no more than the feed did.

    What identifies it stays the feed's, and so do title, date and authors where the feed has any: a
    wall of cookies may stand where the text should be, and must hide nothing that the feed said.
    For the same reason a feed's teaser becomes the summary where the page does not repeat it.
    """
    text = replace(article, summary="", body=page.body)
    if len(words_of(text)) <= len(words_of(article)):
        return None
    repeated = words_of(replace(text, summary=article.body)) == words_of(text)
    return replace(
        article,
        canonical=page.url if page.url != article.url else None,
        title=article.title or page.title,
        summary=article.summary or (page.summary if repeated else article.body),
        body=page.body,
        published=article.published or page.published,
        authors=article.authors or page.authors,
        language=article.language or page.language,
        tags=distinct((*article.tags, *page.tags)),
        section=article.section or page.section,
        dateline=article.dateline or page.dateline,
    )
