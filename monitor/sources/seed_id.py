"""The id of an article whose source gives it none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.model import digest

if TYPE_CHECKING:
    from datetime import datetime


def derived_id(*, url: str | None, title: str, published: datetime | None, body: str) -> str:
    """The digest of its address, else of title, date and body: the same on every reading."""
    if url:
        return digest("url", url)
    return digest("text", title, published.isoformat() if published else "", body)
