"""An alert as a mail: headers that cannot be forged, plain text, HTML that reads in the dark."""

from __future__ import annotations

import html
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.channels.render import (
    bare,
    digest_heading,
    headline,
    listed,
    moment,
    other_sources,
    plain,
    quotes,
    source_name,
    spread,
    terms,
    topic_labels,
    watch_title,
)
from monitor.channels.safe import atom, clip, isolated, line, link
from monitor.model import Delivery, Digest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo
    from email.headerregistry import Address

    from monitor.channels.render import Words
    from monitor.model import Alert, Message

MAX_QUOTES = 5
MAX_SUBJECT_CHARS = 180
MAX_ID_CHARS = 120

_WIRE = SMTP.clone(cte_type="7bit")
"""Seven bits only: every server takes it, whatever it says of 8BITMIME or SMTPUTF8."""


def letter(
    delivery: Delivery,
    message: Message,
    *,
    sender: Address,
    recipients: tuple[Address, ...],
    zone: tzinfo = UTC,
) -> EmailMessage:
    """The mail for one delivery of an alert or a digest; times are shown in `zone`."""
    if isinstance(message, Digest):
        return _of_digest(delivery, message, sender=sender, recipients=recipients, zone=zone)
    return _of_alert(delivery, message, sender=sender, recipients=recipients, zone=zone)


def _of_digest(
    delivery: Delivery,
    digest: Digest,
    *,
    sender: Address,
    recipients: tuple[Address, ...],
    zone: tzinfo,
) -> EmailMessage:
    mail = EmailMessage(policy=_WIRE)
    mail["From"] = sender
    mail["To"] = recipients
    mail["Subject"] = clip(digest_heading(digest, zone), MAX_SUBJECT_CHARS)
    mail["Date"] = format_datetime(digest.until)
    mail["Message-ID"] = f"<{atom(delivery.id)}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Wirewatch-Delivery"] = atom(delivery.id)
    alerts = (plain_text(alert, zone) for alert in digest.alerts)
    mail.set_content("\n\n".join((digest_heading(digest, zone), *alerts)))
    return mail


def _of_alert(
    delivery: Delivery,
    alert: Alert,
    *,
    sender: Address,
    recipients: tuple[Address, ...],
    zone: tzinfo,
) -> EmailMessage:
    """The mail for one delivery: byte for byte the same on every attempt.

    Its Message-ID is made from the delivery's id; mails about one story refer to one root, so that
    mail programs put them together (RFC 5322 section 3.6.4). An update answers the mail that told
    the alert.
    """
    home = sender.domain
    mail = EmailMessage(policy=_WIRE)
    mail["From"] = sender
    mail["To"] = recipients
    mail["Subject"] = _subject(alert)
    mail["Date"] = format_datetime(alert.update.at if alert.update else alert.raised)
    mail["Message-ID"] = f"<{atom(delivery.id)}@{home}>"
    root = f"<story.{atom(alert.story)}@{home}>"
    told = f"<{atom(Delivery.id_for(alert.id, delivery.channel))}@{home}>"
    mail["In-Reply-To"] = told if alert.update else root
    mail["References"] = f"{root} {told}" if alert.update else root
    mail["List-Id"] = f"<{atom(alert.watch)}.wirewatch.{home}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if alert.severity in {"high", "critical"}:
        mail["Importance"] = "high"
    mail["X-Wirewatch-Alert"] = atom(alert.id)
    mail["X-Wirewatch-Delivery"] = atom(delivery.id)
    mail["X-Wirewatch-Story"] = atom(alert.story)
    mail["X-Wirewatch-Watch"] = atom(alert.watch)
    mail["X-Wirewatch-Severity"] = alert.severity
    mail.set_content(plain_text(alert, zone))
    mail.add_alternative(html_text(alert, zone), subtype="html")
    mail.set_boundary(f"=_{atom(delivery.id)}")  # "=_" occurs in no encoded text
    return mail


