"""`wirewatch status` for people: a few small tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.channels.marking import bare
from monitor.channels.render import headline
from monitor.channels.safe import line
from monitor.cli.overview import Overview, Service, Waiting
from monitor.cli.queue import told
from monitor.model import PAGES
from monitor.store.retrying import Retrying
from monitor.terminal import escaped_line

SHOWN_FEEDS = 10
SHOWN_GATHERED = 4
LEAST_ROWS = 2
LATE_S = 60.0
Row = tuple[Text, Text]
BAD = "red"
ODD = "yellow"


def shown(seen: Overview, now: datetime) -> RenderableType:
    """All of it, what needs somebody in colour."""
    return Group(*_head(seen, now), *map(_grid, _parts(seen, now)))


def fitted(seen: Overview, now: datetime, console: Console) -> RenderableType:
    """As much of it as a screen of that size holds, the last alerts always: each row takes a line
    if it must, and then the longest parts are shortened.
    """
    whole = shown(seen, now)
    if len(console.render_lines(whole)) <= console.height:
        return whole
    head = _head(seen, now)
    *parts, alerts = ([*part] for part in _parts(seen, now))
    lost = [0] * len(parts)
    room = console.height - len(console.render_lines(Group(*head))) - len(alerts)
    while sum(map(len, parts)) > room:
        longest = max(range(len(parts)), key=lambda at: len(parts[at]))
        if len(parts[longest]) <= LEAST_ROWS:
            break
        del parts[longest][-1 if not lost[longest] else -2]
        lost[longest] += 1 if lost[longest] else 2
        more = Text(""), Text(f"{lost[longest]} more, which have no room here")
        parts[longest][-1] = more
    return Group(*head, *(_grid(part, wraps=False) for part in (*parts, alerts)))


def _head(seen: Overview, now: datetime) -> list[Text]:
    server = seen.server
    memory = f"{server.used_bytes / 2**20:.0f} MB"
    memory += f" of {server.limit_bytes / 2**20:.0f}" if server.limit_bytes else ""
    head = [
        Text(
            f"Wirewatch {seen.version}, {server.name} {server.version} ({memory}),"
            f" {now:%Y-%m-%d %H:%M:%S} UTC",
            no_wrap=True,
        )
    ]
    if seen.refuses:
        head.append(Text(f"{seen.refuses}. Everyone waits; nothing is lost", BAD))
    return head


def _parts(seen: Overview, now: datetime) -> Iterator[Iterable[Row]]:
    """Of which the last are the alerts."""
    yield _services(seen)
    yield _flow(seen, now)
    yield _feeds(seen)
    yield _waiting(seen)
    yield _alerts(seen)


def _grid(rows: Iterable[Row], *, wraps: bool = True) -> Table:
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False, show_edge=False)
    table.add_column(min_width=12, no_wrap=not wraps)
    table.add_column(overflow="fold" if wraps else "ellipsis", no_wrap=not wraps)
    for row in rows:
        # hosts, versions, names: some of it is what somebody wrote into Redis
        table.add_row(*(Text(escaped_line(cell.plain), cell.style) for cell in row))
    return table


def _services(seen: Overview) -> Iterator[Row]:
    here = [service for service in seen.services if service.state == "here"]
    for service in seen.services:
        yield Text(service.service), _told_of(service, seen.version)
    if len({service.config for service in here if service.config}) > 1:
        said = "services follow different ones: their logs say config.reloaded or config.refused"
        yield Text("configuration"), Text(said, ODD)
    pollers = [service for service in here if service.service == "poller"]
    if pollers and not any(service.leads for service in pollers):
        yield Text("poller"), Text("none leads", BAD)
    for kind in ("poller", "worker"):
        if not any(each.service == kind and each.state == "here" for each in seen.services):
            yield Text(kind), Text("none is here", BAD)
    workers = ", ".join(f"{number} of {queue}" for queue, number in seen.workers.items())
    yield Text("processes"), Text(workers)
    if any(each.service == "worker" for each in here):
        for queue in (queue for queue, number in seen.workers.items() if not number):
            said = f"nobody serves {queue}: `wirewatch worker --queue {queue}`"
            yield Text("queue"), Text(said, ODD if queue == PAGES else BAD)


def _told_of(service: Service, version: str) -> Text:
    said = f"{service.host} pid {service.pid}, up {_span(service.up_s)}"
    if service.state != "here":
        return Text(f"{said}: {service.state}", BAD)
    if service.service == "poller":
        said += ", leads" if service.leads else ", stands by"
    said += f", configuration {service.config}" if service.config else ""
    odd = [f"version {service.version}"] if service.version != version else []
    odd += [f"{service.behind_s:.0f} s behind with its polls"] if service.behind_s > LATE_S else []
    crashes = sum(n for name, n in service.ended.items() if name.endswith(".crash"))
    odd += [f"{crashes} of its processes crashed"] if crashes else []
    if service.config_refused:
        odd += ["refuses what its configuration says: `wirewatch check`"]
    if service.refused:
        return Text(", ".join([said, *odd, line(service.refused)]), BAD)
    return Text(", ".join([said, *odd]), ODD if odd else "")


def _flow(seen: Overview, now: datetime) -> Iterator[Row]:
    rates = seen.rates
    yield Text("lag"), Text(_span(seen.lag_s), ODD if seen.lag_s > LATE_S else "")
    if rates.articles_min is None or rates.articles_min_hour is None:
        said = "not known yet"
    else:
        said = f"{rates.articles_min:g} articles a minute, over the last hour"
        said += f" {rates.articles_min_hour:g}"
    yield Text("judged"), Text(said)
    told_lately = f"{rates.alerts_hour} in the last hour, {rates.alerts_day} in the last day"
    yield Text("alerts"), Text(told_lately)
    if seen.gathered:
        yield Text("gathered"), Text(_gathered(seen.gathered, seen.gathered_alerts, now))
    for queue, depth in seen.queues.items():
        yield Text(queue), Text(told(queue, depth).removeprefix(queue).strip())
    for channel in seen.retrying:
        yield Text("  again"), Text(_again(channel, now), ODD if channel.answer else "")


def _again(channel: Retrying, now: datetime) -> str:
    """ "chat 8, next 08:26: connection refused" """
    said = f"{channel.channel} {channel.deliveries}, next {_clock(channel.next, now)}"
    return f"{said}: {line(channel.answer)}" if channel.answer else said


def _gathered(waiting: Sequence[Waiting], count: int, now: datetime) -> str:
    """ "12 alerts wait to be told together: desk 9 until 18:00, chat 3 of fires until 19:00" """
    said = f"{count} alert{' waits' if count == 1 else 's wait'} to be told together: "
    shown = (
        f"{each.channel} {each.alerts}{f' of {each.watch}' if each.watch else ''}"
        f" until {_clock(each.until, now)}"
        for each in waiting
    )
    return (
        said
        + ", ".join(islice(shown, SHOWN_GATHERED))
        + (f" and {len(waiting) - SHOWN_GATHERED} more" if len(waiting) > SHOWN_GATHERED else "")
    )


def _clock(when: datetime, now: datetime) -> str:
    return f"{when:%H:%M}" if when.date() == now.date() else f"{when:%m-%d %H:%M}"


def _feeds(seen: Overview) -> Iterator[Row]:
    states = ", ".join(f"{number} {state}" for state, number in sorted(seen.feeds.items()))
    yield Text("feeds"), Text(states or "none in feeds.toml")
    for feed in seen.failing[:SHOWN_FEEDS]:
        yield Text(f"  {feed.state}", BAD), Text(f"{feed.source}: {line(feed.error)}")
    if len(seen.failing) > SHOWN_FEEDS:
        more = f"{len(seen.failing) - SHOWN_FEEDS} more: `wirewatch feeds --failing`"
        yield Text(""), Text(more)


def _waiting(seen: Overview) -> Iterator[Row]:
    for watch, state in seen.resting.items():
        yield Text("watch"), Text(f"{watch} is {state}")
    for channel in seen.disabled:
        yield Text("channel"), Text(f"{channel} said that it is gone for good (410)", BAD)
    if seen.dead:
        said = f"{len(seen.dead)} set aside: `wirewatch dead list` shows them"
        yield Text("dead"), Text(said, BAD)
    yield Text("ever"), Text(", ".join(f"{name} {n}" for name, n in sorted(seen.counts.items())))


def _alerts(seen: Overview) -> Iterator[Row]:
    for alert in seen.alerts:
        said = f"{line(alert.watch)}: {bare(headline(alert))}"
        yield Text(f"{alert.raised:%m-%d %H:%M}"), Text(said)


def _span(seconds: float) -> str:
    """A time in words, as exact as anybody wants: "3 s", "12 min", "5 h", "3 d"."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
