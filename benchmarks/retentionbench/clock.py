"""A clock that runs faster, for Redis, too: days become seconds, and nothing else is different.

Redis ends a key by its own clock, which cannot be moved. But all our changes there are Lua, so each
script is given a prologue: in it TIME runs faster, and what is to live for a span lives for as much
less. The scripts themselves, the settings and the product's Python are those that are shipped.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache

from monitor.store import redis as store_redis

DAY_S = 86_400.0

_PROLOGUE = """
local redis = (function(real)
  local FACTOR, BEGAN = %r, %r
  local function ms(seconds)
    return string.format('%%d', math.max(1, math.ceil(seconds * 1000 / FACTOR)))
  end
  local function call(command, ...)
    if command == 'EXPIRE' or command == 'PEXPIRE' then
      local key, life = ...
      if command == 'PEXPIRE' then life = life / 1000 end
      return real.call('PEXPIRE', key, ms(life), select(3, ...))
    elseif command == 'TIME' then
      local now = real.call('TIME')
      local at = BEGAN + (now[1] + now[2] / 1e6 - BEGAN) * FACTOR
      return { string.format('%%d', math.floor(at)), string.format('%%d', at %% 1 * 1e6) }
    elseif command == 'SET' then
      local given = { ... }
      for i = 3, #given do
        if given[i] == 'EX' then given[i], given[i + 1] = 'PX', ms(given[i + 1]) end
      end
      return real.call('SET', unpack(given))
    end
    return real.call(command, ...)
  end
  return setmetatable({ call = call }, { __index = real })
end)(redis)
"""


class Clock:
    """The time of a world that began now and in which a day lasts `day_s` seconds of ours."""

    def __init__(self, day_s: float) -> None:
        self.factor, self.began = DAY_S / day_s, time.time()

    @property
    def day(self) -> float:
        """Days since it began."""
        return (time.time() - self.began) * self.factor / DAY_S

    def now(self) -> datetime:
        """What its clocks show."""
        return datetime.fromtimestamp(self.began + self.day * DAY_S, UTC)

    def until(self, day: float) -> None:
        """Wait for a time of it; at once where that is over."""
        time.sleep(max(0.0, (day - self.day) * DAY_S / self.factor))

    @contextmanager
    def in_redis(self) -> Iterator[None]:
        """In here the scripts run by this clock, too."""
        shipped, prologue = store_redis.script, _PROLOGUE % (self.factor, self.began)

        @cache
        def hurried(name: str) -> str:
            return prologue + shipped(name)

        store_redis.script = hurried
        try:
            yield
        finally:
            store_redis.script = shipped
