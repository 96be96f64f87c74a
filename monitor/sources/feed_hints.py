"""What an RSS feed asks of those who poll it: ttl, sy:updatePeriod, skipHours, skipDays.

Read from the document's bytes before its first entry, where feedparser keeps one hour of skipHours
and one day of skipDays only. What is seen in the wild: `always`, `dayly`, frequencies of 0.1 and 0
(mediacloud/rss-fetcher), ttl of 0.
"""

from __future__ import annotations

import re
from typing import Final

from monitor.model import Hints

LONGEST_S: Final = 86_400.0
_HEAD_BYTES: Final = 64 << 10
_FIRST_ENTRY: Final = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ASKED: Final = re.compile(
    rb"<(?:\w+:)?(ttl|updatePeriod|updateFrequency|hour|day)(?:\s[^<>]{0,200})?>\s*([\w.]{1,12})\s*</",
    re.IGNORECASE,
)
_PERIODS_S: Final = {
    "hourly": 3_600.0,
    "daily": 86_400.0,
    "dayly": 86_400.0,
    "weekly": 604_800.0,
    "monthly": 2_592_000.0,
    "yearly": 31_536_000.0,
}
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def hints_of(body: bytes) -> Hints:
    """The wishes in the head of an RSS document; each time at most a day.

    Hours of 24 mean 0 (RSS 0.91 counted from 1). What cannot be read is no wish.
    """
    head = body[:_HEAD_BYTES]
    first = _FIRST_ENTRY.search(head)
    said: dict[str, list[str]] = {}
    for name, value in _ASKED.findall(head[: first.start()] if first else head):
        said.setdefault(name.decode().lower(), []).append(value.decode("ascii", "replace").lower())
    hours = {hour for text in said.get("hour", ()) if (hour := _number(text)) is not None}
    days = {_DAYS.index(text) for text in said.get("day", ()) if text in _DAYS}
    return Hints(
        every_s=min(max(_ttl_s(said), _updates_s(said)), LONGEST_S),
        skip_hours=tuple(sorted({int(hour) % 24 for hour in hours if hour <= 24})),
        skip_days=tuple(sorted(days)),
    )


def _ttl_s(said: dict[str, list[str]]) -> float:
    return 60 * (_number(said.get("ttl", [""])[0]) or 0.0)


def _updates_s(said: dict[str, list[str]]) -> float:
    """The period divided by how often in it; a period without a frequency means once."""
    period_s = _PERIODS_S.get(said.get("updateperiod", [""])[0], 0.0)
    times = _number(said.get("updatefrequency", ["1"])[0])
    return period_s / times if times else 0.0


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,7}(\.\d{1,4})?", text) else None
