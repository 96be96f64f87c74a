"""Alerts that wait for a channel which is not in channels.toml (any more): renamed, or removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click

from monitor.channels.gathered import number
from monitor.channels.render import moment
from monitor.embedded import url_of
from monitor.errors import ParseError, Unreadable, WirewatchError
from monitor.model import DELIVERIES
from monitor.queues import delivery_of
from monitor.settings import Settings, load
from monitor.store import DeadLetter, Store

AT_ONCE_S = 2.0
"""How long is waited for a Redis that may not be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What a dead letter would take where: the id of its alert or digest, and the channel."""

    about: str
    channel: str


def outgoing_of(store: Store, letter: DeadLetter) -> Outgoing | None:
    """Of a delivery; None of what is none, or cannot be read (any more)."""
    job = store.letters.job(letter.id)
    if job is None or job[0] != DELIVERIES:
        return None
    try:
        _, about, channel = delivery_of(job[1])
    except ParseError:
        return None
    return Outgoing(about=about, channel=channel)


def known_channels(config: Path, wanted: str | None) -> Collection[str]:
    """The channels of channels.toml. Raises UsageError where the one that is wanted is none."""
    known = load(config).channels
    if wanted is not None and wanted not in known:
        there = ", ".join(known) or "none"
        raise click.UsageError(f"channels.toml has no [channel.{wanted}]; there are: {there}")
    return known


def stranded(settings: Settings, data: Path) -> Iterator[str]:
    """What waits for channels that are not there, a line each; nothing where no store answers."""
    url = settings.redis_url or url_of(data)
    if url is None:
        return
    with closing(Store(url, settings.retention, within_s=AT_ONCE_S)) as store:
        try:
            store.check_schema()
            yield from (f"channels.toml {said}" for said in _said(store, settings.channels))
            yield from (each.message for each in store.damage.found)
        except Unreadable as error:
            yield error.message
        except WirewatchError:  # nobody asked for it: who wants to know has `wirewatch doctor`
            return


def _said(store: Store, known: Collection[str]) -> Iterator[str]:
    for each in store.gatherings.all():
        if each.channel not in known and each.count:
            yield (
                f"has no [channel.{each.channel}], but {_wait(each.count)} for it"
                f" until {moment(each.due)} ({each.reason}): bring it back, or they are set aside"
                " then, and `wirewatch dead retry --all --channel NEW` sends them to another"
            )
    letters = (outgoing_of(store, letter) for letter in store.letters.all())
    aside = Counter(each.channel for each in letters if each and each.channel not in known)
    for channel, count in aside.items():
        what = number(count, "alert or digest was", "alerts and digests were")
        yield (
            f"has no [channel.{channel}], and {what} set aside for it:"
            " `wirewatch dead retry --all --channel NEW` sends them to another"
        )


def _wait(count: int) -> str:
    return f"{number(count, 'alert')} {'waits' if count == 1 else 'wait'}"
