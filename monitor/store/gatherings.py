"""Gatherings: alerts that wait for a channel, and their release."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, get_args

import msgspec
import redis

from monitor import codec
from monitor.errors import ParseError
from monitor.model import (
    DELIVER,
    DELIVERIES,
    Allowance,
    Delivery,
    Gap,
    Gathering,
    GatherReason,
    digest,
)
from monitor.store import keys
from monitor.store.damage import Damage
from monitor.store.redis import Scripts, rq_time, text_of, translated
from monitor.store.ways import ms_of, name_of, span_ms

AT_A_TIME: Final = 50
NOBODY: Final[Mapping[str, datetime]] = MappingProxyType({})
_Named: TypeAlias = tuple[str, int, str, GatherReason, str]
"""Name of a gathering, when it is due (ms), and the words of the name."""
_REASONS: Final[frozenset[str]] = frozenset(get_args(GatherReason))


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A gathering that is due at some time. `due_ms` is that time as Redis has it, `digest` the id
    of what it becomes, `since` when it was opened (None: it is empty), `urgent` whether an alert of
    it is.
    """

    channel: str
    reason: GatherReason
    watch: str
    due: datetime
    due_ms: int
    digest: str
    count: int = 0
    since: datetime | None = None
    urgent: bool = False

    @property
    def delivery(self) -> str:
        """The id of the delivery that takes it."""
        return Delivery.id_for(self.digest, self.channel)

    @property
    def name(self) -> str:
        """How the store names it."""
        return name_of(self.channel, self.reason, self.watch)


