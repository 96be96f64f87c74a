"""Options that several commands share."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from monitor.poller.replay import AsOf

Read = TypeVar("Read")


def _rate(_ctx: click.Context, _param: click.Parameter, text: str | None) -> float | None:
    from monitor.poller.replay import rate_of  # most commands have no need of the poller

    return _read(rate_of, text)


def _as_of(_ctx: click.Context, _param: click.Parameter, text: str | None) -> AsOf | None:
    from monitor.poller.replay import as_of

    return _read(as_of, text)


def _span(_ctx: click.Context, _param: click.Parameter, text: str | None) -> timedelta | None:
    from monitor.settings.values import span_of

    found = _read(span_of, text)
    return found if isinstance(found, timedelta) else None


def _read(reading: Callable[[str], Read], text: str | None) -> Read | None:
    try:
        return None if text is None else reading(text)
    except ValueError as error:
        raise click.BadParameter(f"found {text!r}, wanted {error}") from error


def ids_of(file: str, word: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """What completes an argument that is the id of a table [WORD.ID] of a file of --config, which
    is read as far as it goes: a shell waits for it.
    """

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
        folder = ctx.params.get("config") or Path("config")
        try:
            tables = tomllib.loads((Path(folder) / file).read_text("utf-8-sig")).get(word, {})
        except (OSError, ValueError, RecursionError):
            return []
        names = tables if isinstance(tables, dict) else {}
        return [name for name in names if name.startswith(incomplete)]

    return complete


source_id = click.argument("source", metavar="ID", shell_complete=ids_of("feeds.toml", "source"))
watch_id = click.argument("watch", metavar="ID", shell_complete=ids_of("watchlist.toml", "watch"))
config = click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=Path("config"),
    show_default=True,
    metavar="DIR",
    help="The folder with monitor.toml, feeds.toml, watchlist.toml, channels.toml and the like.",
)
data = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="WIREWATCH_DATA",
    default=Path("var"),
    show_default=True,
    metavar="DIR",
    help="The data folder: the embedded server's files and the log.",
)
seeds = click.option(
    "--seeds",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    metavar="PATH",
    help="Seed files or folders to read, instead of those of [seeds] paths.",
)
rate = click.option(
    "--rate",
    callback=_rate,
    metavar="N/s|N/min",
    help="Replay seed files at so many articles a second or minute.",
)
as_of = click.option(
    "--as-of",
    "moment",
    callback=_as_of,
    metavar="WHEN",
    help='When articles of seed files came in: "published", or from a moment on: 2025-03-01T08:00.',
)
paths = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
actors = click.option(
    "--actors",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="An actors.toml that adds to the shipped knowledge.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="JSON Lines for machines.")
since = click.option(
    "--since", callback=_span, metavar="SPAN", help='Raised in the last "90m", "6h", "3d".'
)
