"""Verdicts for people: the tree of clauses, what held where, and matches with words marked."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from textwrap import shorten
from typing import NamedTuple

import click

from monitor.app import Desk
from monitor.channels.safe import line, spaced
from monitor.lexicon import Mentions
from monitor.model import Article, Evidence, Match, Topic
from monitor.text import Reading, read
from monitor.topics import extract
from monitor.watch import Verdict, explain
from monitor.watch.tree import Node, asks_topics

_YES, _NO = "✓", "✗"
_SHOWN = 3
_WIDEST = 60


class Seen(NamedTuple):
    """An article read: what queries are decided on."""

    reading: Reading
    mentions: Mentions
    topics: tuple[Topic, ...]


class Explainer:
    """Decides queries about articles with the knowledge of a desk, and says why.

    Topics are worked out only where a query asks for one: of a long text they take most of it all.
    """

    def __init__(self, desk: Desk, trees: Iterable[Node]) -> None:
        self._desk, self._trees = desk, tuple(trees)
        self._asks_topics = any(map(asks_topics, self._trees))

    def look(self, article: Article) -> Seen:
        """The article, read once for all that is asked of it."""
        reading = read(article)
        mentions = self._desk.lexicon.scan(reading)
        asked = self._asks_topics
        topics = extract(reading, mentions, self._desk.knowledge) if asked else ()
        return Seen(reading, mentions, topics)

    def matches(self, seen: Seen) -> tuple[Match, ...]:
        """The watches of the desk that it satisfies."""
        return self._desk.watchlist.judge(*seen)

    def verdicts(self, seen: Seen) -> Iterator[Verdict]:
        """The verdict on each tree."""
        for tree in self._trees:
            yield explain(tree, *seen)


def named(article: Article) -> str:
    """The article by its id and title, in one line that is safe to show."""
    return f"{line(article.id)} “{line(article.title)}”"


def lines(verdict: Verdict, depth: int = 0) -> Iterator[str]:
    """The tree, a line for each clause."""
    mark = click.style(_YES, fg="green") if verdict.held else click.style(_NO, fg="red")
    said = _said(verdict)
    yield f"{'  ' * depth}{mark} {verdict.clause}" + (f"   {said}" if said else "")
    if verdict.form in ("near", "notnear", "atleast", "together") and verdict.held:
        return  # the pair shown says where its sides stand
    for part in verdict.parts:
        yield from lines(part, depth + 1)


def lit(article: Article, evidence: tuple[Evidence, ...]) -> Iterator[str]:
    """The sentences of the evidence, each once, with the words that matched marked."""
    shown: dict[tuple[str, int], list[Evidence]] = {}
    for each in evidence:
        shown.setdefault((each.field, each.sentence_start), []).append(each)
    for (field, start), spots in shown.items():
        text = article.text(spots[0].field)
        at, row = start, ""
        for spot in sorted(spots, key=lambda spot: (spot.start, -spot.end)):
            if spot.start >= at:
                row += spaced(text[at : spot.start]) + marked(spaced(text[spot.start : spot.end]))
                at = spot.end
        row += spaced(text[at : start + len(spots[0].sentence)])
        yield f"{field} {start}: {' '.join(row.split())}"


def marked(text: str) -> str:
    """Words that matched: bold on a terminal, else between «»."""
    return click.style(text, bold=True) if sys.stderr.isatty() else f"«{text}»"


def row(verdict: Verdict) -> dict[str, object]:
    """A verdict for machines."""
    return {
        "clause": verdict.clause,
        "form": verdict.form,
        "held": verdict.held,
        "places": verdict.places,
        "evidence": [spot(each) for each in verdict.evidence],
        "miss": verdict.miss or None,
        "nearest": [spot(each) for each in verdict.nearest],
        "parts": [row(part) for part in verdict.parts],
    }


def spot(evidence: Evidence) -> dict[str, object]:
    """One place, as `wirewatch match` writes it."""
    return {
        "field": evidence.field,
        "start": evidence.start,
        "end": evidence.end,
        "text": evidence.text,
        "term": evidence.term,
    }


def missing(verdict: Verdict) -> Iterator[str]:
    """A line for each clause that failed: what came nearest."""
    for part in verdict.missing:
        said = _said(part)
        yield f"{part.clause}" + (f": {said}" if said else "")


def _said(verdict: Verdict) -> str:
    if verdict.held:
        return _places(verdict.evidence, verdict.places)
    where = _places(verdict.nearest, len(verdict.nearest))
    return f"{verdict.miss} ({where})" if verdict.miss and where else verdict.miss


def _places(shown: tuple[Evidence, ...], count: int) -> str:
    places = ", ".join(
        f"{each.field} {each.start} {marked(_short(each.text))}" for each in shown[:_SHOWN]
    )
    more = count - len(shown[:_SHOWN])
    return f"{places} and {more} more" if more > 0 else places


def _short(text: str) -> str:
    return shorten(line(text), _WIDEST, placeholder=" ...")
