"""Paused and ended watches; new files beside a desk that is in force."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.app import Desk, reload
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


def test_a_reload_tells_what_is_different(knowledge: Knowledge) -> None:
    desk = Desk.of((DRONE, Watch(id="old", title="Old", when="kite")), knowledge)

    reloaded = desk.reloaded(
        (replace(DRONE, when="drone*"), Watch(id="new", title="New", when="toy")), knowledge
    )

    assert reloaded.added == ("new",)
    assert reloaded.changed == ("drone",)
    assert reloaded.removed == ("old",)
    assert reloaded.desk.watchlist.watches == ("drone", "new")
    assert desk.watchlist.watches == ("drone", "old")


def test_a_watch_that_fails_its_examples_stays_as_it_was_or_out(knowledge: Knowledge) -> None:
    desk = Desk.of((DRONE,), knowledge)
    worse = replace(DRONE, when="kite")
    bad = Watch(id="bad", title="Bad", when="toy", must_not_match=("A toy.",))

    reloaded = desk.reloaded((worse, bad), knowledge)

    assert reloaded.desk.watches == {"drone": DRONE}
    assert reloaded.changed == reloaded.added == ()
    assert {failure.watch for failure in reloaded.failures} == {"drone", "bad"}


def test_a_bad_file_leaves_the_old_in_force(knowledge: Knowledge, tmp_path: Path) -> None:
    desk = Desk.of((DRONE,), knowledge)
    (tmp_path / "watchlist.toml").write_text('[watch.drone]\nwhen = "a OR b AND c"\n')

    refused = reload(desk, tmp_path)
    (tmp_path / "watchlist.toml").write_text('[watch.kite]\nwhen = "kite"\nuntil = "2026-12-31"\n')
    taken = reload(desk, tmp_path)

    assert refused.desk is desk
    assert refused.problems
    assert taken.added == ("kite",)
    assert taken.desk.watches["kite"].until == date(2026, 12, 31)
