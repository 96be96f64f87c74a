"""Which of several pollers polls: a lease that one of them holds, and a term that fences its puts.

A term is a number that grows with every change of leader. What a poller puts carries its term, and
put.lua takes nothing that carries an earlier one: a poller that was stopped for a while and goes on
when another leads cannot put, whatever it believes.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from os import getpid

import msgspec
import redis

from monitor.store import keys
from monitor.store.damage import Damage
from monitor.store.redis import Scripts, text_of, translated

LEAD_S = 5.0
"""How long a dead leader leads; renewed every third of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What others are shown of a poller."""

    host: str
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What came of standing for leader: our term, 0 where another leads, and who leads."""

    term: int
    leader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """The poller that polls: by which name, where, since when, and by which configuration."""

    name: str
    host: str
    pid: int
    term: int
    since: datetime
    config: str


class Leaders:
    """The lease of the leading poller."""

    def __init__(self, client: redis.Redis, scripts: Scripts, damage: Damage) -> None:
        self._client, self._scripts, self._damage = client, scripts, damage

    def stand(self, name: str, *, config: str = "", lease_s: float = LEAD_S) -> Standing:
        """Become or stay the leader, or learn who is; to be said again within the lease."""
        shown = msgspec.json.encode(Shown(host=socket.gethostname(), pid=getpid()))
        term, leader, _ = self._scripts("lead", [keys.leader()], [name, lease_s, shown, config])
        return Standing(term=int(term), leader=text_of(leader))

    def resign(self, name: str) -> None:
        """Lead no more."""
        self._scripts("resign", [keys.leader()], [name])

    def now(self) -> Leader | None:
        """Who leads; None where nobody does, its lease has run out, or it cannot be read."""
        with translated(), self._client.pipeline(transaction=True) as pipe:
            pipe.hgetall(keys.leader())
            pipe.time()
            raw, (seconds, micros) = pipe.execute()
        row = {text_of(name): text_of(value) for name, value in raw.items()}
        at_ms = seconds * 1000 + micros // 1000
        found = self._damage.each(
            [(keys.leader(), "", row)] if row.get("holder") else [],
            lambda _, row: _leader(row) if int(row["until"]) >= at_ms else None,
        )
        return found[0] if found else None


def _leader(row: Mapping[str, str]) -> Leader:
    shown = msgspec.json.decode(row["shown"], type=Shown)
    return Leader(
        name=row["holder"],
        host=shown.host,
        pid=shown.pid,
        term=int(row["term"]),
        since=datetime.fromtimestamp(int(row["since"]) / 1000, UTC),
        config=row.get("config", ""),
    )
