"""Texts, read."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.model import Article
from monitor.text import Reading, read


def reading(title: str = "", summary: str = "", body: str = "") -> Reading:
    """An article of these words, read."""
    return read(
        Article(
            id="1",
            source="wire",
            title=title,
            summary=summary,
            body=body,
            fetched=datetime(2026, 1, 1, tzinfo=UTC),
        )
    )
