"""Where an alert goes: to a channel at once, or to where it waits to be told with others. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.alerts.clock import closes, digest_due, opens
from monitor.alerts.deliver import deliveries
from monitor.model import SEVERITIES, Allowance, Gathering, Route, Timing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.model import Alert, Delivery, GatherReason, Watch

AT_ONCE = Timing()

_A_MOMENT = timedelta(microseconds=1)
_WEEK = timedelta(weeks=1)

_MOST_WAITS = 32
"""Two weeks of quiet hours that end and hours that begin each day, and a few."""

_SEASONS = (datetime(2026, 1, 12, tzinfo=UTC), datetime(2026, 7, 13, tzinfo=UTC))
"""Zones may be farther apart in one than in the other."""


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
        end = timing.quiet and _till_told(None, timing, now)
        return Gathering(reason="digest", due=end.due) if end else None
    return _wait(watch, timing, now, digest_from=due - _A_MOMENT)


def never_meet(watch: Watch, timing: Timing) -> bool:
    """Whether, in summer or in winter, the quiet hours of a channel leave no minute of the hours
    of a watch.
    """
    return any(_in_turn(watch, timing, season) is None for season in _SEASONS)


def _route(delivery: Delivery, alert: Alert, watch: Watch, timing: Timing, now: datetime) -> Route:
    urgent = SEVERITIES.index(alert.severity) >= SEVERITIES.index(timing.urgent)
    return Route(
        delivery=delivery,
        wait=None if urgent else _wait(watch, timing, now, digest_from=now),
        allowances=()
        if timing.mode == "digest" and not urgent
        else tuple(_counting(alert, watch, timing)),
        urgent=urgent,
    )


def _wait(
    watch: Watch | None, timing: Timing, now: datetime, *, digest_from: datetime
) -> Gathering | None:
    """Where it waits until nothing else holds it back."""
    if timing.mode == "digest":
        return _till_digest(watch, timing, digest_from)
    return _till_told(watch, timing, now)


def _till_digest(watch: Watch | None, timing: Timing, since: datetime) -> Gathering:
    """The first digest of a week that is told within the hours of the watch, else the next one."""
    first = due = digest_due(timing, since)
    while watch and watch.hours and due <= since + _WEEK:
        begin = opens(watch.hours, watch.zone, due)
        if begin is None and due > first:
            return Gathering(reason="hours", watch=watch.id, due=due)
        if begin is None:
            break
        due = digest_due(timing, begin - _A_MOMENT)
    return Gathering(reason="digest", due=first)


def _till_told(watch: Watch | None, timing: Timing, now: datetime) -> Gathering | None:
    """Until the channel is not quiet and it is within the hours of the watch. Hours that the quiet
    ones leave no minute of do not count (no configuration is taken with such): nothing waits for
    ever.
    """
    for speaks in (watch, None):
        waits = _in_turn(speaks, timing, now)
        if waits is None:
            continue
        hours = next((wait for wait in waits if wait.reason == "hours"), None)
        # with those of its watch alone: what is quiet may be told sooner, with that of others
        return replace(hours, due=waits[-1].due) if hours else waits[-1] if waits else None
    return None


def _in_turn(watch: Watch | None, timing: Timing, now: datetime) -> tuple[Gathering, ...] | None:
    """The waits one after the other, until nothing moves it any more; None where that never is."""
    waits: list[Gathering] = []
    for _ in range(_MOST_WAITS):
        wait = max(_waits(watch, timing, now), key=lambda wait: wait.due, default=None)
        if wait is None:
            return tuple(waits)
        waits.append(wait)
        now = wait.due
    return None


def _waits(watch: Watch | None, timing: Timing, now: datetime) -> Iterator[Gathering]:
    """Of two that are over at once the first counts: those of the channel, told in one message."""
    if timing.quiet and (due := closes(timing.quiet, timing.zone, now)):
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
