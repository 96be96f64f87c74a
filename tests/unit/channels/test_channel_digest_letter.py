"""A digest as a mail."""

from __future__ import annotations

import email
import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from monitor.channels.body import document
from monitor.channels.digest_letter import html_text, plain_text, subject
from monitor.channels.envelope import Envelope
from monitor.channels.letter import letter
from monitor.channels.note import heading, lines
from monitor.channels.sheet import printed
from monitor.model import Alert, Delivery, Digest, Gap, GatherReason, Rate, Rest, Severity, Update

BERLIN = ZoneInfo("Europe/Berlin")
DESK = Address("Desk", "desk", "example.org")
ENVELOPE = Envelope(sender=DESK, recipients=(DESK,), zone=BERLIN)
UNKNOWN = "that cannot be shown: what was kept of them is gone, or cannot be read"

AS_TEXT = f"""\
Digest: 4 alerts, 2 watches
Tue 24 Nov 2026, 13:00 to Wed 25 Nov 2026, 09:00 CET
This channel tells in digests: these came since the last one.

Floods on the Vistula (1)
-------------------------

[CRITICAL] Levee gives way
Example World · 00:40 · in 3 sources
> The «U.S.» envoy and «Iran»'s deputy foreign minister sat down in «Baghdad» on Tuesday, the \
first such meeting since rockets fell on the base at Ain al-Asad in March, two «Iraqi» officials \
said.
https://example.org/700

U.S. and Iran over Iraq (3)
---------------------------

Envoys, part 3
Example World · 24 Nov, 13:03 · in 3 sources
> The «U.S.» envoy and «Iran»'s deputy foreign minister sat down in «Baghdad» on Tuesday, the \
first such meeting since rockets fell on the base at Ain al-Asad in March, two «Iraqi» officials \
said.
https://example.org/3

Envoys, part 2
Example World · 24 Nov, 13:02
> The «U.S.» envoy and «Iran»'s deputy foreign minister sat down in «Baghdad» on Tuesday, the \
first such meeting since rockets fell on the base at Ain al-Asad in March, two «Iraqi» officials \
said.
https://example.org/2
  + Envoys, part 1 · Example World · 24 Nov, 13:01 · in 3 sources
    https://example.org/1

Not seen meanwhile:
  Harbour Gazette: could not be read since 24 Nov, 13:00
  star: had about 40 entries go by unread since 24 Nov, 13:00

--{" "}
You get this because your watches tell the channel desk. This is its digest d5.
"""


def received(digest: Digest, envelope: Envelope = ENVELOPE) -> EmailMessage:
    delivery = Delivery(id="d1", alert=digest.id, channel=digest.channel)
    mail = email.message_from_bytes(letter(delivery, digest, envelope).as_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content()).replace("\r\n", "\n")


def of_one_watch(morning: Digest, reason: GatherReason) -> Digest:
    alerts = morning.alerts[:3]
    watch, title = alerts[0].watch, alerts[0].title
    return replace(
        morning, reason=reason, watch=watch, title=title, alerts=alerts, count=3, gaps=()
    )


def test_the_plain_text_tells_what_why_and_when_by_watch_and_event(morning: Digest) -> None:
    assert part(received(morning), "plain") == AS_TEXT


def test_the_html_says_the_same_and_loads_nothing(morning: Digest) -> None:
    # when
    page = part(received(morning), "html")
    shown = re.sub(r"\W", "", html.unescape(re.sub(r"<[^>]+>", "", page.partition("<body>")[2])))

    # then
    for row in AS_TEXT.splitlines():
        if "https" not in row:
            assert re.sub(r"\W", "", row) in shown, row
    assert set(re.findall(r'href="([^"]*)"', page)) == {
        f"https://example.org/{number}" for number in (1, 2, 3, 700)
    }
    assert not re.search(r"<(img|script|link|iframe|svg|object|form)|url\(|src=", page)
    assert "prefers-color-scheme: dark" in page


def test_its_headers_are_those_of_the_channels_list(morning: Digest) -> None:
    # when
    mail = received(morning)

    # then
    assert mail["Subject"] == "[CRITICAL] Digest: 4 alerts, 2 watches, 25 Nov 09:00"
    assert mail["List-Id"] == "<desk.digest.wirewatch.example.org>"
    assert mail["Date"].datetime == morning.until
    assert mail["X-Wirewatch-Digest"] == "d5"
    assert mail["Message-ID"] == "<d1@example.org>"
    assert mail["In-Reply-To"] is mail["References"] is None


