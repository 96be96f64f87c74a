"""Watch: one entry of the watchlist; Match: a watch satisfied by an article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta, tzinfo
from typing import Literal

from monitor.model.alerted import Elsewhere
from monitor.model.ids import digest
from monitor.model.mention import Evidence
from monitor.model.severity import SEVERITIES, Severity
from monitor.model.timing import Hours, Rate

Within = Literal["sentence", "paragraph", "article"] | int
OncePer = Literal["story", "event"]
Scope = Literal["article", "story", "event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """So many stories, first told by so many sources, published `within` a stretch of time."""

    stories: int
    sources: int
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What to look for and whom to tell.

    Either `when` holds a query, or `together` holds terms that must stand within `within`: a
    sentence, a paragraph, the article, or a window of that many words. A watch that is not
    `enabled`, or whose day `until` (the last one it counts) is over, matches nothing. Its channels
    are told once for a story, or an event (`once_per`); again when so many sources carry the story
    (`updates`, ascending), when the article is revised (`revisions`), and when it becomes more
    urgent: at so many sources it has that severity (`escalate`, ascending).

    With the `scope` of a story or event the clauses that its query joins by AND may be satisfied by
    different articles of one. With a `threshold` it speaks only when so much has come together.
    After an alert it rests for `cooldown`, it tells a channel `at_most` so often, and only in its
    `hours` (of `zone`): what it would say meanwhile is gathered. With `expect` it is told of when
    it finds less than that.

    An `emerging` watch speaks of no story, but of what many sources suddenly tell; a query keeps it
    to what the articles are about that satisfy it.
    """

    id: str
    title: str
    when: str | None = None
    together: tuple[str, ...] = ()
    within: Within = "article"
    notify: tuple[str, ...] = ()
    severity: Severity = "normal"
    tags: tuple[str, ...] = ()
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    enabled: bool = True
    until: date | None = None
    lint_ignore: tuple[str, ...] = ()
    updates: tuple[int, ...] = ()
    revisions: bool = False
    escalate: tuple[tuple[int, Severity], ...] = ()
    once_per: OncePer = "story"
    scope: Scope = "article"
    threshold: Threshold | None = None
    cooldown: timedelta | None = None
    at_most: Rate | None = None
    hours: Hours | None = None
    zone: tzinfo = UTC
    expect: Rate | None = None
    emerging: bool = False

    @property
    def has_query(self) -> bool:
        """Whether it asks for articles; an emerging watch need not."""
        return self.when is not None or bool(self.together) or not self.emerging

    @property
    def trend_scope(self) -> str:
        """What the counts of an emerging watch are kept under: "" for those of all articles.

        Another query counts anew.
        """
        if not self.has_query:
            return ""
        return digest("scope", self.when or "", *self.together, str(self.within))[:12]

    @property
    def asks(self) -> str:
        """What stands for what it asks for, and of what: what was noted for another query, or of
        stories instead of events, does not count for this one.
        """
        query = digest("asks", self.when or "", *self.together, str(self.within))
        return digest(query, self.scope, self.once_per)[:12]

    @property
    def steps(self) -> tuple[int, ...]:
        """The numbers of sources at which it tells again."""
        return tuple(sorted({*self.updates, *(sources for sources, _ in self.escalate)}))

    @property
    def follows(self) -> bool:
        """Whether it may tell again of a story."""
        return bool(self.steps) or self.revisions

    def severity_at(self, sources: int) -> Severity:
        """How urgent a story is that so many sources carry."""
        reached = (severity for step, severity in self.escalate if step <= sources)
        return max((self.severity, *reached), key=SEVERITIES.index)

    def is_active(self, day: date) -> bool:
        """Whether it is watched for on a day."""
        return self.enabled and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A watch satisfied by an article, with the spans that made it true, in order of the text; or
    by it and others of its story or event.
    """

    watch: str
    evidence: tuple[Evidence, ...]
    elsewhere: tuple[Elsewhere, ...] = ()
