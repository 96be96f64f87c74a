"""Notes: what a stranger writes stays words, in text, Markdown and HTML, and within the bound."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.note import Markup, heading, lines, note_of, written
from monitor.channels.trial import trial, trial_digest
from monitor.model import Alert, Message, Rest

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MARKUPS = get_args(Markup)


def of_alert(alert: Alert) -> Message:
    return alert


def of_digest(alert: Alert) -> Message:
    _, test = trial_digest("desk", NOON)
    return replace(test, alerts=(alert, alert), title=alert.title, watch=alert.watch)


class Tags(HTMLParser):
    """The tags of a note, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.links: set[str | None] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.links |= {value for name, value in attrs if name == "href"}
        assert {name for name, _ in attrs} <= {"href"}


@pytest.mark.parametrize("message_of", [of_alert, of_digest])
@pytest.mark.parametrize("markup", MARKUPS)
def test_a_strangers_words_stay_words(
    envoys: Alert,
    trick: str,
    poison: Callable[[Alert, str], Alert],
    markup: Markup,
    message_of: Callable[[Alert], Message],
) -> None:
    # given
    message = message_of(poison(envoys, trick))

    # when
    text = written(note_of(message), markup, at_most=4000, title=heading(message))

    # then
    assert len(text) <= 4000
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067\u2069\u061c]",
        text.replace("\u2068", "").replace("\u2069", ""),
    )
    text.encode()
    if markup == "html":
        tags = Tags()
        tags.feed(text)
        assert tags.found <= {"b", "br", "a"}
        assert all(link and link.startswith(("http://", "https://")) for link in tags.links)
    if markup == "markdown":
        assert not re.search(r"(?<!\\)<", text)


@pytest.mark.parametrize("markup", MARKUPS)
@given(text=st.text(st.sampled_from("ab *_`[]()<>#&|~\\-+=1.!@\n"), max_size=80))
def test_no_signs_of_markdown_get_through(markup: Markup, text: str) -> None:
    # given
    _, alert = trial("desk", NOON)
    hostile = replace(alert, article=replace(alert.article, title=f"x{text}"), evidence=())

    # when
    first = written(note_of(hostile), markup, at_most=4000).split("\n")[0]

    # then
    if markup == "markdown":
        inside = first.removeprefix("**").removesuffix("**")
        assert not re.search(r"(?<!\\)(?:\\\\)*[*_`\[\]<>~|#&]", inside)
    if markup == "html":
        assert "<" not in first.replace("<b>", "").replace("</b>", "").replace("<br />", "")


@pytest.mark.parametrize("name", ["everyone", "here", "CHANNEL", "All", "room"])
def test_nobody_can_call_everybody(envoys: Alert, name: str) -> None:
    # given
    loud = replace(envoys, title=f"@{name}", article=replace(envoys.article, title=f"@{name} @x"))

    # then
    said = heading(loud) + "".join(lines(loud))
    assert f"@{name}" not in said
    assert f"@\u200b{name}" in said
    assert "@x" in said


@given(at_most=st.integers(20, 3000), markup=st.sampled_from(MARKUPS), digest=st.booleans())
def test_no_note_is_longer_than_it_may_be(at_most: int, markup: Markup, digest: bool) -> None:
    message = (trial_digest if digest else trial)("desk", NOON)[1]
    text = written(note_of(message), markup, at_most=at_most, title=heading(message))
    assert 0 < len(text) <= at_most


def test_times_are_those_of_the_zone(envoys: Alert) -> None:
    from zoneinfo import ZoneInfo

    assert any("11:12 CEST" in line for line in lines(envoys, ZoneInfo("Europe/Berlin")))


def test_what_is_left_out_of_a_digest_is_counted(envoys: Alert) -> None:
    # given
    _, test = trial_digest("desk", NOON)
    alerts = tuple(replace(envoys, id=str(number)) for number in range(10))
    rest = (
        Rest(watch=envoys.watch, title="Stale", count=4),
        Rest(watch="floods", title="Floods @all", count=11),
    )
    digest = replace(test, alerts=alerts, count=26, gaps=(), rest=rest)

    # when
    text = written(note_of(digest), "text", at_most=700, title=heading(digest))

    # then
    shown = text.count(envoys.article.title)
    assert 0 < shown < 10
    assert text.endswith(
        f"\n… {14 - shown} more: {envoys.title}\n… 11 more: Floods @\u200ball\n"
        "… 1 more that cannot be shown: what was kept of it is gone, or cannot be read"
    )
