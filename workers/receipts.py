"""What a receipt means for its delivery, and what the log says of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never

from monitor.errors import ParseError
from monitor.model import (
    Alert,
    Delivery,
    DeliveryState,
    Digest,
    Later,
    Message,
    Receipt,
    Refused,
    Sent,
)
from monitor.queues import delivery_of
from monitor.store import Taken
from workers.retry import delivery_again

EVENT = {
    DeliveryState.SENT: "delivery.sent",
    DeliveryState.PENDING: "delivery.delayed",
    DeliveryState.PARKED: "delivery.parked",
}


def channel_of(job: Taken) -> str:
    """The channel a job is for; "" where the job cannot be read: whoever begins it will say so."""
    try:
        return delivery_of(job.data)[2]
    except ParseError:
        return ""


def said_of(message: Message) -> Mapping[str, object]:
    """What a line of the log says of what was sent."""
    match message:
        case Alert():
            return {
                "alert": message.id,
                "watch": message.watch,
                "story": message.story,
                "article": message.article.id,
                "source": message.article.source,
            }
        case Digest():
            return {
                "digest": message.id,
                "reason": message.reason,
                "alerts": message.count,
                "told": [alert.id for alert in message.alerts],
            }
        case _:
            assert_never(message)


def outcome(
    receipt: Receipt, delivery_: Delivery, waited: timedelta
) -> tuple[DeliveryState, timedelta | None]:
    """The state a delivery is in after this receipt, and when it is tried again if it is; it has
    `waited` so long by now.
    """
    match receipt:
        case Sent():
            return DeliveryState.SENT, None
        case Later():
            after = delivery_again(delivery_.id, delivery_.attempts, receipt.after, waited)
            return (DeliveryState.PARKED if after is None else DeliveryState.PENDING), after
        case Refused():
            return DeliveryState.PARKED, None
        case _:
            assert_never(receipt)
