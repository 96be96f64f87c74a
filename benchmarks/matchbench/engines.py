"""Our matcher and its peers behind one shape: built from watches, then asked about articles.

The peers know neither fields, sentences, distances nor actors: NEAR becomes AND, an actor its name.
Nobody checks their matches afterwards, so all of them do less than ours; figures flatter them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Protocol

from monitor.lexicon import Knowledge, Lexicon
from monitor.model import Article, Watch
from monitor.text import folded, read
from monitor.topics.knowledge import load
from monitor.watch import Watchlist, compile_watchlist, parse
from monitor.watch.scene import Scene
from monitor.watch.tree import And, Near, Node, Not, Or, Subject, Term, Wild

_WORDS = re.compile(r"\w+")


class Engine(Protocol):
    """Says how many watches an article satisfies."""

    def count(self, article: Article) -> int: ...


class Ours:
    """The watchlist with all shipped names in the same automaton, as the daemon runs it."""

    def __init__(self, watches: tuple[Watch, ...]) -> None:
        knowledge = load()
        self.watchlist: Watchlist = compile_watchlist(watches, knowledge)
        self.lexicon = Lexicon.compile(knowledge, self.watchlist.anchors)
        self.watchlist.bind(self.lexicon.anchor_by_pattern)

    def count(self, article: Article) -> int:
        reading = read(article)
        return len(self.watchlist.judge(reading, self.lexicon.scan(reading)))


class NaiveLoop(Ours):
    """Every watch is decided for every article, with our clauses."""

    def count(self, article: Article) -> int:
        reading = read(article)
        scene = Scene(reading, self.lexicon.scan(reading), ())
        return sum(clause.holds(scene) for clause in self.watchlist.clauses)


class AllTerms:
    """A hand-made automaton over all terms; watches with a term in the text are decided."""

    def __init__(self, watches: tuple[Watch, ...]) -> None:
        import ahocorasick_rs

        knowledge = load()
        self.trees = [relaxed(parse(watch.when or "", knowledge), knowledge) for watch in watches]
        postings: dict[str, list[int]] = {}
        for number, tree in enumerate(self.trees):
            for term in terms(tree, positive=True):
                postings.setdefault(term, []).append(number)
            for term in terms(tree, positive=False):
                postings.setdefault(term, [])
        self.terms = list(postings)
        self.rows = list(postings.values())
        patterns = [" " + (t[:-1] if t.endswith("*") else t + " ") for t in self.terms]
        self.scan = ahocorasick_rs.AhoCorasick(patterns).find_matches_as_indexes

    def count(self, article: Article) -> int:
        line = " " + " ".join(words(article)) + " "
        seen = {hit[0] for hit in self.scan(line, overlapping=True)}
        here = {self.terms[number] for number in seen}
        candidates: set[int] = set()
        for number in seen:
            candidates.update(self.rows[number])
        return sum(_holds(self.trees[number], here) for number in candidates)


class Mokaccino:
    """mokaccino's percolator, fed with words and groups of two and three words."""

    def __init__(self, watches: tuple[Watch, ...]) -> None:
        from mokaccino import Percolator, Query

        knowledge = load()
        self.percolator = Percolator()

        def query(node: Node) -> object:
            match node:
                case Term(text=text):
                    return Query.from_kv("t", text)
                case Wild(text=text):
                    return Query.from_kprefix("t", text.rstrip("*"))
                case Not(part=part):
                    return Query.from_not(query(part))
                case And(parts=parts):
                    return Query.from_and([query(part) for part in parts])
                case Or(parts=parts):
                    return Query.from_or([query(part) for part in parts])
            raise AssertionError(node)

        for watch in watches:
            self.percolator.add_query(query(relaxed(parse(watch.when or "", knowledge), knowledge)))

    def count(self, article: Article) -> int:
        from mokaccino import Document

        row, document = words(article), Document()
        groups = {*row, *map(" ".join, itertools.pairwise(row))}
        groups.update(map(" ".join, zip(row, row[1:], row[2:], strict=False)))
        for group in groups:
            document.add_value("t", group)
        return len(self.percolator.percolate_list(document))


class PhraseMatcher:
    """spaCy's PhraseMatcher over all terms: it finds terms, and decides nothing."""

    def __init__(self, watches: tuple[Watch, ...]) -> None:
        import spacy
        from spacy.matcher import PhraseMatcher as Matcher

        knowledge = load()
        self.nlp = spacy.blank("en")
        self.matcher = Matcher(self.nlp.vocab, attr="LOWER")
        found = dict.fromkeys(
            term
            for watch in watches
            for term in terms(relaxed(parse(watch.when or "", knowledge), knowledge))
            if not term.endswith("*")
        )
        for number, document in enumerate(self.nlp.tokenizer.pipe(found)):
            self.matcher.add(str(number), [document])

    def count(self, article: Article) -> int:
        text = f"{article.title} {article.summary} {article.body}"
        return len(self.matcher(self.nlp.make_doc(text)))


ENGINES: dict[str, tuple[Callable[[tuple[Watch, ...]], Engine], int]] = {
    "wirewatch": (Ours, 100_000),
    "mokaccino": (Mokaccino, 100_000),
    "spaCy PhraseMatcher": (PhraseMatcher, 100_000),
    "automaton, all terms": (AllTerms, 100_000),
    "naive loop": (NaiveLoop, 1_000),
}
"""Name -> how it is built, and the most watches worth trying."""


def words(article: Article) -> list[str]:
    """The words of an article for the peers."""
    return _WORDS.findall(f"{article.title} {article.summary} {article.body}".lower())


def relaxed(node: Node, knowledge: Knowledge) -> Node:
    """The query without what peers cannot say."""
    match node:
        case Term(text=text):
            return Term(text=folded(text))
        case Subject(kind=kind, id=id_):
            subject = knowledge.subjects(kind)[id_]
            return Term(text=folded(getattr(subject, "name", id_)))
        case Near(left=left, right=right):
            return And(parts=(relaxed(left, knowledge), relaxed(right, knowledge)))
        case Not(part=part):
            return Not(part=relaxed(part, knowledge))
        case And(parts=parts):
            return And(parts=tuple(relaxed(part, knowledge) for part in parts))
        case Or(parts=parts):
            return Or(parts=tuple(relaxed(part, knowledge) for part in parts))
    return node


def terms(node: Node, *, positive: bool | None = None) -> list[str]:
    """The terms of a relaxed query: all of them, the positive or the negative ones."""
    match node:
        case Term(text=text) | Wild(text=text):
            return [] if positive is False else [text]
        case Not(part=part):
            return [] if positive else terms(part)
        case And(parts=parts) | Or(parts=parts):
            return [term for part in parts for term in terms(part, positive=positive)]
    raise AssertionError(node)


def _holds(node: Node, here: set[str]) -> bool:
    match node:
        case Term(text=text) | Wild(text=text):
            return text in here
        case Not(part=part):
            return not _holds(part, here)
        case And(parts=parts):
            return all(_holds(part, here) for part in parts)
        case Or(parts=parts):
            return any(_holds(part, here) for part in parts)
    raise AssertionError(node)
