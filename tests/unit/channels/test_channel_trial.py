"""A test alert says that it is one; a draft shows what goes where, and no secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from monitor.channels import CHANNELS
from monitor.channels.body import encode
from monitor.channels.sheet import printed
from monitor.channels.trial import WATCH, trial
from monitor.model import Alert, Delivery
from monitor.settings.files import ID

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def draft(type_: str, alert: Alert, **settings: object) -> str:
    kind = CHANNELS[type_]
    config = kind.config.model_validate(settings)
    channel = kind.open_channel("desk", config, allow=(), contact="")
    return channel.draft(Delivery(id="d1", alert=alert.id, channel="desk"), alert)


def test_a_test_can_be_told_from_every_alert() -> None:
    # when
    _, alert = trial("desk", NOON)

    # then
    assert json.loads(encode(alert))["data"]["watch"] == WATCH == "_test"
    assert not ID.fullmatch(WATCH)


def test_a_test_reads_like_one() -> None:
    _, alert = trial("desk", NOON)
    assert printed(alert, columns=None, colour=False).splitlines() == [
        "[LOW] Test",
        "  Test of the channel desk",
        "  Wirewatch · Sun 1 Mar 2026, 12:00 UTC",
        "  “This is a «test» by Wirewatch: nothing has happened, and there is nothing to do.”",
        "  https://example.org/wirewatch-test",
        "",
    ]


def test_each_test_has_ids_of_its_own() -> None:
    delivery, alert = trial("desk", NOON)
    later, _ = trial("desk", NOON + timedelta(seconds=1))
    other, _ = trial("night-desk", NOON)
    assert trial("desk", NOON) == (delivery, alert)
    assert len({delivery.id, later.id, other.id}) == 3


@pytest.mark.parametrize(("form", "stream"), [("text", "error"), ("json", "output")])
def test_the_draft_of_a_console_says_where_to_look(envoys: Alert, form: str, stream: str) -> None:
    assert draft("console", envoys, format=form) == f"to standard {stream}"


def test_the_draft_of_a_webhook_hides_what_may_be_secret(envoys: Alert) -> None:
    # when
    shown = draft("webhook", envoys, url="https://hooks.example.org/T0/hush", secret="hush")

    # then
    assert shown.startswith("POST https://hooks.example.org:443/… (")
    assert "webhook-id: d1\n\n" in shown
    assert shown.endswith(encode(envoys).decode())
    assert "hush" not in shown


def test_the_draft_of_a_mail_is_its_headers_and_plain_text(envoys: Alert) -> None:
    # when
    shown = draft(
        "email",
        envoys,
        to=["desk@example.org"],
        smtp="smtps://wirewatch@mail.example.org:465",
        password="hush",
        **{"from": "wirewatch@example.org"},
    )

    # then
    assert shown.startswith("to mail.example.org port 465\nFrom: wirewatch@example.org\n")
    assert "\nMessage-ID: <d1@example.org>\n" in shown
    assert "«Baghdad»" in shown
    assert "hush" not in shown
