"""Dead letters: what was set aside for a person, and what the person does about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
import redis

from monitor import codec
from monitor.model import ARTICLES, DELIVER, DELIVERIES, JOBS
from monitor.store import keys
from monitor.store.damage import Damage, reading
from monitor.store.redis import Scripts, bytes_of, text_of, translated

Kind = Literal["article", "delivery", "job"]

COUNTED: dict[Kind, str] = {"article": "articles.set_aside", "delivery": "", "job": ""}
"""The count a letter leaves when it is tried again. A delivery's is left by begin.lua."""

AT_A_TIME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Something set aside: an article, a delivery, or a job that nobody could read."""

    id: str
    kind: Kind
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Another channel for a delivery, and the alert or digest that it takes."""

    channel: str
    about: str


class _Written(msgspec.Struct):
    id: str
    kind: Kind
    reason: str
    at: str


class Letters:
    """The dead letters of all queues, each `kept` for so long. A letter's id is that of its job."""

    def __init__(
        self, client: redis.Redis, scripts: Scripts, kept: timedelta, damage: Damage
    ) -> None:
        self._client, self._scripts, self.kept, self._damage = client, scripts, kept, damage

    def all(self) -> tuple[DeadLetter, ...]:
        """Every letter, the oldest first."""
        with translated(keys.dead()):
            raw = self._client.hgetall(keys.dead())
        found = self._damage.readable(keys.dead(), raw.items(), lambda _, kept: _read(kept))
        return tuple(sorted(found, key=lambda letter: (letter.at, letter.id)))

    def find(self, letter: str) -> DeadLetter | None:
        """One letter by id. Raises Unreadable."""
        with translated(keys.dead()):
            raw = self._client.hget(keys.dead(), letter)
        with reading(keys.dead(), letter):
            return None if raw is None else _read(raw)

    def job(self, letter: str) -> tuple[str, bytes] | None:
        """Queue and data of a letter's job, or None when it is no longer kept."""
        with translated(keys.rq_job(letter)):
            origin, data = self._client.hmget(keys.rq_job(letter), ["origin", "data"])
        return None if data is None else (text_of(origin), bytes_of(data))

    def retry(
        self, letter: DeadLetter, now: datetime, *, channel: str = "", moved: Moved | None = None
    ) -> bool:
        """Put it back on its queue with a clean record; False when it is no longer kept.

        `channel` is tried again though it said that it is gone for good. Where it is `moved` it
        goes to another channel, under the same id.
        """
        job = self.job(letter.id)
        if job is None:
            return False
        queue, _ = job
        to, about = (moved.channel, moved.about) if moved else ("", "")
        answer = self._scripts(
            "revive",
            [
                keys.dead(),
                keys.rq_failed(queue),
                keys.rq_job(letter.id),
                keys.rq_queue(queue),
                keys.rq_queues(),
                keys.counts(),
                keys.ledger(queue),
                keys.disabled(),
                keys.delivery(letter.id),
                keys.digest(about),
            ],
            [
                letter.id,
                COUNTED[letter.kind],
                int(now.timestamp() * 1000),
                "" if queue == DELIVERIES else "ledger",
                to or channel,
                to,
                codec.encode_job(DELIVER, letter.id, about, to) if to else "",
            ],
        )
        return bool(answer == b"done")

    def drop(self, letter: DeadLetter) -> bool:
        """Forget it for good; False when it is no longer there."""
        job = self.job(letter.id)
        queue = job[0] if job else ARTICLES
        answer = self._scripts(
            "drop",
            [keys.dead(), keys.rq_failed(queue), keys.rq_job(letter.id)],
            [letter.id],
        )
        return bool(answer == b"done")

    def expire(self, now: datetime) -> tuple[DeadLetter, ...]:
        """Forget those that nobody looked after in time, and their jobs; returns them."""
        before = now - self.kept
        old = tuple(letter for letter in self.all() if letter.at < before)
        gone: set[str] = set()
        for at in range(0, len(old), AT_A_TIME):
            ids = [letter.id for letter in old[at : at + AT_A_TIME]]
            answer = self._scripts(
                "expire",
                [keys.dead(), keys.counts(), *map(keys.rq_failed, JOBS)],
                [int(before.timestamp() * 1000), keys.rq_job(""), *ids],
            )
            gone.update(map(text_of, answer))
        return tuple(letter for letter in old if letter.id in gone)


def _read(raw: bytes | str) -> DeadLetter:
    written = msgspec.json.decode(raw, type=_Written)
    return DeadLetter(
        id=written.id,
        kind=written.kind,
        reason=written.reason,
        at=datetime.fromtimestamp(int(written.at) / 1000, UTC),
    )
