"""When an alert is told again: its story has reached a number of sources its watch asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.alerts.decide import SILENT
from monitor.model import AlertedArticle, Update

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import Alert, Article, Spoken, Watch


def step_reached(
    *, article: Article, watch: Watch, told: Spoken, sources: tuple[str, ...]
) -> int | None:
    """The step of the watch's `updates` that the article's story has reached since `told`, or None.

    Steps passed at once are told at once, as the highest of them. The article that made the watch
    speak updates nothing, nor does one that came in silently (old, or its source muted).
    """
    if article.ref == told.article or article.origin in SILENT:
        return None
    reached = [step for step in watch.updates if told.sources < step <= len(sources)]
    return max(reached, default=None)


def updated(
    alert: Alert, *, step: int, article: Article, sources: tuple[str, ...], now: datetime
) -> Alert:
    """The alert as told again: the same one, with the sources by now and the copy that came."""
    return replace(
        alert,
        sources=sources,
        update=Update(step=step, at=now, copy=AlertedArticle.of(article)),
    )
