"""Which sources are independent of each other: the one rule by which they are counted.

Feeds are not counted but publishers, and a text that papers take from an agency is the agency's:

- a **publisher** is the site of an article's address (of its feed's address where it has none):
  the name that was registered, such as bbc.co.uk for www.bbc.co.uk and feeds.bbc.co.uk; each tenant
  of a house for many (NAME.substack.com) is one of its own. An article without any address is its
  source's;
- a story is told by the **agencies** whose text it is, where a paper says so (dateline, byline,
  credit): however many print it. Else by the publishers that carry it.

The registered name is the last two labels of a host; three where the last is a country and the one
before it says no more than what sort of name it is (co.uk, com.au, or.jp). That needs no list that
grows old, and errs for a few hundred names, such as those registered below city.kawasaki.jp: their
sites then count as one, so that too little is told rather than too much.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

SORTS: Final = frozenset(
    {
        *("ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "govt", "gub", "ltd", "mil", "ne"),
        *("net", "nhs", "nom", "or", "org", "plc", "sch"),
    }
)
"""Second labels under a country that say what sort of name follows."""

HOUSES: Final = frozenset(
    {
        *("beehiiv.com", "blogspot.com", "ghost.io", "github.io", "gitlab.io", "hypotheses.org"),
        *("livejournal.com", "medium.com", "netlify.app", "over-blog.com", "pages.dev"),
        *("substack.com", "tumblr.com", "typepad.com", "vercel.app", "weebly.com", "wixsite.com"),
        "wordpress.com",
    }
)
"""Sites under whose name many publish, each below a name of their own."""

CARRIERS: Final = frozenset(
    {"feedburner.com", "feedproxy.google.com", "fetchrss.com", "feed43.com", "rss.app"}
)
"""Services that carry the feeds of others: their address says nothing about the publisher."""


def publisher_of(*, url: str | None, home: str | None, source: str) -> str:
    """Who published an article: the site of its address `url`, else that of its feed's address
    `home`, else its `source`. Holds no blank.
    """
    sites = (site_of(address) for address in (url, home) if address)
    return next((site for site in sites if site), "_".join(source.split()) or "_")


@lru_cache(maxsize=16_384)
def _site(host: str) -> str:
    labels = host.split(".")
    if any(host == carrier or host.endswith(f".{carrier}") for carrier in CARRIERS):
        return ""
    long = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SORTS
    own = 3 if long else 2
    if ".".join(labels[-own:]) in HOUSES:
        own += 1
    return ".".join(labels[-own:])


def site_of(url: str) -> str:
    """The registered name in a web address; a number or a single name as it is; "" for none, and
    where a service carries the feeds of others.
    """
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
    if not host or " " in host:
        return ""
    try:
        return str(ip_address(host))
    except ValueError:
        return _site(host)


def independent(
    *, agencies: Collection[str], publishers: Collection[str], sources: Collection[str]
) -> int:
    """How many independent sources tell a story. `sources` count only for one of which the
    publishers are not known: it was kept by an earlier version.
    """
    return len(agencies) or len(publishers) or len(sources)


def voice_of(*, agencies: Sequence[str], publishers: Sequence[str], sources: Sequence[str]) -> str:
    """Who first told a story: what counts for it where stories are counted by who told them."""
    return next(iter((*agencies, *publishers, *sources)), "")
