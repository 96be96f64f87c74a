"""An alert on a terminal and in a log."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from monitor.channels.sheet import printed
from monitor.model import Alert, Severity

COLOUR = re.compile(r"\x1b\[[0-9;]*m")

IN_A_LOG = """\
[HIGH] U.S. and Iran over Iraq
  «U.S.» and «Iranian» envoys meet in «Baghdad» as militia attacks mount
  Example World · Tue 14 May 2024, 09:12 UTC · 2 other sources
  “The «U.S.» envoy and «Iran»'s deputy foreign minister sat down in «Baghdad» on Tuesday, the \
first such meeting since rockets fell on the base at Ain al-Asad in March, two «Iraqi» officials \
said.”
  “Neither Washington nor «Tehran» would say whether the «Iraqi» prime minister, who carried \
messages between the two sides for most of the winter, would be in the room.” (+1 more)
  About: US Iran relations · Iraq violence · Iraq
  https://example.org/world/2024/05/14/us-iran-envoys-baghdad?utm=1

"""


def test_in_a_log_lines_are_whole_and_matched_words_stand_between_guillemets(
    envoys: Alert,
) -> None:
    assert printed(envoys, columns=None, colour=False) == IN_A_LOG


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("columns", [20, 40, 72, 100])
def test_on_a_terminal_lines_fit_its_width(envoys: Alert, columns: int, colour: bool) -> None:
    # when
    lines = COLOUR.sub("", printed(envoys, columns=columns, colour=colour)).splitlines()

    # then: all but the link, which is copied and must stay whole
    assert all(len(row) <= columns for row in lines if "https://" not in row)
    assert any(row.endswith(envoys.article.url or "?") for row in lines)


def test_colour_and_log_show_the_same_words(envoys: Alert) -> None:
    # given
    def words(text: str) -> str:
        return re.sub(r"[\W_]+|About|HIGH", "", COLOUR.sub("", text))

    # then
    coloured = printed(envoys, columns=60, colour=True)
    assert words(coloured) == words(IN_A_LOG)


@pytest.mark.parametrize("severity", ["low", "normal", "high", "critical"])
def test_only_an_unusual_severity_is_named(envoys: Alert, severity: Severity) -> None:
    # when
    for colour in (True, False):
        first, *_ = printed(replace(envoys, severity=severity), columns=80, colour=colour).split(
            "\n"
        )

        # then
        assert (severity.upper() in first) is (severity != "normal")


def test_an_alert_with_little_to_say_is_short(envoys: Alert) -> None:
    # given
    article = replace(envoys.article, url=None, published=None, source_name=None)
    bare = replace(
        envoys,
        article=article,
        evidence=(),
        topics=(),
        severity="normal",
        sources=("example-world",),
    )

    # then
    assert printed(bare, columns=80, colour=False) == (
        "U.S. and Iran over Iraq\n"
        "  U.S. and Iranian envoys meet in Baghdad as militia attacks mount\n"
        "  example-world · no date\n\n"
    )
    assert len(printed(bare, columns=80, colour=True).splitlines()) == 4


@pytest.mark.parametrize("columns", [None, 80])
@pytest.mark.parametrize("colour", [True, False])
def test_no_text_can_command_the_terminal(
    envoys: Alert,
    trick: str,
    poison: Callable[[Alert, str], Alert],
    columns: int | None,
    colour: bool,
) -> None:
    # when
    text = printed(poison(envoys, trick), columns=columns, colour=colour)

    # then
    left = COLOUR.sub("", text) if colour else text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067\u200f]", left)
    assert text.endswith("\n\n")
    assert len(left) < 8000
    text.encode()


def test_wide_letters_are_counted_as_two_columns(envoys: Alert) -> None:
    # given
    chinese = replace(envoys, article=replace(envoys.article, title="河水" * 40), evidence=())

    # when
    rows = printed(chinese, columns=40, colour=False).splitlines()

    # then
    assert max(row.count("河") + row.count("水") for row in rows) == 19
