"""Gatherings: alerts that wait for a channel, and the digests they become."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, get_args

import msgspec
import redis

from monitor import codec
from monitor.errors import ParseError
from monitor.model import (
    DELIVER,
    DELIVERIES,
    Alert,
    Allowance,
    Delivery,
    Digest,
    Gap,
    Gathering,
    GatherReason,
    Route,
    digest,
)
from monitor.store import keys
from monitor.store.call import Call, outgoing
from monitor.store.redis import Scripts, bytes_of, rq_time, text_of, translated

SHOWN: Final = 100
"""Alerts that a digest carries; the rest are counted, and kept as all alerts are."""

AT_A_TIME: Final = 50
_REASONS: Final[frozenset[str]] = frozenset(get_args(GatherReason))


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A gathering that is due at some time. `due_ms` is that time as Redis has it, `digest` the id
    of what it becomes.
    """

    channel: str
    reason: GatherReason
    watch: str
    due: datetime
    due_ms: int
    digest: str
    count: int = 0

    @property
    def name(self) -> str:
        """How the store names it."""
        return name_of(self.channel, self.reason, self.watch)


def name_of(channel: str, reason: GatherReason, watch: str) -> str:
    """Ids of channels and watches hold no blank."""
    return f"{channel} {reason} {watch}"


def outgoing_by(call: Call, route: Route, alert: Alert) -> Mapping[str, object]:
    """A delivery of the outbox, and where it may have to wait."""
    return {
        **outgoing(call, route.delivery),
        "ways": [
            *(_wait(call, wait, route.delivery.channel, alert) for wait in route.waits),
            *(_allowed(call, each, route.delivery.channel, alert) for each in route.allowances),
        ],
    }


def _wait(call: Call, wait: Gathering, channel: str, alert: Alert) -> Mapping[str, object]:
    return {
        **_way(call, channel, wait.reason, wait.watch, alert.title if wait.watch else ""),
        "due": _ms(wait.due),
        "allowance": 0,
        "most": 0,
        "span": 0,
    }


def _allowed(call: Call, allowed: Allowance, channel: str, alert: Alert) -> Mapping[str, object]:
    return {
        **_way(call, channel, allowed.reason, alert.watch, alert.title),
        "due": 0,
        "allowance": call.key(keys.allowance(allowed.reason, alert.watch, channel)),
        "most": allowed.most,
        "span": allowed.span // timedelta(milliseconds=1),
    }


def _way(
    call: Call, channel: str, reason: GatherReason, watch: str, title: str
) -> Mapping[str, object]:
    name = name_of(channel, reason, watch)
    return {
        "name": name,
        "about": call.key(keys.gathering(name)),
        "alerts": call.key(keys.gathering_alerts(name)),
        "reason": reason,
        "channel": channel,
        "watch": watch,
        "title": title,
    }


