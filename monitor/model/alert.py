"""Alert: a match worth telling, one per watch and story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.model.alerted import AlertedArticle, Counted, Elsewhere, Rising
from monitor.model.ids import digest
from monitor.model.mention import Evidence
from monitor.model.severity import Severity
from monitor.model.topic import Topic
from monitor.model.watch import OncePer

TroubleKind = Literal["failing", "gone", "moved", "silent", "unreadable", "quiet"]
"""Of a source; "quiet" is a watch that finds less than is expected of it."""

Unheard = Literal["", "all", "revision"]
"""What a channel has not been told before of an alert that is told again: the alert itself waited,
and this came in its place; or its new text did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is wrong with a source or watch, since when; `until` where it is over."""

    kind: TroubleKind
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What is new about an alert: its story is in so many sources by now, here the newest copy.

    `step` is the number of publishers that was reached, `at` when. Or its article was
    revised: then `revision` is the name of the new text, and `copy` the article as it is now. Of a
    step `copy` is the article that made it, and `revised` when the alert's article was last revised
    before. `fresh` says how many pieces of evidence, the first of the alert's, came with that
    revision; `unheard` what the channel that is told has not been told yet: known when it is told.
    """

    step: int
    at: datetime
    copy: AlertedArticle
    revision: str = ""
    revised: datetime | None = None
    fresh: int = 0
    unheard: Unheard = ""

    @property
    def mark(self) -> str:
        """What tells it from other updates of the alert."""
        return f"r{self.revision}" if self.revision else str(self.step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One watch has something to say about one story.

    `tags` are the owner's own labels of the watch. `notify` names the channels it goes to;
    `sources` are the sources of the story seen so far, of so many `publishers`, of which so many
    are `independent` (0 where it was not counted). `lead` is how the article begins, for where the
    title alone made the watch match. `event` is the happening the story is about. With an `update`
    it is told again because of that. Where the watch has a threshold, `counted` are the stories
    that came before and make it up with this one; where it may be satisfied by several articles of
    a story or event, `elsewhere` are the others.

    An alert with a `trouble` is about its source itself, and of no watch; or, where it is "quiet",
    about its watch, which finds nothing. `article` then says what has happened, `lead` what it
    means. So does one with a `rising`, of an emerging watch.
    """

    id: str
    watch: str
    title: str
    severity: Severity
    story: str
    article: AlertedArticle
    evidence: tuple[Evidence, ...]
    topics: tuple[Topic, ...]
    sources: tuple[str, ...]
    notify: tuple[str, ...]
    raised: datetime
    lead: str = ""
    trouble: Trouble | None = None
    event: str = ""
    once_per: OncePer = "story"
    update: Update | None = None
    tags: tuple[str, ...] = ()
    counted: tuple[Counted, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    rising: Rising | None = None
    publishers: int = 0
    independent: int = 0

    @property
    def carried(self) -> int:
        """How many publishers carry its story."""
        return self.publishers or len(self.sources)

    @property
    def subject(self) -> str:
        """What the watch speaks about once: the story, or its event."""
        return self.event if self.once_per == "event" and self.event else self.story

    @property
    def only_spread(self) -> bool:
        """Whether it tells again how far the story has spread: the reader has seen the rest."""
        return self.update is not None and not (self.update.revision or self.update.unheard)

    @property
    def is_repeat(self) -> bool:
        """Whether who is told has been told of it before."""
        return self.update is not None and self.update.unheard != "all"

    @staticmethod
    def id_for(watch: str, subject: str) -> str:
        """The id of the one alert this watch may raise for this story (or event)."""
        return digest("alert", watch, subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """That a watch has spoken for a story: by which alert, about which article, when.

    `sources` is how many publishers carried the story when it last spoke.
    """

    alert: str
    article: str
    at: datetime
    sources: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do about the matches of one article: alerts to raise, and why the rest stay silent.

    `silenced` holds (watch id, reason) pairs.
    """

    alerts: tuple[Alert, ...]
    silenced: tuple[tuple[str, str], ...]
