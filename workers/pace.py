"""When it is time again for what is done now and then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class Pace:
    """`last` is when it was done; None where it never was."""

    last: datetime | None = None

    def is_time(self, at: datetime, every: timedelta) -> bool:
        """Whether it is; then it counts as done. So it is, too, where the clock was put back: else
        nothing would be done until the old time has come again.
        """
        if self.last is not None and timedelta(0) <= at - self.last < every:
            return False
        self.last = at
        return True