def plain_text(alert: Alert, zone: tzinfo = UTC) -> str:
    """The mail for those who read plain text; matched words stand between guillemets."""
    found = quotes(alert, at_most=_quotes_of(alert))
    url = link(alert.article.url)
    labels = topic_labels(alert)
    blocks = [
        f"{_severity(alert)}{watch_title(alert)}",
        "\n".join(spread(alert, zone)),
        f"{plain(headline(alert))}\n{_provenance(alert, zone)}" + (f"\n{url}" if url else ""),
        *(f"> {plain(words)}" for words in found.shown),
        _left_out(found.left_out) if found.left_out and not alert.update else "",
        f"About: {listed(labels)}" if labels else "",
        "-- \n" + "\n".join(_why(alert, zone)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def html_text(alert: Alert, zone: tzinfo = UTC) -> str:
    """The mail for those who read HTML: no pictures, no scripts, nothing loaded from anywhere."""
    url = link(alert.article.url)
    title = _html(headline(alert))
    found = quotes(alert, at_most=_quotes_of(alert))
    labels = topic_labels(alert)
    quoted = [
        *(f'<blockquote dir="auto">{_html(words)}</blockquote>' for words in found.shown),
        f'<p class="more">{_left_out(found.left_out)}</p>'
        if found.left_out and not alert.update
        else "",
    ]
    return _template().substitute(
        title=html.escape(_subject(alert)),
        badge=_badge(alert),
        watch=html.escape(watch_title(alert)),
        spread="\n".join(
            f'<p class="spread">{html.escape(said)}</p>' for said in spread(alert, zone)
        ),
        headline=_anchor(url, title) if url else title,
        provenance=html.escape(_provenance(alert, zone)),
        quotes="\n".join(filter(None, quoted)),
        topics=f'<p class="topics">About: {html.escape(listed(labels))}</p>' if labels else "",
        link=_button(url) if url else "",
        why="\n".join(f"<p>{html.escape(reason)}</p>" for reason in _why(alert, zone)),
    )


@cache
def _template() -> Template:
    return Template(files("monitor.channels").joinpath("templates/alert.html").read_text("utf-8"))


def _subject(alert: Alert) -> str:
    """Which watch, then the news: "[HIGH] U.S. and Iran over Iraq: Envoys meet in Baghdad".

    An update has the same one with "Re: " before it: some programs thread by nothing else.
    """
    watch = clip(watch_title(alert), 80)
    said = clip(f"{_severity(alert)}{watch}: {bare(headline(alert))}", MAX_SUBJECT_CHARS)
    return f"Re: {said}" if alert.update else said


def _quotes_of(alert: Alert) -> int:
    """How many sentences to quote: one in an update, whose reader has seen them."""
    return 1 if alert.update else MAX_QUOTES


def _severity(alert: Alert) -> str:
    return "" if alert.severity == "normal" else f"[{alert.severity.upper()}] "


def _badge(alert: Alert) -> str:
    if alert.severity == "normal":
        return ""
    return f'<span class="badge {alert.severity}">{alert.severity.upper()}</span>'


def _html(words: Words) -> str:
    """The words escaped, matched ones in <mark>."""
    return "".join(
        f"<mark>{html.escape(piece.text)}</mark>" if piece.marked else html.escape(piece.text)
        for piece in words
    )


def _anchor(url: str, inner: str) -> str:
    return f'<a href="{html.escape(url)}" rel="noopener noreferrer">{inner}</a>'


def _button(url: str) -> str:
    """The link by the name of its host, so that the reader sees where it leads."""
    host = html.escape(urlsplit(url).hostname or "")
    return f'<p class="link">{_anchor(url, f"Read it at {host}")}</p>'


def _provenance(alert: Alert, zone: tzinfo) -> str:
    return f"{isolated(source_name(alert))} · {moment(alert.article.published, zone)}"


def _left_out(count: int) -> str:
    return f"and {count} more sentences" if count > 1 else "and one more sentence"


def _why(alert: Alert, zone: tzinfo) -> Iterable[str]:
    """Why this mail came, and the ids to ask about."""
    article, watch = clip(line(alert.article.id), MAX_ID_CHARS), atom(alert.watch)
    if alert.trouble is not None:
        yield "You get this because [ops] notify in monitor.toml names this channel."
        yield f"`wirewatch feeds` shows how the source {article} fares."
        return
    found = listed(terms(alert), between=", ") or "a match"
    yield f"You get this because the watch “{watch_title(alert)}” ({watch}) found: {found}."
    if alert.update:
        yield f"The watch asks for an update at {alert.update.step} sources (`updates`)."
    others = other_sources(alert)
    if others and not alert.update:
        yield f"The story is also in: {listed(others, between=', ')}."
    yield f"Raised {moment(alert.raised, zone)} as alert {atom(alert.id)} on article {article}."
