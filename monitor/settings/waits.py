"""Whether alerts are told at all, and kept for as long as they may have to wait before that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from monitor.alerts import never_meet
from monitor.model import SEVERITIES, Hours, Timing, Watch
from monitor.settings.moments import WEEKDAYS
from monitor.settings.problems import Problems

_DAY: Final = timedelta(days=1)
_EVERY: Final = {"hour": timedelta(hours=1), "day": _DAY, "week": 7 * _DAY}

TRIED_FOR: Final = _DAY
"""A delivery is tried for about a day after its time has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """The longest that some keys may make an alert wait; `where` names them as people know them."""

    span: timedelta
    where: str


def meet(watches: tuple[Watch, ...], timings: Mapping[str, Timing], problems: Problems) -> None:
    """Note it where a channel is quiet in all the hours in which a watch may tell it something."""
    for watch in watches:
        for name in watch.notify:
            timing = timings.get(name)
            if (
                timing is None
                or timing.quiet is None
                or watch.hours is None
                or SEVERITIES.index(watch.severity) >= SEVERITIES.index(timing.urgent)
                or not never_meet(watch, timing)
            ):
                continue
            quiet = f"{_clock(timing.quiet)} {timing.zone}"
            problems.add(
                "watchlist.toml",
                f"watch.{watch.id}",
                "hours",
                found=f"{_clock(watch.hours)} {watch.zone}, all of which is quiet in channels.toml"
                f" [channel.{name}] quiet ({quiet})",
                wanted="a minute of the week in which the watch may speak and the channel be told",
                fix=f"Change `hours` or `quiet`, or take {name} out of the watch's `notify`",
            )


def outlast(
    alerts: timedelta,
    watches: tuple[Watch, ...],
    timings: Mapping[str, Timing],
    problems: Problems,
) -> None:
    """Note it where an alert would be forgotten ([retention] alerts) before it was told."""
    longest = max(_waits(watches, timings), key=lambda wait: wait.span, default=None)
    if longest is None or longest.span + TRIED_FOR <= alerts:
        return
    needed = longest.span + TRIED_FOR
    problems.add(
        "monitor.toml",
        "retention",
        "alerts",
        found=f'"{written(alerts)}"',
        wanted=f'"{written(needed)}" or more: an alert may wait {written(longest.span)} because of'
        f" {longest.where}, and is then tried for a day; it would be forgotten before",
        fix=f'alerts = "{written(needed)}", or let it wait less',
    )


def _waits(watches: tuple[Watch, ...], timings: Mapping[str, Timing]) -> Iterator[Wait]:
    """Of all keys together that may make an alert wait, how long: one wait may follow another."""
    for name, timing in timings.items():
        yield _sum(_of_channel(name, timing))
    for watch in watches:
        yield _sum((*_allowances(watch), *_hours(watch)))
        for name in watch.notify:
            if (there := timings.get(name)) is not None:
                yield _sum((*_together(name, there, watch), *_hours(watch)))


def _together(name: str, timing: Timing, watch: Watch) -> Iterator[Wait]:
    """What a watch and a channel make it wait; in a digest no allowance does."""
    yield from _of_channel(name, timing)
    if timing.mode != "digest":
        yield from _allowances(watch)


def _sum(waits: Iterable[Wait]) -> Wait:
    found = tuple(waits)
    return Wait(
        span=sum((wait.span for wait in found), timedelta()),
        where=" and ".join(wait.where for wait in found),
    )


def _of_channel(name: str, timing: Timing) -> Iterator[Wait]:
    where = f"channels.toml [channel.{name}]"
    if timing.mode == "digest":
        yield Wait(span=_EVERY[timing.every], where=f'{where} every = "{timing.every}"')
    elif timing.at_most is not None:
        yield Wait(span=timing.at_most.span, where=f"{where} at_most")
    if timing.quiet is not None:
        yield Wait(span=_days(timing.quiet), where=f"{where} quiet")


def _allowances(watch: Watch) -> Iterator[Wait]:
    where = f"watchlist.toml [watch.{watch.id}]"
    if watch.cooldown is not None:
        yield Wait(span=watch.cooldown, where=f"{where} cooldown")
    if watch.at_most is not None:
        yield Wait(span=watch.at_most.span, where=f"{where} at_most")


def _hours(watch: Watch) -> Iterator[Wait]:
    if watch.hours is not None:
        yield Wait(span=_days(watch.hours), where=f"watchlist.toml [watch.{watch.id}] hours")


def _days(hours: Hours) -> timedelta:
    return _DAY if len(hours.days) == 7 else 7 * _DAY


def _clock(hours: Hours) -> str:
    """ "22:00-07:00", with its days as config/ writes them."""
    span = f"{hours.begin:%H:%M}-{hours.end:%H:%M}"
    if len(hours.days) == 7:
        return span
    return f"{','.join(WEEKDAYS[day][:3].title() for day in hours.days)} {span}"


def written(span: timedelta) -> str:
    """A time as config/ writes it: "8d", "36h", "90m"."""
    seconds = int(span.total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
