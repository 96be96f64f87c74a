"""Where an alert goes: to a channel at once, or to where it waits to be told with others. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.alerts.clock import closes, digest_due, opens
from monitor.alerts.deliver import deliveries
from monitor.model import SEVERITIES, Allowance, Gathering, Route, Timing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from monitor.model import Alert, Delivery, GatherReason, Watch

AT_ONCE = Timing()

_A_MOMENT = timedelta(microseconds=1)


def routes(
    alert: Alert, watch: Watch, timings: Mapping[str, Timing], now: datetime
) -> tuple[Route, ...]:
    """How each channel of an alert is told of it, in the order they are named.

    A channel that is not known any more is told at once: its delivery then says so.
    """
    return tuple(
        _route(delivery, alert, watch, timings.get(delivery.channel, AT_ONCE), now)
        for delivery in deliveries(alert)
    )


def allowances(watch: Watch, timing: Timing) -> Iterator[Allowance]:
    """What the watch may use of a channel: each message of it alone counts in all of them."""
    if watch.cooldown is not None:
        yield Allowance(reason="cooldown", most=1, span=watch.cooldown)
    rate = watch.at_most or timing.at_most
    if rate is not None:
        yield Allowance(reason="at_most", most=rate.most, span=rate.span)


def put_off(
    reason: GatherReason, watch: Watch | None, timing: Timing, *, due: datetime, now: datetime
) -> Gathering | None:
    """Where something gathered for this reason has to wait still, though it is due; None if it may
    be told now. As "digest" it goes into the channel's next one, which may be due already.

    `watch` is that of whose alerts it is, if of one, and still known.
    """
    if reason == "digest":
        end = timing.quiet and closes(timing.quiet, timing.zone, now)
        return Gathering(reason="digest", due=end) if end else None
    return _latest(watch, timing, now, digest_from=due - _A_MOMENT)


def _route(delivery: Delivery, alert: Alert, watch: Watch, timing: Timing, now: datetime) -> Route:
    urgent = SEVERITIES.index(alert.severity) >= SEVERITIES.index(timing.urgent)
    return Route(
        delivery=delivery,
        wait=None if urgent else _latest(watch, timing, now, digest_from=now),
        allowances=()
        if timing.mode == "digest" and not urgent
        else tuple(_counting(alert, watch, timing)),
        urgent=urgent,
    )


def _latest(
    watch: Watch | None, timing: Timing, now: datetime, *, digest_from: datetime
) -> Gathering | None:
    """Where it waits longest, whatever was told before: then nothing else holds it back."""
    return max(_waits(watch, timing, now, digest_from), key=lambda wait: wait.due, default=None)


def _waits(
    watch: Watch | None, timing: Timing, now: datetime, digest_from: datetime
) -> Iterator[Gathering]:
    """Of two that are over at once the first counts: those of the channel, told in one message."""
    if timing.mode == "digest":
        yield Gathering(reason="digest", due=digest_due(timing, digest_from))
    elif timing.quiet and (due := closes(timing.quiet, timing.zone, now)):
        yield Gathering(reason="quiet", due=due)
    if watch and watch.hours and (due := opens(watch.hours, watch.zone, now)):
        yield Gathering(reason="hours", watch=watch.id, due=due)


def _counting(alert: Alert, watch: Watch, timing: Timing) -> Iterator[Allowance]:
    """What the alert uses up. That a watch is silent is no match of it and counts for nothing; the
    cooldown after an alert does not hold back what is new about that very alert.
    """
    if alert.trouble is not None:
        return
    for allowance in allowances(watch, timing):
        if alert.update is None or allowance.reason != "cooldown":
            yield allowance
