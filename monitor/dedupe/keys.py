"""The keys by which an article is recognised without comparing texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.dedupe.texts import shared_key, text_key, words_of
from monitor.dedupe.urls import fragment_of, same_site, url_key

if TYPE_CHECKING:
    from monitor.model import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What an article is recognised by, the surest first.

    `ref` is its own name (source and id). `url` is its address as `url_key` reads it (None without
    one), `fragment` what that leaves out, `canonical` the address its page gives itself, where that
    is another one on the same site. `text` is the digest of its words: another one makes it a
    revision. By `shared` other papers' copies are found: as `text`, for short texts with title,
    source and day.
    """

    ref: str
    url: str | None
    text: str
    shared: str
    fragment: str = ""
    canonical: str | None = None


def article_keys(article: Article, words: tuple[str, ...] | None = None) -> Keys:
    """The keys of one article; `words` are those of `words_of`, where they are known already."""
    words = words_of(article) if words is None else words
    url = url_key(article.url) if article.url else None
    return Keys(
        ref=article.ref,
        url=url,
        fragment=fragment_of(article.url) if url and article.url else "",
        canonical=_canonical(url, article.canonical),
        text=text_key(article, words),
        shared=shared_key(article, words),
    )


def _canonical(url: str | None, given: str | None) -> str | None:
    """A page may speak for its own site only; else any page could pass for another's."""
    key = url_key(given) if given else None
    if key is None or key == url or (url is not None and not same_site(key, url)):
        return None
    return key
