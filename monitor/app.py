"""The composition root: from Settings to the working parts.

Here, and nowhere else, the concrete parts are named and put together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from monitor import telemetry
from monitor.channels import CHANNELS
from monitor.channels.channel import Channel
from monitor.dedupe import Marks, marks_of
from monitor.lexicon import Lexicon
from monitor.lexicon.knowledge import Knowledge
from monitor.model import Article, Match, Origin, Topic, Watch
from monitor.settings import Settings
from monitor.store import Store
from monitor.text import read
from monitor.topics import ner, survey, topics_of
from monitor.topics.labels import localised
from monitor.topics.rising import counted
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
    `counted` are keys and labels of what it counts for in `trends`, `scopes` the queries of
    emerging watches that it satisfies: those tell no article.
    """

    topics: tuple[Topic, ...]
    matches: tuple[Match, ...]
    parts: tuple[Match, ...] = ()
    counted: tuple[tuple[str, str], ...] = ()
    scopes: tuple[str, ...] = ()


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
    opinion: ner.Opinion | None = None

    @classmethod
    def of(
        cls,
        watches: tuple[Watch, ...],
        knowledge: Knowledge,
        opinion: ner.Opinion | None = None,
    ) -> Desk:
        """Compile watches and names into one automaton; with an opinion on unknown names."""
        parts = {watch.id: parts_of(watch, knowledge) for watch in watches if watch.has_query}
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
            opinion=opinion,
        )

    def judge(self, article: Article) -> Judgement:
        """Read an article once: topics and matches."""
        reading = read(article)
        mentions = self.lexicon.scan(reading)
        surveyed = survey(reading, mentions, self.knowledge)
        if self.opinion is not None:
            surveyed = ner.with_second_opinion(surveyed, mentions, self.opinion)
        topics = topics_of(surveyed)
        found = self.watchlist.judge(reading, mentions, topics)
        whole = [match for match in found if MARK not in match.watch]
        emerging = [self.watches[m.watch] for m in whole if self.watches[m.watch].emerging]
        return Judgement(
            topics=localised(topics, article.language, self.knowledge),
            matches=tuple(match for match in whole if not self.watches[match.watch].emerging),
            parts=tuple(match for match in found if MARK in match.watch),
            counted=counted(topics, surveyed),
            scopes=tuple(watch.trend_scope for watch in emerging),
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
        judgement = self.judge(example)
        if self.watches[watch].emerging:
            return self.watches[watch].trend_scope in judgement.scopes
        return any(match.watch == watch for match in judgement.matches)


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
            settings = self.settings
            opinion = ner.load(settings.topics.ner_model) if settings.topics.ner else None
            self._desk = Desk.of(settings.watches, settings.knowledge, opinion)
        return self._desk

    def store(self) -> Store:
        """A store with connections of its own: one per process."""
        return Store(self.redis_url, self.settings.retention, log=telemetry.logger())

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
