"""Bytes of a feed: articles that can go on, or a ParseError, within the bounds of one document."""

from __future__ import annotations

import gzip
from collections.abc import Hashable
from datetime import UTC, datetime, timedelta
from random import Random
from zlib import crc32

import msgspec
import pytest
from fuzzing import SECONDS, SEED, Target, corpus, dictionary, fuzz
from mutating import Mutator
from soundness import check, kind_of

from monitor.errors import ParseError
from monitor.model import Article, ParsedSource, Source
from monitor.poller.arrivals import clean_cut
from monitor.sources.childparse import ANSWER_BYTES, Answer
from monitor.sources.feed import parse_feed
from monitor.sources.feed_entry import LONGEST_NAME, MOST_NAMES
from monitor.sources.feed_pieces import cut_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = Source(id="harbour", url="https://harbour.example/feed/", tags=("coast",))
TYPES = (None, "application/xml", "text/html; charset=windows-1251", "application/feed+json", "x")

SEEDS = [*corpus("feed"), gzip.compress(corpus("feed")[-1], mtime=0)]
MUTATOR = Mutator(tokens=dictionary("feed"))


def feed(data: bytes) -> Hashable:
    """One document, on the way it takes in the child that reads feeds and in the poller."""
    try:
        found = parse_feed(
            data,
            source=SOURCE,
            url=SOURCE.url,
            content_type=TYPES[len(data) % len(TYPES)],
            fetched=NOW,
        )
    except ParseError as error:
        return kind_of(error.message)
    packed = msgspec.msgpack.encode(Answer(parsed=found))
    assert msgspec.msgpack.decode(packed, type=Answer).parsed == found
    assert len(packed) < ANSWER_BYTES, "so few bytes make more than a child may answer"
    assert len({article.id for article in found.articles}) == len(found.articles), "one id, twice"
    for article in found.articles:
        check(article)
        check_of_feed(article)
    return outcome(found)


def check_of_feed(article: Article) -> None:
    """What is promised of articles that strangers send."""
    assert article.title == " ".join(article.title.split()), "a title of several lines"
    assert not article.url or article.url.startswith(("http://", "https://")), article.url
    assert article.published is None or article.published <= NOW + timedelta(days=2)
    assert len(article.authors) <= MOST_NAMES
    names = (*article.authors, *article.tags, article.source_name or "", article.language or "")
    assert max(map(len, names)) <= LONGEST_NAME


def twice(data: bytes) -> Hashable:
    """A document and what became of it at the next poll: no entry that is new is lost because those
    that were read before were taken out.
    """
    first = parsed(data)
    cut = cut_of(data, frozenset())
    if first is None or not clean_cut(cut, first):
        return "nothing is remembered"
    later = MUTATOR.make(Random(crc32(data)), [data])
    left = cut_of(later, frozenset(cut.pieces))
    second, rest = parsed(later), parsed(left.body)
    if not left.known or rest is None or not clean_cut(left, rest):
        return "read whole"
    assert second is not None, "parts can be read, and the whole cannot"
    new = ids(second) - ids(first)
    assert new <= ids(rest), f"lost of {later!r}"
    return left.known, min(left.left, 3), len(new)


def parsed(data: bytes) -> ParsedSource | None:
    try:
        return parse_feed(
            data, source=SOURCE, url=SOURCE.url, content_type="application/xml", fetched=NOW
        )
    except ParseError:
        return None


def ids(found: ParsedSource) -> set[str]:
    return {article.id for article in found.articles}


def outcome(found: ParsedSource) -> Hashable:
    problems = frozenset(kind_of(problem.found) for problem in found.problems)
    return min(len(found.articles), 3), found.language is None, problems


@pytest.mark.parametrize("target", [feed, twice])
def test_a_few_hundred_broken_feeds_give_articles_or_an_error(target: Target) -> None:
    fuzz(target, SEEDS, MUTATOR, seed=1, inputs=150)


@pytest.mark.fuzz
@pytest.mark.timeout(SECONDS * 2 + 300)
@pytest.mark.parametrize("target", [feed, twice])
def test_whatever_a_feed_sends_gives_articles_or_an_error(target: Target) -> None:
    fuzz(target, SEEDS, MUTATOR, seed=SEED)
