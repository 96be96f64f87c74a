"""Webhooks: secrets, status codes, Retry-After, and the page that documents them."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monitor.channels import CHANNELS
from monitor.channels.answers import MEANINGS, receipt_of, receipt_of_error, wait_of
from monitor.channels.body import document
from monitor.channels.signing import key_of
from monitor.errors import (
    AddressRefused,
    BadStatus,
    FetchError,
    TimedOut,
    TooLarge,
    Unreachable,
)
from monitor.model import Alert, Later, Receipt, Refused, Sent

NOON = datetime(2024, 5, 14, 12, 0, tzinfo=UTC)
PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text("utf-8")


def webhook(**settings: object) -> object:
    good: dict[str, object] = {"url": "https://hooks.example.org/x", "secret": "a secret"}
    return CHANNELS["webhook"].config.model_validate(good | settings)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, Sent),
        (202, Sent),
        (204, Sent),
        (301, Refused),
        (304, Refused),
        (308, Refused),
        (400, Refused),
        (401, Refused),
        (404, Refused),
        (408, Later),
        (410, Refused),
        (422, Refused),
        (425, Later),
        (429, Later),
        (500, Later),
        (503, Later),
        (599, Later),
        (100, Refused),
        (999, Refused),
        (1200, Refused),
    ],
)
def test_the_status_code_decides(status: int, kind: type[Receipt]) -> None:
    # when
    receipt = receipt_of(status, None, NOON)

    # then
    assert isinstance(receipt, kind)
    assert receipt.answer.startswith(f"{status}: ")


@given(st.integers(100, 600))
def test_only_2xx_is_sent_and_only_410_disables(status: int) -> None:
    # when
    receipt = receipt_of(status, "7", NOON)

    # then
    assert isinstance(receipt, Sent) is (200 <= status < 300)
    assert (isinstance(receipt, Refused) and receipt.disables) is (status == 410)
    if isinstance(receipt, Later):
        assert receipt.after == timedelta(seconds=7)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("", None),
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta()),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("99999999999999999999", timedelta(days=1)),
        (format_datetime(NOON + timedelta(hours=3), usegmt=True), timedelta(hours=3)),
        (format_datetime(NOON - timedelta(hours=3), usegmt=True), timedelta()),
        (format_datetime(NOON + timedelta(days=30), usegmt=True), timedelta(days=1)),
        ("Tue, 14 May 2024 12:00:30", timedelta(seconds=30)),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, wait: timedelta | None) -> None:
    assert wait_of(header, NOON) == wait


@given(st.text())
def test_no_retry_after_can_break_it(header: str) -> None:
    # when
    wait = wait_of(header, NOON)

    # then
    assert wait is None or timedelta() <= wait <= timedelta(days=1)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Unreachable("no route"), Later),
        (TimedOut("no answer in 20 s"), Later),
        (FetchError("something else"), Later),
        (AddressRefused("10.0.0.1 is private"), Refused),
        (TooLarge("more than 1 MiB"), Refused),
        (BadStatus("not found", status=404), Refused),
        (BadStatus("busy", status=503, retry_after_s=4.0), Later),
    ],
)
def test_no_answer_at_all_has_a_meaning_too(error: FetchError, kind: type[Receipt]) -> None:
    # when
    receipt = receipt_of_error(error)

    # then
    assert isinstance(receipt, kind)


def test_the_url_of_an_error_is_not_in_the_answer() -> None:
    # when
    receipt = receipt_of_error(Unreachable("no route", url="https://hooks.example.org/t0ken"))

    # then
    assert receipt == Later(answer="no route", down=True)


@pytest.mark.parametrize("padding", ["", "=", "=="])
def test_a_secret_with_the_prefix_is_base64(padding: str) -> None:
    # given
    key = b"0123456789abcdef0123456789"
    encoded = base64.b64encode(key).decode().rstrip("=")

    # then
    assert key_of(f"whsec_{encoded}{padding}") == key


@given(st.text(min_size=1).filter(lambda text: not text.startswith("whsec_")))
def test_any_other_secret_is_its_own_bytes(secret: str) -> None:
    assert key_of(secret) == secret.encode()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"url": "hooks.example.org"}, "wanted https://host/path"),
        ({"url": "ftp://hooks.example.org"}, "wanted https://host/path"),
        ({"url": "https://"}, "wanted https://host/path"),
        ({"url": "https://hooks.example.org:x/"}, "not a URL"),
        (
            {"url": "https://ann:pw@hooks.example.org/"},
            "a user name or password in the URL",
        ),
        ({"secret": ""}, "found an empty secret"),
        ({"secret": "whsec_"}, "found an empty secret"),
        ({"secret": "whsec_not base64!"}, "no base64 after whsec_"),
        ({"secret": []}, "found 0 secrets, wanted one to 3"),
        ({"secret": ["a", "b", "c", "d"]}, "found 4 secrets, wanted one to 3"),
        ({"secret": ["a", ""]}, "found an empty secret"),
        ({"secret": ["a", "a"]}, "found the same secret twice"),
        ({"secret": ["a", "whsec_not base64!"]}, "no base64 after whsec_"),
        ({"secrets": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_wrong_settings_are_refused_in_plain_words(wrong: dict[str, object], says: str) -> None:
    # when
    with pytest.raises(ValidationError) as refused:
        webhook(**wrong)

    # then
    assert says in str(refused.value)
    assert "not base64!" not in str(refused.value)


def test_a_webhook_without_a_secret_is_refused() -> None:
    with pytest.raises(ValidationError, match="secret"):
        CHANNELS["webhook"].config.model_validate({"url": "https://hooks.example.org/x"})


def test_neither_secret_nor_url_are_in_a_repr() -> None:
    # when
    shown = repr(webhook(url="https://hooks.example.org/t0ken", secret="hunter2"))

    # then
    assert "hunter2" not in shown
    assert "t0ken" not in shown
    assert "https://hooks.example.org/…" in shown


def test_a_changed_url_changes_the_repr() -> None:
    assert repr(webhook(url="https://hooks.example.org/1")) != repr(
        webhook(url="https://hooks.example.org/2")
    )


def test_the_documented_body_is_the_real_one(envoys: Alert) -> None:
    # given
    found = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None

    # then
    short = replace(envoys, evidence=envoys.evidence[2:4], topics=envoys.topics[:2])
    assert json.loads(found[1]) == document(short)


def test_every_field_of_the_body_is_documented(envoys: Alert) -> None:
    # given
    body = document(envoys)
    data = body["data"]
    assert isinstance(data, dict)

    # then
    for name in body:
        assert name == "data" or f"`{name}`" in PAGE
    for name in data:
        assert f"`data.{name}`" in PAGE


def test_the_documented_answers_are_the_real_ones() -> None:
    # given
    words = {
        "sent": "delivered",
        "later": "again later",
        "down": "again later",
        "refused": "parked",
        "gone": "parked, channel disabled",
    }

    # then
    rows = [f"| {each.shown} | {words[each.then]} | {each.words} |" for each in MEANINGS]
    assert "\n".join(rows) in PAGE


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("120", "it asks for 2 minutes"),
        ("7", "it asks for 7 seconds"),
        ("3601", "it asks for 1 hour"),
        ("999999", "it asks for a day or more"),
        ("0", "it asks for no wait"),
    ],
)
def test_an_answer_says_what_a_receiver_asks_for_and_says(asked: str, words: str) -> None:
    assert receipt_of(429, asked, NOON, said="slow down").answer == (
        f"429: the receiver is not ready; Retry-After is honoured ({words}); it says: slow down"
    )
