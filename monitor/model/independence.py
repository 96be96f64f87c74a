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
sites then count as one, so that too little is told rather than too much. For the same reason a
state is one (gov.uk, gov.au, nhs.uk), with all its offices. How a site is looked at (www., m.,
amp.) and how it is spelt (münchen.de, xn--mnchen-3ya.de) makes no difference.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

SORTS: Final = frozenset(
    {
        *("ac", "co", "com", "edu", "ltd", "ne", "net", "nom", "or", "org", "plc", "sch"),
    }
)
"""Second labels under a country that say what sort of name follows."""

NAMES: Final = frozenset({"ne.se", "net.hr"})
"""Publishers that have registered such a name themselves."""

FRONTS: Final = frozenset({"amp", "m", "mobile", "www"})
"""First labels that say how a site is looked at."""

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
    {
        *("apple.news", "bing.com", "cdn.ampproject.org", "feed43.com", "feedburner.com"),
        *("fetchrss.com", "google.com", "rss.app"),
    }
)
"""Services that carry what others publish, as feeds, searches (news.google.com) or copies for
telephones: their address says nothing about the publisher. Not those that publish it on pages of
their own (msn.com, news.yahoo.com): sections of one of them are no sources independent of each
other.
"""


def publisher_of(*, url: str | None, home: str | None, source: str) -> str:
    """Who published an article: the site of its address `url`, else that of its feed's address
    `home`, else its `source`. Holds no blank.
    """
    sites = (site_of(address) for address in (url, home) if address)
    return next((site for site in sites if site), "_".join(source.split()) or "_")


@lru_cache(maxsize=16_384)
def _site(host: str) -> str:
    host = _ascii(host)
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in FRONTS and _is_site(labels):
        del labels[0]
    if any(host == carrier or host.endswith(f".{carrier}") for carrier in CARRIERS):
        return ""
    own = 3 if len(labels) > 2 and _is_sort(labels[-2:]) else 2
    if ".".join(labels[-own:]) in HOUSES:
        own += 1
    return ".".join(labels[-own:])


def _is_site(labels: Sequence[str]) -> bool:
    """Whether there is a site without the first label: m.com.au is one of that name."""
    return labels[0] == "www" or len(labels) > 3 or not _is_sort(labels[-2:])


def _is_sort(labels: Sequence[str]) -> bool:
    """Whether two labels say no more than what sort of name comes before them."""
    sort, country = labels
    return len(country) == 2 and sort in SORTS and f"{sort}.{country}" not in NAMES


def _ascii(host: str) -> str:
    """A name in another script as it is asked for; one that cannot be, as it is."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


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
