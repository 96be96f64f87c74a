"""Watchlist: all watches, compiled; which of them does an article satisfy?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from monitor.errors import Bug, QueryError
from monitor.lexicon import Knowledge, Mentions, uncollected
from monitor.model import Match, Topic, Watch
from monitor.text import Reading
from monitor.watch.anchors import Way, ways_of
from monitor.watch.clauses import Clause
from monitor.watch.evidence import show
from monitor.watch.parse import parse, parse_operand
from monitor.watch.plan import Planner
from monitor.watch.postings import Postings
from monitor.watch.scene import Scene
from monitor.watch.tree import Node, Together, all_of, stands_somewhere

_WIDEST_WINDOW = 1_000


class Watchlist:
    """Watches ready to judge articles. `anchors` is what the lexicon must look for.

    Paused watches are left out; one whose last day is before the day an article was fetched is not
    satisfied by it. `problems` holds the refusals of the watches that could not be read, each with
    its watch in `ids`.
    """

    def __init__(self, watches: Iterable[Watch], knowledge: Knowledge) -> None:
        planner = Planner()
        self._until: dict[str, date] = {}
        problems: list[QueryError] = []
        compiled: list[tuple[str, Clause]] = []
        ways: list[tuple[int, Way]] = []
        for watch in sorted(watches, key=lambda watch: watch.id):
            if not (watch.enabled and watch.has_query):
                continue
            try:
                tree = parse_watch(watch, knowledge)
            except QueryError as error:
                problems.append(error)
                continue
            ways.extend((len(compiled), way) for way in ways_of(tree))
            if watch.until is not None:
                self._until[watch.id] = watch.until
            compiled.append((watch.id, planner.clause(tree)))
        self.problems = tuple(problems)
        self.watches = tuple(watch_id for watch_id, _ in compiled)
        self._compiled = tuple(compiled)
        self._postings = Postings(ways)
        self.anchors = self._postings.anchors
        self._bound_to: list[bytes | None] | None = None

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """What decides each watch of `watches`, for benchmarks and tests."""
        return tuple(clause for _, clause in self._compiled)

    @classmethod
    def compile(cls, watch: Watch, knowledge: Knowledge) -> Watchlist:
        """A watchlist of one watch. Raises QueryError when its query is refused."""
        watchlist = cls((watch,), knowledge)
        for problem in watchlist.problems:
            raise problem
        return watchlist

    def bind(self, anchor_by_pattern: list[bytes | None]) -> None:
        """Make ready for a lexicon (`Lexicon.anchor_by_pattern`); else its first article does it.

        Raises Bug when the lexicon does not look for all `anchors`.
        """
        if not self.anchors <= frozenset(anchor_by_pattern):
            raise Bug("the lexicon was compiled without this watchlist's anchors")
        self._postings.bind(anchor_by_pattern)
        self._bound_to = anchor_by_pattern

    def judge(
        self, reading: Reading, mentions: Mentions, topics: tuple[Topic, ...] = ()
    ) -> tuple[Match, ...]:
        """The watches an article satisfies, by id, each with its evidence.

        `mentions` must come from a lexicon compiled with these `anchors`.
        """
        if mentions.anchor_by_pattern is not self._bound_to:
            self.bind(mentions.anchor_by_pattern)
        candidates = self._postings.candidates(mentions, topics)
        if not candidates:
            return ()
        scene = Scene(reading, mentions, topics)
        matches = []
        for at in sorted(candidates):
            watch_id, clause = self._compiled[at]
            if clause.holds(scene) and not self._is_over(watch_id, reading):
                matches.append(Match(watch=watch_id, evidence=show(clause, scene)))
        return tuple(matches)

    def _is_over(self, watch_id: str, reading: Reading) -> bool:
        until = self._until.get(watch_id)
        return until is not None and reading.article.fetched.date() > until


def compile_watchlist(watches: Iterable[Watch], knowledge: Knowledge) -> Watchlist:
    """The watchlist of these watches; those whose query is refused are in `problems`, not in it."""
    with uncollected():
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
