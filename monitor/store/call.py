"""The keys and blobs of one call of a transition, numbered as its plan refers to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor import codec
from monitor.model import DELIVER, Delivery
from monitor.store import keys


@dataclass(slots=True)
class Call:
    """Numbers count from 1, as Lua's do."""

    keys: list[str]
    blobs: list[bytes] = field(default_factory=list)

    def key(self, name: str) -> int:
        """The number of this key."""
        self.keys.append(name)
        return len(self.keys)

    def blob(self, data: bytes) -> int:
        """The number of these bytes."""
        self.blobs.append(data)
        return len(self.blobs)


def outgoing(call: Call, delivery: Delivery) -> Mapping[str, object]:
    """A delivery of the outbox, and the job that makes it."""
    arguments: Sequence[str] = (delivery.id, delivery.alert, delivery.channel)
    return {
        "id": delivery.id,
        "key": call.key(keys.delivery(delivery.id)),
        "job": delivery.id,
        "job_key": call.key(keys.rq_job(delivery.id)),
        "blob": call.blob(codec.encode_job(DELIVER, *arguments)),
        "alert": delivery.alert,
        "channel": delivery.channel,
    }
