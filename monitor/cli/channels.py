"""`wirewatch channels`: where alerts go; a test sent through one of them, and what came back."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import click

from monitor.app import now
from monitor.channels import CHANNELS
from monitor.channels.channel import Channel, Conversing
from monitor.channels.safe import spaced
from monitor.channels.trial import trial, trial_digest
from monitor.cli import options
from monitor.cli.articles import write
from monitor.model import Delivery, Later, Message, Receipt, Refused, Sent
from monitor.settings import Settings, load

OUTCOME = {Sent: "sent", Later: "later", Refused: "refused"}
MEANING = {
    "sent": "the channel has it",
    "later": "an alert would be tried again, for about a day",
    "refused": "an alert would be set aside for you at once (`wirewatch dead`)",
}


@click.group("channels")
def command() -> None:
    """Where alerts go: list; send a test through one."""


@command.command("list")
@options.config
@options.as_json
def list_channels(config: Path, *, as_json: bool) -> None:
    """Every channel of channels.toml, its kind, and who tells it."""
    settings = load(config)
    for name, channel in settings.channels.items():
        told_by = _told_by(settings, name)
        if as_json:
            row = {"channel": name, "type": channel.type, "on_doubt": channel.on_doubt}
            write({**row, "told_by": told_by})
        else:
            said = ", ".join(told_by) or "nobody names it in `notify`"
            click.echo(f"{name:<24} {channel.type:<8} {said}", err=True)
    if not settings.channels:
        click.echo("channels.toml holds no channel", err=True)


@command.command("test")
@click.argument("name", metavar="NAME")
@options.config
@click.option("--digest", "as_digest", is_flag=True, help="Send a digest of two tests.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line for machines.")
def test(name: str, config: Path, *, as_digest: bool, as_json: bool) -> None:
    """Send a test through a channel; show what went where.

    It is an alert, or a digest, that says it is a test. It goes past queue and outbox: no worker
    need run, and it is tried once. The answer is shown; exit code 0 if the channel has it, else 1.
    """
    settings = load(config)
    found = settings.channels.get(name)
    if found is None:
        there = ", ".join(settings.channels) or "none"
        raise click.UsageError(f"channels.toml has no [channel.{name}]; there are: {there}")
    channel = CHANNELS[found.type].open_channel(
        name, found.config, allow=settings.allow, contact=settings.contact
    )
    delivery, message = (trial_digest if as_digest else trial)(name, now())
    if not as_json:
        click.echo(f"{name} ({found.type})", err=True)
        if not isinstance(channel, Conversing):
            _show(">", channel.draft(delivery, message).rstrip().split("\n"))
    began = time.monotonic()
    receipt, sent, came = asyncio.run(_exchange(channel, delivery, message))
    took_ms = round((time.monotonic() - began) * 1000)
    outcome = OUTCOME[type(receipt)]
    if as_json:
        row = {"channel": name, "type": found.type, "delivery": delivery.id, "outcome": outcome}
        write({**row, "answer": receipt.answer, "took_ms": took_ms})
    else:
        _show(">", sent)
        _show("<", (*came, *([""] if came else []), receipt.answer))
        click.echo(f"{outcome} in {took_ms} ms: {MEANING[outcome]}", err=True)
    sys.exit(0 if outcome == "sent" else 1)


def _show(sign: str, lines: Iterable[str]) -> None:
    """Lines that went one way; their indent stays."""
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip(" ")))
        click.echo(f"{sign} {indent}{spaced(line.strip())}".rstrip(), err=True)


async def _exchange(
    channel: Channel, delivery: Delivery, message: Message
) -> tuple[Receipt, tuple[str, ...], tuple[str, ...]]:
    """The receipt, and what was said both ways where the channel can tell."""
    try:
        if not isinstance(channel, Conversing):
            return await channel.send(delivery, message), (), ()
        found = await channel.exchange(delivery, message)
        return found.receipt, tuple(found.sent()), tuple(found.came())
    finally:
        await channel.close()


def _told_by(settings: Settings, name: str) -> list[str]:
    """The watches that name the channel, and `[ops]`, which tells of troubles with sources."""
    watches = [watch.id for watch in settings.watches if name in watch.notify]
    return [*watches, *(["[ops]"] if name in settings.ops.notify else [])]
