"""What became of telling a channel of an alert, in a line for people."""

from __future__ import annotations

from monitor.channels.render import moment
from monitor.channels.safe import line
from monitor.model import DeliveryState
from monitor.store.told import Told

WAITED = {
    "digest": "as the channel tells in digests",
    "at_most": "as the watch had used up its allowance (`at_most`)",
    "cooldown": "as the watch rests after an alert (`cooldown`)",
    "quiet": "as the channel has quiet hours (`quiet`)",
    "hours": "as it is outside the hours of the watch (`hours`)",
}


def update_named(mark: str) -> str:
    """What an update with this mark is called: the number of publishers it was told at."""
    return f"update at {mark} publishers" if mark.isdigit() else "revision"


def telling(told: Told) -> str:
    """ "desk  alert: sent (250 queued)" """
    what = update_named(told.update) if told.update else "alert"
    answer = f" ({line(told.answer)})" if told.answer else ""
    if told.along is not None:
        along = f"with the {update_named(told.along)}"
        return f"{told.channel}  {what}: {told.state}{answer} {along}, which came while it waited"
    if told.due is None:
        return f"{told.channel}  {what}: {told.state}{answer}"
    together = f"together with others, {WAITED[told.reason]}"
    if told.state is DeliveryState.GATHERED:
        return f"{told.channel}  {what}: waits until {moment(told.due)}, {together}"
    at = moment(told.released or told.due)
    return f"{told.channel}  {what}: {told.state}{answer} {together}, at {at}"
