"""Mail as seeds: one message, and mailboxes of them."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.model import Article, Origin, SourceProblem
from monitor.sources import mail

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEADERS = """From: =?utf-8?Q?J=C3=BCrgen_Hall?= <j@wire.example>
To: desk@example.org
Subject: =?utf-8?Q?Z=C3=BCrich?=
 votes
Date: Fri, 20 Feb 2026 10:00:00 +0100
Message-ID: <abc@wire.example>
List-Id: "Alpine Wire" <alpine.wire.example>
Archived-At: <https://wire.example/1>
Keywords: vote, town
Content-Language: de
"""
PLAIN = "Content-Type: text/plain; charset=utf-8\n"
TEXT = "The town voted\non Friday.\n\n> quoted\n\nNobody knows why.\n-- \nThe desk\n"


def one(message: str | bytes) -> Article:
    raw = message.encode() if isinstance(message, str) else message
    (article,) = mail.read(io.BytesIO(raw), "m.eml", NOW)
    assert isinstance(article, Article)
    return article


def box(text: str | bytes) -> list[Article | SourceProblem]:
    raw = text.encode() if isinstance(text, str) else text
    return list(mail.read_box(io.BytesIO(raw), "b.mbox", NOW))


def test_a_message_is_an_article() -> None:
    article = one(f"{HEADERS}{PLAIN}\n{TEXT}")

    assert (article.id, article.url) == ("abc@wire.example", "https://wire.example/1")
    assert (article.title, article.body) == (
        "Zürich votes",
        "The town voted on Friday.\n\nNobody knows why.",
    )
    assert article.published == datetime(2026, 2, 20, 9, tzinfo=UTC)
    assert (article.source, article.source_name) == ("alpine.wire.example", "Alpine Wire")
    assert (article.authors, article.tags) == (("Jürgen Hall",), ("vote", "town"))
    assert (article.language, article.origin) == ("de", Origin.SEED)


def test_a_message_that_says_little_is_named_by_its_file_and_text() -> None:
    article = one("Subject: Boats\n\nTwo.\n")

    assert (article.source, article.source_name, article.published) == ("m.eml", None, None)
    assert article.id == one("Subject: Boats\n\nTwo.\n").id


PARTS = """MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: multipart/alternative; boundary=y

--y
Content-Type: text/plain

View this in your browser.
--y
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<html><body><article><p>The caf=E9 by the harbour opened again on Friday, its owner said.</p>
<p>It had been closed since the flood of last winter, which took the bridge, too.</p></article>
</body></html>
--y--
--x
Content-Type: text/plain
Content-Disposition: attachment; filename=a.txt

not to be read
--x--
"""


def test_the_html_of_a_newsletter_is_read_and_its_attachments_are_not() -> None:
    body = one(f"Subject: News\n{PARTS}").body

    assert "The café by the harbour opened again on Friday" in body
    assert "browser" not in body
    assert "not to be read" not in body


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("utf-8", "utf-8"), ("iso-8859-1", "latin-1"), ("no-such", "utf-8"), ("us-ascii", "utf-8")],
)
def test_the_text_is_in_the_charset_it_names_or_the_likeliest(charset: str, encoding: str) -> None:
    head = f"Subject: a\nContent-Type: text/plain; charset={charset}\n\n".encode()

    assert one(head + "Zürich wählt am Freitag".encode(encoding)).body == "Zürich wählt am Freitag"


def test_a_message_without_subject_and_text_is_refused() -> None:
    with pytest.raises(ParseError, match="without subject and text"):
        one("Date: Fri, 20 Feb 2026 10:00:00 +0100\n\n")


def test_a_mailbox_holds_messages_in_order() -> None:
    second = "Subject: Two\n\nBody.\n>From here on.\n>>From there.\n\n"

    found = box(f"From x Fri Feb 20\n{HEADERS}{PLAIN}\n{TEXT}\nFrom y\n{second}")

    assert [each.title for each in found if isinstance(each, Article)] == ["Zürich votes", "Two"]
    assert isinstance(found[1], Article)
    assert found[1].source == "b.mbox"
    assert found[1].body == "Body. From here on."  # what had `>` before it is somebody else's


def test_a_line_that_begins_with_from_inside_a_text_parts_nothing() -> None:
    found = box("From x\nSubject: One\n\nNews\nFrom the harbour.\n")

    assert [each.body for each in found if isinstance(each, Article)] == ["News From the harbour."]


def test_a_message_that_cannot_be_read_costs_no_other() -> None:
    first, second, third = box("From x\nX: y\n\n\nFrom x\nSubject: Two\n\nB.\n\nFrom x\nY: z\n\n")

    assert isinstance(second, Article)
    assert [each.where for each in (first, third) if isinstance(each, SourceProblem)] == [
        "message 1",
        "message 3",
    ]


def test_a_huge_message_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "MESSAGE_BYTES", 1_000)
    huge = "From x\nSubject: Huge\n\n" + "a line of text\n" * 200

    first, second = box(f"{huge}\nFrom x\nSubject: Two\n\nBody.\n")

    assert isinstance(first, SourceProblem)
    assert isinstance(second, Article)


@pytest.mark.parametrize("text", ["Subject: a\n\nb\n", "no mailbox at all"])
def test_what_is_no_mailbox_is_refused(text: str) -> None:
    with pytest.raises(ParseError, match="wanted a mailbox"):
        box(text)


STARTS = [b"Subject: ", b"From: ", b"Content-Type: ", b"Date: ", b"List-Id: ", b"\n"]


@given(st.binary(max_size=300), st.sampled_from(STARTS))
def test_any_bytes_give_an_article_or_a_parse_error(junk: bytes, start: bytes) -> None:
    try:
        article = next(mail.read(io.BytesIO(start + junk + b"\n\ntext"), "m.eml", NOW))
    except ParseError:
        return
    assert isinstance(article, Article)
    assert (article.id + article.source + article.title + article.body).encode()
