"""Sources in the store: what was seen, when to look again, and putting what is new on the queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
import redis

from monitor import codec
from monitor.errors import Deposed, StoreConflict
from monitor.model import (
    ARTICLES,
    DELIVERIES,
    JUDGE,
    PAGES,
    READ_PAGE,
    Alert,
    Article,
    Delivery,
    digest,
)
from monitor.store import keys
from monitor.store.call import Call, outgoing
from monitor.store.damage import reading
from monitor.store.outcome import Retention
from monitor.store.pages import PATIENCE, PageWanted
from monitor.store.redis import Scripts, rq_time, text_of, translated

BUNDLE = 50
"""Articles a job, at the most. One round trip per job is shared by them: measured 15-17 thousand
articles/s against 200-520 with one article a job (RQ SimpleWorker, no-op work)."""

SEEN_FOR = timedelta(days=60)
"""How long an entry that left its feed is remembered; the story claim is the second guard."""

KNOWN_FOR = timedelta(days=60)
"""How long what is known of a source is kept that is in no configuration, or whose file has gone:
so that nothing is told anew when it is put back within that time."""

ASKED_FOR = timedelta(days=1)
"""How long a request to poll a source stands."""

AT_A_TIME = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the store knows of a source. `version` guards against two pollers."""

    version: int = 0
    fields: tuple[tuple[str, str], ...] = ()

    def get(self, field: str, default: str = "") -> str:
        """One field of the state, as the poller wrote it."""
        return dict(self.fields).get(field, default)

    def after(self, saved: dict[str, str]) -> SourceState:
        """The state as a put of these fields leaves it."""
        fields = dict(self.fields) | saved
        return SourceState(version=self.version + 1, fields=tuple(fields.items()))


def seen_member(article: Article, text: str) -> str:
    """What is remembered of an article: a changed text is something not seen yet."""
    return f"{article.ref}:{text}"


