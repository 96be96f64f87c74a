"""What was not seen, in words: one sentence for each gap, wherever it is told. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from monitor.model import Gap, GapKind

_SAID: Final[Mapping[GapKind, str]] = {
    "failing": "could not be read",
    "gone": "said that it is gone for good,",
    "silent": "is unusually silent",
    "unreadable": "sends what is no feed,",
    "moved": "has moved,",
    "quiet": "has brought less than is expected",
    "missed": "may have had entries that went by unread",
    "off": "was off",
    "unpolled": "read no feeds (no poller ran)",
    "unjudged": "judged nothing (no worker ran)",
}


def unseen(gap: Gap, when: Callable[[datetime], str]) -> str:
    """What is to be said after the name of the source: "could not be read 02:10 to 04:40"."""
    said = _SAID[gap.kind]
    if gap.kind == "missed" and gap.entries:
        said = f"had about {gap.entries:,} entr{'y' if gap.entries == 1 else 'ies'} go by unread"
    if gap.until is None:
        return f"{said} since {when(gap.since)}"
    return f"{said} {when(gap.since)} to {when(gap.until)}"
