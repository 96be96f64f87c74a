"""The ways a delivery may have to go: where it waits, in the form of the plan of commit.lua."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, get_args

from monitor.model import Alert, Allowance, Gathering, GatherReason, Route
from monitor.store import keys
from monitor.store.call import Call, outgoing

OF_CHANNEL: Final[frozenset[GatherReason]] = frozenset({"digest", "quiet"})
"""What is gathered for these is told with that of other watches."""


def name_of(channel: str, reason: GatherReason, watch: str) -> str:
    """Ids of channels and watches hold no blank."""
    return f"{channel} {reason} {watch}"


def outgoing_by(call: Call, route: Route, alert: Alert) -> Mapping[str, object]:
    """A delivery of the outbox, and where it may have to wait; of an update also where its alert
    may wait still.
    """
    channel = route.delivery.channel
    reasons: tuple[GatherReason, ...] = get_args(GatherReason) if alert.update else ()
    return {
        **outgoing(call, route.delivery),
        "urgent": route.urgent,
        "ways": [
            *(_wait(call, wait, channel, alert) for wait in (route.wait,) if wait),
            *(_allowed(call, each, channel, alert) for each in route.allowances),
        ],
        "places": [_place(call, each, channel, alert.watch) for each in reasons],
    }


def _place(call: Call, reason: GatherReason, channel: str, watch: str) -> Mapping[str, object]:
    name = name_of(channel, reason, "" if reason in OF_CHANNEL else watch)
    return {
        "name": name,
        "about": call.key(keys.gathering(name)),
        "alerts": call.key(keys.gathering_alerts(name)),
        "reason": reason,
        "timed": reason not in {"at_most", "cooldown"},
    }


def _wait(call: Call, wait: Gathering, channel: str, alert: Alert) -> Mapping[str, object]:
    return {
        **_way(call, channel, wait.reason, wait.watch, alert.title if wait.watch else ""),
        "due": ms_of(wait.due),
        "allowance": 0,
        "most": 0,
        "span": 0,
    }


def _allowed(call: Call, allowed: Allowance, channel: str, alert: Alert) -> Mapping[str, object]:
    return {
        **_way(call, channel, allowed.reason, alert.watch, alert.title),
        "due": 0,
        "allowance": call.key(keys.allowance(allowed.reason, alert.watch, channel)),
        "most": allowed.most,
        "span": span_ms(allowed.span),
    }


def _way(
    call: Call, channel: str, reason: GatherReason, watch: str, title: str
) -> Mapping[str, object]:
    name = name_of(channel, reason, watch)
    return {
        "name": name,
        "about": call.key(keys.gathering(name)),
        "alerts": call.key(keys.gathering_alerts(name)),
        "reason": reason,
        "channel": channel,
        "watch": watch,
        "title": title,
    }


def ms_of(moment: datetime) -> int:
    """A time as Redis has it."""
    return int(moment.timestamp() * 1000)


def span_ms(span: timedelta) -> int:
    """A span as Redis has it."""
    return span // timedelta(milliseconds=1)
