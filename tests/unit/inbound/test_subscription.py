"""When a hub is asked, what it is given, and what counts as signed by it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from monitor.inbound.subscription import (
    is_signed,
    is_to_ask,
    lease_of,
    may_be_told,
    path_of,
    secret_of,
)
from monitor.model import Hub, Subscription, SubscriptionState

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HUB = Hub(url="https://hub.example/", topic="https://harbour.example/feed")


def subscribed(state: SubscriptionState, **given: object) -> Subscription:
    return Subscription(**({"hub": HUB, "state": state, "asked": NOON} | given))  # type: ignore[arg-type]


def test_a_hub_is_asked_at_first_and_when_it_is_another() -> None:
    known = subscribed(SubscriptionState.ACTIVE, until=NOON + 10 * DAY)

    assert is_to_ask(HUB, None, NOON)
    assert is_to_ask(Hub(url="https://other.example/", topic=HUB.topic), known, NOON)


def test_a_lease_is_renewed_when_a_fifth_of_it_is_left() -> None:
    known = subscribed(SubscriptionState.ACTIVE, until=NOON + 10 * DAY)

    assert not is_to_ask(HUB, known, NOON + 8 * DAY - HOUR)
    assert is_to_ask(HUB, known, NOON + 8 * DAY)


def test_a_renewal_that_is_not_confirmed_is_asked_for_again() -> None:
    known = subscribed(SubscriptionState.ACTIVE, asked=NOON, tries=1, until=NOON + HOUR)

    assert not is_to_ask(HUB, known, NOON + timedelta(minutes=30))
    assert is_to_ask(HUB, known, NOON + timedelta(minutes=50))


@pytest.mark.parametrize(("tries", "minutes"), [(0, 5), (1, 10), (4, 80), (50, 24 * 60)])
def test_a_hub_that_does_not_answer_is_asked_less_and_less(tries: int, minutes: int) -> None:
    known = subscribed(SubscriptionState.ASKED, tries=tries)

    assert not is_to_ask(HUB, known, NOON + timedelta(minutes=minutes - 1))
    assert is_to_ask(HUB, known, NOON + timedelta(minutes=minutes))


def test_a_hub_that_denies_is_asked_again_the_next_day() -> None:
    known = subscribed(SubscriptionState.DENIED)

    assert not is_to_ask(HUB, known, NOON + DAY - HOUR)
    assert is_to_ask(HUB, known, NOON + DAY)


@pytest.mark.parametrize(
    ("given", "lease"),
    [
        ("864000", 10 * DAY),
        ("1", timedelta(minutes=1)),
        ("99999999999", 30 * DAY),
        ("", None),
        ("-5", None),
        ("²", None),
        ("9" * 400, None),
    ],
)
def test_a_lease_is_a_number_of_seconds_within_bounds(given: str, lease: timedelta | None) -> None:
    assert lease_of(given) == lease


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://hub.example/", True),
        ("http://hub.example/", False),
        ("http://10.0.0.1/", False),
        ("http://127.0.0.1:8000/", True),
    ],
)
def test_a_secret_does_not_travel_in_clear(url: str, *, told: bool) -> None:
    assert may_be_told(Hub(url=url, topic="t")) is told


def test_secrets_differ_by_source_hub_and_topic_and_say_nothing_of_the_master() -> None:
    other = Hub(url=HUB.url, topic="u")
    secrets = {
        secret_of("master", "a", HUB),
        secret_of("master", "b", HUB),
        secret_of("master", "a", other),
        secret_of("retsam", "a", HUB),
        path_of("master", "a"),
        path_of("master", "b"),
    }

    assert len(secrets) == 6
    assert not any("master" in secret for secret in secrets)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512", "SHA256"])
def test_what_the_hub_signed_counts_and_nothing_else(method: str) -> None:
    digest = hmac.new(b"secret", b"news", getattr(hashlib, method.lower())).hexdigest()

    assert is_signed(b"news", f"{method}={digest}", "secret")
    assert is_signed(b"news", f" {method}={digest.upper()} ", "secret")
    assert not is_signed(b"views", f"{method}={digest}", "secret")
    assert not is_signed(b"news", f"{method}={digest}", "terces")
    assert not is_signed(b"news", f"{method}={digest[:-1]}", "secret")
    assert not is_signed(b"news", f"{method}=é", "secret")


@pytest.mark.parametrize("signature", ["", "sha256", "md5=0", "=", "none="])
def test_what_is_no_signature_is_none(signature: str) -> None:
    assert not is_signed(b"news", signature, "secret")
