"""Articles for the pure commands: from files, folders or `-`, with problems told on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import click
import msgspec

from monitor.app import now
from monitor.channels.safe import line
from monitor.cli.progress import progress
from monitor.model import Article, SourceProblem
from monitor.sources.seed import read_paths
from monitor.terminal import escaped_json


class Articles:
    """The articles of some paths; `problems` counts what could not be read."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths, self.problems, self._count = tuple(paths), 0, 0

    def __iter__(self) -> Iterator[Article]:
        with progress() as through:
            for found in read_paths(self._paths, fetched=now(), through=through):
                if isinstance(found, SourceProblem):
                    self.problems += 1
                    click.echo(f"{line(found.where)}: {line(found.found)}", err=True)
                else:
                    self._count += 1
                    yield found

    def exit(self) -> None:
        """End the command: 1 when something could not be read."""
        if not self._count and not self.problems:
            click.echo(f"no articles in {', '.join(self._paths)}", err=True)
        sys.exit(1 if self.problems else 0)


def write(row: object) -> None:
    """One JSON line on stdout, which may be a terminal."""
    sys.stdout.buffer.write(escaped_json(msgspec.json.encode(row)) + b"\n")
