"""A message as a mail: headers that cannot be forged, plain text, HTML that reads in the dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.channels import alert_letter, digest_letter, gathered
from monitor.channels.envelope import closed, opened
from monitor.channels.render import URGENT
from monitor.channels.safe import atom
from monitor.model import Delivery, Digest

if TYPE_CHECKING:
    from email.message import EmailMessage

    from monitor.channels.envelope import Envelope
    from monitor.model import Alert, Message, Severity


def letter(delivery: Delivery, message: Message, envelope: Envelope) -> EmailMessage:
    """The mail for one delivery of an alert or a digest: the same bytes on every attempt."""
    if isinstance(message, Digest):
        return _of_digest(delivery, message, envelope)
    return _of_alert(delivery, message, envelope)


def _of_alert(delivery: Delivery, alert: Alert, envelope: Envelope) -> EmailMessage:
    """Mails about one story refer to one root, so that mail programs put them together (RFC 5322
    section 3.6.4). An update answers the mail that told the alert, where there was one.
    """
    mail = opened(
        delivery,
        envelope,
        subject=alert_letter.subject(alert),
        date=alert.update.at if alert.update else alert.raised,
        about=atom(alert.watch),
    )
    root = f"<story.{atom(alert.story)}@{envelope.home}>"
    told = f"<{atom(Delivery.id_for(alert.id, delivery.channel))}@{envelope.home}>"
    mail["In-Reply-To"] = told if alert.is_repeat else root
    mail["References"] = f"{root} {told}" if alert.is_repeat else root
    mail["X-Wirewatch-Alert"] = atom(alert.id)
    mail["X-Wirewatch-Story"] = atom(alert.story)
    mail["X-Wirewatch-Watch"] = atom(alert.watch)
    _graded(mail, alert.severity)
    return closed(
        mail,
        delivery,
        plain=alert_letter.plain_text(alert, envelope.zone),
        html=alert_letter.html_text(alert, envelope.zone),
    )


def _of_digest(delivery: Delivery, digest: Digest, envelope: Envelope) -> EmailMessage:
    """What was gathered of one watch is of that watch's list; other digests are the channel's."""
    mail = opened(
        delivery,
        envelope,
        subject=digest_letter.subject(digest, envelope.zone),
        date=digest.until,
        about=atom(digest.watch) if digest.watch else f"{atom(digest.channel)}.digest",
    )
    mail["X-Wirewatch-Digest"] = atom(digest.id)
    if digest.watch:
        mail["X-Wirewatch-Watch"] = atom(digest.watch)
    if (severity := gathered.worst(digest)) is not None:
        _graded(mail, severity)
    return closed(
        mail,
        delivery,
        plain=digest_letter.plain_text(digest, envelope.zone),
        html=digest_letter.html_text(digest, envelope.zone),
    )


def _graded(mail: EmailMessage, severity: Severity) -> None:
    """How grave it is, for mail programs and filters."""
    if severity in URGENT:
        mail["Importance"] = "high"
    mail["X-Wirewatch-Severity"] = severity
