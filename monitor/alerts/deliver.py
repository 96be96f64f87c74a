"""Which deliveries an alert asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.model import Delivery

if TYPE_CHECKING:
    from monitor.model import Alert


def deliveries(alert: Alert) -> tuple[Delivery, ...]:
    """One pending delivery for each channel the alert goes to, in the order given.

    A channel named twice gets it once. Their ids depend on alert, channel and the step of an update
    alone.
    """
    mark = alert.update.mark if alert.update else ""
    return tuple(
        Delivery(id=Delivery.id_for(alert.id, channel, mark), alert=alert.id, channel=channel)
        for channel in dict.fromkeys(alert.notify)
    )
