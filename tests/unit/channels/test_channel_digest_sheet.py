"""A digest on a terminal and in a log."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from monitor.channels.sheet import printed
from monitor.model import Alert, Digest

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
BERLIN = ZoneInfo("Europe/Berlin")
SENTENCE = (
    "    “The «U.S.» envoy and «Iran»'s deputy foreign minister sat down in «Baghdad» on Tuesday,"
    " the first such meeting since rockets fell on the base at Ain al-Asad in March, two «Iraqi»"
    " officials said.”"
)

IN_A_LOG = f"""\
Digest: 4 alerts, 2 watches
  Tue 24 Nov 2026, 13:00 to Wed 25 Nov 2026, 09:00 CET
  This channel tells in digests: these came since the last one.

Floods on the Vistula (1)
  [CRITICAL] Levee gives way
    Example World · 00:40 · in 3 sources
{SENTENCE}
    https://example.org/700

U.S. and Iran over Iraq (3)
  Envoys, part 3
    Example World · 24 Nov, 13:03 · in 3 sources
{SENTENCE}
    https://example.org/3
  Envoys, part 2
    Example World · 24 Nov, 13:02
{SENTENCE}
    https://example.org/2
    + Envoys, part 1 · Example World · 24 Nov, 13:01 · in 3 sources
      https://example.org/1

Not seen meanwhile
  Harbour Gazette: could not be read since 24 Nov, 13:00
  star: had about 40 entries go by unread since 24 Nov, 13:00

"""


def test_in_a_log_a_digest_is_indented_by_watch_and_event(morning: Digest) -> None:
    assert printed(morning, columns=None, colour=False, zone=BERLIN) == IN_A_LOG


def test_colour_and_log_show_the_same_words(morning: Digest) -> None:
    # given
    def words(text: str) -> str:
        return re.sub(r"[\W_]+", "", COLOUR.sub("", text))

    # then
    coloured = printed(morning, columns=60, colour=True, zone=BERLIN)
    assert words(coloured) == words(IN_A_LOG)


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("columns", [30, 72])
def test_on_a_terminal_lines_fit_its_width(morning: Digest, columns: int, *, colour: bool) -> None:
    lines = COLOUR.sub("", printed(morning, columns=columns, colour=colour)).splitlines()
    assert all(len(row) <= columns for row in lines if "https://" not in row)


def test_a_flood_of_one_watch_ends_in_a_count(morning: Digest, told: Callable[..., Alert]) -> None:
    # given
    digest = replace(
        morning,
        reason="at_most",
        watch="us-iran-over-iraq",
        title="U.S. and Iran over Iraq",
        alerts=tuple(told(number) for number in range(60)),
        count=10_000,
        gaps=(),
    )

    # when
    text = printed(digest, columns=None, colour=False)

    # then
    assert text.startswith("10,000 more: U.S. and Iran over Iraq\n")
    assert text.count("https://") == 50
    assert "and 10 more: `wirewatch alerts --watch us-iran-over-iraq --last 60`" in text
    assert "and 9,940 more that cannot be shown: what was kept of them is gone" in text


def test_further_alerts_of_an_event_end_in_a_count(
    morning: Digest, told: Callable[..., Alert]
) -> None:
    digest = replace(morning, alerts=tuple(told(n, event="e") for n in range(9)), count=9)
    assert "    + and 4 more of the same event\n" in printed(digest, columns=None, colour=False)


@pytest.mark.parametrize("colour", [True, False])
def test_no_text_can_command_the_terminal(
    morning: Digest, trick: str, poison: Callable[[Alert, str], Alert], *, colour: bool
) -> None:
    # given
    alerts = tuple(poison(alert, trick) for alert in morning.alerts)
    gaps = tuple(replace(gap, source=trick, source_name=trick) for gap in morning.gaps)
    digest = replace(morning, alerts=alerts, gaps=gaps, id=trick, channel=trick)

    # when
    for shown in (digest, replace(digest, watch=trick or "w", title=trick)):
        text = printed(shown, columns=80, colour=colour)

        # then
        left = COLOUR.sub("", text) if colour else text
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067\u200f]", left)
        assert len(left) < 20_000
        text.encode()
