"""What a worker asks and says about articles: the story claim, what was spoken, the commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import redis

from monitor.errors import StoreConflict
from monitor.model import (
    ARTICLES,
    DELIVERIES,
    AlertedArticle,
    Article,
    Claim,
    Counted,
    Elsewhere,
    Spoken,
)
from monitor.store import keys
from monitor.store.call import Call
from monitor.store.damage import Damage, reading
from monitor.store.outcome import Committed, Outcome, Retention, plan_of
from monitor.store.redis import Scripts, text_of, translated
from monitor.store.states import State, state_of
from monitor.store.stories import Asked, Lines, call_of, claim_of


class Judging:
    """The store as a worker sees it between take and commit."""

    def __init__(
        self, client: redis.Redis, scripts: Scripts, retention: Retention, damage: Damage
    ) -> None:
        self._client, self._scripts, self.retention = client, scripts, retention
        self._damage = damage
        self._lines = Lines(client)

    def claims(self, asked: Sequence[Asked], now: datetime) -> tuple[Claim, ...]:
        """The story of each article, in order and in one trip: the same whenever it asks. Raises
        Unreadable.
        """
        calls = [call_of(each, now, self.retention.stories) for each in asked]
        answers = self._scripts.many("claim", calls)
        found = []
        for (names, _), answer in zip(calls, answers, strict=True):
            with reading(names[0]):
                found.append(claim_of(answer))
        return tuple(found)

    def learned(self, sources: Iterable[str], now: datetime) -> Mapping[str, frozenset[str]]:
        """Source -> the lines that it repeats, by name: no part of its articles' text."""
        return self._lines.of(sources, now)

    def state(self, alert_id: str) -> State | None:
        """An alert as it was told last, or None when it is not kept (any more)."""
        return state_of(self._client, alert_id)

    def spoken(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Spoken | None]:
        """For each (watch, story): who has spoken, or None. Raises Unreadable."""
        wanted = tuple(dict.fromkeys(pairs))
        if not wanted:
            return {}
        with translated():
            values = self._client.mget([keys.spoken(watch, story) for watch, story in wanted])
        found = {}
        for pair, value in zip(wanted, values, strict=True):
            with reading(keys.spoken(*pair)):
                spoken = None if value is None else msgspec.json.decode(value, type=Spoken)
            found[pair] = spoken
        return found

    def tally(
        self,
        watch: str,
        story: str,
        article: Article,
        within: timedelta,
        voice: str = "",
        *,
        asks: str = "",
    ) -> tuple[Counted, ...]:
        """The stories that count towards the threshold of a watch that `asks` for this, with this
        one, which `voice` told first; asked again, the same. Those that the watch has spoken for by
        now are not among them, be it this one.
        """
        at = min(article.published or article.fetched, article.fetched)
        about = msgspec.json.encode(AlertedArticle.of(article))
        rows = self._scripts(
            "tally",
            [keys.tally(watch, asks)],
            [
                story,
                b"%d %b\n%b" % (at.timestamp() * 1000, about, voice.encode()),
                within // timedelta(milliseconds=1),
                int(self.retention.stories.total_seconds()),
                keys.spoken(watch, ""),
            ],
        )
        pairs = zip(rows[::2], rows[1::2], strict=True)
        return tuple(self._damage.readable(keys.tally(watch, asks), pairs, _counted))

    def pieces(
        self, watch: str, about: str, found: Mapping[int, Elsewhere], *, asks: str = ""
    ) -> dict[int, Elsewhere]:
        """Clause of a watch that `asks` for this -> the article of that story or event that
        satisfied it first, with those just found; asked again, the same."""
        given = [word for clause, at in found.items() for word in (clause, msgspec.json.encode(at))]
        life = int(self.retention.stories.total_seconds())
        rows = self._scripts("piece", [keys.pieces(watch, asks, about)], [life, *given])
        pairs = zip(rows[::2], rows[1::2], strict=True)
        return dict(
            self._damage.readable(
                keys.pieces(watch, asks, about),
                pairs,
                lambda clause, value: (int(clause), msgspec.json.decode(value, type=Elsewhere)),
            )
        )

    def commit(self, worker: str, outcome: Outcome, now: datetime) -> Committed:
        """Make it so, whole or not at all. `void`: a lease is lost, someone else does the work.

        Raises StoreConflict when a watch has spoken for one of the stories meanwhile, or an alert
        was told again: decide again.
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
                keys.gathered(),
            ]
        )
        plan = plan_of(call, outcome, self.retention, now)
        answer = self._scripts(
            "commit",
            call.keys,
            [
                worker,
                outcome.token,
                int(now.timestamp() * 1000),
                msgspec.msgpack.encode(plan),
                *call.blobs,
            ],
        )
        match answer:
            case [b"done", did]:
                # a receipt of an earlier version does not say: then all of them are
                told = text_of(did).ljust(len(outcome.raised), "1")
                rows = zip(outcome.raised, told, strict=True)
                return Committed(
                    answer="done", raised=tuple(one for one, is_ in rows if is_ == "1")
                )
            case [b"void"]:
                return Committed(answer="void")
            case _:
                raise StoreConflict("a watch has spoken for one of these stories meanwhile")


def _counted(story: str, value: bytes) -> Counted:
    when, _, rest = value.partition(b" ")
    about, _, voice = rest.partition(b"\n")
    return Counted(
        story=story,
        at=datetime.fromtimestamp(int(when) / 1000, UTC),
        article=msgspec.json.decode(about, type=AlertedArticle),
        voice=text_of(voice),
    )
