"""Where an alert goes: to a channel at once, or to where it waits to be told with others. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.alerts.clock import closes, next_digest, opens
from monitor.alerts.deliver import deliveries
from monitor.model import SEVERITIES, Allowance, Gathering, Route, Timing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from monitor.model import Alert, Watch

AT_ONCE = Timing()


def routes(
    alert: Alert, watch: Watch, timings: Mapping[str, Timing], now: datetime
) -> tuple[Route, ...]:
    """How each channel of an alert is told of it, in the order they are named.

    A channel that is not known any more is told at once: its delivery then says so.
    """
    return tuple(
        Route(
            delivery=delivery,
            waits=tuple(_waits(alert, watch, timings.get(delivery.channel, AT_ONCE), now)),
            allowances=tuple(_allowances(alert, watch, timings.get(delivery.channel, AT_ONCE))),
        )
        for delivery in deliveries(alert)
    )


def _waits(alert: Alert, watch: Watch, timing: Timing, now: datetime) -> Iterator[Gathering]:
    """Where it waits whatever was told before; the first counts."""
    if SEVERITIES.index(alert.severity) >= SEVERITIES.index(timing.urgent):
        return
    if watch.hours and (due := opens(watch.hours, watch.zone, now)):
        yield Gathering(reason="hours", watch=watch.id, due=due)
    if timing.mode == "digest":
        yield Gathering(reason="digest", due=next_digest(timing, now))
    if timing.quiet and (due := closes(timing.quiet, timing.zone, now)):
        yield Gathering(reason="quiet", due=due)


def _allowances(alert: Alert, watch: Watch, timing: Timing) -> Iterator[Allowance]:
    """What the watch may use of the channel; an update is bounded by its steps."""
    if alert.update is not None:
        return
    if watch.cooldown is not None:
        yield Allowance(reason="cooldown", most=1, span=watch.cooldown)
    rate = watch.at_most or timing.at_most
    if rate is not None:
        yield Allowance(reason="at_most", most=rate.most, span=rate.span)