def test_what_was_gathered_of_one_watch_is_of_its_list(morning: Digest) -> None:
    # when
    mail = received(of_one_watch(morning, "at_most"))

    # then
    assert mail["Subject"] == "3 more: U.S. and Iran over Iraq"
    assert mail["List-Id"] == "<us-iran-over-iraq.wirewatch.example.org>"
    assert mail["X-Wirewatch-Watch"] == "us-iran-over-iraq"
    text = part(mail, "plain")
    assert text.startswith("3 more: U.S. and Iran over Iraq\n")
    assert "Iraq (3)" not in text
    assert "<h2>" not in part(mail, "html")


@pytest.mark.parametrize(
    ("reason", "title", "says"),
    [
        ("at_most", "3 more: U.S. and Iran over Iraq", "as many alerts as it may"),
        ("cooldown", "3 more: U.S. and Iran over Iraq", "rests for a while"),
        ("hours", "3 alerts: U.S. and Iran over Iraq", "only in its hours"),
    ],
)
def test_the_reason_is_told_in_words(
    morning: Digest, reason: GatherReason, title: str, says: str
) -> None:
    digest = of_one_watch(morning, reason)
    assert subject(digest, BERLIN) == title
    assert says in plain_text(digest, BERLIN)
    assert says in html_text(digest, BERLIN)


def test_quiet_hours_are_named(morning: Digest) -> None:
    digest = replace(morning, reason="quiet")
    assert subject(digest, BERLIN) == "[CRITICAL] Quiet hours: 4 alerts, 2 watches, 25 Nov 09:00"
    assert "quiet hours; these came in them" in plain_text(digest, BERLIN)


@pytest.mark.parametrize(
    ("gaps", "title", "says"),
    [
        (0, "Digest: no alerts, 25 Nov 09:00", "As far as is known, no source was missed."),
        (1, "Digest: no alerts, 1 source not seen, 25 Nov 09:00", "Not seen meanwhile:"),
        (2, "Digest: no alerts, 2 sources not seen, 25 Nov 09:00", "Not seen meanwhile:"),
    ],
)
def test_an_empty_digest_says_so_and_whether_all_was_seen(
    morning: Digest, gaps: int, title: str, says: str
) -> None:
    # given
    digest = replace(morning, alerts=(), count=0, gaps=morning.gaps[:gaps])

    # then
    assert subject(digest, BERLIN) == title
    assert "Nothing was found in that time." in plain_text(digest, BERLIN)
    assert says in plain_text(digest, BERLIN)


def test_a_flood_is_some_alerts_and_a_count_with_the_command_that_shows_them(
    morning: Digest, told: Callable[..., Alert]
) -> None:
    # given
    alerts = tuple(told(number) for number in range(70))
    digest = replace(of_one_watch(morning, "at_most"), alerts=alerts, count=10_000)

    # when
    text, page = plain_text(digest, BERLIN), html_text(digest, BERLIN)

    # then
    assert subject(digest, BERLIN) == "10,000 more: U.S. and Iran over Iraq"
    assert text.count("\n> ") == page.count("<blockquote") == 50
    for shown in (text, page):
        assert "and 20 more: `wirewatch alerts --watch us-iran-over-iraq --last 70`" in shown
        assert f"and 9,930 more {UNKNOWN}" in shown
    assert len(page) < 100_000


def test_how_many_more_of_which_watch_is_said(morning: Digest, told: Callable[..., Alert]) -> None:
    # given
    rest = (
        Rest(watch="all", title="Everything\n<b>", count=9_980),
        Rest(watch="us-iran-over-iraq", title="U.S. and Iran over Iraq", count=17),
    )
    digest = replace(morning, count=10_001, rest=rest)

    # when
    text, page = plain_text(digest, BERLIN), html_text(digest, BERLIN)

    # then
    assert subject(digest, BERLIN) == "[CRITICAL] Digest: 10,001 alerts, 3 watches, 25 Nov 09:00"
    assert "U.S. and Iran over Iraq (20)\n" in text
    assert "and 17 more: `wirewatch alerts --watch us-iran-over-iraq --last 20`" in text
    assert "\n9,980 more: Everything <b>\n" in text
    assert "9,980 more: Everything &lt;b&gt;</p>" in page
    assert "9,980 more: Everything <b>" in printed(digest, columns=None, colour=False)


