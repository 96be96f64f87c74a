"""`wirewatch dead`: what was set aside for a person."""

from __future__ import annotations

import sys
from collections.abc import Collection
from functools import partial
from pathlib import Path

import click

from monitor.app import now
from monitor.channels.gathered import heading, reason
from monitor.channels.marking import bare
from monitor.channels.outline import counted_only, in_turns
from monitor.channels.render import headline
from monitor.channels.safe import line
from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.connection import open_store
from monitor.cli.stranded import known_channels, outgoing_of
from monitor.errors import Unreadable
from monitor.model import DELIVERIES, PAGES, Article, Digest
from monitor.queues import articles_of, delivery_of, page_of
from monitor.store import DeadLetter, Moved, Store, keys
from monitor.store.damage import reading

FIRST = 10
"""Alerts of a digest that `show` names."""


@click.group("dead")
def command() -> None:
    """What was set aside for a person: list, show, retry, drop."""


@command.command("list")
@options.config
@options.data
@options.as_json
def list_letters(config: Path, data: Path, *, as_json: bool) -> None:
    """Every dead letter, the oldest first. Exit 1 when there is any."""
    with open_store(config, data) as store:
        letters = [(letter, _about(store, letter)) for letter in store.letters.all()]
    for letter, about in letters:
        if as_json:
            write({"letter": letter, **about})
            continue
        words = " · ".join(line(word) for word in about.values() if word)
        at = letter.at.strftime("%Y-%m-%d %H:%M")
        click.echo(
            f"{letter.id}  {at}  {letter.kind}: {words}\n    {line(letter.reason)}", err=True
        )
    if not letters:
        click.echo("nothing was set aside", err=True)
    sys.exit(1 if letters else 0)


@command.command("show")
@click.argument("letter", metavar="ID")
@options.config
@options.data
def show(letter: str, config: Path, data: Path) -> None:
    """One dead letter with all it holds, as JSON."""
    with open_store(config, data) as store:
        found = _found(store, letter)
        write({"letter": found, **_about(store, found), "holds": _held(store, found)})


@command.command("retry")
@click.argument("letters", nargs=-1, metavar="[ID]...")
@click.option("--all", "every", is_flag=True, help="Every dead letter.")
@click.option(
    "--channel",
    metavar="NEW",
    help="Send alerts and digests to this channel instead. With --all: those that were set aside"
    " for a channel that is not in channels.toml (any more).",
)
@click.option(
    "--of", "of", metavar="CHANNEL", help="Those that were set aside for this channel only."
)
@options.config
@options.data
def retry(
    letters: tuple[str, ...],
    config: Path,
    data: Path,
    channel: str | None,
    of: str | None,
    *,
    every: bool,
) -> None:
    """Put dead letters back on their queues, with a clean record.

    A channel that had said it is gone for good is tried again, too.
    """
    known = known_channels(config, channel)
    with open_store(config, data) as store:
        chosen = _chosen(store, letters, every=every or of is not None)
        if of is not None:
            chosen = tuple(each for each in chosen if _is_for(store, each, of))
        if channel is not None:
            move = partial(_may_move, store, known=known, by_name=not every or of is not None)
            chosen = tuple(filter(move, chosen))
        for letter in chosen:
            said = _retried(store, letter, channel)
            click.echo(f"{letter.id}  {said}", err=True)
        if not chosen:
            where = "" if channel is None else " for a channel that is not in channels.toml"
            click.echo(f"nothing was set aside{where if of is None else f' for {of}'}", err=True)


def _retried(store: Store, letter: DeadLetter, to: str | None) -> str:
    outgoing = outgoing_of(store, letter)
    channel, moved = (outgoing.channel if outgoing else ""), None
    if outgoing and to is not None:
        moved = Moved(channel=to, about=outgoing.about)
    if not store.letters.retry(letter, now(), channel=channel, moved=moved):
        return "no longer kept"
    return f"back on its queue, for {to}" if moved else "back on its queue"


