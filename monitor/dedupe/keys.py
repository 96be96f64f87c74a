"""The three keys by which an article is recognised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.dedupe.texts import text_key
from monitor.dedupe.urls import url_key

if TYPE_CHECKING:
    from monitor.model import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What an article is recognised by, the surest first.

    `ref` is its own name (source and id), `url` its address as `url_key` reads it (None without
    one), `text` the digest of its words.
    """

    ref: str
    url: str | None
    text: str


def article_keys(article: Article) -> Keys:
    """The keys of one article."""
    return Keys(
        ref=article.ref,
        url=url_key(article.url) if article.url else None,
        text=text_key(article),
    )
