"""Articles beside its own that made an alert up, and a watch that finds nothing, as it is told."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.alerts.silence import silence
from monitor.channels import digest_letter
from monitor.channels.alert_letter import html_text, plain_text, subject
from monitor.channels.atom import Config, open_channel
from monitor.channels.note import lines
from monitor.channels.outline import outline
from monitor.channels.sheet import printed
from monitor.model import Alert, Counted, Delivery, Digest, Elsewhere, Rate, Update, Watch

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def third(told: Callable[..., Alert]) -> Alert:
    """The third story of a watch that speaks at three."""
    before = tuple(
        Counted(story=f"s{number}", at=NOON, article=told(number).article) for number in (1, 2)
    )
    return replace(told(3), counted=before)


@pytest.fixture
def silent() -> Alert:
    watch: dict[str, Any] = {"expect": Rate(most=1, span=timedelta(days=1)), "notify": ("desk",)}
    return silence(
        Watch(id="river-levels", title="River levels", when="river", **watch),
        found=0,
        since=NOON,
        gaps=(),
        now=NOON + timedelta(days=1),
    )


def test_a_mail_names_the_stories_that_came_before(third: Alert) -> None:
    assert (
        "It is told because these came before (`threshold`):\n"
        "  + Envoys, part 1 · Example World · Wed 25 Nov 2026, 12:00 UTC\n"
        "    https://example.org/1\n"
        "  + Envoys, part 2 · Example World · Wed 25 Nov 2026, 12:00 UTC\n"
        "    https://example.org/2\n"
    ) in plain_text(third)
    page = html_text(third)
    assert '<a href="https://example.org/1" rel="noopener noreferrer">Envoys, part 1</a>' in page
    assert page.count("<li>") == 2


def test_those_without_title_or_link_are_named_all_the_same(third: Alert) -> None:
    # given
    first, second = third.counted
    bare = replace(first, article=replace(first.article, title="", url="javascript:x"))

    # when
    text = plain_text(replace(third, counted=(bare, second)))

    # then
    assert "  + (no title) · Example World · Wed 25 Nov 2026, 12:00 UTC\n  + Envoys" in text


@pytest.mark.parametrize("colour", [True, False])
def test_the_console_names_them_in_a_line_each(third: Alert, *, colour: bool) -> None:
    shown = printed(third, columns=None, colour=colour)
    assert "+ Envoys, part 1 · " in shown.replace("\x1b[2m", "").replace("\x1b[0m", "")


def test_an_alert_without_threshold_names_none(told: Callable[..., Alert]) -> None:
    assert "threshold" not in plain_text(told(1)) + html_text(told(1))


def test_that_a_watch_finds_nothing_comes_from_us_and_says_what_to_look_at(silent: Alert) -> None:
    # when
    text = plain_text(silent)

    # then
    assert text.startswith("River levels\n\nRiver levels has found no story in 1 day\nWirewatch ·")
    assert "> At least 1 was expected (`expect`). As far as is known, nothing was missed" in text
    assert "the watch “River levels” (river-levels) expects more (`expect`)" in text
    assert "`wirewatch feeds --failing`" in text
    assert "[ops]" not in text


def test_in_a_digest_it_stands_with_its_watch(silent: Alert, morning: Digest) -> None:
    (section,) = outline(replace(morning, alerts=(silent,), count=1)).sections
    assert section.watch == "river-levels"


@pytest.fixture
def halves(envoys: Alert, told: Callable[..., Alert]) -> Alert:
    """One article names the U.S., another of the same event names Iran."""
    own, others = envoys.evidence[:1], envoys.evidence[1:]
    article = replace(envoys.article, source_name="Gulf Wire", url="https://example.org/other")
    return replace(told(1), evidence=own, elsewhere=(Elsewhere(article=article, evidence=others),))


def test_a_mail_quotes_the_other_articles_that_satisfy_the_watch_with_its_own(
    halves: Alert,
) -> None:
    # when
    text, page = plain_text(halves), html_text(halves)

    # then
    assert (
        "Together with (`scope`):\n"
        "U.S. and «Iranian» envoys meet in «Baghdad» as militia attacks mount\n"
        "Gulf Wire · Tue 14 May 2024, 09:12 UTC\n"
        "https://example.org/other\n\n"
        "> The «U.S.» envoy"
    ) in text
    assert "found: actor:us (U.S.), actor:iran (Iranian), place:iraq (Baghdad)." in text
    assert '<h3 dir="auto"><a href="https://example.org/other"' in page
    assert page.count("<blockquote") == text.count("\n> ") == 2


@pytest.mark.parametrize("colour", [True, False])
def test_the_console_names_them(halves: Alert, *, colour: bool) -> None:
    shown = re.sub(r"\x1b\[[0-9;]*m|[«»]", "", printed(halves, columns=None, colour=colour))
    assert "& U.S. and Iranian envoys meet in Baghdad as militia attacks mount\n" in shown
    assert "Gulf Wire · Tue 14 May 2024" in shown
    assert shown.count("“") == 1


@pytest.mark.parametrize("colour", [True, False])
def test_a_digest_names_them_in_a_line(halves: Alert, morning: Digest, *, colour: bool) -> None:
    # given
    digest = replace(morning, alerts=(halves,), count=1)
    line = "& U.S. and Iranian envoys meet in Baghdad as militia attacks mount · Gulf Wire · 14 May"

    # then
    shown = printed(digest, columns=None, colour=colour)
    assert line in re.sub(r"\x1b\[[0-9;]*m|[«»]", "", shown)
    assert line in re.sub("[«»]", "", digest_letter.plain_text(digest, UTC))
    assert "https://example.org/other" in digest_letter.plain_text(digest, UTC)
    assert '<li>&amp; <bdi><a href="https://example.org/other"' in digest_letter.html_text(
        digest, UTC
    )


def test_the_reader_of_an_update_has_seen_them(halves: Alert, third: Alert) -> None:
    for alert in (halves, third):
        update = Update(step=5, at=NOON, copy=alert.article)
        text = plain_text(replace(alert, update=update))
        assert "`scope`" not in text
        assert "`threshold`" not in text


def test_a_chat_names_and_quotes_the_other_articles(halves: Alert) -> None:
    # when
    said = "\n".join(lines(halves))

    # then
    assert (
        "Together with (`scope`):\n"
        "& U.S. and Iranian envoys meet in Baghdad as militia attacks mount"
        " · Gulf Wire · Tue 14 May 2024, 09:12 UTC\n"
        "“The U.S. envoy"
    ) in said
    assert "https://example.org/other\n" in said


def test_a_chat_names_the_stories_that_came_before(third: Alert) -> None:
    said = "\n".join(lines(third))
    assert (
        "It is told because these came before (`threshold`):\n"
        "+ Envoys, part 1 · Example World · Wed 25 Nov 2026, 12:00 UTC\n"
        "https://example.org/1\n"
        "+ Envoys, part 2 · "
    ) in said


def test_a_digest_in_a_chat_names_them(halves: Alert, third: Alert, morning: Digest) -> None:
    said = "\n".join(lines(replace(morning, alerts=(halves, third), count=2)))
    assert "\n& U.S. and Iranian envoys meet in Baghdad as militia attacks mount (Gulf" in said
    assert "\n& Envoys, part 1 (Example World · Wed 25 Nov 2026, 12:00 UTC)\n& Envoys, part" in said


@pytest.mark.parametrize("colour", [True, False])
def test_a_digest_names_the_stories_that_came_before(
    third: Alert, morning: Digest, *, colour: bool
) -> None:
    # given
    digest = replace(morning, alerts=(third,), count=1)
    line = "& Envoys, part 1 · Example World · 25 Nov, 12:00"
    digest = replace(digest, until=NOON + timedelta(days=1))

    # then
    shown = printed(digest, columns=None, colour=colour)
    for text in (
        re.sub(r"\x1b\[[0-9;]*m", "", shown),
        digest_letter.plain_text(digest, UTC),
    ):
        assert line in text
        assert "    https://example.org/1\n" in text.replace("▌ ", "    ")
    assert '<li>&amp; <bdi><a href="https://example.org/1"' in digest_letter.html_text(digest, UTC)


def test_a_feed_of_alerts_names_them(halves: Alert, third: Alert) -> None:
    # given
    feed = open_channel("feed", Config(folder="/var/feed"), allow=(), contact="")
    delivery = Delivery(id="d", alert="a", channel="feed")

    # when
    half, whole = (html.unescape(feed.draft(delivery, each)) for each in (halves, third))

    # then
    assert "<p>Together with (`scope`):</p>" in half
    assert 'href="https://example.org/other"' in half
    assert "<blockquote" in half.partition("Together")[2]
    assert "<p>It is told because these came before (`threshold`):</p>" in whole
    assert '<p><a href="https://example.org/2" rel="noopener noreferrer">Envoys, part 2<' in whole


def test_the_mail_of_a_silent_watch_says_its_name_once_and_its_alert(silent: Alert) -> None:
    assert subject(silent) == "River levels has found no story in 1 day"
    assert f"Raised Thu 26 Nov 2026, 12:00 UTC as alert {silent.id}.\n" in plain_text(silent)
