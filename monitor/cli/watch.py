"""`wirewatch watch`: the watches by state; pause one and let it go on, without editing a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from monitor.app import now
from monitor.channels.gathered import number
from monitor.channels.render import moment
from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.connection import open_store
from monitor.model import Watch
from monitor.settings import load

WATCHING = "watching"


@click.group("watch")
def command() -> None:
    """The watches: list, pause, resume."""


@command.command("list")
@options.config
@options.data
@options.as_json
def list_watches(config: Path, data: Path, *, as_json: bool) -> None:
    """Every watch of watchlist.toml with its state: watching, paused, over."""
    watches = load(config).watches
    with open_store(config, data) as store:
        paused = store.paused_watches.all()
    for watch in watches:
        state = state_of(watch, paused.get(watch.id), now())
        if as_json:
            row = {"watch": watch.id, "title": watch.title, "state": state}
            write({**row, "emerging": True} if watch.emerging else row)
        else:
            what = f" for what emerges{_among(watch)}" if watch.emerging else ""
            click.echo(f"{watch.id:<32} {state}{what}", err=True)
    if not watches:
        click.echo("watchlist.toml holds no watch", err=True)


@command.command("pause")
@options.watch_id
@options.config
@options.data
def pause(watch: str, config: Path, data: Path) -> None:
    """Silence a watch at once, in all workers, until it is resumed; also over restarts.

    What it matches meanwhile is on record (`wirewatch why`), and is not told afterwards. What was
    raised before and waits for a channel is told when its time comes, and says that it is paused.
    """
    _check_known(config, watch)
    with open_store(config, data) as store:
        done = store.paused_watches.pause(watch, now())
        waiting = store.view.gathered_of(watch, store.gatherings.all())
    click.echo(f"{watch} {'is paused' if done else 'was paused already'}", err=True)
    for each in waiting:
        before = number(each.count, "alert")
        click.echo(
            f"  {before} of before will be told to {each.channel} at {moment(each.due)}", err=True
        )


@command.command("resume")
@options.watch_id
@options.config
@options.data
def resume(watch: str, config: Path, data: Path) -> None:
    """Let a paused watch speak again, of what comes from now on."""
    with open_store(config, data) as store:
        done = store.paused_watches.resume(watch, now())
    if not done:
        _check_known(config, watch)
    click.echo(f"{watch} {'watches again' if done else 'was not paused'}", err=True)


def state_of(watch: Watch, paused: datetime | None, moment: datetime) -> str:
    """What a watch does now, in words: each thing that keeps it silent, as ending one leaves the
    others; the file's word first, since it outlasts a pause."""
    silenced = []
    if not watch.enabled:
        silenced.append("paused (enabled = false)")
    if watch.until is not None and watch.until < moment.date():
        silenced.append(f"over since {watch.until}")
    if paused is not None:
        silenced.append(f"paused since {paused:%Y-%m-%d %H:%M} UTC")
    return ", ".join(silenced) or WATCHING


def _among(watch: Watch) -> str:
    return f" among {watch.when or ', '.join(watch.together)}" if watch.has_query else ""


def _check_known(config: Path, watch: str) -> None:
    known = [each.id for each in load(config).watches]
    if watch not in known:
        there = ", ".join(known) or "none"
        raise click.UsageError(f"watchlist.toml has no [watch.{watch}]; there are: {there}")
