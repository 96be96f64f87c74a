"""Whether enough has come together for a watch with a threshold to speak. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.model import spelled

if TYPE_CHECKING:
    from collections.abc import Collection

    from monitor.model import Counted, Threshold


def missing(threshold: Threshold, counted: Collection[Counted]) -> str | None:
    """What is missing, in words; None when it has been reached.

    Every story counts once, for the independent source that first told it: a text that a hundred
    papers take from one agency is one story by one source, as are two feeds of one publisher.
    """
    stories = len({each.story for each in counted})
    sources = len({each.voice or each.article.source for each in counted})
    if stories >= threshold.stories and sources >= threshold.sources:
        return None
    return (
        f"below its threshold: {stories} of {threshold.stories} stories,"
        f" {sources} of {threshold.sources} independent sources within {spelled(threshold.within)}"
    )