def test_of_many_watches_without_a_place_the_last_are_summed_up(morning: Digest) -> None:
    rest = tuple(Rest(watch=f"w{n}", title=f"W {n}", count=30 - n) for n in range(25))
    digest = replace(morning, count=4 + sum(each.count for each in rest), rest=rest)

    text = plain_text(digest, BERLIN)

    assert "\n11 more: W 19\n40 more: 5 other watches\n" in text


@pytest.mark.parametrize(
    ("reason", "rate", "says"),
    [
        ("at_most", (20, 3600), "The watch tells at most 20 an hour here (`at_most`)"),
        ("at_most", (5, 86_400), "at most 5 a day here"),
        ("at_most", (3, 5400), "at most 3 in 90 minutes here"),
        ("cooldown", (1, 21_600), "rests for 6 hours after it has told something (`cooldown`)"),
    ],
)
def test_the_reason_says_how_much_the_watch_may_tell(
    morning: Digest, reason: GatherReason, rate: tuple[int, int], says: str
) -> None:
    most, span_s = rate
    allowed = Rate(most=most, span=timedelta(seconds=span_s))
    digest = replace(of_one_watch(morning, reason), rate=allowed)

    for shown in (
        plain_text(digest, BERLIN),
        html_text(digest, BERLIN),
        printed(digest, columns=None, colour=False),
        "\n".join(lines(digest)),
    ):
        assert says in shown
    assert document(digest)["data"]["rate"] == {"most": most, "span_s": span_s}


def test_that_a_watch_is_paused_by_now_is_said(morning: Digest) -> None:
    since = morning.until
    own = of_one_watch(morning, "cooldown")
    one = replace(own, paused=((own.watch, since),))
    several = replace(morning, paused=(("floods", since), ("us-iran-over-iraq", since)))

    for digest, says in (
        (
            one,
            "The watch is paused since Wed 25 Nov 2026, 09:00 CET: what came before",
        ),
        (several, "Paused meanwhile: Floods on the Vistula, U.S. and Iran over Iraq."),
    ):
        for shown in (
            plain_text(digest, BERLIN),
            html_text(digest, BERLIN),
            printed(digest, columns=None, colour=True, zone=BERLIN),
            "\n".join(lines(digest, BERLIN)),
        ):
            assert says in shown
    assert document(one)["data"]["paused"] == [
        {"watch": "us-iran-over-iraq", "since": "2026-11-25T08:00:00Z"}
    ]


def test_how_many_watches_is_not_said_where_not_all_alerts_are_at_hand(morning: Digest) -> None:
    digest = replace(morning, count=400)
    assert subject(digest, BERLIN) == "[CRITICAL] Digest: 400 alerts, 25 Nov 09:00"
    assert f"and 396 more {UNKNOWN}" in plain_text(digest, BERLIN)


def test_further_alerts_of_an_event_end_in_a_count(
    morning: Digest, told: Callable[..., Alert]
) -> None:
    digest = replace(morning, alerts=tuple(told(n, event="e") for n in range(9)), count=9)
    for shown in (plain_text(digest, BERLIN), html_text(digest, BERLIN)):
        assert "and 4 more of the same event" in shown


@pytest.mark.parametrize(
    ("since", "until", "shown"),
    [
        ((2026, 11, 25, 6), (2026, 11, 25, 7), "Wed 25 Nov 2026, 07:00 to 08:00 CET"),
        (
            (2026, 11, 24, 7),
            (2026, 11, 25, 7),
            "Tue 24 Nov 2026, 08:00 to Wed 25 Nov 2026, 08:00 CET",
        ),
        (
            (2026, 10, 24, 22),
            (2026, 10, 25, 22),
            "Sun 25 Oct 2026, 00:00 CEST to Sun 25 Oct 2026, 23:00 CET",
        ),
    ],
)
def test_its_time_is_told_in_the_zone_also_over_a_change_of_clocks(
    morning: Digest, since: tuple[int, ...], until: tuple[int, ...], shown: str
) -> None:
    digest = replace(
        morning,
        since=datetime(*since, tzinfo=UTC),  # type: ignore[misc, arg-type]  # four numbers
        until=datetime(*until, tzinfo=UTC),  # type: ignore[misc, arg-type]  # four numbers
    )
    assert f"\n{shown}\n" in plain_text(digest, BERLIN)


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        (datetime(2026, 11, 25, 5, 7, tzinfo=UTC), "· 06:07"),
        (datetime(2026, 11, 24, 23, 7, tzinfo=UTC), "· 00:07"),
        (datetime(2026, 11, 24, 22, 7, tzinfo=UTC), "· 24 Nov, 23:07"),
        (datetime(2024, 5, 3, 12, 0, tzinfo=UTC), "· 3 May 2024"),
        (None, "· 14 May 2024"),
    ],
)
def test_a_time_is_told_as_briefly_as_it_can_be(
    morning: Digest, told: Callable[..., Alert], published: datetime | None, shown: str
) -> None:
    digest = replace(morning, alerts=(told(1, published=published),), count=1)
    assert f"Example World {shown} · in 3" in plain_text(digest, BERLIN)


