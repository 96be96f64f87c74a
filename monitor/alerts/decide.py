"""Which matches of one article are told, and why the others stay silent."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from monitor.alerts.lead import lead_of
from monitor.alerts.threshold import missing
from monitor.errors import Bug
from monitor.model import Alert, AlertedArticle, Decision, Origin, Relation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.model import Article, Claim, Counted, Match, OncePer, Spoken, Topic, Watch

NOTHING: Mapping[str, tuple[Counted, ...]] = MappingProxyType({})
"""No watch has a threshold."""

SILENT = {
    Origin.BACKFILL: "older than 48 hours at the first poll",
    Origin.MUTED: "its source is muted (`mute` in feeds.toml)",
}
"""Why what came in this way raises no alert, whatever it says."""


def decide(
    *,
    article: Article,
    claim: Claim,
    topics: tuple[Topic, ...],
    matches: tuple[Match, ...],
    watches: Mapping[str, Watch],
    spoken: Mapping[str, Spoken],
    sources: tuple[str, ...],
    now: datetime,
    paused: Mapping[str, datetime],
    counted: Mapping[str, tuple[Counted, ...]] = NOTHING,
) -> Decision:
    """What to raise for the matches of one article, and in plain words why the rest stay silent.

    `spoken` says, by watch id, which alert of this claim's story (or event) was told already and by
    which article (its `ref`); `sources` are the sources of the story seen so far. One watch speaks
    once for a story. Asked again by the article that made it speak, the answer is that same alert,
    with the time it was first raised: a repeated job is harmless. A watch that tells nobody is
    raised all the same, for the record. `paused` says since when a person has a watch paused: what
    it matches meanwhile is never told. `counted` says, by id of a watch with a threshold, which
    stories count towards it, this one among them.
    """
    alerts: list[Alert] = []
    silenced: list[tuple[str, str]] = []
    for match in matches:
        told = spoken.get(match.watch)
        watch = _watch_of(match, watches)
        stories = counted.get(match.watch, ())
        reason = _silence(article, claim, told, paused.get(match.watch), watch.once_per)
        if reason is None and told is None and watch.threshold is not None:
            reason = missing(watch.threshold, stories)
        if reason is not None:
            silenced.append((match.watch, reason))
            continue
        alerts.append(
            _alert(
                article=article,
                claim=claim,
                topics=topics,
                match=match,
                watch=watch,
                sources=sources,
                raised=now if told is None else told.at,
                counted=tuple(each for each in stories if each.story != subject(watch, claim)),
            )
        )
    return Decision(alerts=tuple(alerts), silenced=tuple(silenced))


def counts(article: Article, watch: Watch, told: Spoken | None, paused: datetime | None) -> bool:
    """Whether the article counts towards the watch's threshold: it could be told otherwise."""
    unheard = told is None and paused is None and article.origin not in SILENT
    return unheard and watch.threshold is not None


def subject(watch: Watch, claim: Claim) -> str:
    """What the watch speaks about once, for an article of this claim: its story, or its event."""
    return claim.event if watch.once_per == "event" and claim.event else claim.story


def _silence(
    article: Article,
    claim: Claim,
    told: Spoken | None,
    paused: datetime | None,
    once_per: OncePer,
) -> str | None:
    """Why this match is not told, or None if it is."""
    if article.origin in SILENT:
        return SILENT[article.origin]
    if told is None and paused is not None:
        return f"the watch is paused since {paused:%Y-%m-%d %H:%M} UTC (`wirewatch watch resume`)"
    if told is None or told.article == article.ref:
        return None
    if claim.relation is Relation.COPY:
        return f"copy of an alerted story: told by alert {told.alert}"
    return f"already told for this {once_per} by alert {told.alert}"


def _watch_of(match: Match, watches: Mapping[str, Watch]) -> Watch:
    watch = watches.get(match.watch)
    if watch is None:
        raise Bug(
            "a match names a watch that is not on the watchlist it was judged by", watch=match.watch
        )
    return watch


def _alert(
    *,
    article: Article,
    claim: Claim,
    topics: tuple[Topic, ...],
    match: Match,
    watch: Watch,
    sources: tuple[str, ...],
    raised: datetime,
    counted: tuple[Counted, ...],
) -> Alert:
    return Alert(
        id=Alert.id_for(watch.id, subject(watch, claim)),
        watch=watch.id,
        title=watch.title,
        severity=watch.severity_at(claim.carried),
        tags=watch.tags,
        story=claim.story,
        article=AlertedArticle.of(article),
        evidence=match.evidence,
        topics=topics,
        sources=sources if article.source in sources else (*sources, article.source),
        notify=watch.notify,
        raised=raised,
        lead=lead_of(article, match.evidence),
        event=claim.event,
        once_per=watch.once_per,
        counted=counted,
        elsewhere=match.elsewhere,
        publishers=claim.carried,
        independent=claim.independent,
    )
