"""What a digest says of its alerts is what is known when it is told, not when they were gathered.

It is set down when the first attempt begins, and read from there ever after: every attempt, and
every page of one, says the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import msgspec
import redis

from monitor.model import Alert, Delivery, Evidence, Field, Story, Unheard
from monitor.store import keys
from monitor.store.damage import Damage
from monitor.store.redis import Scripts, bytes_of, text_of, translated
from monitor.store.stories import stories_of, title_of

_WORDS: Mapping[str, Unheard] = {"all": "all", "revision": "revision"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ByNow:
    """What is known of an alert of a digest: who carries its story; its `title` where that has
    changed since; what the channel has not been told of it before.
    """

    sources: tuple[str, ...] = ()
    publishers: int = 0
    independent: int = 0
    title: str = ""
    unheard: Unheard = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One digest to one channel. `kept` is for how long it is set down."""

    scripts: Scripts
    damage: Damage
    kept: timedelta
    digest: str
    channel: str

    def told(self, alerts: Sequence[Alert]) -> tuple[Alert, ...]:
        """The alerts as they are told: asked again, the same."""
        found = _set_down(self.scripts.client, self.digest, alerts)
        fresh = [alert for alert, value in zip(alerts, found, strict=True) if value is None]
        if fresh:
            given = [
                word
                for alert, now in zip(fresh, self._by_now(fresh), strict=True)
                for word in (_ref(alert), msgspec.json.encode(now))
            ]
            life = int(self.kept.total_seconds())
            self.scripts("set_down", [keys.digest_told(self.digest)], [life, *given])
            found = _set_down(self.scripts.client, self.digest, alerts)
        return _as_set_down(alerts, found, keys.digest_told(self.digest), self.damage)

    def _by_now(self, alerts: Sequence[Alert]) -> Iterator[ByNow]:
        client = self.scripts.client
        stories = stories_of(client, {alert.story for alert in alerts}, self.damage)
        unheard = _unheard(client, alerts, self.channel)
        for alert, word in zip(alerts, unheard, strict=True):
            story = stories.get(alert.story)
            now = ByNow(unheard=_WORDS.get(word, ""))
            yield _known(now, client, alert, story, self.damage) if story else now


def as_told(
    client: redis.Redis, digest: str, alerts: Sequence[Alert], damage: Damage
) -> tuple[Alert, ...]:
    """The alerts as they were told, for who looks at a digest; as they are kept where none was."""
    found = _set_down(client, digest, alerts)
    return _as_set_down(alerts, found, keys.digest_told(digest), damage)


def heard(alert: Alert, unheard: str) -> Alert:
    """An alert that is told again, with what the channel has not been told of it before."""
    if alert.update is None:
        return alert
    return replace(alert, update=replace(alert.update, unheard=_WORDS.get(unheard, "")))


def _set_down(client: redis.Redis, digest: str, alerts: Sequence[Alert]) -> list[bytes | None]:
    if not alerts:
        return []
    with translated(keys.digest_told(digest)):
        found = client.hmget(keys.digest_told(digest), [_ref(each) for each in alerts])
    return [None if value is None else bytes_of(value) for value in found]


def _as_set_down(
    alerts: Sequence[Alert], found: Sequence[bytes | None], key: str, damage: Damage
) -> tuple[Alert, ...]:
    rows = [
        (_ref(alert), (alert, value)) for alert, value in zip(alerts, found, strict=True) if value
    ]
    told = dict(damage.readable(key, rows, lambda ref, row: (ref, _with(*row))))
    return tuple(told.get(_ref(alert), alert) for alert in alerts)


def _ref(alert: Alert) -> str:
    """How the alert stands in the digest."""
    return f"{alert.id} {f'update:{alert.update.mark}' if alert.update else 'alert'}"


def _with(alert: Alert, value: bytes) -> Alert:
    now = msgspec.json.decode(value, type=ByNow)
    told = heard(alert, now.unheard)
    if len(now.sources) >= len(alert.sources):
        sources = dict.fromkeys((*now.sources, *alert.sources))
        told = replace(
            told,
            sources=tuple(sources),
            publishers=now.publishers,
            independent=now.independent,
        )
    return _titled(told, now.title) if now.title else told


def _known(now: ByNow, client: redis.Redis, alert: Alert, story: Story, damage: Damage) -> ByNow:
    since = alert.update.at if alert.update else alert.raised
    title = title_of(client, story.id, alert.article.ref, since, damage)
    return replace(
        now,
        sources=tuple(source for source, _ in story.sources),
        publishers=len(story.publishers),
        independent=story.independent,
        title=title or "",
    )


def _titled(alert: Alert, title: str) -> Alert:
    """With the title by now; of what matched in the old one, what still stands there."""
    evidence = (
        _moved(each, title) if each.field is Field.TITLE else each for each in alert.evidence
    )
    return replace(
        alert,
        article=replace(alert.article, title=title),
        evidence=tuple(each for each in evidence if each is not None),
    )


def _moved(evidence: Evidence, title: str) -> Evidence | None:
    found = re.search(re.escape(evidence.text), title, re.IGNORECASE)
    if found is None:
        return None
    start, end = found.span()
    return replace(evidence, start=start, end=end, text=found[0], sentence=title, sentence_start=0)


def _unheard(client: redis.Redis, alerts: Sequence[Alert], channel: str) -> list[str]:
    marks = [alert.update.mark if alert.update else "" for alert in alerts]
    own = [Delivery.id_for(a.id, channel, mark) for a, mark in zip(alerts, marks, strict=True)]
    with translated(), client.pipeline(transaction=False) as pipe:
        for each in own:
            pipe.hget(keys.delivery(each), "unheard")
        return [text_of(word) if word else "" for word in pipe.execute()]
