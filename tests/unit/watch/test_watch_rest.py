"""Paused and ended watches."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from monitor.app import Desk
from monitor.lexicon import Knowledge
from monitor.model import Match, Watch

Judge = Callable[..., tuple[Match, ...]]
DRONE = Watch(id="drone", title="Drones", when="drone", must_match=("A drone.",))


def test_a_paused_watch_matches_nothing_but_its_examples_are_tried(
    judge: Judge, knowledge: Knowledge
) -> None:
    paused = replace(DRONE, enabled=False, must_match=("A drone.", "A kite."))

    failures = Desk.of((paused,), knowledge).failing_examples()

    assert judge((paused,), "A drone.") == ()
    assert [failure.text for failure in failures] == ["A kite."]


@pytest.mark.parametrize(("day", "matches"), [(1, 1), (2, 1), (3, 0)])
def test_a_watch_counts_its_last_day(judge: Judge, day: int, matches: int) -> None:
    ending = replace(DRONE, until=date(2026, 5, 2))

    found = judge((ending,), "A drone.", fetched=datetime(2026, 5, day, tzinfo=UTC))

    assert len(found) == matches
    assert ending.is_active(date(2026, 5, day)) is bool(matches)
