"""When is a hub asked, and is a push one of its? Pure.

All secrets derive from the one in the configuration: a subscription's own by its source, hub and
topic, and the path of its callback, which nobody can guess. So none is stored anywhere, and one
that a hub gives away opens nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from monitor.model import Hub, Subscription, SubscriptionState

LEASE: Final = timedelta(days=10)
"""What we ask for; hubs give what they like."""

SHORTEST_LEASE: Final = timedelta(minutes=1)
LONGEST_LEASE: Final = timedelta(days=30)
RENEW_AT: Final = 0.8
"""Of the time from asking to the end of the lease."""

ANSWERED_WITHIN: Final = timedelta(hours=1)
"""A confirmation that comes later is to nothing that we asked."""

FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(days=1)

ALGORITHMS: Final[Mapping[str, str]] = {
    "sha1": "sha1",
    "sha256": "sha256",
    "sha384": "sha384",
    "sha512": "sha512",
}
"""Of X-Hub-Signature. SHA-1 is weak, but not in an HMAC, and most hubs have nothing else."""


def path_of(master: str, source: str) -> str:
    """The last part of a source's callback address."""
    return _derived(master, "callback", source)[:40]


def secret_of(master: str, source: str, hub: Hub) -> str:
    """The secret with which this hub signs what it pushes for this source."""
    return _derived(master, "secret", source, hub.url, hub.topic)


def _derived(master: str, *purpose: str) -> str:
    return hmac.new(master.encode(), "\n".join(purpose).encode(), hashlib.sha256).hexdigest()


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether the hub that knows the secret has signed this body."""
    method, _, given = signature.strip().partition("=")
    algorithm = ALGORITHMS.get(method.lower())
    if algorithm is None:
        return False
    wanted = hmac.new(secret.encode(), body, algorithm).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.strip().lower().encode())


def may_be_told(hub: Hub) -> bool:
    """Whether a hub may be given a secret: over TLS, or on this very machine."""
    parts = urlsplit(hub.url)
    try:
        return parts.scheme == "https" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def is_to_ask(hub: Hub, known: Subscription | None, now: datetime) -> bool:
    """Whether to ask the hub (again): a new one, a lease that ends, an answer that never came."""
    if known is None or known.hub != hub:
        return True
    if known.state is SubscriptionState.ACTIVE and known.until is not None:
        renew = known.asked + (known.until - known.asked) * RENEW_AT
        if now < renew:
            return False
    pause = min(FIRST_PAUSE * (1 << min(known.tries, 10)), LONGEST_PAUSE)
    if known.state is SubscriptionState.DENIED:
        pause = LONGEST_PAUSE
    return now >= known.asked + pause


def lease_of(given: str) -> timedelta | None:
    """The lease a hub gives, in seconds; None for what is no number."""
    if not given.isascii() or not given.isdigit() or len(given) > 12:
        return None
    return min(max(timedelta(seconds=int(given)), SHORTEST_LEASE), LONGEST_LEASE)