class Gatherings:
    """What waits, and its release."""

    def __init__(self, client: redis.Redis, scripts: Scripts, kept: timedelta) -> None:
        self._client, self._scripts, self.kept = client, scripts, kept

    def due(self, now: datetime) -> tuple[Open, ...]:
        """The gatherings whose time has come, the longest due first; a part of them, if many."""
        with translated():
            rows = self._client.zrangebyscore(
                keys.gathered(), "-inf", _ms(now), start=0, num=AT_A_TIME, withscores=True
            )
        return self._opened(rows)

    def all(self) -> tuple[Open, ...]:
        """Every gathering, with how many alerts wait in it."""
        with translated():
            rows = self._client.zrange(keys.gathered(), 0, -1, withscores=True)
            found = self._opened(rows)
            with self._client.pipeline(transaction=False) as pipe:
                for each in found:
                    pipe.zcard(keys.gathering_alerts(each.name))
                counts = pipe.execute()
        return tuple(replace(each, count=count) for each, count in zip(found, counts, strict=True))

    def _opened(self, rows: Iterable[Any]) -> tuple[Open, ...]:
        """From rows of (name, due in ms); one that is empty has no id of its own yet."""
        found = [(text_of(name), int(score)) for name, score in rows]
        with translated(), self._client.pipeline(transaction=False) as pipe:
            for name, _ in found:
                pipe.hget(keys.gathering(name), "id")
            ids = pipe.execute()
        return tuple(
            _open(name, due_ms, "" if known is None else text_of(known))
            for (name, due_ms), known in zip(found, ids, strict=True)
        )

    def expect(self, channel: str, due: datetime) -> None:
        """There will be a digest at that time, be it empty. Where one is open nothing changes."""
        with translated():
            self._client.zadd(keys.gathered(), {name_of(channel, "digest", ""): _ms(due)}, nx=True)

    def release(
        self,
        gathering: Open,
        now: datetime,
        *,
        since: datetime | None = None,
        gaps: Sequence[Gap] = (),
        empty: bool = False,
    ) -> Literal["told", "nothing", "void"]:
        """Make it a digest and put its delivery on the queue.

        `since` is where the time begins that it tells of, if not with its first alert; `empty`
        whether it is told even if it holds none. `void`: someone else has released it.
        """
        delivery = Delivery(
            id=Delivery.id_for(gathering.digest, gathering.channel),
            alert=gathering.digest,
            channel=gathering.channel,
        )
        answer = self._scripts(
            "release",
            [
                keys.gathered(),
                keys.gathering(gathering.name),
                keys.gathering_alerts(gathering.name),
                keys.digest(gathering.digest),
                keys.digest_alerts(gathering.digest),
                keys.delivery(delivery.id),
                keys.rq_job(delivery.id),
                keys.rq_queue(DELIVERIES),
                keys.rq_queues(),
                keys.counts(),
            ],
            [
                gathering.name,
                str(gathering.due_ms),
                _ms(now),
                rq_time(now),
                int(self.kept.total_seconds()),
                codec.encode_job(DELIVER, delivery.id, delivery.alert, delivery.channel),
                delivery.id,
                gathering.digest,
                gathering.channel,
                gathering.reason,
                gathering.watch,
                "" if since is None else _ms(since),
                msgspec.json.encode(list(gaps)),
                "1" if empty else "0",
            ],
        )
        match answer:
            case b"told":
                return "told"
            case b"nothing":
                return "nothing"
            case _:
                return "void"


def digest_of(client: redis.Redis, digest_id: str, fields: Sequence[object]) -> Digest:
    """The digest that these fields of its record describe, with its first alerts.

    Alerts that are no longer kept are left out. Raises ParseError.
    """
    words = [text_of(field) for field in fields]
    about = dict(zip(words[::2], words[1::2], strict=True))
    try:
        reason = _reason(about["reason"])
        since, until = (_moment(int(about[name])) for name in ("since", "until"))
        count, channel = int(about["count"]), about["channel"]
        gaps = msgspec.json.decode(about["gaps"], type=tuple[Gap, ...])
    except (KeyError, ValueError, msgspec.DecodeError) as error:
        raise ParseError(f"a digest is not what we write: {error}") from error
    return Digest(
        id=digest_id,
        channel=channel,
        reason=reason,
        since=since,
        until=until,
        alerts=tuple(_alerts(client, digest_id)),
        count=count,
        watch=about.get("watch", ""),
        title=about.get("title", ""),
        gaps=gaps,
    )


def _alerts(client: redis.Redis, digest_id: str) -> Iterator[Alert]:
    with translated():
        members = client.zrange(keys.digest_alerts(digest_id), 0, SHOWN - 1)
        with client.pipeline(transaction=False) as pipe:
            for member in members:
                alert, _, field = text_of(member).partition(" ")
                pipe.hget(keys.alert(alert), field)
            found = pipe.execute()
    return (codec.decode_alert(bytes_of(each)) for each in found if each is not None)


def _open(name: str, due_ms: int, known: str) -> Open:
    channel, reason, watch = name.split(" ", 2)
    return Open(
        channel=channel,
        reason=_reason(reason),
        watch=watch,
        due=_moment(due_ms),
        due_ms=due_ms,
        digest=known or digest("empty", channel, str(due_ms)),
    )


def _reason(word: str) -> GatherReason:
    if word not in _REASONS:
        raise ParseError(f"{word!r} is no reason to gather alerts")
    return word  # type: ignore[return-value]  # one of its words


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
