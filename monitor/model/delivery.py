"""Delivery: one alert to one channel; and what the channel answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from monitor.model.ids import digest


class DeliveryState(StrEnum):
    """pending -> sending -> sent, or parked for a person; or gathered, to be told in a digest."""

    GATHERED = "gathered"
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One alert, or an update of it, to one channel.

    `attempts` counts the tries begun; `answer` is the last one got.
    """

    id: str
    alert: str
    channel: str
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    answer: str = ""

    @staticmethod
    def id_for(alert: str, channel: str, update: str = "") -> str:
        """The id that every attempt of this delivery bears, so that a repeat is recognised.

        `update` is the mark of the update that it takes.
        """
        if update:
            return digest("delivery", alert, channel, update)
        return digest("delivery", alert, channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The channel has it. `answer` is what it said, for the log."""

    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Not now. `after` is how long the channel asked us to wait, or None: as the table says.

    `down` is whether the other side as a whole seems not to work, rather than with this alert.
    """

    answer: str
    after: timedelta | None = None
    down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Never: trying again will not help. `disables` is whether the whole channel is gone (410)."""

    answer: str
    disables: bool = False


Receipt = Sent | Later | Refused
