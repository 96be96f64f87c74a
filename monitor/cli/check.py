"""`wirewatch check`: validate everything, try the watches' examples, say what is odd."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import click

from monitor.app import Desk, now
from monitor.channels import CHANNELS
from monitor.cli import options
from monitor.cli.stranded import stranded
from monitor.cli.watch import state_of
from monitor.errors import ConfigError
from monitor.model import Watch
from monitor.settings import ChannelSettings, load, read_own
from monitor.settings.channels import read_channels
from monitor.settings.problems import Problems
from monitor.topics.known import KnownTopics
from monitor.topics.lint import lint as lint_names
from monitor.watch import lint

_FILES = {"watch": "watchlist.toml", "actor": "actors.toml", "place": "places.toml"}


@click.command("check")
@options.config
@options.data
def command(config: Path, data: Path) -> None:
    """Validate the configuration and try every watch's examples.

    Exit 2 when it would not load, 1 when an example fails or a watch is odd. No server is needed;
    where one runs, alerts that wait for a channel which is no longer there are told of, too.
    """
    try:
        settings = load(config)
    except ConfigError:  # with what else can be known
        _say_odd(read_channels(config, os.environ, Problems()), None)
        raise
    own = read_own(config, Problems())
    knowledge, own_actors = settings.knowledge, [actor.id for actor in own.actors]
    odd = lint(settings.watches, knowledge, own_actors, KnownTopics(knowledge).oddity)
    odd_names = lint_names((*own.actors, *own.places), knowledge)
    failures = Desk.of(settings.watches, knowledge).failing_examples()
    for failure in failures:
        does = "does not match" if failure.key == "must_match" else "matches"
        click.echo(
            f"watchlist.toml [watch.{failure.watch}] {failure.key}: {does}: {failure.text!r}",
            err=True,
        )
    for about, said in (*((o.about, str(o)) for o in odd), *((o.about, str(o)) for o in odd_names)):
        click.echo(f"{_FILES[about.partition('.')[0]]} {said}", err=True)
    odd_channels = _say_odd(settings.channels, settings.allow)
    for said in stranded(settings, data):
        click.echo(said, err=True)
    for said in _said_of(settings.watches):
        click.echo(f"watchlist.toml {said}", err=True)
    for remark in settings.remarks:
        click.echo(str(remark), err=True)
    examples = sum(len(w.must_match) + len(w.must_not_match) for w in settings.watches)
    click.echo(
        f"{len(settings.sources)} sources, {len(settings.watches)} watches,"
        f" {len(settings.channels)} channels; {examples - len(failures)} of {examples}"
        " examples as wanted",
        err=True,
    )
    complaints = [oddity for oddity in odd if not oddity.is_note]
    sys.exit(1 if failures or complaints or odd_names or odd_channels else 0)


def _say_odd(
    channels: Mapping[str, ChannelSettings], allow: tuple[IPv4Network | IPv6Network, ...] | None
) -> int:
    """Say which channels cannot work; how many remarks that were. `allow` is None where it is not
    known: then no webhook is called private.
    """
    odd = [
        f"[channel.{name}] {said}"
        for name, channel in channels.items()
        if allow is not None or channel.type != "webhook"
        for said in CHANNELS[channel.type].odd(channel.config, allow or ())
    ]
    for said in odd:
        click.echo(f"channels.toml {said}", err=True)
    return len(odd)


def _said_of(watches: tuple[Watch, ...]) -> Iterator[str]:
    """What is worth knowing of watches and no complaint."""
    for watch in watches:
        if not watch.is_active(now().date()):
            yield f"[watch.{watch.id}] is {state_of(watch, None, now())}"
        if watch.emerging:
            among = "the articles that match its query" if watch.has_query else "all articles"
            yield (
                f"[watch.{watch.id}] tells what suddenly emerges in {among};"
                " `wirewatch trends` shows what would be told"
            )
