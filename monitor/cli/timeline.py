"""The timeline of an alert: matched, gathered, each attempt with its answer, updated, seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from monitor.channels.safe import line
from monitor.cli.telling import WAITED, update_named
from monitor.model import Alert, DeliveryState
from monitor.store.attempts import Attempt
from monitor.store.told import Told

What = Literal["matched", "gathered", "along", "released", "attempt", "updated", "acked"]

State = Literal["parked", "sending", "pending", "gathered", "sent", "untold"]
UNDER_WAY, CUT_OFF = "under way", "cut off: nobody knows whether it arrived"
_WORST_FIRST: tuple[State, ...] = ("parked", "sending", "pending", "gathered", "sent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened when; `channel` and `update` (a mark) say to which delivery. "along" is when
    an update took it along while it waited. Of an attempt `ending` is sent, later, parked, or ""
    where no answer came (yet).
    """

    at: datetime
    what: What
    said: str
    channel: str = ""
    update: str = ""
    number: int = 0
    ending: str = ""
    answer: str = ""
    until: datetime | None = None


def state_of(told: Iterable[Told]) -> State:
    """How an alert fares: as the worst of its deliveries does; `untold` where it has none."""
    states = {str(each.state) for each in told}
    return next((state for state in _WORST_FIRST if state in states), "untold")


def timeline(
    alert: Alert, updates: Sequence[Alert], told: Sequence[Told], acked: datetime | None
) -> tuple[Event, ...]:
    """All that is known of an alert, in order of time. `updates` are the alert as told again."""
    events = [_matched(alert), *map(_updated, updates)]
    asked_at = {"": alert.raised} | {u.update.mark: u.update.at for u in updates if u.update}
    for each in told:
        events += _of(each, asked_at, alert.raised)
    if acked is not None:
        said = "seen by a person (`alerts ack`): no updates any more"
        events.append(Event(at=acked, what="acked", said=said))
    return tuple(sorted(events, key=lambda event: event.at))


def _matched(alert: Alert) -> Event:
    said = f"matched, {alert.severity}"
    if alert.trouble is not None or alert.rising is not None:
        said = f"noticed, {alert.severity}"
    elif alert.counted:
        stories = len(alert.counted) + 1
        said += f": its threshold was reached with {stories} stories"
    return Event(at=alert.raised, what="matched", said=said)


def _updated(alert: Alert) -> Event:
    update = alert.update
    assert update is not None
    source = line(update.copy.source_name or update.copy.source)
    said = f"its story has reached {update.step} publishers ({source})"
    if update.revision:
        said = f"its article was revised by {source}"
    return Event(at=update.at, what="updated", update=update.mark, said=f"{said}; {alert.severity}")


def _of(told: Told, asked_at: Mapping[str, datetime], raised: datetime) -> Iterator[Event]:
    """Where it waited, and how it was told; of what an update took along, that update tells."""
    where, of = told.channel, _of_update(told.update)
    asked = asked_at.get(told.update, raised)
    if told.due is not None:
        waited = told.state is not DeliveryState.GATHERED and told.along is None
        why = WAITED[told.reason]
        yield Event(
            at=asked,
            what="gathered",
            channel=where,
            update=told.update,
            until=told.due,
            said=f"{where}: {of}waits until {_clock(told.due, asked)}, to be told with others,"
            f" {why}",
        )
        if waited:
            yield Event(
                at=told.released or told.due,
                what="released",
                channel=where,
                update=told.update,
                said=f"{where}: {of}goes out with the digest {told.digest[:12]}",
            )
    if told.along is not None:
        yield Event(
            at=asked_at.get(told.along, asked),
            what="along",
            channel=where,
            update=told.update,
            said=f"{where}: {of}waits no longer by itself: the {update_named(told.along)} takes it"
            " along",
        )
        return
    for number, attempt in enumerate(told.attempts, 1):
        last = number == len(told.attempts)
        unanswered = UNDER_WAY if last and told.state is DeliveryState.SENDING else CUT_OFF
        yield Event(
            at=attempt.began,
            what="attempt",
            channel=where,
            update=told.update,
            number=number,
            ending=attempt.ending,
            answer=attempt.answer,
            until=attempt.ended,
            said=f"{where}: {of}attempt {number}{_asked(attempt)}, {_came(attempt) or unanswered}",
        )


def _of_update(mark: str) -> str:
    return f"{update_named(mark)}: " if mark else ""


def _asked(attempt: Attempt) -> str:
    return " (asked for by `dead retry`)" if attempt.asked else ""


def _came(attempt: Attempt) -> str:
    """What came of it, "" where no answer did."""
    answer = f": {line(attempt.answer)}" if attempt.answer else ""
    match attempt.ending:
        case "sent":
            return f"sent{answer}"
        case "later":
            again = attempt.again
            return f"not now{answer}" + (f"; again {_clock(again, attempt.began)}" if again else "")
        case "parked":
            return f"set aside (parked){answer}"
        case _:
            return ""


def _clock(when: datetime, beside: datetime) -> str:
    """A time in UTC, with its day where that is another than the line's own."""
    when, beside = when.astimezone(UTC), beside.astimezone(UTC)
    return f"{when:%H:%M:%S}" if when.date() == beside.date() else f"{when:%Y-%m-%d %H:%M}"
