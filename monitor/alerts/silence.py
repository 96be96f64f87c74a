"""The alert that a watch finds less than is expected of it. Pure."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from monitor.alerts.unseen import unseen
from monitor.errors import Bug
from monitor.model import Alert, AlertedArticle, Trouble, digest, spelled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.model import Gap, Watch

ABOUT: Final = "silence"
"""What a watch has spoken about when it has told that it is quiet: no story is called so."""

MOST_NAMED = 10


def silence(
    watch: Watch, *, found: int, since: datetime, gaps: Sequence[Gap], now: datetime
) -> Alert:
    """Told by the watch's own channels: how little it has found, and what was not seen meanwhile.

    `since` is the last time it had found enough; two processes that notice say the same alert.
    """
    if watch.expect is None:
        raise Bug("nothing is expected of this watch", watch=watch.id)
    episode = digest("silence", watch.id, since.isoformat())
    stories = "no story" if not found else f"{found} stor{'y' if found == 1 else 'ies'}"
    said = f"{watch.title} has found {stories} in {spelled(watch.expect.span)}"
    return Alert(
        id=Alert.id_for(watch.id, episode),
        watch=watch.id,
        title=watch.title,
        severity=watch.severity,
        story=episode,
        article=AlertedArticle(
            id=episode,
            ref=episode,
            title=said,
            source=watch.id,
            source_name=None,
            url=None,
            published=now,
        ),
        evidence=(),
        topics=(),
        sources=(),
        notify=watch.notify,
        raised=now,
        lead=f"At least {watch.expect.most} was expected (`expect`). {_unseen(gaps)}",
        trouble=Trouble(kind="quiet", since=since),
    )


def _unseen(gaps: Sequence[Gap]) -> str:
    if not gaps:
        return "As far as is known, nothing was missed meanwhile."
    said = [f"{gap.source_name or gap.source} {unseen(gap, _when)}" for gap in gaps[:MOST_NAMED]]
    if len(gaps) > MOST_NAMED:
        said.append(f"and {len(gaps) - MOST_NAMED} more")
    return f"Not all was seen meanwhile (times in UTC): {'; '.join(said)}."


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
