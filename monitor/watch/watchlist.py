"""Watchlist: all watches, compiled; which of them does an article satisfy?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor.errors import Bug, QueryError
from monitor.lexicon import Knowledge, Mentions
from monitor.model import Match, Topic, Watch
from monitor.text import Reading, folded
from monitor.watch.anchors import Key, keys_of
from monitor.watch.clauses import Clause
from monitor.watch.evidence import show
from monitor.watch.parse import parse, parse_operand
from monitor.watch.plan import Planner
from monitor.watch.scene import Scene
from monitor.watch.tree import Node, Together, all_of, stands_somewhere

_WIDEST_WINDOW = 1_000


class Watchlist:
    """Watches ready to judge articles. `anchors` is what the lexicon must look for.

    `problems` holds the refusals of the watches that were left out, each with its watch in `ids`.
    """

    def __init__(self, watches: Iterable[Watch], knowledge: Knowledge) -> None:
        planner = Planner()
        problems: list[QueryError] = []
        compiled: list[tuple[str, Clause]] = []
        postings: dict[Key, list[int]] = {}
        for watch in sorted(watches, key=lambda watch: watch.id):
            try:
                tree = parse_watch(watch, knowledge)
            except QueryError as error:
                problems.append(error)
                continue
            for key in keys_of(tree):
                postings.setdefault(key, []).append(len(compiled))
            compiled.append((watch.id, planner.clause(tree)))
        self.problems = tuple(problems)
        self.watches = tuple(watch_id for watch_id, _ in compiled)
        self._compiled = tuple(compiled)
        self._postings = {key: tuple(watching) for key, watching in postings.items()}
        self.anchors = frozenset(key for key in postings if isinstance(key, bytes))

    @classmethod
    def compile(cls, watch: Watch, knowledge: Knowledge) -> Watchlist:
        """A watchlist of one watch. Raises QueryError when its query is refused."""
        watchlist = cls((watch,), knowledge)
        for problem in watchlist.problems:
            raise problem
        return watchlist

    def judge(
        self, reading: Reading, mentions: Mentions, topics: tuple[Topic, ...] = ()
    ) -> tuple[Match, ...]:
        """The watches an article satisfies, by id, each with its evidence.

        `mentions` must come from a lexicon compiled with these `anchors`.
        """
        if mentions.known_anchors is not self.anchors and not (
            self.anchors <= mentions.known_anchors
        ):
            raise Bug("the lexicon was compiled without this watchlist's anchors")
        candidates = self._candidates(mentions, topics)
        if not candidates:
            return ()
        scene = Scene(reading, mentions, topics)
        matches = []
        for at in sorted(candidates):
            watch_id, clause = self._compiled[at]
            if clause.holds(scene):
                matches.append(Match(watch=watch_id, evidence=show(clause, scene)))
        return tuple(matches)

    def _candidates(self, mentions: Mentions, topics: tuple[Topic, ...]) -> set[int]:
        """The watches of which the article shows a key."""
        candidates: set[int] = set()
        postings = self._postings
        for key in mentions.anchors & self.anchors:
            candidates.update(postings[key])
        if len(postings) > len(self.anchors):
            for subject in _subjects(mentions, topics):
                candidates.update(postings.get(subject, ()))
        return candidates


def compile_watchlist(watches: Iterable[Watch], knowledge: Knowledge) -> Watchlist:
    """The watchlist of these watches; those whose query is refused are in `problems`, not in it."""
    return Watchlist(watches, knowledge)


def parse_watch(watch: Watch, knowledge: Knowledge | None = None) -> Node:
    """The tree of a watch, from `when` or the plain form. Raises QueryError, naming the watch."""
    try:
        if watch.when is None:
            return _plain_form(watch, knowledge)
        _check_one_form(watch.when, watch)
        return parse(watch.when, knowledge)
    except QueryError as error:
        error.ids = {"watch": watch.id}
        raise


def _check_one_form(when: str, watch: Watch) -> None:
    if watch.together:
        raise QueryError(
            "found both `when` and `together`", query=when, column=1, fix="keep one of them"
        )


def _plain_form(watch: Watch, knowledge: Knowledge | None) -> Node:
    if not watch.together:
        raise QueryError(
            "found neither `when` nor `together`",
            query="",
            column=1,
            fix='write together = ["..."]',
        )
    parts = [parse_operand(text, knowledge) for text in watch.together]
    within = watch.within
    if len(parts) == 1 or within == "article":
        return all_of(parts)
    for text, part in zip(watch.together, parts, strict=True):
        if not stands_somewhere(part) and not _is_theme(part):
            raise QueryError(
                "found something that is of the whole article",
                query=text,
                column=1,
                fix='write within = "article"',
            )
    if isinstance(within, int) and not 2 <= within <= _WIDEST_WINDOW:
        raise QueryError(
            f"found within {within} words, wanted 2 to {_WIDEST_WINDOW}",
            query=", ".join(watch.together),
            column=1,
            fix='write within = "20 words"',
        )
    return Together(parts=tuple(parts), within=within)


def _is_theme(node: Node) -> bool:
    return getattr(node, "kind", None) == "theme"


def _subjects(mentions: Mentions, topics: tuple[Topic, ...]) -> Iterator[Key]:
    """All keys but anchors that an article shows; of a place also what it lies in."""
    around = mentions.knowledge.around
    for actor in mentions.ids("actor"):
        yield "actor", actor
    for place in mentions.ids("place"):
        for wider in around(place):
            yield "place", wider
    for theme in mentions.ids("theme"):
        yield "theme", theme
    for topic in topics:
        yield "topic", topic.key
        yield "topic", folded(topic.label)
