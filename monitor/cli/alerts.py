"""`wirewatch alerts`: what was told, and how far the stories have spread since."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Self

import click

from monitor.app import now
from monitor.channels.marking import bare, plain
from monitor.channels.render import headline, moment, quotes
from monitor.channels.safe import clip, line, link
from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.connection import open_store
from monitor.cli.timeline import Event, State, state_of, timeline
from monitor.model import Alert, DeliveryState, Severity, Story
from monitor.settings import load
from monitor.store import Store
from monitor.store.outbox import Told

QUOTES = 3
MOST = 10_000
SHOWN_COPIES = 20
WIDTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An alert as it was raised and as it is by now, who was told, and what is known of its story,
    where that is still kept.
    """

    alert: Alert
    latest: Alert
    updates: tuple[Alert, ...]
    story: Story | None
    told: tuple[Told, ...]
    acked: datetime | None

    @classmethod
    def of(cls, store: Store, alert: Alert) -> Self:
        """As the store knows it."""
        return cls(
            alert=alert,
            latest=store.view.latest(alert.id) or alert,
            updates=store.view.updates(alert.id),
            story=store.view.story(alert.story),
            told=store.outbox.told(alert),
            acked=store.view.acknowledged(alert.id),
        )

    @property
    def severity(self) -> Severity:
        """How urgent it is by now: `escalate` may have made it so."""
        return self.latest.severity

    @property
    def state(self) -> State:
        """How it fares: as the worst of its deliveries does."""
        return state_of(self.told)

    def is_in(self, state: str | None) -> bool:
        """Whether a delivery of it is in this state, a person has seen it (`acked`), or it has no
        delivery (`untold`).
        """
        if state == "acked":
            return self.acked is not None
        if state == "untold":
            return not self.told
        return state is None or any(each.state == state for each in self.told)

    @property
    def sources(self) -> tuple[tuple[str, datetime | None], ...]:
        """The sources that carry the story, first come first, and since when."""
        if self.story is not None:
            return self.story.sources
        return tuple((source, None) for source in self.latest.sources)

    @property
    def spread(self) -> str:
        """ "12 sources (1 independent), 14 articles" """
        count = len(self.sources)
        said = f"{count} source{'s' if count != 1 else ''}"
        if self.story is None:
            return said
        if self.story.independent != count:
            said += f" ({self.story.independent} independent)"
        articles = {self.story.first, *(copy.ref for copy in self.story.copies)}
        if len(articles) > 1:
            said += f", {len(articles)} articles"
        return said


@click.group("alerts", invoke_without_command=True)
@options.config
@options.data
@click.option("--last", type=click.IntRange(1, 10_000), default=20, show_default=True, metavar="N")
@click.option("--watch", "only", metavar="ID", help="Of this watch only.")
@options.since
@click.option(
    "--state",
    type=click.Choice([*(str(state) for state in DeliveryState), "acked", "untold"]),
    help="With a delivery in this state; acked: seen by a person (`alerts ack`); untold: none.",
)
@options.as_json
@click.pass_context
def command(
    context: click.Context,
    config: Path,
    data: Path,
    last: int,
    only: str | None,
    since: timedelta | None,
    state: str | None,
    *,
    as_json: bool,
) -> None:
    """The last alerts, the newest first, and how many sources carry their stories by now."""
    if context.invoked_subcommand is not None:
        context.default_map = {context.invoked_subcommand: {"config": config, "data": data}}
        return
    begin = None if since is None else now() - since
    with open_store(config, data) as store:
        kept, there = store.view.alert_count(), store.view.alert_count(begin)
        found = store.view.alerts(MOST if only or state else last, begin)
        _require(config, only, found)
        asked = (Known.of(store, alert) for alert in found if only in (None, alert.watch))
        known = list(islice((each for each in asked if each.is_in(state)), last))
    for each in known:
        if as_json:
            write(_row(each))
            continue
        for said in _brief(each):
            click.echo(said, err=True)
    if not kept:
        click.echo("no alerts are kept", err=True)
    elif not known:
        click.echo(f"none of the {kept:,} alerts that are kept is such a one", err=True)
    if (only or state) and there > MOST and len(known) < last:
        click.echo(f"looked at the newest {MOST:,} of {there:,} alerts only", err=True)


def _require(config: Path, watch: str | None, found: tuple[Alert, ...]) -> None:
    """A watch must be there, or have told something. Raises UsageError."""
    if watch is None or any(alert.watch == watch for alert in found):
        return
    names = [each.id for each in load(config).watches]
    if watch not in names:
        raise click.UsageError(f"no watch {watch!r}; there are: {', '.join(names) or 'none'}")


def _brief(known: Known) -> Iterator[str]:
    """An alert of a list, in three lines that a terminal of 80 columns holds."""
    alert = known.alert
    seen = "; seen" if known.acked else ""
    yield (f"{alert.id}  {alert.raised:%Y-%m-%d %H:%M}  {known.severity:8}  {_fares(known)}{seen}")
    for said in (f"{line(alert.watch)}: {bare(headline(known.latest))}", known.spread):
        yield f"    {clip(said, WIDTH - 4)}"


