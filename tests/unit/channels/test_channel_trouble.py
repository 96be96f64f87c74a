"""A source's trouble, as each kind of channel tells it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.headerregistry import Address
from pathlib import Path

import pytest

from monitor.channels.body import encode
from monitor.channels.envelope import Envelope
from monitor.channels.letter import letter
from monitor.channels.sheet import printed
from monitor.model import Alert, Delivery, Source
from monitor.poller.health import Ops, told
from monitor.poller.record import Record

BEGAN = datetime(2026, 3, 1, 13, 0, tzinfo=UTC)
PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text("utf-8")
SOURCE = Source(
    id="harbour", name="Harbour Gazette", url="https://me:hush@harbour.example/feed?key=hush"
)


@pytest.fixture
def trouble() -> Alert:
    record = Record(
        failing_since=BEGAN,
        failures=7,
        error="the server says 500: it has trouble of its own",
    )
    _, (alert,) = told(record, SOURCE, BEGAN + timedelta(hours=6), Ops(notify=("desk",)))
    return alert


def test_a_webhook_gets_exactly_the_documented_body(trouble: Alert) -> None:
    _, _, part = PAGE.partition("## When a source is in trouble")
    documented = json.loads(part.partition("```json\n")[2].partition("```")[0])

    assert json.loads(encode(trouble)) == documented


def test_the_console_says_what_has_happened_and_what_it_means(trouble: Alert) -> None:
    assert printed(trouble, columns=None, colour=False).splitlines() == [
        "Sources",
        "  Harbour Gazette has failed for 6 hours",
        "  Harbour Gazette · Sun 1 Mar 2026, 13:00 UTC",
        "  “The last time: the server says 500: it has trouble of its own.”",
        "  https://harbour.example/feed",
        "",
    ]


def test_a_mail_reads_like_one_and_says_why_it_came(trouble: Alert) -> None:
    delivery = Delivery(id="d1", alert=trouble.id, channel="desk")
    sender = Address("", "wirewatch", "example.org")

    raw = letter(delivery, trouble, Envelope(sender=sender, recipients=(sender,))).as_bytes()
    mail = message_from_bytes(raw, policy=policy.default)

    assert mail["Subject"] == "Sources: Harbour Gazette has failed for 6 hours"
    assert mail["References"] == f"<story.{trouble.story}@example.org>"
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "> The last time: the server says 500" in text
    assert "[ops] notify in monitor.toml names this channel" in text
    assert "the watch" not in text


def test_nothing_secret_of_an_address_is_told(trouble: Alert) -> None:
    assert b"hush" not in encode(trouble)
