"""Pages in the store: whose turn it is, what waits for its host, and handing articles on."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

import redis

from monitor import codec
from monitor.model import ARTICLES, JUDGE, PAGES, Article, PageNote, digest
from monitor.store import keys
from monitor.store.redis import Scripts, bytes_of, rq_time, text_of, translated
from monitor.store.work import JOB_PREFIX, LEASE_S, Work

PATIENCE = timedelta(minutes=15)
"""The longest an article waits for its page; then it goes on with its feed's text."""

ROBOTS_FOR = timedelta(hours=24)
"""How long a robots.txt holds (RFC 9309, 2.4: not longer than that)."""

MOST_ROBOTS_BYTES = 1 << 20

Turn = Literal["go", "crowded", "late"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWanted:
    """An article whose page is to be read, from which host, with how much room between two starts
    there (s)."""

    article: Article
    host: str
    room_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTaken:
    """A page that is ours until its lease ends.

    `turn` says whether it may be fetched, or that its turn would come too late, or that it has
    waited too long. `left_s` is how long its article may still wait. `deaths` counts processes that
    died on it, `tries` failures to get it, `hops` redirects to other hosts; the last of them led to
    `url`.
    """

    id: str
    data: bytes
    turn: Turn
    left_s: float
    deaths: int
    tries: int
    hops: int
    url: str
    room_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A host on the way to a page: the room between two starts there (s), the page's address there
    where a redirect named it, and how long the host is to be left alone now (s)."""

    host: str
    room_s: float
    url: str = ""
    park_s: float = 0.0


class Pages(Work):
    """The leases of the queue of pages, and what is its own."""

    def __init__(self, client: redis.Redis, scripts: Scripts) -> None:
        super().__init__(client, scripts, PAGES)

    def take_turns(
        self, worker: str, token: str, count: int
    ) -> tuple[tuple[PageTaken, ...], float | None]:
        """Up to `count` pages that may be fetched or have waited in vain, leased to `worker`; and
        in how many seconds the next one's turn may come, None when none waits for time. The same
        token answers the same pages."""
        return self._taken(worker, token, count, "turns")

    def take_late(self, worker: str, token: str, count: int) -> tuple[PageTaken, ...]:
        """Up to `count` pages that have waited too long, leased to `worker`."""
        return self._taken(worker, token, count, "late")[0]

    def _taken(
        self, worker: str, token: str, count: int, which: Literal["turns", "late"]
    ) -> tuple[tuple[PageTaken, ...], float | None]:
        next_, *flat = self._scripts(
            "take_page",
            [
                keys.rq_queue(PAGES),
                keys.leases(PAGES),
                keys.holders(PAGES),
                keys.took(PAGES),
                keys.later(PAGES),
                keys.deadlines(),
            ],
            [
                worker,
                token,
                count,
                LEASE_S,
                JOB_PREFIX,
                keys.lane(""),
                which,
                PATIENCE.total_seconds(),
            ],
        )
        rows = (flat[at : at + 9] for at in range(0, len(flat), 9))
        return tuple(map(_page, rows)), float(next_) if next_ else None

    def postpone(
        self,
        worker: str,
        page: PageTaken,
        *,
        after_s: float,
        at: Hop,
        then: Hop,
        tries: int,
        hops: int,
        why: str,
    ) -> None:
        """Not now: again after `after_s`, at the host and address of `then`."""
        self._scripts(
            "postpone",
            [
                keys.leases(PAGES),
                keys.holders(PAGES),
                keys.later(PAGES),
                keys.rq_job(page.id),
                keys.lane(at.host),
            ],
            [
                worker,
                page.id,
                after_s,
                tries,
                at.park_s,
                then.host,
                then.room_s,
                then.url,
                hops,
                why,
            ],
        )

    def hand_on(
        self,
        worker: str,
        page: PageTaken,
        article: Article,
        note: PageNote,
        *,
        at: Hop,
        now: datetime,
    ) -> bool:
        """The article goes to the queue of articles; False when the page is not ours any more."""
        job = digest("page", page.id)
        answer = self._scripts(
            "hand_on",
            [
                keys.leases(PAGES),
                keys.holders(PAGES),
                keys.ledger(PAGES),
                keys.deadlines(),
                keys.rq_job(page.id),
                keys.rq_queue(ARTICLES),
                keys.rq_queues(),
                keys.ledger(ARTICLES),
                keys.rq_job(job),
                keys.counts(),
                keys.lane(at.host),
                keys.dead(),
            ],
            [
                worker,
                page.id,
                job,
                codec.encode_job(JUDGE, codec.bundle((article,))),
                int(now.timestamp() * 1000),
                rq_time(now),
                f"pages.{note.outcome}",
                at.park_s,
            ],
        )
        return bool(answer == b"done")

    def robots(self, origin: str) -> str | None:
        """The robots.txt of an origin as it was read within a day, "" where there is none."""
        with translated():
            packed = self._client.get(keys.robots(origin))
        if packed is None:
            return None
        try:
            plain = zlib.decompressobj().decompress(bytes_of(packed), MOST_ROBOTS_BYTES)
        except zlib.error:  # not what we write: to be read anew
            return None
        return plain.decode("utf-8", "replace")

    def keep_robots(self, origin: str, text: str) -> None:
        """Remember a robots.txt for a day. Setting it twice is setting it once."""
        packed = zlib.compress(text.encode("utf-8", "replace"))
        with translated():
            self._client.set(keys.robots(origin), packed, ex=ROBOTS_FOR)


def _page(row: Sequence[bytes]) -> PageTaken:
    id_, data, turn, left, deaths, tries, hops, url, room = row
    return PageTaken(
        id=text_of(id_),
        data=data,
        turn=cast(Turn, text_of(turn)),
        left_s=float(left),
        deaths=int(deaths),
        tries=int(tries),
        hops=int(hops),
        url=text_of(url),
        room_s=float(room),
    )
