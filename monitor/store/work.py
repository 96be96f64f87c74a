"""Leased work: taking jobs, keeping them, and giving them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec
import redis

from monitor import codec
from monitor.model import ARTICLES, DELIVERIES, JUDGE, Article, digest
from monitor.store import keys
from monitor.store.redis import Scripts, rq_time, text_of, translated

LEASE_S = 5.0
"""How long work of a lost host stays lost; renewed every third of it."""

FAILURES = 5
"""Failures of its own after which an article becomes a dead letter."""

NEVER = 1_000_000_000

ATTEND_S = 60.0
"""A worker that has not said for so long that it is here is no longer shown."""

LOOKED_AT = 100
"""Jobs of the ledger that recovery looks for at a time: for each it may go through the queue."""

JOB_PREFIX = keys.rq_job("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A job that is ours for now. `alone` jobs follow a failure; `failures` counts their own."""

    id: str
    data: bytes
    alone: bool
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Jobs that went back to their queue, and jobs set aside for having failed too often."""

    back: tuple[str, ...]
    dead: tuple[str, ...]


class Work:
    """The leases of one queue."""

    def __init__(self, client: redis.Redis, scripts: Scripts, queue: str) -> None:
        self._client, self._scripts, self.queue = client, scripts, queue

    def take(self, worker: str, token: str, count: int) -> tuple[Taken, ...]:
        """Up to `count` jobs, leased to `worker`. The same token answers the same jobs."""
        flat = self._scripts(
            "take",
            [
                keys.rq_queue(self.queue),
                keys.leases(self.queue),
                keys.holders(self.queue),
                keys.took(self.queue),
                keys.later(self.queue),
            ],
            [worker, token, count, LEASE_S, JOB_PREFIX],
        )
        return tuple(
            Taken(
                id=text_of(flat[at]),
                data=flat[at + 1],
                alone=flat[at + 2] == b"1",
                failures=int(flat[at + 3]),
            )
            for at in range(0, len(flat), 4)
        )

    def wait(self, seconds: int) -> None:
        """Sleep until the queue holds something, at most `seconds`. Takes nothing: the head of the
        list is moved to the head, so a kill here leaves no gap."""
        key = keys.rq_queue(self.queue)
        with translated():
            self._client.blmove(key, key, seconds, "LEFT", "LEFT")

    def renew(self, worker: str, jobs: Sequence[str]) -> int:
        """Prolong leases; returns how many are still held by `worker`."""
        return int(
            self._scripts(
                "renew",
                [keys.leases(self.queue), keys.holders(self.queue)],
                [worker, LEASE_S, *jobs],
            )
        )

    def give_back(
        self, worker: str, why: Literal["crash", "stop"], now: datetime, *, blame: str = ""
    ) -> Returned:
        """Return what `worker` held. After a crash its jobs run alone.

        With `blame`, what already ran alone is set aside at once, for that reason.
        """
        return self._returned(worker, why, now, blame)

    def sweep(self, now: datetime) -> Returned:
        """Return all work whose lease ran out: its holder is dead, cut off or stalled."""
        return self._returned("", "crash", now, "")

    def _returned(self, worker: str, why: str, now: datetime, blame: str) -> Returned:
        # Sending is waiting for strangers: a delivery is never blamed for the death of its process.
        failures, count = (
            (FAILURES, "articles.set_aside") if self.queue == ARTICLES else (NEVER, "")
        )
        back, dead = self._scripts(
            "give_back",
            [
                keys.rq_queue(self.queue),
                keys.leases(self.queue),
                keys.holders(self.queue),
                keys.took(self.queue),
                keys.dead(),
                keys.rq_failed(self.queue),
                keys.ledger(self.queue),
                keys.counts(),
            ],
            [worker, why, JOB_PREFIX, failures, int(now.timestamp() * 1000), count, blame],
        )
        return Returned(back=tuple(map(text_of, back)), dead=tuple(map(text_of, dead)))

    def attend(
        self, worker: str, *, host: str, pid: int, state: Literal["busy", "idle"], now: datetime
    ) -> None:
        """Say that a worker is here, for RQ's tools; to be said again every few seconds."""
        fields = {
            "last_heartbeat": rq_time(now),
            "queues": self.queue,
            "hostname": host,
            "pid": str(pid),
            "state": state,
        }
        self._attend(worker, "here", fields)

    def leave(self, worker: str) -> None:
        """Say that a worker has gone."""
        self._attend(worker, "gone", {})

    def _attend(self, worker: str, word: str, fields: dict[str, str]) -> None:
        self._scripts(
            "attend",
            [keys.rq_worker(worker), keys.rq_workers(), keys.rq_workers_of(self.queue)],
            [word, int(ATTEND_S), msgspec.json.encode(fields)],
        )

    def dismiss(self) -> int:
        """Forget the workers that were lost with their host; returns how many."""
        return int(
            self._scripts(
                "dismiss",
                [
                    keys.rq_workers(),
                    keys.rq_workers_of(self.queue),
                    keys.took(self.queue),
                    keys.holders(self.queue),
                ],
                [keys.rq_worker("")],
            )
        )

    def split(self, worker: str, job: Taken, articles: tuple[Article, ...], now: datetime) -> None:
        """Replace a bundle by jobs of one article each, all to be run alone."""
        ids = [digest("single", job.id, str(number)) for number in range(len(articles))]
        self._scripts(
            "split",
            [
                keys.rq_queue(self.queue),
                keys.leases(self.queue),
                keys.holders(self.queue),
                keys.ledger(self.queue),
                keys.rq_job(job.id),
                *map(keys.rq_job, ids),
            ],
            [
                worker,
                job.id,
                int(now.timestamp() * 1000),
                rq_time(now),
                self.queue,
                msgspec.json.encode(ids),
                *(codec.encode_job(JUDGE, codec.bundle((article,))) for article in articles),
            ],
        )

    def put_off(
        self, worker: str, after_s: Mapping[str, float], *, longest_s: float | None = None
    ) -> tuple[str, ...]:
        """Let jobs come back later, untouched: that is no try.

        Returns those that would wait longer than `longest_s` in all: they are still ours. Without
        it this wait is not counted.
        """
        answers = self._scripts.many(
            "put_off",
            [
                (
                    [
                        keys.rq_job(job),
                        keys.leases(self.queue),
                        keys.holders(self.queue),
                        keys.later(self.queue),
                    ],
                    [worker, job, wait_s, "" if longest_s is None else longest_s],
                )
                for job, wait_s in after_s.items()
            ],
        )
        return tuple(job for job, answer in zip(after_s, answers, strict=True) if answer == b"late")

    def bury(self, worker: str, job: str, reason: str, now: datetime) -> None:
        """Set a job aside whose data, or what it is about, cannot be used; a delivery is parked."""
        delivery = [keys.delivery(job), keys.counts(), keys.attempts(job)]
        self._scripts(
            "bury",
            [
                keys.leases(self.queue),
                keys.holders(self.queue),
                keys.ledger(self.queue),
                keys.dead(),
                keys.rq_failed(self.queue),
                keys.rq_job(job),
                *(delivery if self.queue == DELIVERIES else ()),
            ],
            [worker, job, reason, int(now.timestamp() * 1000)],
        )

    def recover(self, *, admitted_before: datetime, at_a_time: int = LOOKED_AT) -> tuple[str, ...]:
        """Put back jobs that the ledger knows but no queue, lease or waiting list does. Looks at so
        many of them, the next time at those that come after.
        """
        back = self._scripts(
            "recover",
            [
                keys.ledger(self.queue),
                keys.rq_queue(self.queue),
                keys.holders(self.queue),
                keys.later(self.queue),
                keys.rq_failed(self.queue),
                keys.looked(self.queue),
            ],
            [int(admitted_before.timestamp() * 1000), JOB_PREFIX, at_a_time],
        )
        return tuple(map(text_of, back))
