"""Watches that are expected to find something: what they have found of late."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import redis

from monitor.model import Rate
from monitor.store import keys
from monitor.store.redis import text_of, translated


class Expectations:
    """Reads what commits have noted, and since when anything is expected."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def shortfall(self, watch: str, expect: Rate, now: datetime) -> tuple[int, datetime] | None:
        """How many stories it has found in the span, and when it last had found enough; None as
        long as it has, or as its first span is not over.
        """
        at, span = _ms(now), expect.span // timedelta(milliseconds=1)
        with translated():
            self._client.hsetnx(keys.expected(), watch, at)
            began = int(self._client.hget(keys.expected(), watch) or at)
            newest = self._client.zrevrangebyscore(
                keys.heard(watch), "+inf", f"({at - span}", withscores=True
            )
        if len(newest) >= expect.most or at - began < span:
            return None
        return len(newest), _moment(max(began, at - span))

    def keep(self, watches: Collection[str]) -> None:
        """Nothing is expected of any other: it is paused, over, gone, or asked for no more."""
        with translated():
            known = [text_of(name) for name in self._client.hkeys(keys.expected())]
            gone = [name for name in known if name not in watches]
            if gone:
                self._client.hdel(keys.expected(), *gone)

    def met(self, watch: str, about: str) -> None:
        """It finds enough again: the next silence is another one."""
        with translated():
            self._client.delete(keys.spoken(watch, about))


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
