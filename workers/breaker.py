"""Which channel may be sent to now: a circuit breaker and a share for each, in one process.

A channel whose other side is down is left alone for a while, ever longer, and then tried with one
delivery at a time until one gets an answer. And no channel has more than its share of the process
under way, or those that never answer would hold up all others. What may not go now is put back, and
that is no try.

The share is a dynamic threshold (Choudhury and Hahne, "Dynamic queue length thresholds for shared-
memory packet switches", 1998): a channel may have as many as are still free, so that the more hold
some, the fewer each may have, and some are always free for one that has none. Channels that are
slow share among themselves, so that none of them costs a quick one anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from structlog.typing import FilteringBoundLogger

from monitor.model import Later, Receipt

TRIPS = 5
"""So many answers in a row that say the other side is down."""

FIRST_S, LONGEST_S = 10.0, 300.0
"""How long a channel is left alone at first, and at most; it doubles."""

SHARE = 16
"""Deliveries to one channel under way in one process, at most."""

AT_ONCE = 64
"""Deliveries under way that quick channels share, and as many that slow ones do. A channel that has
none may always have one, so that there may be some more."""

SLOW_S = 1.0
"""A channel is slow that has taken longer for one of late, or has answered none for so long."""

TURN_S = 60.0
"""The longest that a delivery has to wait for a share before it asks again."""

PROBE_S = 5.0
"""How long the others wait while one tries whether the channel works again."""

SPACE_S = 0.01
"""Between two deliveries that come back to a channel that was left alone."""

KEEPS = 0.8
"""How much of what is known of how long a channel takes outlives the next send."""


@dataclass(slots=True)
class Line:
    """What is known of one channel. Times are of the clock; `alone_s` 0 means it works."""

    sending: int = 0
    failures: int = 0
    alone_s: float = 0.0
    until: float = 0.0
    moved: float = 0.0
    pace_s: float = 0.02
    turn: float = 0.0

    def is_slow(self, now: float) -> bool:
        """Whether it holds its places for long."""
        return self.pace_s > SLOW_S or (self.sending > 0 and now - self.moved > SLOW_S)


@dataclass(slots=True, kw_only=True)
class Breakers:
    """The channels of one process. Used from its event loop only."""

    log: FilteringBoundLogger
    clock: Callable[[], float] = time.monotonic
    lines: dict[str, Line] = field(default_factory=dict)

    def wait_s(self, channel: str) -> float | None:
        """How long a delivery has to wait; None: it may go, and `over` is to be called after it."""
        line, now = self.lines.setdefault(channel, Line()), self.clock()
        if line.alone_s and now < line.until:
            return self._turn(line, line.until, SPACE_S) - now
        if line.alone_s and line.sending:
            return self._turn(line, now + PROBE_S, SPACE_S) - now
        if line.sending >= self._share(line, now):
            # the longer none has come to an end, the later it is asked again
            turn = self._turn(line, 2 * now - line.moved, line.pace_s / line.sending)
            return min(turn - now, TURN_S)
        if not line.sending:
            line.moved = now
        line.sending += 1
        return None

    def is_down(self, channel: str) -> bool:
        """Whether it is left alone, or one is just trying whether it works again."""
        return self.lines[channel].alone_s > 0

    def over(self, channel: str, took_s: float) -> None:
        """A delivery that went is done with."""
        line = self.lines[channel]
        line.pace_s = KEEPS * line.pace_s + (1 - KEEPS) * took_s
        line.sending, line.moved = line.sending - 1, self.clock()

    def answered(self, channel: str, receipt: Receipt) -> None:
        """Learn from what a channel said."""
        line, now = self.lines.setdefault(channel, Line()), self.clock()
        if not (isinstance(receipt, Later) and receipt.down):
            if line.alone_s:
                self.log.warning("channel.recovered", channel=channel, answer=receipt.answer)
            line.failures, line.alone_s, line.turn = 0, 0.0, now
            return
        line.failures += 1
        if line.failures < TRIPS or (line.alone_s and now < line.until):
            return  # the last of those that were under way when it tripped say nothing new
        line.alone_s = min(2 * line.alone_s or FIRST_S, LONGEST_S)
        line.until = now + line.alone_s
        self.log.warning(
            "channel.tripped", channel=channel, for_s=line.alone_s, reason=receipt.answer
        )

    def _share(self, line: Line, now: float) -> int:
        """How many it may have under way: as many as its like have left free, and always one."""
        if not line.sending:
            return 1
        slow = line.is_slow(now)
        held = sum(each.sending for each in self.lines.values() if each.is_slow(now) is slow)
        return max(1, min(SHARE, AT_ONCE - held))

    def _turn(self, line: Line, earliest: float, space_s: float) -> float:
        """When a delivery comes back: one after the other, not all at once."""
        line.turn = max(line.turn, earliest) + space_s
        return line.turn
