"""Watches that are expected to find something: what they have found of late."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis

from monitor.model import Rate
from monitor.store import keys
from monitor.store.redis import Scripts, text_of, translated


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How many stories a watch has found in the span that it is judged by, and when that begins.

    It `suffices` where that is what is expected. It is `early` as long as the first span has not
    passed since this is expected of it.
    """

    found: int
    since: datetime
    suffices: bool
    early: bool


class Expectations:
    """Reads what commits have noted, and since when anything is expected."""

    def __init__(self, client: redis.Redis, scripts: Scripts) -> None:
        self._client, self._scripts = client, scripts

    def finding(self, watch: str, expect: Rate, now: datetime) -> Finding:
        """What it has found. With a rate that is new to it, its first span begins."""
        at, span = _ms(now), expect.span // timedelta(milliseconds=1)
        asked = self._scripts("expect", [keys.expected()], [watch, at, f"{expect.most} {span}"])
        began = int(asked)
        with translated():
            found = int(self._client.zcount(keys.heard(watch), f"({at - span}", "+inf"))
        return Finding(
            found=found,
            since=_moment(max(began, at - span)),
            suffices=found >= expect.most,
            early=at - began < span,
        )

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

    def lasts(self, watch: str, about: str, life: timedelta) -> None:
        """It is silent still: that it has said so is not forgotten."""
        with translated():
            self._client.expire(keys.spoken(watch, about), life)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
