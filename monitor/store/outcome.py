"""The outcome of a take: what one commit says, and its form as the plan of commit.lua."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from monitor import codec
from monitor.model import JUDGE, Alert, Article, Claim, Route, Spoken, digest
from monitor.store import keys
from monitor.store.call import Call
from monitor.store.redis import rq_time
from monitor.store.trends import TrendCount, count_of
from monitor.store.ways import outgoing_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long things are kept: articles (for `why`), stories (for copies), alerts (for people),
    dead letters (for people, too).
    """

    articles: timedelta = timedelta(days=3)
    stories: timedelta = timedelta(days=14)
    alerts: timedelta = timedelta(days=90)
    dead_letters: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One article's outcome, as committed: its claim, and what `why` should be able to tell.

    `trends` are what it counts for there; `config` is the version of the configuration that judged.
    """

    article: Article
    job: str
    text: str
    claim: Claim
    matched: tuple[str, ...]
    topics: tuple[str, ...]
    silenced: tuple[tuple[str, str], ...]
    config: str = ""
    trends: tuple[TrendCount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An alert, or an update of one, with its outbox.

    `follows` is whether its watch wants updates, so that later copies ask for it. `about`
    is what the watch has spoken about, where that is no story and no event; `asks` what the watch
    asked for, under which its threshold was counted. `reached` is how many publishers it has told
    of before, where it does not tell of more.
    """

    alert: Alert
    routes: tuple[Route, ...]
    follows: bool = False
    about: str = ""
    asks: str = ""
    reached: int | None = None

    @property
    def covers(self) -> tuple[str, ...]:
        """The other stories that it speaks for from now on: they made up its threshold."""
        return () if self.alert.update else tuple(each.story for each in self.alert.counted)

    @property
    def spoken(self) -> Spoken:
        """That its watch has spoken, and for how many sources."""
        alert = self.alert
        return Spoken(
            alert=alert.id,
            article=alert.article.ref,
            at=alert.raised,
            sources=alert.carried if self.reached is None else self.reached,
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
    what was read of each (watch, story or event) before, `upon` what was read of each alert whose
    updates are built upon that; `heard` the (watch, story, how long that counts) of watches that
    are expected to find something.
    """

    jobs: tuple[tuple[str, bytes], ...] = ()
    judged: tuple[Judged, ...] = ()
    raised: tuple[Raised, ...] = ()
    failed: tuple[Failed, ...] = ()
    expects: tuple[tuple[str, str, Spoken | None], ...] = ()
    upon: tuple[tuple[str, str], ...] = ()
    heard: tuple[tuple[str, str, timedelta], ...] = ()

    @property
    def token(self) -> str:
        """What a commit sent again is known by: its jobs; where it has none, what it raises."""
        jobs = [job for job, _ in self.jobs]
        raised = [f"{each.alert.id}:{each.alert.raised}" for each in self.raised if not jobs]
        return digest("commit", *jobs, *raised)


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What came of a commit; `raised` are those of the alerts and updates that it has told: not one
    that stood there already, nor an update of what a person has seen.
    """

    answer: Literal["done", "void"]
    raised: tuple[Raised, ...] = ()


def plan_of(call: Call, outcome: Outcome, kept: Retention, now: datetime) -> Mapping[str, object]:
    """The plan of commit.lua; its keys and blobs are added to the call."""
    return {
        "stamp": rq_time(now),
        "life": int(kept.articles.total_seconds()),
        "spoken_life": int(kept.stories.total_seconds()),
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
        "upon": [
            {"key": call.key(keys.alert(alert)), "latest": latest} for alert, latest in outcome.upon
        ],
        "heard": [
            {
                "key": call.key(keys.heard(watch)),
                "story": story,
                "span": span // timedelta(milliseconds=1),
            }
            for watch, story, span in outcome.heard
        ],
        "articles": [_article(call, judged, now) for judged in outcome.judged],
        "alerts": [_alert(call, raised, kept) for raised in outcome.raised],
        "again": [_again(call, failed) for failed in outcome.failed if failed.after is not None],
        "aside": [_aside(call, failed) for failed in outcome.failed if failed.after is None],
    }


def _alert(call: Call, raised: Raised, kept: Retention) -> Mapping[str, object]:
    alert = raised.alert
    return {
        "id": alert.id,
        "key": call.key(keys.alert(alert.id)),
        "field": f"update:{alert.update.mark}" if alert.update else "alert",
        "update": alert.update is not None,
        "story": call.key(keys.story(alert.story)) if raised.follows else 0,
        "watch": alert.watch,
        "blob": call.blob(codec.encode_alert(alert)),
        "spoken": call.key(keys.spoken(alert.watch, raised.about or alert.subject)),
        "spoken_value": _spoken(raised.spoken),
        "life": int(kept.alerts.total_seconds()),
        "tally": call.key(keys.tally(alert.watch, raised.asks)),
        "stories": [alert.subject, *raised.covers],
        "covers": [call.key(keys.spoken(alert.watch, story)) for story in raised.covers],
        "deliveries": [outgoing_by(call, route, alert) for route in raised.routes],
    }


def _article(call: Call, judged: Judged, now: datetime) -> Mapping[str, object]:
    article, claim = judged.article, judged.claim
    silenced = msgspec.json.encode(dict(judged.silenced)).decode() if judged.silenced else ""
    return {
        "key": call.key(keys.article(article.ref)),
        "text": judged.text,
        "job": judged.job,
        "count": f"articles.{claim.relation}",
        "trends": [count_of(call, count, article.ref, now) for count in judged.trends],
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
