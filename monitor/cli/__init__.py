"""Commands by noun, in one table. A command parses, calls and prints; the logic is elsewhere.

JSON Lines on stdout, words for people on stderr; exit 0 ok, 1 found problems, 2 usage or
configuration. A command's module is imported when the command is called, so `--help` is quick.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

from monitor import __version__

TOLD_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)
"""The signals by which we and our children are told to end."""


class Listed(NamedTuple):
    """Where a command lives, and what it does in a line."""

    module: str
    summary: str


COMMANDS: dict[str, Listed] = {
    "run": Listed("monitor.cli.run", "Everything in one: server, poller, workers, delivery."),
    "poller": Listed("monitor.cli.poller", "The poller as a service of its own."),
    "worker": Listed("monitor.cli.worker", "Workers as a service of their own."),
    "check": Listed("monitor.cli.check", "Validate the configuration; try the watches' examples."),
    "init": Listed("monitor.cli.init", "Write the sample config/ and seeds/."),
    "read": Listed("monitor.cli.read", "Any feed or seed file -> articles."),
    "topics": Listed("monitor.cli.topics", "Articles -> their topics, with evidence."),
    "actors": Listed("monitor.cli.actors", "Who is known, by which names; add more."),
    "trends": Listed("monitor.cli.trends", "What several sources suddenly tell."),
    "match": Listed("monitor.cli.match", "Articles -> the watches they satisfy, with evidence."),
    "try": Listed("monitor.cli.try_", "Test a query: what it matches, or what came nearest."),
    "why": Listed("monitor.cli.why", "Why an article satisfies a watch, or not: the whole tree."),
    "watch": Listed("monitor.cli.watch", "The watches: list, pause, resume."),
    "import-query": Listed("monitor.cli.import_query", "A query of Factiva, Nexis, ... as ours."),
    "dedupe": Listed("monitor.cli.dedupe", "Articles -> their stories."),
    "alerts": Listed("monitor.cli.alerts", "What was told, and how far its stories have spread."),
    "channels": Listed("monitor.cli.channels", "Where alerts go: list; send a test through one."),
    "feeds": Listed("monitor.cli.feeds", "How each feed fares, when it is due; poll one now."),
    "queue": Listed("monitor.cli.queue", "What waits, what is under way, by whom."),
    "dead": Listed("monitor.cli.dead", "What was set aside for a person: list, show, retry, drop."),
    "status": Listed("monitor.cli.status", "How it goes, at a glance; --watch for ever."),
    "health": Listed("monitor.cli.health", "Whether a service lives: for container checks."),
    "doctor": Listed("monitor.cli.doctor", "Try the whole set-up; say what to do about it."),
    "completion": Listed("monitor.cli.completion", "What makes a shell complete our commands."),
}


class Commands(click.Group):
    """The table as a click group."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command when it is called."""
        listed = COMMANDS.get(cmd_name)
        if listed is None:
            return None
        found = import_module(listed.module).command
        assert isinstance(found, click.Command)
        return found

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, without importing any; and the options."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [
            CompletionItem(name, help=listed.summary)
            for name, listed in COMMANDS.items()
            if name.startswith(incomplete)
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, listed.summary) for name, listed in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wirewatch")
def wirewatch() -> None:
    """Tells you, within seconds and without noise, that the news you watch for is out."""


def main() -> None:
    """Run a command; our errors become a message and an exit code."""
    from monitor.errors import ConfigError, WirewatchError
    from monitor.terminal import escaped

    # Whoever starts us may have blocked them, as podman does when its restart policy starts a
    # container again: children of a supervisor would never hear that others take their places.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD_BY)
    try:
        wirewatch(standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except ConfigError as error:
        click.echo(escaped(error.message), err=True)
        sys.exit(2)
    except WirewatchError as error:
        click.echo(escaped(f"wirewatch: {error}"), err=True)
        sys.exit(2)
    except BrokenPipeError:
        # `| head` has seen enough; Python must not complain when it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        click.echo(f"wirewatch: {error.filename or 'output'}: {error.strerror}", err=True)
        sys.exit(2)
