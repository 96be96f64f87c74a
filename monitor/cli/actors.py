"""`wirewatch actors`: who is known, by which names; and more of them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

import click

from monitor.app import now
from monitor.cli import options
from monitor.cli.actor_tables import append_table, as_toml
from monitor.cli.articles import write
from monitor.cli.connection import open_store
from monitor.errors import ConfigError, WirewatchError
from monitor.lexicon import Knowledge
from monitor.model import Actor, ActorKind
from monitor.settings import read_own
from monitor.settings.names import ACTORS
from monitor.settings.problems import Problems
from monitor.text import folded
from monitor.topics.phoenix import read_phoenix
from monitor.topics.rising import KEPT_HOURS, NAME

_MOST_FOUND = 20


@click.group("actors")
def command() -> None:
    """Who is known, by which names: show, search, promote, import-phoenix."""


@command.command("show")
@click.argument("name")
@options.config
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(name: str, config: Path, *, as_json: bool) -> None:
    """One actor, by id or any of its names, as it would stand in actors.toml. Exit 1 if unknown."""
    knowledge = _knowledge(config)
    actor_id = knowledge.resolve("actor", name)
    if actor_id is None:
        near = knowledge.suggest("actor", name)
        click.echo(
            f"no actor is known as {name!r}" + (f"; near: {', '.join(near)}" if near else ""),
            err=True,
        )
        sys.exit(1)
    actor = knowledge.actors[actor_id]
    if as_json:
        write(actor)
    else:
        click.echo("\n".join(as_toml(actor)))


@command.command("search")
@click.argument("words")
@options.config
@click.option("--json", "as_json", is_flag=True, help="JSON Lines.")
def search(words: str, config: Path, *, as_json: bool) -> None:
    """Actors with a name that holds WORDS: their ids, kinds and names. Exit 1 if there is none."""
    found = [actor for actor in _knowledge(config).actors.values() if _bears(actor, words)]
    for actor in sorted(found, key=lambda actor: (len(actor.name), actor.id))[:_MOST_FOUND]:
        if as_json:
            write(actor)
        else:
            others = ", ".join((*actor.aliases, *actor.exact)[:5])
            click.echo(
                f"{actor.id}  {actor.kind}  {actor.name}" + (f" ({others})" if others else "")
            )
    if len(found) > _MOST_FOUND:
        click.echo(f"and {len(found) - _MOST_FOUND} more", err=True)
    if not found:
        click.echo(f"no actor has a name with {words!r}", err=True)
    sys.exit(0 if found else 1)


@command.command("import-phoenix")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_phoenix(file: Path) -> None:
    """Actor dictionaries of Phoenix, PETRARCH or CAMEO -> tables for actors.toml, on stdout."""
    try:
        actors = read_phoenix(file.read_text(encoding="utf-8", errors="replace"))
    except WirewatchError as error:
        raise WirewatchError(f"{file}: {error.message}") from error
    for actor in actors:
        click.echo("\n".join(as_toml(actor)) + "\n")
    click.echo(
        f"{len(actors)} actors; read them over before you use them: such files are years old",
        err=True,
    )


@command.command("promote")
@click.argument("name")
@click.option("--alias-of", metavar="ID", help="NAME is another name of this actor.")
@click.option("--new", is_flag=True, help="NAME is somebody new.")
@click.option(
    "--kind",
    type=click.Choice(get_args(ActorKind)),
    default="organisation",
    show_default=True,
    help="What a new actor is.",
)
@options.config
@options.data
def promote(
    name: str, alias_of: str | None, kind: ActorKind, config: Path, data: Path, *, new: bool
) -> None:
    """Write NAME into actors.toml: somebody --new, or --alias-of somebody who is known.

    NAME is a name as articles write it, or a key that `wirewatch trends` shows of what is counted
    now: "name:andy-murray".
    """
    if new == (alias_of is not None):
        raise click.UsageError("give either --alias-of ID or --new")
    if name.startswith(NAME):
        name = _counted(name, config, data)
    knowledge = _knowledge(config)
    actor = _renamed(knowledge, alias_of, name) if alias_of else _newcomer(knowledge, name, kind)
    path = config / ACTORS
    if any(actor.id == mine.id for mine in read_own(config, Problems()).actors):
        raise WirewatchError(
            f"{path} has [actor.{actor.id}] already: add {name!r} to its `aliases`"
        )
    append_table(path, actor)
    click.echo(f"wrote [actor.{actor.id}] into {path}", err=True)


def _counted(key: str, config: Path, data: Path) -> str:
    """How the name is written that live counts have under a key."""
    with open_store(config, data) as store:
        label = store.trends.label(key, now())
    if label is None:
        raise WirewatchError(
            f"no article of the last {KEPT_HOURS // 24} days was counted for {key!r}:"
            " `wirewatch trends` shows the keys of what rises; or give the name itself"
        )
    return label


def _newcomer(knowledge: Knowledge, name: str, kind: ActorKind) -> Actor:
    actor = Actor(id=folded(name).replace(" ", "-"), name=name, kind=kind)
    if actor.id in knowledge.actors:
        raise WirewatchError(f"{actor.id} is known already: `wirewatch actors show {actor.id}`")
    return actor


def _renamed(knowledge: Knowledge, alias_of: str, name: str) -> Actor:
    known = knowledge.resolve("actor", alias_of)
    if known is None:
        raise WirewatchError(f"no actor is known as {alias_of!r}: `wirewatch actors search`")
    actor = knowledge.actors[known]
    return replace(actor, aliases=(*actor.aliases, name))


def _bears(actor: Actor, words: str) -> bool:
    wanted = folded(words)
    names = (actor.id, actor.name, actor.short or "", *actor.aliases, *actor.exact)
    return any(f" {wanted}" in f" {folded(name)}" for name in names)


def _knowledge(config: Path) -> Knowledge:
    problems = Problems()
    own = read_own(config, problems)
    if problems.found:
        raise ConfigError(tuple(problems.found))
    return own.over_shipped()
