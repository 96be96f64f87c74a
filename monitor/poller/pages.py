"""Which new articles have their pages read before they are judged? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, assert_never

from monitor.dedupe import words_of
from monitor.hosts import host_of, spacing_s
from monitor.model import Article, FullText, Origin
from monitor.store import PageWanted

SHORT_WORDS: Final = 120
"""What is shorter is a teaser: WordPress cuts its excerpts at 55 words, Drupal at 600 characters,
which are about 100; the texts of news begin above that. In scripts without spaces each letter
counts as a word."""


def parted(
    articles: Sequence[Article], wanted: FullText
) -> tuple[tuple[Article, ...], tuple[PageWanted, ...]]:
    """The articles to be judged as they are, and those whose pages are to be read first."""
    pages = tuple(
        PageWanted(article=article, host=host, room_s=spacing_s(host))
        for article in articles
        if _wants_page(article, wanted) and (host := host_of(article.url or ""))
    )
    refs = {page.article.ref for page in pages}
    return tuple(article for article in articles if article.ref not in refs), pages


def _wants_page(article: Article, wanted: FullText) -> bool:
    if article.origin is not Origin.FEED:
        return False  # old or muted, it raises no alert: not worth a request to somebody's server
    match wanted:
        case FullText.NEVER:
            return False
        case FullText.IF_SHORT:
            return len(words_of(article)) < SHORT_WORDS
        case FullText.ALWAYS:
            return True
        case _:
            assert_never(wanted)
