"""Looking without touching: counts, depths, dead letters, alerts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import msgspec
import redis

from monitor import codec
from monitor.errors import WritesRefused
from monitor.model import Alert, Article, Story
from monitor.store import keys
from monitor.store.damage import Damage, reading
from monitor.store.digests import waiting_of
from monitor.store.gatherings import Open
from monitor.store.measures import Measures, read_measures
from monitor.store.redis import bytes_of, text_of, translated
from monitor.store.retrying import Retrying, retrying_of
from monitor.store.server import Server, server_of
from monitor.store.states import state_of
from monitor.store.stories import story_of

STAMP = "enqueued_at"
"""The field of RQ's job hash that says when it came."""


AT_A_TIME = 500
"""Alerts that are asked for in one trip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """Jobs of a queue: waiting now, leased to a worker, to be tried again later.

    `oldest_s` is how long the oldest job admitted and not finished has been there; of deliveries,
    how long the one at the head of the queue has.
    """

    waiting: int
    leased: int
    later: int
    oldest_s: float = 0.0

    @property
    def total(self) -> int:
        """All that is not finished."""
        return self.waiting + self.leased + self.later


class View:
    """What `status`, `run --once` and health checks look at."""

    def __init__(self, client: redis.Redis, damage: Damage) -> None:
        self._client, self._damage = client, damage

    def refuses_writes(self) -> str:
        """Why Redis takes no writes, in words, "" where it does. Raises StoreUnavailable where it
        does not answer. A key is written to only if it is there, which it never is: that changes
        nothing, and is refused as all that writes is.
        """
        try:
            with translated(keys.probe()):
                self._client.set(keys.probe(), "", xx=True)
        except WritesRefused as error:
            return error.message
        return ""

    def counts(self) -> Mapping[str, int]:
        """Outcome -> number, ever."""
        with translated(keys.counts()):
            raw = self._client.hgetall(keys.counts())
        read = self._damage.readable
        return dict(read(keys.counts(), raw.items(), lambda name, value: (name, int(value))))

    def depth(self, queue: str) -> QueueDepth:
        """How much a queue holds."""
        with translated(), self._client.pipeline(transaction=True) as pipe:
            pipe.llen(keys.rq_queue(queue))
            pipe.zcard(keys.leases(queue))
            pipe.zcard(keys.later(queue))
            pipe.zrange(keys.ledger(queue), 0, 0, withscores=True)
            pipe.time()
            waiting, leased, later, first, (seconds, _) = pipe.execute()
        since = first[0][1] / 1000 if first else self._head_since(queue) if waiting else None
        oldest_s = 0.0 if since is None else max(0.0, seconds - since)
        return QueueDepth(waiting=waiting, leased=leased, later=later, oldest_s=oldest_s)

    def _head_since(self, queue: str) -> float | None:
        """When the job at the head of a queue came, in seconds since 1970; None if it has gone."""
        with translated(keys.rq_queue(queue)):
            head = self._client.lindex(keys.rq_queue(queue), 0)
        if head is None:
            return None
        job = keys.rq_job(text_of(head))
        with translated(job):
            came = self._client.hget(job, STAMP)
        rows = [] if came is None else [(STAMP, text_of(came))]
        found = self._damage.readable(
            job, rows, lambda _, at: datetime.fromisoformat(at).timestamp()
        )
        return found[0] if found else None

    def workers(self, queue: str) -> tuple[str, ...]:
        """The workers that serve a queue now."""
        with translated(keys.rq_workers_of(queue)):
            names = self._client.smembers(keys.rq_workers_of(queue))
            here = [name for name in sorted(names) if self._client.exists(name)]
        return tuple(text_of(name).removeprefix(keys.rq_worker("")) for name in here)

    def waiting(self, queue: str) -> int:
        """Jobs waiting in a queue: what back-pressure looks at."""
        with translated(keys.rq_queue(queue)):
            return int(self._client.llen(keys.rq_queue(queue)))

    def server(self) -> Server:
        """What the server says of itself."""
        with translated():
            said = self._client.info()
        return server_of(said)

    def setting(self, name: str) -> str:
        """What the server is set to, "" where it knows no such setting. Raises Bug where our user
        may not ask.
        """
        with translated():
            found = self._client.config_get(name)
        return str(found.get(name, ""))

    def measures(self) -> Measures:
        """What was measured of deliveries."""
        return read_measures(self._client, self._damage)

    def raised_within(self, span: timedelta, now: datetime) -> int:
        """How many alerts were raised in the time before `now`."""
        after_ms = int((now - span).timestamp() * 1000)
        with translated(keys.alerts()):
            return int(self._client.zcount(keys.alerts(), after_ms, "+inf"))

    def disabled(self) -> Mapping[str, str]:
        """Channels that answered 410 -> the fingerprint of their configuration."""
        with translated(keys.disabled()):
            raw = self._client.hgetall(keys.disabled())
        return {text_of(name): text_of(value) for name, value in raw.items()}

    def retrying(self) -> tuple[Retrying, ...]:
        """The channels that deliveries are to be tried again for."""
        return retrying_of(self._client, self._damage)

    def alerts(self, count: int, since: datetime | None = None) -> tuple[Alert, ...]:
        """The newest alerts, newest first; those that were raised from `since` on."""
        with translated(keys.alerts()):
            rows = self._client.zrevrangebyscore(
                keys.alerts(), "+inf", _least(since), start=0, num=count
            )
        ids = [text_of(name) for name in rows]
        raw = [each for some in _batches(ids) for each in self._raw_alerts(some)]
        found = (
            (keys.alert(name), "alert", bytes_of(value))
            for name, value in zip(ids, raw, strict=True)
            if value is not None
        )
        return tuple(self._damage.each(found, lambda _, value: codec.decode_alert(value)))

    def _raw_alerts(self, ids: Sequence[str]) -> list[bytes | None]:
        with translated(), self._client.pipeline(transaction=False) as pipe:
            for name in ids:
                pipe.hget(keys.alert(name), "alert")
            return list(pipe.execute())

    def alert_count(self, since: datetime | None = None) -> int:
        """How many alerts are kept; those that were raised from `since` on."""
        with translated(keys.alerts()):
            return int(self._client.zcount(keys.alerts(), _least(since), "+inf"))

    def gathered_of(self, watch: str, gatherings: Iterable[Open]) -> tuple[Open, ...]:
        """Of these those that alerts of the watch wait in, and how many of it: looks through what
        waits with that of others.
        """
        counted = (
            replace(each, count=waiting_of(self._client, each.name, watch, self._damage))
            for each in gatherings
            if each.watch in {watch, ""}
        )
        return tuple(each for each in counted if each.count)

    def alert(self, alert_id: str) -> Alert | None:
        """One alert, or None when it is not kept (any more). Raises Unreadable."""
        with translated(keys.alert(alert_id)):
            raw = self._client.hget(keys.alert(alert_id), "alert")
        with reading(keys.alert(alert_id), "alert"):
            return None if raw is None else codec.decode_alert(bytes_of(raw))

    def latest(self, alert_id: str) -> Alert | None:
        """One alert as it was told last, or None when it is not kept (any more). Raises
        Unreadable.
        """
        with reading(keys.alert(alert_id)):
            state = state_of(self._client, alert_id)
        return state.alert if state else None

    def updates(self, alert_id: str) -> tuple[Alert, ...]:
        """An alert as it was told again, in the order of time."""
        with translated(keys.alert(alert_id)):
            raw = self._client.hgetall(keys.alert(alert_id))
        kept = [(name, v) for name, v in raw.items() if text_of(name).startswith("update:")]
        found = self._damage.readable(
            keys.alert(alert_id), kept, lambda _, value: codec.decode_alert(bytes_of(value))
        )
        return tuple(sorted(found, key=lambda a: a.update.at if a.update else a.raised))

    def acknowledged(self, alert_id: str) -> datetime | None:
        """When a person said that they have seen an alert, if one has."""
        with translated(keys.alert(alert_id)):
            ms = self._client.hget(keys.alert(alert_id), "acked")
        rows = [] if ms is None else [("acked", ms)]
        found = self._damage.readable(
            keys.alert(alert_id),
            rows,
            lambda _, at: datetime.fromtimestamp(int(at) / 1000, UTC),
        )
        return found[0] if found else None

    def story(self, story_id: str) -> Story | None:
        """What is known of a story, or None when it is not kept (any more)."""
        return story_of(self._client, story_id, self._damage)

    def find(self, article_id: str) -> str | None:
        """The ref of a kept article with this id, or None. Looks through all kept records: for a
        person's question, not for a worker's."""
        with translated():
            for name in self._client.scan_iter(match=keys.article("*"), count=1000):
                with translated(text_of(name)):
                    found = text_of(self._client.hget(name, "id"))
                if found == article_id:
                    return text_of(name).removeprefix(keys.article(""))
        return None

    def article(self, ref: str) -> tuple[Article, Mapping[str, str]] | None:
        """A kept article and its outcome, or None when it is not kept (any more). Raises
        Unreadable.
        """
        with translated(keys.article(ref)):
            raw = self._client.hgetall(keys.article(ref))
        outcome = {text_of(name): text_of(value) for name, value in raw.items()}
        kept = keys.kept(outcome.get("job", ""))
        with translated(kept):
            packed = self._client.get(kept)
        if packed is None:
            return None
        with reading(kept):
            _, arguments = codec.decode_job(bytes_of(packed))
            articles = codec.unbundle(arguments[0])
        with reading(keys.article(ref), "silenced"):
            msgspec.json.decode(outcome.get("silenced") or "{}", type=dict[str, str])
        for article in articles:
            if article.ref == ref:
                return article, outcome
        return None


def _least(since: datetime | None) -> str | int:
    return "-inf" if since is None else int(since.timestamp() * 1000)


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[at : at + AT_A_TIME] for at in range(0, len(ids), AT_A_TIME))
