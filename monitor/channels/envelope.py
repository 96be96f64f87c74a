"""What all mails of a channel have in common: from whom, to whom, and that no person wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

from monitor.channels.headers import WIRE
from monitor.channels.safe import atom

if TYPE_CHECKING:
    from datetime import datetime, tzinfo
    from email.headerregistry import Address

    from monitor.model import Delivery

MAX_SUBJECT_CHARS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Whom a channel's mails come from and go to, and in which zone they tell times.

    `unsubscribe` is the address to leave by (https: or mailto:), "" for none.
    """

    sender: Address
    recipients: tuple[Address, ...]
    reply_to: Address | None = None
    unsubscribe: str = ""
    zone: tzinfo = UTC

    @property
    def home(self) -> str:
        """The domain that Message-IDs and List-Ids end in."""
        return self.sender.domain


def opened(
    delivery: Delivery, envelope: Envelope, *, subject: str, date: datetime, about: str
) -> EmailMessage:
    """A mail with its first headers: the same on every attempt.

    Its Message-ID is made from the delivery's id, its List-Id from what it is `about`: a watch, or
    a channel's digests. So mail programs can sort, silence and unsubscribe (RFC 2919, 2369, 8058).
    """
    mail = EmailMessage(policy=WIRE)
    mail["From"] = envelope.sender
    mail["To"] = envelope.recipients
    if envelope.reply_to is not None:
        mail["Reply-To"] = envelope.reply_to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(date)
    mail["Message-ID"] = f"<{atom(delivery.id)}@{envelope.home}>"
    mail["List-Id"] = f"<{about}.wirewatch.{envelope.home}>"
    if envelope.unsubscribe:
        mail["List-Unsubscribe"] = f"<{envelope.unsubscribe}>"
    if envelope.unsubscribe.startswith("https:"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Wirewatch-Delivery"] = atom(delivery.id)
    return mail


def closed(mail: EmailMessage, delivery: Delivery, *, plain: str, html: str) -> EmailMessage:
    """The mail with its text in both forms: byte for byte the same on every attempt."""
    mail.set_content(plain)
    mail.add_alternative(html, subtype="html")
    mail.set_boundary(f"=_{atom(delivery.id)}")  # "=_" occurs in no encoded text
    return mail
