"""What a worker asks and says about articles: the story claim, what was spoken, the commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec
import redis

from monitor import codec
from monitor.errors import StoreConflict
from monitor.model import (
    ARTICLES,
    DELIVERIES,
    JUDGE,
    Alert,
    Article,
    Claim,
    Delivery,
    Spoken,
    digest,
)
from monitor.store import keys
from monitor.store.call import Call, outgoing
from monitor.store.redis import Scripts, bytes_of, rq_time, translated
from monitor.store.stories import Asked, Lines, call_of, claim_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long things are kept: articles (for `why`), stories (for copies), alerts (for people)."""

    articles: timedelta = timedelta(days=3)
    stories: timedelta = timedelta(days=14)
    alerts: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One article's outcome, as committed: its claim, and what `why` should be able to tell.

    `config` is the version of the configuration that judged.
    """

    article: Article
    job: str
    text: str
    claim: Claim
    matched: tuple[str, ...]
    topics: tuple[str, ...]
    silenced: tuple[tuple[str, str], ...]
    config: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An alert, or an update of one, with its outbox.

    `follows` is whether its watch wants updates, so that later copies ask for it.
    """

    alert: Alert
    deliveries: tuple[Delivery, ...]
    follows: bool = False

    @property
    def spoken(self) -> Spoken:
        """That its watch has spoken, and for how many sources."""
        alert = self.alert
        return Spoken(
            alert=alert.id,
            article=alert.article.ref,
            at=alert.raised,
            sources=len(alert.sources),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An article that could not be judged: again after `after`, or set aside where that is None."""

    article: Article
    failures: int
    reason: str
    after: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything one commit says.

    `jobs` are those finished, with their data, which is what is kept of the articles. `expects` is
    what was read of each (watch, story or event) before.
    """

    jobs: tuple[tuple[str, bytes], ...] = ()
    judged: tuple[Judged, ...] = ()
    raised: tuple[Raised, ...] = ()
    failed: tuple[Failed, ...] = ()
    expects: tuple[tuple[str, str, Spoken | None], ...] = ()


class Judging:
    """The store as a worker sees it between take and commit."""

    def __init__(self, client: redis.Redis, scripts: Scripts, retention: Retention) -> None:
        self._client, self._scripts, self.retention = client, scripts, retention
        self._lines = Lines(client)

    def claims(self, asked: Sequence[Asked], now: datetime) -> tuple[Claim, ...]:
        """The story of each article, in order and in one trip: the same whenever it asks."""
        calls = [call_of(each, now, self.retention.stories) for each in asked]
        return tuple(claim_of(answer) for answer in self._scripts.many("claim", calls))

    def learned(self, sources: Iterable[str], now: datetime) -> Mapping[str, frozenset[str]]:
        """Source -> the lines that it repeats, by name: no part of its articles' text."""
        return self._lines.of(sources, now)

    def alert(self, alert_id: str) -> Alert | None:
        """An alert as it was raised, or None when it is not kept (any more)."""
        with translated():
            raw = self._client.hget(keys.alert(alert_id), "alert")
        return None if raw is None else codec.decode_alert(bytes_of(raw))

    def spoken(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Spoken | None]:
        """For each (watch, story): who has spoken, or None."""
        wanted = tuple(dict.fromkeys(pairs))
        if not wanted:
            return {}
        with translated():
            values = self._client.mget([keys.spoken(watch, story) for watch, story in wanted])
        return {
            pair: None if value is None else msgspec.json.decode(value, type=Spoken)
            for pair, value in zip(wanted, values, strict=True)
        }

    def commit(self, worker: str, outcome: Outcome, now: datetime) -> Literal["done", "void"]:
        """Make it so, whole or not at all. `void`: a lease is lost, someone else does the work.

        Raises StoreConflict when a watch has spoken for one of the stories meanwhile: decide again.
        """
        call = Call(
            keys=[
                keys.leases(ARTICLES),
                keys.holders(ARTICLES),
                keys.ledger(ARTICLES),
                keys.counts(),
                keys.alerts(),
                keys.rq_queue(DELIVERIES),
                keys.rq_queues(),
                keys.later(ARTICLES),
                keys.dead(),
                keys.rq_failed(ARTICLES),
                keys.receipt(worker),
            ]
        )
        plan = {
            "stamp": rq_time(now),
            "life": int(self.retention.articles.total_seconds()),
            "jobs": [
                {
                    "id": job,
                    "key": call.key(keys.rq_job(job)),
                    "kept": call.key(keys.kept(job)),
                    "blob": call.blob(data),
                }
                for job, data in outcome.jobs
            ],
            "expects": [
                {"key": call.key(keys.spoken(watch, story)), "value": _spoken(was)}
                for watch, story, was in outcome.expects
            ],
            "articles": [_article(call, judged) for judged in outcome.judged],
            "alerts": [self._alert(call, raised) for raised in outcome.raised],
            "again": [
                _again(call, failed) for failed in outcome.failed if failed.after is not None
            ],
            "aside": [_aside(call, failed) for failed in outcome.failed if failed.after is None],
        }
        answer = self._scripts(
            "commit",
            call.keys,
            [
                worker,
                digest("commit", *(job for job, _ in outcome.jobs)),
                int(now.timestamp() * 1000),
                msgspec.msgpack.encode(plan),
                *call.blobs,
            ],
        )
        match answer:
            case b"done":
                return "done"
            case b"void":
                return "void"
            case _:
                raise StoreConflict("a watch has spoken for one of these stories meanwhile")

    def _alert(self, call: Call, raised: Raised) -> Mapping[str, object]:
        alert = raised.alert
        return {
            "id": alert.id,
            "key": call.key(keys.alert(alert.id)),
            "field": f"update:{alert.update.step}" if alert.update else "alert",
            "update": alert.update.step if alert.update else 0,
            "story": call.key(keys.story(alert.story)) if raised.follows else 0,
            "watch": alert.watch,
            "blob": call.blob(codec.encode_alert(alert)),
            "spoken": call.key(keys.spoken(alert.watch, alert.subject)),
            "spoken_value": _spoken(raised.spoken),
            "life": int(self.retention.alerts.total_seconds()),
            "spoken_life": int(self.retention.stories.total_seconds()),
            "deliveries": [outgoing(call, delivery) for delivery in raised.deliveries],
        }


def _article(call: Call, judged: Judged) -> Mapping[str, object]:
    article, claim = judged.article, judged.claim
    silenced = msgspec.json.encode(dict(judged.silenced)).decode() if judged.silenced else ""
    return {
        "key": call.key(keys.article(article.ref)),
        "text": judged.text,
        "job": judged.job,
        "count": f"articles.{claim.relation}",
        "record": [
            *("text", judged.text, "job", judged.job, "id", article.id, "source", article.source),
            *("story", claim.story, "relation", str(claim.relation), "event", claim.event),
            *("matched", " ".join(judged.matched), "topics", " ".join(judged.topics)),
            *("silenced", silenced, "config", judged.config),
        ],
    }


def _spoken(spoken: Spoken | None) -> str:
    return "" if spoken is None else msgspec.json.encode(spoken).decode()


def _single(failed: Failed) -> str:
    return digest("single", failed.article.ref, str(failed.failures))


def _again(call: Call, failed: Failed) -> Mapping[str, object]:
    job = _single(failed)
    return {
        "id": job,
        "key": call.key(keys.rq_job(job)),
        "blob": call.blob(codec.encode_job(JUDGE, codec.bundle((failed.article,)))),
        "after": failed.after.total_seconds() if failed.after else 0,
        "failures": failed.failures,
        "error": failed.reason,
    }


def _aside(call: Call, failed: Failed) -> Mapping[str, object]:
    job = _single(failed)
    return {
        "id": job,
        "key": call.key(keys.rq_job(job)),
        "blob": call.blob(codec.encode_job(JUDGE, codec.bundle((failed.article,)))),
        "reason": failed.reason,
    }
