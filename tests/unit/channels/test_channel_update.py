"""An update as people and programs see it: news about an alert they have, not the alert again."""

from __future__ import annotations

import email
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.headerregistry import Address
from email.policy import default
from typing import Any

import pytest

from monitor import codec
from monitor.channels.body import encode
from monitor.channels.envelope import Envelope
from monitor.channels.letter import letter
from monitor.channels.render import spread
from monitor.channels.sheet import printed
from monitor.model import Alert, Delivery, Unheard, Update

SENDER = Address("Wirewatch", "wirewatch", "example.org")
PAPERS = ("example-world", "gulf-wire", "evening-post", "harbour", "star", "sun", "courier", "post")


@pytest.fixture
def spreading(envoys: Alert) -> Alert:
    """The envoys two hours later, in eight papers, the watch asking for an update at 5."""
    copy = replace(envoys.article, id="urn:c", source="post", source_name="The Post")
    at = envoys.raised + timedelta(hours=2)
    return replace(envoys, sources=PAPERS, update=Update(step=5, at=at, copy=copy))


def mail(alert: Alert) -> Any:
    step = alert.update.mark if alert.update else ""
    delivery = Delivery(id=Delivery.id_for(alert.id, "desk", step), alert=alert.id, channel="desk")
    raw = letter(delivery, alert, Envelope(sender=SENDER, recipients=(SENDER,))).as_bytes()
    return email.message_from_bytes(raw, policy=default)


def test_a_mail_answers_the_mail_that_told_the_alert(envoys: Alert, spreading: Alert) -> None:
    told, again = mail(envoys), mail(spreading)

    assert again["Subject"] == f"Re: {told['Subject']}"
    assert again["In-Reply-To"] == told["Message-ID"]
    assert again["References"].split() == [told["References"], told["Message-ID"]]
    assert again["Message-ID"] != told["Message-ID"]
    assert again["Date"].datetime == spreading.update.at.replace(microsecond=0)  # type: ignore[union-attr]  # it has one


def test_a_mail_says_first_what_is_new(spreading: Alert) -> None:
    plain = mail(spreading).get_body(("plain",)).get_content()
    marked_up = mail(spreading).get_body(("html",)).get_content()

    for text in (plain, marked_up):
        assert "Now in 8 sources: example-world" in text
        assert "and 2 more" in text
        assert "The copy that made it so: The Post" in text
        assert "tells again at 5 publishers" in text
        assert "The story is also in" not in text
    assert plain.count("\n> ") == 1
    assert plain.index("Now in 8") < plain.index("Baghdad")


def test_where_fewer_are_independent_that_is_said_beside_it(spreading: Alert) -> None:
    assert spread(replace(spreading, independent=5))[0].startswith(
        "Now in 8 sources (5 independent): example-world"
    )


@pytest.mark.parametrize("colour", [True, False])
def test_the_console_says_what_is_new_and_quotes_nothing_again(
    spreading: Alert, *, colour: bool
) -> None:
    said = printed(spreading, columns=None, colour=colour)

    assert "Now in 8 sources" in said
    assert "First told" in said
    assert "“" not in said
    assert "other sources" not in said


def test_a_webhook_is_told_of_an_update_of_the_same_alert(envoys: Alert, spreading: Alert) -> None:
    told, again = json.loads(encode(envoys)), json.loads(encode(spreading))

    assert (told["type"], again["type"]) == ("alert.raised", "alert.updated")
    assert told["data"]["alert"] == again["data"]["alert"]
    assert again["data"]["sources"] == list(PAPERS)
    assert again["data"]["update"]["step"] == 5
    assert again["data"]["update"]["copy"]["source"] == "post"
    assert "update" not in told["data"]
    assert again["timestamp"] > told["timestamp"]


def test_an_event_is_told_where_one_is_known(envoys: Alert) -> None:
    assert json.loads(encode(replace(envoys, event="e1")))["data"]["event"] == "e1"


def test_an_update_survives_the_store(spreading: Alert) -> None:
    assert codec.decode_alert(codec.encode_alert(spreading)) == spreading


def test_an_alert_has_no_news_of_itself(envoys: Alert) -> None:
    assert spread(envoys) == ()


@pytest.mark.parametrize("trick", ["html", "header", "terminal", "bidi", "surrogate", "empty"])
def test_a_strangers_tricks_do_not_work_in_an_update(
    spreading: Alert, poison: Callable[[Alert, str], Alert], trick: str
) -> None:
    poisoned = poison(spreading, trick)

    found = mail(poisoned)
    assert not found.defects
    assert found["Bcc"] is None
    assert "<script>" not in found.get_body(("html",)).get_content()
    assert "\x1b" not in printed(poisoned, columns=80, colour=False)


def unheard(alert: Alert, word: Unheard) -> Alert:
    assert alert.update
    revised = alert.raised + timedelta(hours=1)
    return replace(alert, update=replace(alert.update, unheard=word, revised=revised))


def test_an_update_that_is_the_first_the_channel_hears_says_all(spreading: Alert) -> None:
    first = unheard(spreading, "all")
    told = mail(first)
    plain = told.get_body(("plain",)).get_content()

    assert not told["Subject"].startswith("Re:")
    assert told["In-Reply-To"] == told["References"]
    assert plain.count("\n> ") > 1
    assert "Now in 8 sources" in plain
    assert "First told" not in plain
    assert "tells again" not in plain
    assert printed(first, columns=None, colour=False).count("“") > 0


def test_a_step_in_the_place_of_a_revision_says_both(spreading: Alert) -> None:
    said = spread(unheard(spreading, "revision"))

    assert [line.split()[0] for line in said] == ["Now", "The", "Revised", "First"]
    assert mail(unheard(spreading, "revision"))["Subject"].startswith("Re:")
    assert mail(unheard(spreading, "revision")).as_string().count("\n> ") > 1


def test_a_program_is_told_when_the_article_was_revised(spreading: Alert) -> None:
    said = json.loads(encode(unheard(spreading, "")))["data"]["update"]
    assert said["revised"] == (spreading.raised + timedelta(hours=1)).isoformat().replace(
        "+00:00", "Z"
    )
    assert "revised" not in json.loads(encode(spreading))["data"]["update"]
