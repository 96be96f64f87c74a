"""The stories that make up a watch's threshold together with that of an alert, a line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.channels.render import MAX_NAMES, MAX_TITLE_CHARS, moment, publisher
from monitor.channels.safe import clip, isolated, line, link

if TYPE_CHECKING:
    from datetime import tzinfo

    from monitor.model import Alert

SAID: Final = "It is told because these came before (`threshold`):"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fellow:
    """A story that counts with it: its headline, who published it and when, where it is read."""

    title: str
    where: str
    url: str | None


def fellows(alert: Alert, zone: tzinfo) -> tuple[Fellow, ...]:
    """Those that came before it, the last six in order; none for a watch without a threshold."""
    return tuple(
        Fellow(
            title=isolated(clip(line(each.article.title), MAX_TITLE_CHARS) or "(no title)"),
            where=f"{isolated(publisher(each.article))} · {moment(each.at, zone)}",
            url=link(each.article.url),
        )
        for each in alert.counted[-MAX_NAMES:]
    )
