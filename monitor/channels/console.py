"""The console: alerts as words for people on stderr, or as JSON Lines for programs on stdout."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from monitor.channels.body import encode
from monitor.channels.channel import Channel, ChannelConfig, IPNetwork, kind
from monitor.channels.disk import Hand
from monitor.channels.sheet import printed
from monitor.model import Later, Receipt, Sent
from monitor.terminal import escaped_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from monitor.model import Delivery, Message

MAX_COLUMNS = 100
"""Longer lines are hard to read, however wide the terminal is."""

SHOWN_S = 10.0
"""How long one alert may take, waiting for its turn included."""


class Config(ChannelConfig):
    """Alerts shown where Wirewatch runs."""

    type: Literal["console"] = Field(default="console", description="This kind of channel.")
    format: Literal["text", "json"] = Field(
        default="text",
        description="text: words on stderr, in colour on a terminal; json: one line per alert, "
        "the body of a webhook, on stdout.",
    )


def open_channel(
    name: str, config: Config, *, allow: tuple[IPNetwork, ...], contact: str
) -> Channel:
    """A console channel. It calls nobody, so `allow` and `contact` do not matter."""
    return Console(name, config)


KIND = kind(Config, open_channel)


class Console:
    """Writes each alert in one write, so that alerts of several processes never mix."""

    def __init__(self, name: str, config: Config) -> None:
        self.name = name
        self._config = config
        self._hand = Hand(name, "whoever reads the console", SHOWN_S)

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        """Show the alert; a closed or broken stream means later, and so does one that is full: a
        terminal held by Ctrl-S, or `| less` that nobody scrolls, must not hold the other channels.
        """
        return await self._hand.do(lambda: self._show(message))

    def draft(self, delivery: Delivery, message: Message) -> str:
        """Where it is shown: what is shown is seen there."""
        return "to standard output" if self._config.format == "json" else "to standard error"

    async def close(self) -> None:
        """Show nothing more."""
        self._hand.close()

    def _show(self, message: Message) -> Receipt:
        stream = sys.stdout if self._config.format == "json" else sys.stderr
        if stream is None:  # the process was started with it closed
            return Later(answer="the console cannot be written to: it is closed")
        try:
            _write(stream, self._shown(message, stream))
        except (OSError, ValueError) as error:  # ValueError: the stream was closed since
            return Later(answer=f"the console cannot be written to: {error}")
        return Sent(answer="shown")

    def _shown(self, message: Message, stream: TextIO) -> bytes:
        if self._config.format == "json":
            return escaped_json(encode(message)) + b"\n"
        sheet = printed(
            message,
            columns=columns_of(stream),
            colour=wants_colour(stream, os.environ),
            zone=self._config.zone,
        )
        return sheet.encode(stream.encoding or "utf-8", "backslashreplace")


def _write(stream: TextIO, text: bytes) -> None:
    """Hand it to the system in one write; past the text layer, which would encode JSON its way."""
    stream.flush()
    stream.buffer.write(text)
    stream.buffer.flush()


def columns_of(stream: TextIO) -> int | None:
    """How wide to write: the terminal's width, at most 100; None when it is no terminal."""
    if not stream.isatty():
        return None
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        columns = 80
    return max(20, min(columns or 80, MAX_COLUMNS))


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """A terminal that can show colour, unless NO_COLOR is set (no-color.org)."""
    return (
        stream.isatty()
        and not environment.get("NO_COLOR")
        and environment.get("TERM", "dumb") != "dumb"
    )
