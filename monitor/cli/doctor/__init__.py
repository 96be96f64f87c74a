"""`wirewatch doctor`: tries the whole set-up, and says what to do about what is amiss."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from monitor.app import Desk
from monitor.cli import options
from monitor.cli.articles import write
from monitor.cli.doctor.finding import Finding, ok, problem, warning
from monitor.cli.doctor.folders import (
    config_findings,
    data_findings,
    log_findings,
    secret_findings,
)
from monitor.cli.doctor.reach import channel_findings, told_nobody
from monitor.cli.doctor.server import queue_findings, redis_findings, service_findings
from monitor.embedded import find_server, url_of
from monitor.errors import (
    Bug,
    CommandRefused,
    ConfigError,
    EmbeddedError,
    SchemaMismatch,
    StoreUnavailable,
    Unreadable,
)
from monitor.settings import Settings, load
from monitor.store import Store
from monitor.store.connecting import COMMAND_S
from monitor.terminal import escaped, escaped_line

COLOURS = {"ok": "green", "not seen": "blue", "warning": "yellow", "problem": "red"}


@click.command("doctor")
@options.config
@options.data
@options.as_json
def command(config: Path, data: Path, *, as_json: bool) -> None:
    """Try the configuration, Redis, channels, folders and clocks; say what to do about each.

    Nothing is sent and nothing is changed: mail servers are logged in to, webhooks connected to.
    Feeds are for `wirewatch feeds`. Exit 1 when there is a problem; warnings are for you to judge.
    """
    states = []
    for finding in _all(config, data):
        states.append(finding.state)
        if as_json:
            write(finding)
        else:
            mark = click.style(f"{finding.state:<8}", fg=COLOURS[finding.state])
            click.echo(f"{mark} {escaped_line(finding.about)}: {escaped(finding.said)}", err=True)
            if finding.fix:
                click.echo(f"{'':<8} {escaped(finding.fix)}", err=True)
    problems, warnings = states.count("problem"), states.count("warning")
    if not as_json:
        click.echo(
            f"{len(states)} looked at: {_many(problems, 'problem')}, {_many(warnings, 'warning')}",
            err=True,
        )
    sys.exit(1 if problems else 0)


def _many(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"


def _all(config: Path, data: Path) -> Iterator[Finding]:
    try:
        settings = load(config)
    except ConfigError as error:
        for each in error.problems:
            yield problem("configuration", str(each), "`wirewatch check` says the same")
        yield from config_findings(config)
        yield from secret_findings(config)
        return
    yield from _configuration(settings)
    yield from _redis(settings, data)
    yield from asyncio.run(channel_findings(settings))
    yield from told_nobody(settings)
    yield from data_findings(data, embedded=not settings.redis_url)
    yield from log_findings(settings)
    yield from config_findings(config)
    yield from secret_findings(config)


def _configuration(settings: Settings) -> Iterator[Finding]:
    yield ok(
        "configuration",
        f"loads: {len(settings.sources)} feeds, {len(settings.watches)} watches,"
        f" {len(settings.channels)} channels",
    )
    for remark in settings.remarks:
        yield warning("configuration", str(remark), "")
    failing = Desk.of(settings.watches, settings.knowledge).failing_examples()
    for failure in failing:
        does = "does not match" if failure.key == "must_match" else "matches"
        fix = "Mend the watch or its example; `wirewatch try` shows why"
        yield warning(f"watch {failure.watch}", f"{failure.key} {does}: {failure.text!r}", fix)
    if not failing:
        yield ok("watches", "every example is as wanted")


def _redis(settings: Settings, data: Path) -> Iterator[Finding]:
    url = settings.redis_url or url_of(data)
    if url is None:
        yield from _embedded(data)
        return
    store = Store(url, settings.retention, within_s=COMMAND_S)
    try:
        yield from redis_findings(store)
        store.look_at_schema()
        yield from service_findings(store.beats.present())
        yield from queue_findings(store)
        for each in store.damage.found:
            yield warning("data in Redis", each.message, "")
    except SchemaMismatch as error:
        yield problem("data in Redis", error.message, "No service starts on it, or goes on")
    except CommandRefused as error:
        yield problem("Redis", error.message, "Then nothing waits any more")
    except StoreUnavailable as error:
        fix = "Start it, or mend its address and password: [redis] url, or WIREWATCH_REDIS_URL"
        yield problem("Redis", error.message, fix)
    except Unreadable as error:
        yield problem("data in Redis", error.message, "")
    except Bug as error:
        yield problem("Redis", error.message, "Please report it")
    finally:
        store.close()


def _embedded(data: Path) -> Iterator[Finding]:
    """Nothing runs on the data folder: is there a server to start?"""
    try:
        server = find_server()
    except EmbeddedError as error:
        yield problem("embedded server", error.message, "Or name a Redis under [redis] url")
        return
    said = f"{server.name} {server.version} is started by `wirewatch run`; none runs on {data} now"
    yield ok("embedded server", said)
