"""An alert as a mail."""

from __future__ import annotations

import email
import re
from collections.abc import Callable
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest

from monitor.channels.alert_letter import html_text, plain_text
from monitor.channels.envelope import Envelope
from monitor.channels.letter import letter
from monitor.model import Alert, Delivery, Update

SENDER = Address("Wirewatch", "wirewatch", "example.org")
DESK = (Address("Desk", "desk", "example.org"), Address("", "night", "example.org"))
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Wirewatch-Delivery",
    "In-Reply-To",
    "References",
    "X-Wirewatch-Alert",
    "X-Wirewatch-Story",
    "X-Wirewatch-Watch",
    "Importance",
    "X-Wirewatch-Severity",
    "MIME-Version",
    "Content-Type",
]


def sent(alert: Alert, delivery: Delivery | None = None) -> bytes:
    delivery = delivery or Delivery(
        id=Delivery.id_for(alert.id, "desk"), alert=alert.id, channel="desk"
    )
    return letter(delivery, alert, Envelope(sender=SENDER, recipients=DESK)).as_bytes()


def received(raw: bytes) -> EmailMessage:
    mail = email.message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert isinstance(body, EmailMessage)
    assert not body.defects
    return str(body.get_content()).replace("\r\n", "\n")


class Page(HTMLParser):
    """What a mail program would see: tags, links, text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.marked: list[str] = []
        self.words: list[str] = []
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside != "style":
            self.words.append(data)
        if self._inside == "mark":
            self.marked.append(data)


def test_the_headers_say_what_it_is_and_where_it_belongs(envoys: Alert) -> None:
    # when
    mail = received(sent(envoys))

    # then
    assert mail["Subject"] == (
        "[HIGH] U.S. and Iran over Iraq: U.S. and Iranian envoys meet in Baghdad as militia"
        " attacks mount"
    )
    assert mail["From"] == "Wirewatch <wirewatch@example.org>"
    assert mail["To"] == "Desk <desk@example.org>, night@example.org"
    assert mail["Date"].datetime == envoys.raised
    assert mail["Message-ID"] == f"<{Delivery.id_for(envoys.id, 'desk')}@example.org>"
    assert mail["References"] == mail["In-Reply-To"] == "<story.s1@example.org>"
    assert mail["List-Id"] == "<us-iran-over-iraq.wirewatch.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Importance"] == "high"
    assert mail["X-Wirewatch-Alert"] == envoys.id
    assert mail["X-Wirewatch-Watch"] == "us-iran-over-iraq"


def test_every_attempt_is_the_same_mail(envoys: Alert) -> None:
    # given
    delivery = Delivery(id="d1", alert=envoys.id, channel="desk")

    # then
    assert sent(envoys, delivery) == sent(envoys, replace(delivery, attempts=7, answer="421 busy"))


def test_mails_about_one_story_hang_together_and_others_do_not(envoys: Alert) -> None:
    # given
    other_watch = replace(envoys, id="a2", watch="militias", title="Militias")
    other_story = replace(envoys, id="a3", story="s2")

    # when
    first, second, third = (received(sent(each)) for each in (envoys, other_watch, other_story))

    # then
    assert first["References"] == second["References"] != third["References"]
    assert len({mail["Message-ID"] for mail in (first, second, third)}) == 3


def test_the_plain_text_tells_it_all(envoys: Alert) -> None:
    assert plain_text(envoys) == part(received(sent(envoys)), "plain")
    assert plain_text(envoys) == (
        "[HIGH] U.S. and Iran over Iraq\n\n"
        "«U.S.» and «Iranian» envoys meet in «Baghdad» as militia attacks mount\n"
        "Example World · Tue 14 May 2024, 09:12 UTC\n"
        "https://example.org/world/2024/05/14/us-iran-envoys-baghdad?utm=1\n\n"
        "> The «U.S.» envoy and «Iran»'s deputy foreign minister sat down in «Baghdad» on Tuesday,"
        " the first such meeting since rockets fell on the base at Ain al-Asad in March, two"
        " «Iraqi» officials said.\n\n"
        "> Neither Washington nor «Tehran» would say whether the «Iraqi» prime minister, who"
        " carried messages between the two sides for most of the winter, would be in the room.\n\n"
        "> «Iran» denies arming the groups.\n\n"
        "About: US Iran relations · Iraq violence · Iraq\n\n"
        "-- \n"
        "You get this because the watch “U.S. and Iran over Iraq” (us-iran-over-iraq) found:"
        " actor:us (U.S.), actor:iran (Iranian), place:iraq (Baghdad).\n"
        "The story is also in: gulf-wire, evening-post.\n"
        f"Raised Tue 14 May 2024, 09:13 UTC as alert {envoys.id} on article {envoys.article.id}.\n"
    )


def test_the_html_shows_the_same_and_loads_nothing(envoys: Alert) -> None:
    # when
    page = Page(part(received(sent(envoys)), "html"))

    # then
    assert set(page.links) == {envoys.article.url}
    assert page.marked[:3] == ["U.S.", "Iranian", "Baghdad"]
    shown = re.sub(r"\W+", "", "".join(page.words))
    for block in plain_text(envoys).replace("https://", "").split("\n"):
        if "example.org" not in block and not block.startswith("["):
            assert re.sub(r"\W+", "", block) in shown
    assert not page.tags & {"img", "script", "link", "iframe", "form", "svg", "object"}


@pytest.mark.parametrize("severity", ["low", "normal"])
def test_an_ordinary_alert_is_not_marked_important(envoys: Alert, severity: str) -> None:
    # when
    mail = received(sent(replace(envoys, severity=severity)))  # type: ignore[arg-type]  # parametrised

    # then
    assert mail["Importance"] is None
    assert mail["Subject"].startswith("[LOW] U.S." if severity == "low" else "U.S.")


def test_an_alert_with_little_to_say_is_still_a_whole_mail(envoys: Alert) -> None:
    # given
    article = replace(envoys.article, title="", url="javascript:x", published=None)
    bare = replace(envoys, article=article, evidence=(), topics=(), sources=())

    # when
    mail = received(sent(bare))

    # then
    assert mail["Subject"].endswith(": (no title)")
    assert Page(part(mail, "html")).links == []
    assert "found: a match." in part(mail, "plain")


def test_no_text_can_add_a_header_a_tag_or_a_link(
    envoys: Alert, trick: str, poison: Callable[[Alert, str], Alert]
) -> None:
    # given
    alert = poison(envoys, trick)
    harmless = Page(html_text(envoys))

    # when
    raw = sent(alert, Delivery(id=trick, alert=trick, channel=trick))
    mail = received(raw)

    # then: exactly our headers, each once, all of it plain ASCII in lines a server takes
    assert list(mail.keys()) == HEADERS
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) <= 998
    assert b"\x1b" not in raw
    assert [each.get_content_type() for each in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    for name in HEADERS[3:]:
        assert re.fullmatch(r"[ -~]+", str(mail[name])), name
    assert re.fullmatch(r"<\w+@example\.org>", mail["Message-ID"])
    assert len(mail["Subject"]) <= 180

    # then: the page is made of our tags alone
    page = Page(part(mail, "html"))
    assert page.tags <= harmless.tags | {"p", "blockquote"}
    assert page.attributes <= harmless.attributes
    assert page.links == []


@pytest.mark.parametrize(
    ("count", "says"), [(5, None), (6, "and one more sentence"), (9, "and 4 more sentences")]
)
def test_a_mail_quotes_five_sentences_and_counts_the_rest(
    envoys: Alert, count: int, says: str | None
) -> None:
    # given
    evidence = tuple(
        replace(envoys.evidence[-1], sentence=f"Iran, part {number}.", sentence_start=number * 100)
        for number in range(count)
    )

    # when
    mail = received(sent(replace(envoys, evidence=evidence)))

    # then
    assert part(mail, "plain").count("\n> ") == part(mail, "html").count("<blockquote") == 5
    for kind in ("plain", "html"):
        assert (says or "more sentence") in part(mail, kind) or says is None


def test_a_revision_is_quoted_like_an_alert(envoys: Alert) -> None:
    # given
    evidence = tuple(
        replace(envoys.evidence[-1], sentence=f"Iran, part {number}.", sentence_start=number * 100)
        for number in range(7)
    )
    update = Update(step=0, at=envoys.raised, copy=envoys.article, revision="r2")

    # when
    text = plain_text(replace(envoys, evidence=evidence, update=update))

    # then
    assert "\nRevised by Example World, Tue 14 May 2024, 09:13 UTC\n" in text
    assert text.count("\n> ") == 5
    assert "and 2 more sentences" in text


def test_a_right_to_left_title_keeps_its_direction(envoys: Alert) -> None:
    # given
    title = "العراق يفتح تحقيقا في الهجوم"
    alert = replace(envoys, article=replace(envoys.article, title=title, source_name="وكالة"))

    # when
    mail = received(sent(alert))

    # then
    assert mail["Subject"].endswith(title)
    assert '<h1 dir="auto">' in part(mail, "html")
    assert "\u2068وكالة\u2069 · Tue 14 May" in part(mail, "plain")
