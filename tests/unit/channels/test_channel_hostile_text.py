"""Whatever a stranger writes, a mail has our headers and tags alone, in lines a server takes."""

from __future__ import annotations

import email
import html
import re
from collections.abc import Callable
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.channels.envelope import Envelope
from monitor.channels.letter import letter
from monitor.model import Alert, Counted, Delivery, Digest, Elsewhere, Message

DESK = Address("Desk", "desk", "example.org")
ENVELOPE = Envelope(
    sender=DESK,
    recipients=(DESK, Address("Nachtschicht Ü", "night", "example.org")),
    reply_to=DESK,
    unsubscribe="https://example.org/leave?list=" + "x" * 300,
)
OURS = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe"]
OURS += ["List-Unsubscribe-Post", "Auto-Submitted", "X-Auto-Response-Suppress"]
OURS += ["X-Wirewatch-Delivery"]
OF_ALERT = ["In-Reply-To", "References", "X-Wirewatch-Alert", "X-Wirewatch-Story"]
OF_ALERT += ["X-Wirewatch-Watch", "Importance", "X-Wirewatch-Severity"]
OF_DIGEST = ["X-Wirewatch-Digest", "X-Wirewatch-Watch", "Importance", "X-Wirewatch-Severity"]
LAST = ["MIME-Version", "Content-Type"]

NASTY = st.sampled_from(
    [
        "\r\nBcc: victim@example.org\r\n\r\nA body of my own",
        "\n.\nRCPT TO:<victim@example.org>",
        "\r",
        "\x0b\x0c\x1c\x85\u2028\u2029",
        "\x00",
        "\x1b[31m\x9b31m",
        "\u202eevil\u202c\u2067\u200f\u061c",
        "العراق يفتح تحقيقا ",
        "👩‍👩‍👧‍👦🏴\U000e0067\U000e007f",
        "<script>alert(1)</script><img src=x onerror=alert(1)></mark></p>\" ' & &lt;",
        "</style></title></head></body>",
        "javascript:alert(1)",
        "https://example.org/<>\"'\r\nX: y",
        "=?utf-8?q?=0D=0ABcc=3A_victim=40example=2Eorg?=",
        "--=_d1\r\nContent-Type: text/html\r\n\r\n<b>",
        "-- \n",
        "${title} $$ {0} %s",
        "half \ud83d a pair",
        "x" * 10_000,
        "word " * 2_000,
    ]
)
TEXT = st.lists(NASTY | st.text(max_size=40), min_size=1, max_size=4).map("".join)


class Tags(HTMLParser):
    """The tags, attributes and links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in {"href", "src"}}


def received(message: Message, text: str) -> EmailMessage:
    """The mail as a reader gets it, after all that must be true of what is on the wire."""
    raw = letter(Delivery(id=text, alert=text, channel=text), message, ENVELOPE).as_bytes()
    assert raw.isascii()
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", raw), "a bare CR or LF"
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", raw)
    mail = email.message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    kinds = [each.get_content_type() for each in mail.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    assert [address.addr_spec for address in mail["To"].addresses] == [
        "desk@example.org",
        "night@example.org",
    ]
    for name, value in mail.items():
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067]", str(value)), name
    return mail


def page_of(mail: EmailMessage) -> Tags:
    body = mail.get_body(("html",))
    assert isinstance(body, EmailMessage)
    return Tags(body.get_content())


@pytest.fixture
def whole(envoys: Alert) -> Alert:
    """An alert that has all that one can have."""
    before = Counted(story="s0", at=envoys.raised, article=envoys.article)
    other = Elsewhere(article=envoys.article, evidence=envoys.evidence)
    return replace(envoys, counted=(before,), elsewhere=(other,))


@pytest.fixture
def page_of_alert(whole: Alert) -> Tags:
    return page_of(received(whole, "d1"))


@pytest.fixture
def page_of_digest(morning: Digest) -> Tags:
    return page_of(received(replace(morning, count=9_000), "d1"))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the fixtures are constants
)
@given(text=TEXT)
def test_an_alert_made_of_nasty_text_is_a_plain_mail(
    whole: Alert, page_of_alert: Tags, poison: Callable[[Alert, str], Alert], text: str
) -> None:
    # when
    mail = received(poison(whole, text), text)

    # then
    assert mail.keys() == [*OURS, *OF_ALERT, *LAST]
    assert len(mail["Subject"]) <= 180
    page = page_of(mail)
    assert page.tags <= page_of_alert.tags
    assert page.attributes <= page_of_alert.attributes
    assert all(link.startswith(("https://", "http://")) for link in page.links)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # as above
)
@given(text=TEXT)
def test_a_digest_made_of_nasty_text_is_a_plain_mail(
    morning: Digest, page_of_digest: Tags, poison: Callable[[Alert, str], Alert], text: str
) -> None:
    # given: some alerts as they are, so that the page has all its parts
    alerts = (*morning.alerts, *(poison(alert, text) for alert in morning.alerts[2:]))
    gaps = tuple(replace(gap, source=text, source_name=text) for gap in morning.gaps)
    digest = replace(
        morning,
        id=text,
        channel=text,
        alerts=alerts,
        count=9_000,
        watch=text,
        title=text,
        gaps=gaps,
    )

    # when
    mail = received(digest, text)

    # then
    wanted = OF_DIGEST if text else [OF_DIGEST[0], *OF_DIGEST[2:]]
    assert mail.keys() == [*OURS, *wanted, *LAST]
    assert len(mail["Subject"]) <= 180
    page = page_of(mail)
    assert page.tags <= page_of_digest.tags
    assert page.attributes <= page_of_digest.attributes
    assert all(link.startswith(("https://", "http://")) for link in page.links)


def test_what_is_escaped_can_be_read_again(envoys: Alert) -> None:
    # given
    title = "<b>&amp; \"so\" 'on'</b>"

    # when
    mail = received(replace(envoys, title=title), "d1")

    # then
    body = mail.get_body(("html",))
    assert isinstance(body, EmailMessage)
    assert html.escape(title) in body.get_content()
