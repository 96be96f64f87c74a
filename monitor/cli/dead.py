"""`wirewatch dead`: what was set aside for a person."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.app import now
from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.connection import running_store
from monitor.codec import decode_job
from monitor.errors import ParseError
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
    letters = running_store(config, data).letters.all()
    for letter in letters:
        if as_json:
            write(letter)
        else:
            at = letter.at.strftime("%Y-%m-%d %H:%M")
            click.echo(f"{letter.id}  {at}  {letter.kind:<8}  {letter.reason}")
    if not as_json and not letters:
        click.echo("nothing was set aside", err=True)
    sys.exit(1 if letters else 0)


@command.command("show")
@click.argument("letter", metavar="ID")
@options.config
@options.data
def show(letter: str, config: Path, data: Path) -> None:
    """One dead letter with all it holds, as JSON."""
    store = running_store(config, data)
    found = _found(store, letter)
    job = store.letters.job(letter)
    write({"letter": found, "queue": job[0] if job else None, "job": _held(job)})


@command.command("retry")
@click.argument("letters", nargs=-1, metavar="[ID]...")
@click.option("--all", "every", is_flag=True, help="Every dead letter.")
@options.config
@options.data
def retry(letters: tuple[str, ...], config: Path, data: Path, *, every: bool) -> None:
    """Put dead letters back on their queues, with a clean record."""
    store = running_store(config, data)
    for letter in _chosen(store, letters, every=every):
        done = store.letters.retry(letter, now())
        click.echo(f"{letter.id}  " + ("back on its queue" if done else "no longer kept"))


@command.command("drop")
@click.argument("letters", nargs=-1, required=True, metavar="ID...")
@options.config
@options.data
def drop(letters: tuple[str, ...], config: Path, data: Path) -> None:
    """Forget dead letters for good."""
    store = running_store(config, data)
    for letter in _chosen(store, letters, every=False):
        click.echo(f"{letter.id}  " + ("dropped" if store.letters.drop(letter) else "gone already"))


def _held(job: tuple[str, bytes] | None) -> object:
    try:
        return decode_job(job[1])[1] if job else None
    except ParseError as error:
        return error.message


def _chosen(store: Store, letters: tuple[str, ...], *, every: bool) -> tuple[DeadLetter, ...]:
    if every == bool(letters):
        raise click.UsageError("name the ids of dead letters, or give --all")
    return store.letters.all() if every else tuple(_found(store, letter) for letter in letters)


def _found(store: Store, letter: str) -> DeadLetter:
    found = store.letters.find(letter)
    if found is None:
        raise click.UsageError(f"no dead letter {letter!r}; `wirewatch dead list` shows them")
    return found