def _is_for(store: Store, letter: DeadLetter, channel: str) -> bool:
    outgoing = outgoing_of(store, letter)
    return outgoing is not None and outgoing.channel == channel


def _may_move(store: Store, letter: DeadLetter, *, known: Collection[str], by_name: bool) -> bool:
    """Whether it goes to another channel: of all, what no channel is there for."""
    outgoing = outgoing_of(store, letter)
    if not by_name:
        return outgoing is not None and outgoing.channel not in known
    if outgoing is None:
        raise click.UsageError(f"{letter.id} is no alert or digest: --channel is for those only")
    return True


@command.command("drop")
@click.argument("letters", nargs=-1, required=True, metavar="ID...")
@options.config
@options.data
def drop(letters: tuple[str, ...], config: Path, data: Path) -> None:
    """Forget dead letters for good."""
    with open_store(config, data) as store:
        for letter in _chosen(store, letters, every=False):
            said = "dropped" if store.letters.drop(letter) else "gone already"
            click.echo(f"{letter.id}  {said}", err=True)


def _chosen(store: Store, letters: tuple[str, ...], *, every: bool) -> tuple[DeadLetter, ...]:
    if every == bool(letters):
        raise click.UsageError("name the ids of dead letters, or give --all or --of CHANNEL")
    return store.letters.all() if every else tuple(_found(store, letter) for letter in letters)


def _found(store: Store, letter: str) -> DeadLetter:
    found = store.letters.find(letter)
    if found is None:
        raise click.UsageError(f"no dead letter {letter!r}; `wirewatch dead list` shows them")
    return found


def _about(store: Store, letter: DeadLetter) -> dict[str, str | None]:
    """What a person knows a letter by: channel, watch and title, or source and title."""
    job = store.letters.job(letter.id)
    if job is None:
        return {}
    queue, data = job
    channel: str | None = None
    try:
        with reading(keys.rq_job(letter.id), "data"):
            if queue != DELIVERIES:
                article = _articles(queue, data)[0]
                return {"source": article.source, "title": article.title, "url": article.url}
            _, about, channel = delivery_of(data)
        alert, digest = store.view.alert(about), store.outbox.digest(about)
    except Unreadable as error:
        store.damage.note(error)
        return {"channel": channel} if channel else {}
    if alert is not None:
        return {"channel": channel, "watch": alert.watch, "title": alert.article.title}
    if digest is not None:
        return {"channel": channel, "watch": digest.watch or None, "title": heading(digest)}
    return {"channel": channel}


def _articles(queue: str, data: bytes) -> tuple[Article, ...]:
    return (page_of(data),) if queue == PAGES else articles_of(data)


def _held(store: Store, letter: DeadLetter) -> object:
    job = store.letters.job(letter.id)
    if job is None:
        return None
    queue, data = job
    try:
        with reading(keys.rq_job(letter.id), "data"):
            if queue != DELIVERIES:
                return _articles(queue, data)
            about = delivery_of(data)[1]
        digest = store.outbox.digest(about)
        return store.view.alert(about) if digest is None else _summed(digest)
    except Unreadable as error:
        return error.message


def _summed(digest: Digest) -> dict[str, object]:
    """What a digest is of, without all that its alerts say."""
    return {
        "digest": digest.id,
        "channel": digest.channel,
        "heading": heading(digest),
        "reason": digest.reason,
        "said": reason(digest),
        "watch": digest.watch or None,
        "since": digest.since,
        "until": digest.until,
        "count": digest.count,
        "first": [
            {"alert": alert.id, "watch": alert.watch, "title": bare(headline(alert))}
            for alert in in_turns(digest)[:FIRST]
        ],
        "watches": [
            {"watch": each.watch, "title": each.title, "count": each.count}
            for each in counted_only(digest).rest
        ],
        "gaps": digest.gaps,
    }