def written(moment: datetime) -> str:
    """A time as a source's state holds it: of one length, so that the later is also the greater."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


class Sources:
    """State of sources and the admission of their articles."""

    def __init__(self, client: redis.Redis, scripts: Scripts, retention: Retention) -> None:
        self._client, self._scripts, self.retention = client, scripts, retention

    def state(self, source: str) -> SourceState:
        """The state of one source; version 0 when it was never polled. Raises Unreadable."""
        with translated(keys.source(source)):
            raw = self._client.hgetall(keys.source(source))
        fields = {text_of(name): text_of(value) for name, value in raw.items()}
        with reading(keys.source(source), "version"):
            version = int(fields.pop("version", "0"))
        return SourceState(
            version=version,
            fields=tuple((name, value) for name, value in fields.items() if name != "token"),
        )

    def states(
        self, sources: Sequence[str], fields: Sequence[str]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Some fields of many sources, "" for what is not there; a round trip for every 500."""
        for at in range(0, len(sources), AT_A_TIME):
            some = sources[at : at + AT_A_TIME]
            with translated(), self._client.pipeline(transaction=False) as pipe:
                for source in some:
                    pipe.hmget(keys.source(source), list(fields))
                rows = pipe.execute()
            for source, row in zip(some, rows, strict=True):
                yield source, tuple("" if value is None else text_of(value) for value in row)

    def hurry(self, source: str, now: datetime) -> None:
        """Ask that a source be polled now: it becomes due, and the running poller is told."""
        self._scripts(
            "hurry",
            [keys.source(source), keys.asked()],
            [source, _ms(now), written(now), _ms(now - ASKED_FOR)],
        )

    def keep(self, sources: Sequence[str], now: datetime) -> tuple[str, ...]:
        """Say which sources there are, and forget what is known of those that were not there for
        60 days; returns these, at most 500 at a time.
        """
        gone: list[bytes] = []
        for at in range(0, max(len(sources), 1), AT_A_TIME):
            some = sources[at : at + AT_A_TIME]
            is_last = at + AT_A_TIME >= len(sources)  # all that there are were named by then
            gone += self._scripts(
                "keep",
                [keys.known(), keys.paused("source"), keys.asked()],
                [
                    _ms(now),
                    _ms(now - KNOWN_FOR),
                    AT_A_TIME if is_last else 0,
                    keys.source(""),
                    keys.seen(""),
                    keys.subscription(""),
                    *some,
                ],
            )
        return tuple(map(text_of, gone))

    def asked(self) -> tuple[str, ...]:
        """The sources that a person wants polled, and that have not been since."""
        with translated(keys.asked()):
            return tuple(text_of(name) for name in self._client.zrange(keys.asked(), 0, -1))

    def unseen(self, source: str, members: Sequence[str]) -> tuple[bool, ...]:
        """For each member whether this source has not shown it before."""
        if not members:
            return ()
        with translated(keys.seen(source)):
            scores = self._client.zmscore(keys.seen(source), list(members))
        return tuple(score is None for score in scores)

    def put(
        self,
        source: str,
        *,
        version: int,
        state: dict[str, str],
        seen: Sequence[str],
        articles: Sequence[Article],
        now: datetime,
        began: datetime | None = None,
        gaps: int = 0,
        pages: Sequence[PageWanted] = (),
        forget: datetime | None = None,
        alerts: Sequence[Alert] = (),
        term: int = 0,
    ) -> None:
        """Admit articles and save the source's state in one step; `pages` are articles, too, that
        have their pages read before they are judged.

        `version` is that of the state this was decided on. `began` is when a poll began: requests
        for one that came before are answered by it. `gaps` are counted. What was last seen before
        `forget` is forgotten; to be given with all that a document shows, or what stands in a feed
        that rests would be taken for new one day. `alerts` are raised with it. `term` is
        that of the poller that leads, 0 for one that nobody elects. Raises StoreConflict when
        another poller was quicker, Deposed when another leads: nothing was done, and nothing needs
        to be.
        """
        bundles = [tuple(articles[at : at + BUNDLE]) for at in range(0, len(articles), BUNDLE)]
        ids = [
            digest("bundle", source, str(version), str(number)) for number in range(len(bundles))
        ]
        now_ms = _ms(now)
        call = Call(
            keys=[
                keys.source(source),
                keys.seen(source),
                keys.rq_queue(ARTICLES),
                keys.rq_queues(),
                keys.ledger(ARTICLES),
                keys.counts(),
                keys.asked(),
                keys.alerts(),
                keys.rq_queue(DELIVERIES),
                keys.rq_queue(PAGES),
                keys.ledger(PAGES),
                keys.deadlines(),
                keys.leader(),
                keys.known(),
            ]
        )
        plan = {
            "state": state,
            "seen": list(seen),
            "seen_after": 0 if forget is None else _ms(forget),
            "origin": ARTICLES,
            "description": f"{len(articles)} articles of {source}",
            "stamp": rq_time(now),
            "jobs": [
                {
                    "id": job,
                    "key": call.key(keys.rq_job(job)),
                    "blob": call.blob(codec.encode_job(JUDGE, codec.bundle(some))),
                }
                for job, some in zip(ids, bundles, strict=True)
            ],
            "alerts": [self._alert(call, alert) for alert in alerts],
            "patience": PATIENCE.total_seconds(),
            "pages": [_page(call, source, version, page) for page in pages],
            "articles": len(articles) + len(pages),
            "source": source,
            "began": 0 if began is None else _ms(began),
            "gaps": gaps,
            "term": term,
        }
        answer = self._scripts(
            "put",
            call.keys,
            [
                digest("put", source, str(version), str(now_ms)),
                str(version),
                now_ms,
                msgspec.json.encode(plan),
                *call.blobs,
            ],
        )
        if answer == b"deposed":
            raise Deposed("another poller leads now; nothing was lost", source=source)
        if answer == b"conflict":
            raise StoreConflict("another poller was quicker; nothing was lost", source=source)

    def _alert(self, call: Call, alert: Alert) -> Mapping[str, object]:
        deliveries = (
            Delivery(id=Delivery.id_for(alert.id, channel), alert=alert.id, channel=channel)
            for channel in alert.notify
        )
        return {
            "id": alert.id,
            "key": call.key(keys.alert(alert.id)),
            "blob": call.blob(codec.encode_alert(alert)),
            "life": int(self.retention.alerts.total_seconds()),
            "deliveries": [outgoing(call, delivery) for delivery in deliveries],
        }


def _page(call: Call, source: str, version: int, page: PageWanted) -> Mapping[str, object]:
    """The job that reads a page, and whose turn it has to wait for."""
    job = digest("page of", source, str(version), page.article.ref)
    return {
        "id": job,
        "key": call.key(keys.rq_job(job)),
        "blob": call.blob(codec.encode_job(READ_PAGE, codec.bundle((page.article,)))),
        "host": page.host,
        "room": page.room_s,
    }