def test_an_update_says_in_how_many_sources_the_story_is_by_now(
    morning: Digest, told: Callable[..., Alert]
) -> None:
    alert = told(1)
    again = replace(alert, update=Update(step=3, at=morning.until, copy=alert.article))
    digest = replace(morning, alerts=(again,), count=1)
    assert "now in 3 sources" in plain_text(digest, BERLIN)


def test_a_revision_says_when(morning: Digest, told: Callable[..., Alert]) -> None:
    alert = told(1)
    update = Update(step=0, at=morning.until, copy=alert.article, revision="r2")
    digest = replace(morning, alerts=(replace(alert, update=update),), count=1)
    assert "24 Nov, 13:01 · revised 09:00 · now in 3 sources\n" in plain_text(digest, BERLIN)


def test_many_gaps_end_in_a_count(morning: Digest) -> None:
    gaps = tuple(
        Gap(source=f"s{n}", source_name=None, kind="silent", since=morning.since) for n in range(27)
    )
    text = plain_text(replace(morning, gaps=gaps), BERLIN)
    assert text.count(": is unusually silent since ") == 20
    assert "and 7 more: `wirewatch feeds --failing` shows what fails now" in text


def test_every_attempt_is_the_same_mail(morning: Digest) -> None:
    first, again = (
        letter(
            Delivery(id="d1", alert="d5", channel="desk", attempts=attempts), morning, ENVELOPE
        ).as_bytes()
        for attempts in (1, 7)
    )
    assert first == again


def test_a_digest_of_one_is_in_the_singular(morning: Digest) -> None:
    digest = replace(morning, alerts=morning.alerts[:1], count=1)
    assert subject(digest, BERLIN) == "Digest: 1 alert, 1 watch, 25 Nov 09:00"


def test_a_long_title_of_a_watch_is_cut_in_the_subject(morning: Digest) -> None:
    digest = replace(of_one_watch(morning, "cooldown"), title="word " * 2000)
    assert len(subject(digest, BERLIN)) <= 180


def test_a_right_to_left_headline_does_not_turn_its_line_around(
    morning: Digest, told: Callable[..., Alert]
) -> None:
    # given
    title = "العراق يفتح تحقيقا في الهجوم"
    alerts = (told(1, event="e", headline=title), told(2, event="e"))

    # when
    digest = replace(morning, alerts=alerts, count=2)

    # then
    assert f"  + \u2068{title}\u2069 · Example World · 24 Nov" in plain_text(digest, BERLIN)
    assert "<bdi><a href" in html_text(digest, BERLIN)
    for colour in (True, False):
        assert f"\u2068{title}\u2069" in printed(digest, columns=None, colour=colour)


@pytest.mark.parametrize("severity", ["low", "normal", "high", "critical"])
def test_a_summary_is_as_grave_as_its_worst_alert(
    morning: Digest, told: Callable[..., Alert], severity: Severity
) -> None:
    # given
    alerts = (told(1, severity="low"), told(2, severity=severity), told(3, severity="low"))
    summary = replace(of_one_watch(morning, "at_most"), alerts=alerts)

    # when
    mail = received(summary)

    # then
    grave = severity in {"high", "critical"}
    tag = f"[{severity.upper()}] " if grave else ""
    assert mail["Subject"] == f"{tag}3 more: U.S. and Iran over Iraq"
    assert mail["Importance"] == ("high" if grave else None)
    assert mail["X-Wirewatch-Severity"] == severity
    assert heading(summary) == mail["Subject"]
    empty = received(replace(morning, alerts=(), count=0))
    assert (empty["X-Wirewatch-Severity"], empty["Importance"]) == (None, None)
