"""`wirewatch alerts`: what was told, and how far the stories have spread since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import click

from monitor.app import now
from monitor.channels.marking import bare
from monitor.channels.render import headline, listed, moment, tags_of
from monitor.channels.safe import clip, line
from monitor.cli import options
from monitor.cli.alert_sheet import WIDTH, Known, fares, row_of, sheet
from monitor.cli.articles import write
from monitor.cli.connection import open_store
from monitor.cli.timeline import timeline
from monitor.model import Alert, DeliveryState
from monitor.settings import load
from monitor.store import Store

MOST = 10_000


@click.group("alerts", invoke_without_command=True)
@options.config
@options.data
@click.option("--last", type=click.IntRange(1, 10_000), default=20, show_default=True, metavar="N")
@click.option("--watch", "only", metavar="ID", help="Of this watch only.")
@click.option("--tag", metavar="TAG", help="Of watches with this tag only.")
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
    tag: str | None,
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
        found = store.view.alerts(MOST if only or tag or state else last, begin)
        _require(config, only, found)
        asked = (Known.of(store, alert) for alert in found if _is_of(alert, only, tag))
        known = list(islice((each for each in asked if each.is_in(state)), last))
    for each in known:
        if as_json:
            write(row_of(each))
            continue
        for said in _brief(each):
            click.echo(said, err=True)
    if not kept:
        click.echo("no alerts are kept", err=True)
    elif not known:
        click.echo(f"none of the {kept:,} alerts that are kept is such a one", err=True)
    if (only or tag or state) and there > MOST and len(known) < last:
        click.echo(f"looked at the newest {MOST:,} of {there:,} alerts only", err=True)


def _is_of(alert: Alert, watch: str | None, tag: str | None) -> bool:
    return watch in (None, alert.watch) and (tag is None or tag in alert.tags)


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
    yield (f"{alert.id}  {alert.raised:%Y-%m-%d %H:%M}  {known.severity:8}  {fares(known)}{seen}")
    yield f"    {clip(f'{line(alert.watch)}: {bare(headline(known.latest))}', WIDTH - 4)}"
    tags = listed(tags_of(alert), between=", ")
    if said := "; ".join(filter(None, (known.spread, tags and f"tags: {tags}"))):
        yield f"    {clip(said, WIDTH - 4)}"


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
        row = row_of(known)
        write(
            {**row, "evidence": known.latest.evidence, "deliveries": known.told, "timeline": events}
        )
        return
    for said in sheet(known, events, event):
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
