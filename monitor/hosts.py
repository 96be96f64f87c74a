"""Whose server is it, how often may it be asked, and how is an address shown? Pure.

One rule for all who ask others' servers again and again: the poller and the workers of pages.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address
from socket import inet_aton, inet_ntoa
from typing import Final
from urllib.parse import urlsplit, urlunsplit

SPACING_S: Final = 5.0
"""Between two starts on one host (research: mediacloud's figure, which hosts put up with)."""


def host_of(url: str) -> str:
    """The host of an address: what is parked, spaced and asked over one connection at a time."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host[:1].isdigit():  # 0x7f000001, 2130706433, 127.1: one address, one host
        with suppress(OSError):
            return inet_ntoa(inet_aton(host))
    return host


@lru_cache(maxsize=16_384)
def spacing_s(host: str) -> float:
    """The room between two starts on a host; none on this machine's own."""
    try:
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        loopback = False
    return 0.0 if loopback else SPACING_S


def shown_address(url: str) -> str:
    """An address as it may be shown: credentials and queries can be secrets."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
