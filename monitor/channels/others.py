"""Other articles than its own that made an alert up: by its watch's threshold, or by its scope.

The reader of an update has seen them, if they were told before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from monitor.channels.render import MAX_NAMES, MAX_TITLE_CHARS, publisher
from monitor.channels.safe import clip, isolated, line, link

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.model import Alert

BEFORE: Final = "It is told because these came before (`threshold`):"
TOGETHER: Final = "Together with (`scope`):"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fellow:
    """A story that counts with it: its headline, who published it and when, where it is read."""

    title: str
    where: str
    url: str | None


def fellows(alert: Alert, clock: Callable[[datetime], str]) -> tuple[Fellow, ...]:
    """Those that came before it, the last six in order; none for a watch without a threshold.

    `clock` writes a time as it is told there.
    """
    if alert.is_repeat:
        return ()
    return tuple(
        Fellow(
            title=isolated(clip(line(each.article.title), MAX_TITLE_CHARS) or "(no title)"),
            where=f"{isolated(publisher(each.article))} · {clock(each.at)}",
            url=link(each.article.url),
        )
        for each in alert.counted[-MAX_NAMES:]
    )


def parts(alert: Alert) -> tuple[Alert, ...]:
    """The other articles that satisfy its watch together with its own, each as an alert would be:
    so headline and sentences are marked in the same way.
    """
    if alert.is_repeat:
        return ()
    return tuple(
        replace(
            alert,
            article=each.article,
            evidence=each.evidence,
            lead="",
            update=None,
            sources=(),
            counted=(),
            elsewhere=(),
        )
        for each in alert.elsewhere[:MAX_NAMES]
    )
