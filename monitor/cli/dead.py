"""`wirewatch dead`: what was set aside for a person."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.app import now
from monitor.channels.safe import line
from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.connection import open_store
from monitor.errors import ParseError
from monitor.model import DELIVERIES, PAGES, Article
from monitor.queues import articles_of, delivery_of, page_of
from monitor.store import DeadLetter, Store


@click.group("dead")
def command() -> None:
    """What was set aside for a person: list, show, retry, drop."""


@command.command("list")
@options.config
@options.data
@click.option("--json", "as_json", is_flag=True, help="JSON Lines for machines.")
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
@options.config
@options.data
def retry(letters: tuple[str, ...], config: Path, data: Path, *, every: bool) -> None:
    """Put dead letters back on their queues, with a clean record.

    A channel that had said it is gone for good is tried again, too.
    """
    with open_store(config, data) as store:
        for letter in _chosen(store, letters, every=every):
            done = store.letters.retry(letter, now(), channel=_about(store, letter).get("channel"))
            said = "back on its queue" if done else "no longer kept"
            click.echo(f"{letter.id}  {said}", err=True)


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
        raise click.UsageError("name the ids of dead letters, or give --all")
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
    try:
        if queue != DELIVERIES:
            article = _articles(queue, data)[0]
            return {"source": article.source, "title": article.title, "url": article.url}
        _, alert_id, channel = delivery_of(data)
        alert = store.view.alert(alert_id)
    except (ParseError, IndexError):
        return {}
    if alert is None:
        return {"channel": channel}
    return {"channel": channel, "watch": alert.watch, "title": alert.article.title}


def _articles(queue: str, data: bytes) -> tuple[Article, ...]:
    return (page_of(data),) if queue == PAGES else articles_of(data)


def _held(store: Store, letter: DeadLetter) -> object:
    job = store.letters.job(letter.id)
    if job is None:
        return None
    queue, data = job
    try:
        if queue != DELIVERIES:
            return _articles(queue, data)
        return store.view.alert(delivery_of(data)[1])
    except ParseError as error:
        return error.message
