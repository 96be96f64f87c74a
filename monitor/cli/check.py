"""`wirewatch check`: validate everything, try the watches' examples."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.app import Desk
from monitor.cli import options
from monitor.settings import load


@click.command("check")
@options.config
def command(config: Path) -> None:
    """Validate the configuration and try every watch's examples.

    Exit 2 when it would not load, 1 when an example fails.
    """
    settings = load(config)
    failures = Desk.of(settings.watches, settings.knowledge).failing_examples()
    for failure in failures:
        does = "does not match" if failure.key == "must_match" else "matches"
        click.echo(
            f"watchlist.toml [watch.{failure.watch}] {failure.key}: {does}: {failure.text!r}",
            err=True,
        )
    for remark in settings.remarks:
        click.echo(str(remark), err=True)
    examples = sum(len(w.must_match) + len(w.must_not_match) for w in settings.watches)
    click.echo(
        f"{len(settings.sources)} sources, {len(settings.watches)} watches,"
        f" {len(settings.channels)} channels; {examples - len(failures)} of {examples}"
        " examples as wanted",
        err=True,
    )
    sys.exit(1 if failures else 0)
