"""Subscriptions with hubs in the store: asked, confirmed, denied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import redis

from monitor.model import Hub, Subscription, SubscriptionState
from monitor.store import keys
from monitor.store.damage import Damage
from monitor.store.redis import Scripts, text_of, translated


class Subscriptions:
    """One for each source whose feed names a hub."""

    def __init__(self, client: redis.Redis, scripts: Scripts, damage: Damage) -> None:
        self._client, self._scripts, self._damage = client, scripts, damage

    def of(self, sources: Sequence[str]) -> tuple[Subscription | None, ...]:
        """The subscription of each source, or None."""
        with translated(), self._client.pipeline(transaction=False) as pipe:
            for source in sources:
                pipe.hgetall(keys.subscription(source))
            rows = pipe.execute()
        return tuple(
            self._read(source, {text_of(name): text_of(value) for name, value in row.items()})
            for source, row in zip(sources, rows, strict=True)
        )

    def _read(self, source: str, row: dict[str, str]) -> Subscription | None:
        """One that cannot be read is none: the hub is asked anew."""
        found = self._damage.each(
            [(keys.subscription(source), "", row)], lambda _, row: _subscription(row)
        )
        return found[0] if found else None

    def ask(self, source: str, hub: Hub, known: Subscription | None, now: datetime) -> bool:
        """Note that the hub is asked now. False where another process was quicker: it asks."""
        answer = self._scripts(
            "subscribe",
            [keys.subscription(source)],
            ["" if known is None else _ms(known.asked), _ms(now), hub.url, hub.topic],
        )
        return bool(answer == b"done")

    def confirm(
        self, source: str, topic: str, *, now: datetime, lease: timedelta, within: timedelta
    ) -> bool:
        """The hub confirms what was asked within that time. False where nothing of it was."""
        until, since = _ms(now + lease), _ms(now - within)
        answer = self._scripts(
            "confirm", [keys.subscription(source)], [topic, SubscriptionState.ACTIVE, until, since]
        )
        return bool(answer == b"done")

    def deny(self, source: str, topic: str) -> bool:
        """The hub denies a subscription, or ends it. False where there is none to that topic."""
        answer = self._scripts(
            "confirm", [keys.subscription(source)], [topic, SubscriptionState.DENIED, 0, 0]
        )
        return bool(answer == b"done")


def _subscription(row: dict[str, str]) -> Subscription | None:
    if "state" not in row:
        return None
    until = int(row.get("until", "0"))
    return Subscription(
        hub=Hub(url=row.get("hub", ""), topic=row.get("topic", "")),
        state=SubscriptionState(row["state"]),
        asked=_moment(int(row["asked"])),
        tries=int(row.get("tries", "0")),
        until=_moment(until) if until else None,
    )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
