"""What a person paused without editing a file: sources are not polled, watches stay silent."""

from __future__ import annotations

from datetime import UTC, datetime

import redis

from monitor.store.damage import Damage
from monitor.store.redis import Scripts, text_of, translated


class Pauses:
    """The pauses of one kind of thing, under one key; they last over restarts."""

    def __init__(self, client: redis.Redis, scripts: Scripts, key: str, damage: Damage) -> None:
        self._client, self._scripts, self._key, self._damage = client, scripts, key, damage

    def pause(self, name: str, now: datetime) -> bool:
        """From now until it is resumed; False where it is paused already, and since then."""
        return self._set(name, "pause", now)

    def resume(self, name: str, now: datetime) -> bool:
        """Let it go on; False where it is not paused."""
        return self._set(name, "resume", now)

    def all(self) -> dict[str, datetime]:
        """What is paused, and since when; of what cannot be read, since ever: a pause holds."""
        with translated(self._key):
            raw = self._client.hgetall(self._key)
        since = self._damage.readable(
            self._key,
            raw.items(),
            lambda name, at: (name, datetime.fromtimestamp(int(at) / 1000, UTC)),
        )
        return {text_of(name): datetime.fromtimestamp(0, UTC) for name in raw} | dict(since)

    def _set(self, name: str, word: str, now: datetime) -> bool:
        at_ms = int(now.timestamp() * 1000)
        answer = self._scripts("pause", [self._key], [name, word, at_ms])
        return bool(answer == b"done")
