"""Channels: where alerts go. A file per channel, one line each in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from monitor.channels.apprise import KIND as APPRISE
from monitor.channels.atom import KIND as ATOM
from monitor.channels.channel import Channel, ChannelConfig, IPNetwork, Kind
from monitor.channels.console import KIND as CONSOLE
from monitor.channels.exec import KIND as EXEC
from monitor.channels.file import KIND as FILE
from monitor.channels.mail import KIND as EMAIL
from monitor.channels.webhook import KIND as WEBHOOK

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANNELS: Final[Mapping[str, Kind]] = {
    "console": CONSOLE,
    "email": EMAIL,
    "webhook": WEBHOOK,
    "file": FILE,
    "exec": EXEC,
    "atom": ATOM,
    "apprise": APPRISE,
}
"""What `type` may say in `channels.toml`, and what it means."""

__all__ = ["CHANNELS", "Channel", "ChannelConfig", "IPNetwork", "Kind"]
