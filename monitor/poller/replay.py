"""Old files as if their news came in now, or then: how fast, and when each article came in.

For trying a watchlist on last year's news. What is published stays; what is set is when an article
was fetched, which is the clock of everything that is judged by time.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Literal

from monitor.model import Article

_RATE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(s|sec|min|m|h)")
_SECONDS: Final = {"s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600}

AsOf = datetime | Literal["published"]


def rate_of(text: str) -> float:
    """The articles a second that "5/s", "30/min" or "100/h" means. Raises ValueError."""
    found = _RATE.fullmatch(text.strip())
    per_s = float(found[1]) / _SECONDS[found[2]] if found else 0.0
    if per_s <= 0:
        raise ValueError('a rate such as "5/s", "30/min" or "100/h"')
    return per_s


def as_of(text: str) -> AsOf:
    """The moment that "published", "2025-03-01" or "2025-03-01T08:00" (UTC) means. Raises
    ValueError.
    """
    if text == "published":
        return "published"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError('"published", or a moment such as "2025-03-01T08:00" (UTC)') from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(slots=True, kw_only=True)
class Replay:
    """How seed files are replayed. `per_s` is articles a second, None for as fast as they are read.

    `as_of` is when they come in: "published" for each when it was published, a moment for a clock
    that stood there at the start and has gone on since; None for now. `ending` ends the waiting.
    """

    per_s: float | None = None
    as_of: AsOf | None = None
    ending: threading.Event = field(default_factory=threading.Event)
    _next_s: float = 0.0
    _began: datetime | None = None
    _last: datetime | None = None

    def chunk(self, most: int) -> int:
        """How many articles to put at a time: those of a second, at the most `most`."""
        return most if self.per_s is None else max(1, min(most, int(self.per_s)))

    def wait(self, articles: int) -> bool:
        """Wait until so many more may go; False where everything ends."""
        if self.per_s is not None:
            now_s = time.monotonic()
            begin_s = max(self._next_s, now_s)
            self._next_s = begin_s + articles / self.per_s
            return not self.ending.wait(begin_s - now_s)
        return not self.ending.is_set()

    def came_in(self, article: Article, now: datetime) -> Article:
        """The article, fetched when it is to be taken to have come in.

        One without a date comes in with the one before it.
        """
        if self.as_of is None:
            return article
        if self._began is None:
            self._began = now
        if isinstance(self.as_of, datetime):
            return replace(article, fetched=self.as_of + (now - self._began))
        self._last = min(article.published or self._last or now, now)
        return replace(article, fetched=self._last)