class Gatherings:
    """What waits, and its release."""

    def __init__(
        self, client: redis.Redis, scripts: Scripts, kept: timedelta, damage: Damage
    ) -> None:
        self._client, self._scripts, self.kept, self._damage = client, scripts, kept, damage

    def due(self, now: datetime, *, but: Collection[str] = ()) -> tuple[Open, ...]:
        """The gatherings whose time has come, the longest due first, and digests last: what goes
        into one has to be in it before it is told. Of many it is a part: then without the digests
        of channels for which more is due. `but` names those that are not looked at.
        """
        with translated(keys.gathered()):
            rows = self._client.zrangebyscore(keys.gathered(), "-inf", ms_of(now), withscores=True)
        named = [row for row in self._named(rows) if row[0] not in but]
        found, left = self._some([row for row in named if row[3] != "digest"])
        more = {channel for _, _, channel, *_ in left}
        digests, _ = self._some([row for row in named if row[3] == "digest" and row[2] not in more])
        return (*found, *digests)

    def _some(self, named: Sequence[_Named]) -> tuple[list[Open], Sequence[_Named]]:
        """The first of them that can be read, and those that were not looked at."""
        found: list[Open] = []
        while named and len(found) < AT_A_TIME:
            found += self._opened(named[:AT_A_TIME])
            named = named[AT_A_TIME:]
        return found, named

    def digests(self, channels: Sequence[str]) -> tuple[Open, ...]:
        """What waits for the next digest of these channels, whenever that is due."""
        names = [name_of(channel, "digest", "") for channel in channels]
        if not names:
            return ()
        with translated(keys.gathered()):
            due = self._client.zmscore(keys.gathered(), names)
        rows = ((name, at) for name, at in zip(names, due, strict=True) if at is not None)
        return tuple(self._opened(self._named(rows)))

    def all(self) -> tuple[Open, ...]:
        """Every gathering, with how many alerts wait in it."""
        with translated(keys.gathered()):
            rows = self._client.zrange(keys.gathered(), 0, -1, withscores=True)
        found = self._opened(self._named(rows))
        names = [keys.gathering_alerts(each.name) for each in found]
        with self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.zcard(name)
            counts = self._damage.answers(pipe, names)
        return tuple(
            replace(each, count=count or 0) for each, count in zip(found, counts, strict=True)
        )

    def alerts(self, gatherings: Iterable[Open]) -> int:
        """How many alerts wait in these: one that waits for two channels is one."""
        names = [keys.gathering_alerts(each.name) for each in gatherings]
        with self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.zrange(name, 0, -1)
            rows = self._damage.answers(pipe, names)
        return len({text_of(member).partition(" ")[0] for row in rows for member in row or ()})

    def _named(self, rows: Iterable[Any]) -> list[_Named]:
        """From rows of (name, due in ms)."""
        return self._damage.readable(
            keys.gathered(), rows, lambda name, score: (name, int(score), *words_of(name))
        )

    def _opened(self, found: Sequence[_Named]) -> list[Open]:
        """One that is empty has no id of its own yet."""
        names = [keys.gathering(name) for name, *_ in found]
        with self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hmget(name, ["id", "since", "urgent"])
            known = self._damage.answers(pipe, names)
        opened = (
            (name, "", (row, about))
            for name, row, about in zip(names, found, known, strict=True)
            if about is not None
        )
        return self._damage.each(opened, lambda _, pair: _open(*pair[0], *pair[1]))

    def expect(self, channel: str, due: datetime) -> None:
        """There will be a digest at that time, be it empty. Where one is open nothing changes, nor
        where one was told of that time: somebody whose clock is behind may ask for it still.
        """
        self._scripts(
            "announce",
            [keys.gathered(), keys.digested()],
            [name_of(channel, "digest", ""), channel, ms_of(due)],
        )

    def met(self, channels: Sequence[str], now: datetime) -> dict[str, datetime]:
        """Since when each of these is known as a channel that tells in digests: at the latest from
        now on.
        """
        waiting = [keys.gathering(name_of(channel, "digest", "")) for channel in channels]
        rows = self._scripts(
            "meet", [keys.digesting(), keys.digested(), *waiting], [ms_of(now), *channels]
        )
        found = self._damage.readable(
            keys.digesting(),
            zip(channels, rows, strict=True),
            lambda channel, ms: (channel, moment(int(ms))),
        )
        return dict(found)

    def release(
        self,
        gathering: Open,
        now: datetime,
        *,
        since: datetime | None = None,
        gaps: Sequence[Gap] = (),
        empty: bool = False,
        allowances: Sequence[Allowance] = (),
        paused: Mapping[str, datetime] = NOBODY,
    ) -> Literal["told", "nothing", "waits", "void"]:
        """Make it a digest and put its delivery on the queue.

        `since` is where the time begins that it tells of, if not with its first alert; `empty`
        whether it is told even if it holds none; `allowances` what its watch may use, in each of
        which it counts; `paused` the watches that are, and since when. `waits`: one of the
        allowances is used up, and it is due when that is free. `void`: someone else has released
        it.
        """
        answer = self._scripts(
            "release",
            [
                keys.gathered(),
                keys.gathering(gathering.name),
                keys.gathering_alerts(gathering.name),
                keys.digest(gathering.digest),
                keys.digest_alerts(gathering.digest),
                keys.delivery(gathering.delivery),
                keys.rq_job(gathering.delivery),
                keys.rq_queue(DELIVERIES),
                keys.rq_queues(),
                keys.counts(),
                keys.digested(),
                keys.told_apart(),
                *(
                    keys.allowance(each.reason, gathering.watch, gathering.channel)
                    for each in allowances
                ),
            ],
            [
                gathering.name,
                str(gathering.due_ms),
                ms_of(now),
                rq_time(now),
                int(self.kept.total_seconds()),
                codec.encode_job(DELIVER, gathering.delivery, gathering.digest, gathering.channel),
                gathering.delivery,
                gathering.digest,
                gathering.channel,
                gathering.reason,
                gathering.watch,
                "" if since is None else ms_of(since),
                msgspec.json.encode(list(gaps)),
                "1" if empty else "0",
                msgspec.json.encode({watch: ms_of(at) for watch, at in paused.items()}),
                *(n for each in allowances for n in (each.most, span_ms(each.span))),
            ],
        )
        match answer:
            case b"told":
                return "told"
            case b"nothing":
                return "nothing"
            case b"waits":
                return "waits"
            case _:
                return "void"

    def told(self, channel: str) -> datetime | None:
        """Until when the last digest of a channel told; None where none is known."""
        with translated(keys.digested()):
            until = self._client.hget(keys.digested(), channel)
        rows = [] if until is None else [(channel, until)]
        found = self._damage.readable(keys.digested(), rows, lambda _, ms: moment(int(ms)))
        return found[0] if found else None

    def put_off(self, gathering: Open, until: Gathering) -> bool:
        """It is told at another time than it was to be; False where someone else has released it.

        Until the channel's digest it waits with what is gathered for that.
        """
        joins = until.reason == "digest" and gathering.reason != "digest"
        name = name_of(gathering.channel, "digest", "") if joins else gathering.name
        answer = self._scripts(
            "join",
            [
                keys.gathered(),
                keys.gathering(gathering.name),
                keys.gathering_alerts(gathering.name),
                keys.delivery(gathering.delivery),
                keys.gathering(name),
                keys.gathering_alerts(name),
            ],
            [
                gathering.name,
                str(gathering.due_ms),
                gathering.digest,
                ms_of(until.due),
                int(self.kept.total_seconds()),
                name,
            ],
        )
        return bool(answer == b"done")


def words_of(name: str) -> tuple[str, GatherReason, str]:
    """Channel, reason and watch of the name of a gathering. Raises ParseError, ValueError."""
    channel, reason, watch = name.split(" ", 2)
    return channel, reason_of(reason), watch


def _open(
    _name: str,
    due_ms: int,
    channel: str,
    reason: GatherReason,
    watch: str,
    known: bytes | None,
    since: bytes | None,
    urgent: bytes | None,
) -> Open:
    return Open(
        channel=channel,
        reason=reason,
        watch=watch,
        due=moment(due_ms),
        due_ms=due_ms,
        digest=text_of(known) if known else digest("empty", channel, str(due_ms)),
        since=moment(int(since)) if since else None,
        urgent=urgent is not None,
    )


def reason_of(word: str) -> GatherReason:
    """The word of a record as what it must be. Raises ParseError."""
    if word not in _REASONS:
        raise ParseError(f"{word!r} is no reason to gather alerts")
    return word  # type: ignore[return-value]  # one of its words


def moment(ms: int) -> datetime:
    """A time as Redis has it."""
    return datetime.fromtimestamp(ms / 1000, UTC)
