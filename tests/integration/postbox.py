"""An SMTP server on loopback that keeps what it takes, and an email channel that hands it mail."""

from __future__ import annotations

import asyncio
import email
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.channels import CHANNELS, Channel
from monitor.model import Alert, Delivery


class Postbox:
    """What the server took, and how it answers each recipient and the message."""

    def __init__(self, *, data: str = "250 2.0.0 queued as 7F1", **rcpt: str) -> None:
        self.taken: list[Envelope] = []
        self.data, self.rcpt = data, rcpt

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.get(address.split("@")[0], "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.taken.append(envelope)
        return self.data

    def only(self) -> EmailMessage:
        (envelope,) = self.taken
        content = envelope.content
        assert isinstance(content, bytes)
        mail = email.message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        assert not mail.defects
        return mail


@asynccontextmanager
async def listening(
    postbox: Postbox, *, wrapped: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[int]:
    """An SMTP server on a free port of 127.0.0.1."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(postbox, loop=loop, hostname="mx.example.org", **options),
        host="127.0.0.1",
        port=0,
        ssl=wrapped,
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def channel(smtp: str, *to: str, **more: str) -> Channel:
    kind = CHANNELS["email"]
    config = kind.config.model_validate(
        {
            "type": "email",
            "to": to or ("desk@example.org",),
            "from": "Wirewatch <wirewatch@example.org>",
            "smtp": smtp,
            **more,
        }
    )
    return kind.open_channel("desk", config, allow=(), contact="")


def delivered(alert: Alert) -> Delivery:
    return Delivery(id=Delivery.id_for(alert.id, "desk"), alert=alert.id, channel="desk")
