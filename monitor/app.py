"""The composition root: from Settings to the working parts.

Here, and nowhere else, the concrete parts are named and put together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from monitor.channels import CHANNELS
from monitor.channels.channel import Channel
from monitor.dedupe import Marks, marks_of
from monitor.lexicon import Lexicon
from monitor.lexicon.knowledge import Knowledge
from monitor.model import Article, Match, Origin, Topic, Watch
from monitor.settings import Settings
from monitor.store import Store
from monitor.text import read
from monitor.topics import extract
from monitor.watch import MARK, Watchlist, compile_watchlist, parts_of

_SUBJECTS = frozenset({"actor", "place", "theme"})
"""Shapes of topics that say what an event is about."""


def now() -> datetime:
    """The clock, aware and UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What reading an article once says: what it is about, and which watches it satisfies.

    `parts` are the clauses it satisfies of watches that may be satisfied by several articles: each
    as the match of a watch "ID#NUMBER".
    """

    topics: tuple[Topic, ...]
    matches: tuple[Match, ...]
    parts: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleFailure:
    """A watch that does not do what its own examples say."""

    watch: str
    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything compiled that reading needs; pure: made once, shared by forked workers.

    `parts` says into how many clauses a watch falls that may be satisfied by several articles.
    """

    knowledge: Knowledge
    lexicon: Lexicon
    watchlist: Watchlist
    watches: Mapping[str, Watch]
    parts: Mapping[str, int]

    @classmethod
    def of(cls, watches: tuple[Watch, ...], knowledge: Knowledge) -> Desk:
        """Compile watches and names into one automaton."""
        parts = {watch.id: parts_of(watch, knowledge) for watch in watches}
        clauses = tuple(part for some in parts.values() for part in some)
        watchlist = compile_watchlist((*watches, *clauses), knowledge)
        lexicon = Lexicon.compile(knowledge, anchors=watchlist.anchors)
        watchlist.bind(lexicon.anchor_by_pattern)
        return cls(
            knowledge=knowledge,
            lexicon=lexicon,
            watchlist=watchlist,
            watches={watch.id: watch for watch in watches},
            parts={id_: len(some) for id_, some in parts.items() if some},
        )

    def judge(self, article: Article) -> Judgement:
        """Read an article once: topics and matches."""
        reading = read(article)
        mentions = self.lexicon.scan(reading)
        topics = extract(reading, mentions, self.knowledge)
        found = self.watchlist.judge(reading, mentions, topics)
        if not self.parts:
            return Judgement(topics=topics, matches=found)
        return Judgement(
            topics=topics,
            matches=tuple(match for match in found if MARK not in match.watch),
            parts=tuple(match for match in found if MARK in match.watch),
        )

    def marks(self, article: Article, topics: tuple[Topic, ...], learned: frozenset[str]) -> Marks:
        """What an article's story is found by; `learned` are the lines that its source repeats."""
        about = [topic.key for topic in topics if topic.shape in _SUBJECTS]
        return marks_of(article, learned=learned, subjects=about)

    def failing_examples(self) -> tuple[ExampleFailure, ...]:
        """Every `must_match` that does not match and every `must_not_match` that does.

        Paused watches are tried, too.
        """
        paused = tuple(replace(w, enabled=True) for w in self.watches.values() if not w.enabled)
        desk = Desk.of(paused, self.knowledge) if paused else self
        return desk._failing(paused) + self._failing(
            tuple(watch for watch in self.watches.values() if watch.enabled)
        )

    def _failing(self, watches: tuple[Watch, ...]) -> tuple[ExampleFailure, ...]:
        return tuple(
            ExampleFailure(watch=watch.id, key=key, text=text)
            for watch in watches
            for key, texts, wanted in (
                ("must_match", watch.must_match, True),
                ("must_not_match", watch.must_not_match, False),
            )
            for text in texts
            if self._matches(watch.id, text) is not wanted
        )

    def _matches(self, watch: str, text: str) -> bool:
        example = Article(
            id="example",
            source="example",
            title="",
            body=text,
            fetched=datetime(2000, 1, 1, tzinfo=UTC),
            origin=Origin.SEED,
        )
        return any(match.watch == watch for match in self.judge(example).matches)


@dataclass(slots=True)
class App:
    """The parts of one process. The desk is compiled when first needed, and only by who reads.

    `version` is that of the configuration.
    """

    settings: Settings
    redis_url: str
    version: str = ""
    _desk: Desk | None = field(default=None)

    @property
    def desk(self) -> Desk:
        """The compiled watchlist and names."""
        if self._desk is None:
            self._desk = Desk.of(self.settings.watches, self.settings.knowledge)
        return self._desk

    def store(self) -> Store:
        """A store with connections of its own: one per process."""
        return Store(self.redis_url, self.settings.retention)

    def channels(self) -> dict[str, Channel]:
        """Every configured channel, opened."""
        return {
            name: CHANNELS[channel.type].open_channel(
                name,
                channel.config,
                allow=self.settings.allow,
                contact=self.settings.contact,
            )
            for name, channel in self.settings.channels.items()
        }
