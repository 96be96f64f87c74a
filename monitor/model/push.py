"""Push: a hub that tells of news in a feed, and our subscription with it (WebSub)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Where to subscribe, and to what: both addresses as the feed gives them."""

    url: str
    topic: str


class SubscriptionState(StrEnum):
    """asked -> active, or denied by the hub."""

    ASKED = "asked"
    ACTIVE = "active"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A source's subscription. `asked` is when the hub was last asked, `tries` how often without an
    answer since; `until` is when the lease ends that it confirmed.
    """

    hub: Hub
    state: SubscriptionState
    asked: datetime
    tries: int = 0
    until: datetime | None = None
