"""May we ask for this page? What a site's robots.txt says (RFC 9309).

Nothing here asks a site: the process that judges hostile rules needs no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

AGENT: Final = "Wirewatch"
"""The product token of our User-Agent: the name a site's rules may call us by."""

LONGEST_DELAY_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """What a robots.txt says of one address: whether it may be fetched, and the room between two
    starts that the site asks for (Crawl-delay, s; at most a minute)."""

    granted: bool
    delay_s: float = 0.0


def origin_of(url: str) -> str:
    """What one robots.txt speaks for: scheme, host and port of an address, without credentials."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


def leave_of(rules: str, url: str) -> Leave:
    """What these rules say of this address. Hostile rules take long: call it in a process that can
    be killed (2,000 agents of 10,000 rules: over 20 s)."""
    from protego import Protego  # the processes that only ask have no need of it

    robots = Protego.parse(rules)
    delay_s = robots.crawl_delay(AGENT) or 0.0
    sane = delay_s > 0  # not so for "nan" either
    return Leave(
        granted=robots.can_fetch(url, AGENT),
        delay_s=min(delay_s, LONGEST_DELAY_S) if sane else 0.0,
    )
