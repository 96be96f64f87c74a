"""Headers on the wire: words mean themselves, ids stay whole, lists stay lists."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.envelope import Envelope, closed, opened
from monitor.channels.headers import WIRE
from monitor.channels.safe import line
from monitor.model import Delivery

LONG = Address("Wirewatch", "w" * 60, f"{'b' * 60}.example.org")
OTHERS = (Address("Désk, Zwö", "desk", "example.org"), Address("محمد " * 20, "m", "example.org"))


def sent(subject: str = "Envoys meet", about: str = "envoys", unsubscribe: str = "") -> bytes:
    envelope = Envelope(sender=LONG, recipients=(LONG, *OTHERS), unsubscribe=unsubscribe)
    delivery = Delivery(id="d1", alert="a1", channel="desk")
    date = datetime(2026, 11, 25, 8, tzinfo=UTC)
    mail = opened(delivery, envelope, subject=subject, date=date, about=about)
    return closed(mail, delivery, plain="Text", html="<p>Text</p>").as_bytes()


def received(raw: bytes) -> EmailMessage:
    mail = email.message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


@pytest.mark.parametrize(
    "title",
    [
        "=?utf-8?q?=0D=0ABcc=3A_victim=40example=2Eorg?=",
        "Envoys =?utf-8?b?DQpCY2M6IHZpY3RpbUBleGFtcGxlLm9yZw==?= meet",
        "=?utf-8?q?hello?= =?utf-8?q?world?=",
        "=? half of one",
    ],
)
def test_encoded_words_in_a_headline_are_words_and_decoded_by_nobody(title: str) -> None:
    # when
    mail = received(sent(title))

    # then
    assert mail["Bcc"] is None
    assert mail["Subject"] == title


@given(title=st.text(max_size=180).map(line))
def test_a_subject_arrives_as_it_was(title: str) -> None:
    # given
    mail = EmailMessage(policy=WIRE)
    mail["Subject"] = title
    mail["Date"] = "Wed, 25 Nov 2026 08:00:00 +0000"

    # when
    raw = mail.as_bytes()

    # then
    assert raw.isascii()
    assert received(raw)["Subject"] == title
    assert received(raw).keys() == ["Subject", "Date"]


def test_an_id_or_url_longer_than_a_line_stays_whole() -> None:
    # when
    leave = "https://example.org/leave/" + "x" * 300
    raw = sent(about="a" * 60 + ".digest", unsubscribe=leave)

    # then
    assert f"\r\nList-Unsubscribe: <{leave}>\r\n".encode() in raw
    assert f"\r\nList-Id: <{'a' * 60}.digest.wirewatch.{LONG.domain}>\r\n".encode() in raw
    assert max(map(len, raw.splitlines())) <= 998


def test_recipients_behind_a_long_address_are_recipients() -> None:
    # when
    addresses = received(sent())["To"].addresses

    # then
    assert [each.addr_spec for each in addresses] == [each.addr_spec for each in (LONG, *OTHERS)]
    assert [each.display_name for each in addresses[:2]] == ["Wirewatch", "Désk, Zwö"]
