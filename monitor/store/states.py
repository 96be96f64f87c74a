"""An alert as it was told last: what the next update of it is built upon, and what people see.

Its record holds it as it was raised and each update whole; `latest` is the field of the last one.
Data without it was written before there was one: there the last by its time counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import redis

from monitor import codec
from monitor.model import Alert
from monitor.store import keys
from monitor.store.damage import reading
from monitor.store.redis import bytes_of, text_of, translated

LATEST: Final = "latest"
_RAISED: Final = "alert"
_UPDATE: Final = "update:"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The alert as it is by now, and `upon`: what its record says of that."""

    alert: Alert
    upon: str


def state_of(client: redis.Redis, alert_id: str) -> State | None:
    """The last state of an alert, or None when it is not kept (any more). Raises Unreadable."""
    with translated(keys.alert(alert_id)):
        raw = client.hgetall(keys.alert(alert_id))
    record = {text_of(name): bytes_of(value) for name, value in raw.items()}
    if _RAISED not in record:
        return None
    with reading(keys.alert(alert_id)):
        upon = text_of(record.get(LATEST, b""))
        last = codec.decode_alert(record[upon]) if upon in record else _last(record)
        return State(alert=last, upon=upon)


def _last(record: Mapping[str, bytes]) -> Alert:
    told = (v for name, v in record.items() if name == _RAISED or name.startswith(_UPDATE))
    return max(map(codec.decode_alert, told), key=lambda a: a.update.at if a.update else a.raised)


@dataclass(slots=True, kw_only=True)
class States:
    """The alerts of one decision as they are by now, with what the decision itself tells."""

    read: Callable[[str], State | None]
    _told: dict[str, Alert | None] = field(default_factory=dict)
    _upon: dict[str, str] = field(default_factory=dict)

    @property
    def upon(self) -> tuple[tuple[str, str], ...]:
        """Of each alert that was read, what must hold still when the decision is committed."""
        return tuple(self._upon.items())

    def last(self, alert_id: str) -> Alert | None:
        """As it is by now; None when it is not kept (any more)."""
        if alert_id not in self._told:
            state = self.read(alert_id)
            self._told[alert_id] = state.alert if state else None
            if state is not None:
                self._upon[alert_id] = state.upon
        return self._told[alert_id]

    def tell(self, alert: Alert) -> None:
        """This is what is told of it now."""
        self._told[alert.id] = alert
