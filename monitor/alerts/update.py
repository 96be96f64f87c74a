"""When an alert is told again: its story has reached a number of sources its watch asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.alerts.decide import SILENT
from monitor.alerts.lead import lead_of
from monitor.model import AlertedArticle, Relation, Update

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import Alert, Article, Claim, Match, Severity, Spoken, Watch


def step_reached(*, article: Article, watch: Watch, told: Spoken, carried: int) -> int | None:
    """The step of the watch that the article's story has reached since `told`, or None; so many
    publishers have `carried` it.

    Steps passed at once are told at once, as the highest of them. The article that made the watch
    speak updates nothing, nor does one that came in silently (old, or its source muted).
    """
    if article.ref == told.article or article.origin in SILENT:
        return None
    reached = [step for step in watch.steps if told.sources < step <= carried]
    return max(reached, default=None)


def updated(
    alert: Alert,
    *,
    step: int,
    article: Article,
    sources: tuple[str, ...],
    claim: Claim,
    severity: Severity,
    now: datetime,
) -> Alert:
    """The alert as told again: the same one, with the sources by now and the copy that came."""
    return replace(
        alert,
        sources=sources,
        publishers=claim.carried,
        independent=claim.independent,
        severity=severity,
        update=Update(step=step, at=now, copy=AlertedArticle.of(article)),
    )


def is_revised(*, article: Article, watch: Watch, told: Spoken, claim: Claim) -> bool:
    """Whether the article that made the watch speak now says something else, and that is told."""
    again = article.ref == told.article and claim.relation is Relation.REVISION
    return watch.revisions and again and article.origin not in SILENT


def revised(
    alert: Alert,
    *,
    article: Article,
    match: Match | None,
    text: str,
    sources: tuple[str, ...],
    claim: Claim,
    severity: Severity,
    now: datetime,
) -> Alert:
    """The alert as told again: with the article as it is now, and what makes the watch match in it.

    `text` names the new text. Where the watch does not match any more no evidence is left.
    """
    return replace(
        alert,
        article=AlertedArticle.of(article),
        evidence=match.evidence if match else (),
        lead=lead_of(article, match.evidence if match else ()),
        sources=sources,
        publishers=claim.carried,
        independent=claim.independent,
        severity=severity,
        update=Update(step=claim.carried, at=now, copy=AlertedArticle.of(article), revision=text),
    )