def _fares(known: Known) -> str:
    """ "sent", or where not all is as it should be: "parked: desk" """
    if known.state in ("sent", "untold"):
        return known.state
    where = (each.channel for each in known.told if each.state == known.state)
    return f"{known.state}: {', '.join(dict.fromkeys(where))}"


@command.command("ack")
@click.argument("alert_id", metavar="ID")
@options.config
@options.data
def ack(alert_id: str, config: Path, data: Path) -> None:
    """Say that you have seen an alert: it is not told again, however far its story spreads.

    ID may be shortened as long as it is the only one that begins so.
    """
    with open_store(config, data) as store:
        alert = _found(store, alert_id)
        since = store.outbox.acknowledge(alert.id, now())
    click.echo(f"{alert.id}: seen since {moment(since)}; there will be no updates", err=True)


@command.command("show")
@click.argument("alert_id", metavar="ID")
@options.config
@options.data
@click.option("--json", "as_json", is_flag=True, help="One JSON line for machines.")
def show(alert_id: str, config: Path, data: Path, *, as_json: bool) -> None:
    """One alert: why it was raised, who carries its story since when; then all that happened to it,
    by time: gathered, each attempt and its answer, told again, seen.

    ID may be shortened as long as it is the only one that begins so.
    """
    with open_store(config, data) as store:
        alert = _found(store, alert_id)
        known = Known.of(store, alert)
        events = timeline(alert, known.updates, known.told, known.acked)
        event = _same_event(store, alert)
    if as_json:
        row = _row(known)
        evidence = known.latest.evidence
        write({**row, "evidence": evidence, "deliveries": known.told, "timeline": events})
        return
    for said in _sheet(known, events, event):
        click.echo(said, err=True)


def _found(store: Store, alert_id: str) -> Alert:
    alert = store.view.alert(alert_id)
    if alert is not None:
        return alert
    likely = [one for one in store.view.alerts(10_000) if one.id.startswith(alert_id)]
    if len(likely) != 1:
        problem = "no alert" if not likely else f"{len(likely)} alerts begin with"
        raise click.UsageError(f"{problem} {alert_id!r}; `wirewatch alerts` shows their ids")
    return likely[0]


def _same_event(store: Store, alert: Alert) -> list[Alert]:
    """Other alerts about the same happening, as they are by now: other stories."""
    return [
        store.view.latest(other.id) or other
        for other in store.view.alerts(1_000)
        if other.event == alert.event and other.story != alert.story and alert.event
    ]


def _row(known: Known) -> dict[str, object]:
    alert, story = known.latest, known.story
    return {
        "alert": alert.id,
        "watch": alert.watch,
        "severity": known.severity,
        "state": known.state,
        "states": {each.channel: each.state for each in known.told},
        "acked": known.acked,
        "raised": alert.raised,
        "story": alert.story,
        "event": alert.event,
        "article": {
            "id": alert.article.id,
            "title": alert.article.title,
            "url": alert.article.url,
            "source": alert.article.source,
        },
        "sources": [{"source": source, "since": since} for source, since in known.sources],
        "independent": story.independent if story else None,
        "copies": list(story.copies) if story else [],
    }


def _sheet(known: Known, events: tuple[Event, ...], event: list[Alert]) -> Iterator[str]:
    alert = known.latest
    yield f"{line(alert.title)} ({line(alert.watch)})"
    yield f"  {plain(headline(alert))}"
    if url := link(alert.article.url):
        yield f"  {url}"
    for words in quotes(alert, at_most=QUOTES).shown:
        yield f"  “{plain(words)}”"
    yield f"\nAlert {alert.id}, {known.severity}, {_fares(known)}"
    yield f"Carried by {known.spread}:"
    yield from (f"  {line(name)}{_since(since)}" for name, since in known.sources)
    yield from _joined(known.story)
    if event:
        yield "Other stories about what seems the same event:"
    yield from (f"  {other.id}  {line(other.watch)}: {bare(headline(other))}" for other in event)
    yield "Timeline (UTC):"
    yield from map(_dated, events)
    if not known.told:
        yield "Told to nobody: the watch names no channel in `notify`"


def _dated(event: Event) -> str:
    """A line of the timeline; what is too long for one goes on under it."""
    begin = f"  {event.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}  "
    return textwrap.fill(
        event.said, WIDTH, initial_indent=begin, subsequent_indent=" " * len(begin)
    )


def _since(since: datetime | None) -> str:
    return f", since {moment(since)}" if since else ""


def _joined(story: Story | None) -> Iterator[str]:
    if story is None or not story.copies:
        return
    yield "Copies and revisions since:"
    for copy in story.copies[-SHOWN_COPIES:]:
        yield f"  {moment(copy.at)}  {copy.relation}  {line(copy.source)}: {line(copy.title)}"
