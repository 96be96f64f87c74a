"""What an alert says of articles: of its own, and of others that made it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.article import Article
from monitor.model.mention import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertedArticle:
    """What an alert says of its article. `fetched` is when it came to us."""

    id: str
    ref: str
    title: str
    source: str
    source_name: str | None
    url: str | None
    published: datetime | None
    fetched: datetime | None = None

    @classmethod
    def of(cls, article: Article) -> AlertedArticle:
        """The article, less its text."""
        return cls(
            id=article.id,
            ref=article.ref,
            title=article.title,
            source=article.source,
            source_name=article.source_name,
            url=article.url,
            published=article.published,
            fetched=article.fetched,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A story (or event) that counts towards the threshold of a watch: the article by which, and
    when that was published. `voice` is who first told it, as independent sources are counted.
    """

    story: str
    at: datetime
    article: AlertedArticle
    voice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Another article of the story or event, and the clauses of the watch that it satisfies."""

    article: AlertedArticle
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rising:
    """What many sources suddenly tell: `key` and `label` of a topic or of an unknown name.

    Told in so many `stories` of these `sources` within the last `hours`, where `usual` were to be
    expected; `articles` are the newest of them.
    """

    key: str
    label: str
    stories: int
    usual: float
    hours: int
    sources: tuple[str, ...]
    articles: tuple[AlertedArticle, ...]
