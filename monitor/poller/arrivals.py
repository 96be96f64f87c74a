"""What a document brought: which of its articles are put, and what it shows. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.dedupe import article_keys
from monitor.model import Article, Hub, Origin, ParsedSource, Source
from monitor.poller.progress import Document
from monitor.poller.record import MARK, MOST_SHOWN, Record, marks
from monitor.sources.feed_pieces import Cut
from monitor.store import seen_member

OLD = timedelta(hours=48)
"""What is older when a feed is polled for the first time raises no alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What a document brought: articles to put, oldest first, and what it showed.

    `pieces` is what spares the next poll the reading of entries that are still there; `whole` is
    whether this one read them all; `hub` is the one that tells of news in this feed.
    """

    document: Document
    articles: tuple[Article, ...]
    members: tuple[str, ...]
    shown: str
    pieces: str
    whole: bool
    hub: Hub | None = None


WHOLE_EVERY = timedelta(days=8)
"""So often a document is read whole, which renews what is remembered of entries that stay in it."""


def pieces_known(saved: str, *, record: Record, now: datetime) -> frozenset[str]:
    """The entries that need not be read again, by what an earlier poll of this address left."""
    of, _, rest = saved.partition(" ")
    whole, _, pieces = rest.partition(" ")
    if of != record.of or not whole or now - datetime.fromisoformat(whole) >= WHOLE_EVERY:
        return frozenset()
    return frozenset(pieces.split())


def pieces_left(
    saved: str, cut: Cut, parsed: ParsedSource, *, record: Record, now: datetime
) -> str:
    """What to leave for `pieces_known`: nothing of a document that has anything odd about it.

    Such a one is always read whole, so that what is odd is always said.
    """
    if not clean_cut(cut, parsed):
        return ""
    whole = saved.split(" ")[1] if cut.known else now.isoformat(timespec="seconds")
    return " ".join((record.of, whole, *cut.pieces))


def clean_cut(cut: Cut, parsed: ParsedSource) -> bool:
    """Whether the parser saw as many entries as the cut left, and nothing odd."""
    return not parsed.problems and len(parsed.articles) == cut.left


def members_of(articles: Sequence[Article]) -> tuple[str, ...]:
    """What is remembered of each article, to know it again."""
    return tuple(seen_member(article, article_keys(article).text) for article in articles)


def arrivals_of(
    parsed: ParsedSource,
    members: tuple[str, ...],
    unseen: tuple[bool, ...],
    *,
    record: Record,
    cut: Cut,
    shown: str,
    pieces: str,
    source: Source,
    fetched: datetime,
    overlaps: bool | None = None,
) -> Arrived:
    """What is new in a document: all that was not seen before, or, of a feed's first document, the
    newest `backfill`. `shown` and `pieces` are what the last document left there; `cut` says what
    was taken out of this one before it was parsed. `overlaps` says whether it shares entries with
    the last where that was found out already.
    """
    first = record.well is None
    address, _, last = shown.partition(" ")
    if address != record.of:
        last = ""  # another address showed that: to share nothing with it means nothing
    new = tuple(a for a, is_new in zip(parsed.articles, unseen, strict=True) if is_new)
    if first:
        new = first_articles(new, source.backfill, fetched)
    if source.mute:
        new = tuple(replace(article, origin=Origin.MUTED) for article in new)
    now_shown = marks(tuple(article.ref for article in parsed.articles))
    if cut.known:
        now_shown = " ".join((*now_shown.split(), *last.split())[:MOST_SHOWN])
    document = _document(parsed, new, unseen, last, first=first, known=cut.known)
    return Arrived(
        document=document if overlaps is None else replace(document, overlaps=overlaps or first),
        articles=tuple(reversed(new)),
        members=members,
        # An empty document must not hide a gap between the last full one and the next.
        shown=f"{record.of} {now_shown or last}",
        pieces=pieces_left(pieces, cut, parsed, record=record, now=fetched),
        whole=not cut.known,
    )


def _document(
    parsed: ParsedSource,
    new: tuple[Article, ...],
    unseen: tuple[bool, ...],
    shown: str,
    *,
    first: bool,
    known: int,
) -> Document:
    """What the document held. An entry is fresh where neither this text of it was seen before nor
    the last document showed it with another text.
    """
    last = frozenset(shown.split())
    there = [article.ref[:MARK] in last for article in parsed.articles]
    fresh = sum(is_new and not was_there for is_new, was_there in zip(unseen, there, strict=True))
    overlaps = bool(first or known or not last or not there or any(there) or not all(unseen))
    return Document(
        entries=known + len(parsed.articles),
        fresh=fresh,
        put=len(new),
        hints=parsed.hints,
        published=tuple(article.published for article in parsed.articles),
        problems=len(parsed.problems),
        problem=parsed.problems[0].found if parsed.problems else "",
        overlaps=overlaps,
    )


def first_articles(
    articles: tuple[Article, ...], most: int | None, fetched: datetime
) -> tuple[Article, ...]:
    """Of a feed's first document what is to be put, in its order: the newest `most` of them.

    What is older than 48 hours raises no alert; what has no date counts as new.
    """
    newest = sorted(articles, key=lambda article: article.published or fetched, reverse=True)
    kept = {article.ref for article in (newest if most is None else newest[:most])}
    return tuple(
        replace(article, origin=Origin.BACKFILL)
        if article.published is not None and fetched - article.published > OLD
        else article
        for article in articles
        if article.ref in kept
    )
