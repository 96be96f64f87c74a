"""Tags of a watch, and links that are too long, wherever people read an alert."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC

import pytest

from monitor.channels import alert_letter, digest_letter
from monitor.channels.note import lines
from monitor.channels.sheet import printed
from monitor.model import Alert, Digest, Message

LONG = "https://example.org/" + "x" * 2345


def mail(message: Message) -> str:
    letter = digest_letter if isinstance(message, Digest) else alert_letter
    return letter.plain_text(message, UTC)  # type: ignore[arg-type]  # the letter of its kind


def page(message: Message) -> str:
    letter = digest_letter if isinstance(message, Digest) else alert_letter
    return letter.html_text(message, UTC)  # type: ignore[arg-type]  # the letter of its kind


def chat(message: Message) -> str:
    return "\n".join(lines(message))


def log(message: Message) -> str:
    return printed(message, columns=None, colour=False)


def terminal(message: Message) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", printed(message, columns=None, colour=True))


WAYS = (mail, page, chat, log, terminal)


@pytest.fixture
def tagged(envoys: Alert) -> Alert:
    return replace(envoys, tags=("gulf", "desk\n two", "gulf"))


@pytest.mark.parametrize("shown", WAYS)
def test_an_alert_shows_the_tags_of_its_watch(
    tagged: Alert, envoys: Alert, shown: Callable[[Message], str]
) -> None:
    assert "Tags: gulf · desk two" in shown(tagged)
    assert "Tags" not in shown(replace(envoys, tags=()))


@pytest.mark.parametrize("shown", WAYS)
def test_a_digest_shows_them_beside_each_alert(
    tagged: Alert, morning: Digest, shown: Callable[[Message], str]
) -> None:
    digest = replace(morning, alerts=(tagged, *morning.alerts), count=5)
    assert shown(digest).count("[gulf, desk two]") == 1


@pytest.mark.parametrize("shown", WAYS)
def test_of_a_link_that_is_too_long_it_is_said(
    envoys: Alert, morning: Digest, shown: Callable[[Message], str]
) -> None:
    # given
    alert = replace(envoys, article=replace(envoys.article, url=LONG))
    digest = replace(morning, alerts=(alert,), count=1, gaps=())

    # then
    for message in (alert, digest):
        assert "The link is too long to show: 2,365 characters" in shown(message)
        assert "https://" not in shown(message)
