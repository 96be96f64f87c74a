"""When an alert is told again: its story has reached a number of sources its watch asked for, or
its article says something else. What is told is the alert as it was told last, and what is new.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.alerts.decide import SILENT
from monitor.alerts.lead import lead_of
from monitor.model import AlertedArticle, Relation, Update

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import (
        Alert,
        Article,
        Claim,
        Evidence,
        Match,
        Severity,
        Spoken,
        Topic,
        Watch,
    )


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
    """The alert as told again: the same one, as it was told last, with the sources by now and the
    article that made the step.
    """
    before = alert.update
    return replace(
        alert,
        sources=sources,
        publishers=claim.carried,
        independent=claim.independent,
        severity=severity,
        update=Update(
            step=step,
            at=now,
            copy=AlertedArticle.of(article),
            revised=_revised(before) if before else None,
            fresh=before.fresh if before else 0,
        ),
    )


def _revised(before: Update) -> datetime | None:
    """When its article was revised last."""
    return before.at if before.revision else before.revised


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
    topics: tuple[Topic, ...],
    sources: tuple[str, ...],
    claim: Claim,
    severity: Severity,
    now: datetime,
) -> Alert:
    """The alert as told again: with the article as it is now, and what makes the watch match in it.

    `text` names the new text. What matches in it and did not before comes first. Where the watch
    does not match any more no evidence is left.
    """
    known = {_said(each) for each in alert.evidence}
    found = match.evidence if match else ()
    fresh = tuple(each for each in found if _said(each) not in known)
    evidence = (*fresh, *(each for each in found if each not in fresh))
    return replace(
        alert,
        article=AlertedArticle.of(article),
        evidence=evidence,
        topics=topics,
        lead=lead_of(article, evidence),
        sources=sources,
        publishers=claim.carried,
        independent=claim.independent,
        severity=severity,
        update=Update(
            step=claim.carried,
            at=now,
            copy=AlertedArticle.of(article),
            revision=text,
            fresh=len(fresh),
        ),
    )


def _said(evidence: Evidence) -> tuple[str, str]:
    """The sentence that shows it, wherever it stands."""
    return evidence.field, evidence.sentence or evidence.text
