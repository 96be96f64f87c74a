"""Watches that are expected to find something, and do not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor import telemetry
from monitor.model import Rate, Watch
from monitor.store import Store, keys
from workers.silence import Silence

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WATCH = Watch(
    id="river",
    title="River levels",
    when="river",
    notify=("desk",),
    expect=Rate(most=1, span=timedelta(days=1)),
)


@dataclass
class Look:
    """Looks of two supervisors at one moment."""

    store: Store

    def at(self, hours: float, *watches: Watch) -> list[str]:
        """The titles of all alerts so far."""
        for number in range(2):
            Silence(
                store=self.store,
                watches=watches,
                timings={},
                sources=(),
                worker=f"w{number}",
                now=lambda: NOON + timedelta(hours=hours),
                log=telemetry.logger(),
            ).run()
        return [alert.article.title for alert in self.store.view.alerts(100)]

    def heard(self, hours: float) -> None:
        at = int((NOON + timedelta(hours=hours)).timestamp() * 1000)
        self.store.client.zadd(keys.heard("river"), {f"s{at}": at})


@pytest.fixture
def look(store: Store) -> Look:
    telemetry.set_up(level="error", format_="json")
    return Look(store)


def test_it_is_told_once_when_a_whole_span_has_brought_nothing(look: Look) -> None:
    assert look.at(0, WATCH) == []
    assert look.at(23, WATCH) == []
    assert look.at(24, WATCH) == ["River levels has found no story in 1 day"]
    assert len(look.at(48, WATCH)) == 1


def test_what_it_finds_ends_a_silence_and_the_next_is_another_one(look: Look) -> None:
    look.at(0, WATCH)
    look.at(25, WATCH)
    look.heard(26)
    assert len(look.at(27, WATCH)) == 1
    assert len(look.at(49, WATCH)) == 1
    assert len(look.at(51, WATCH)) == 2


def test_an_expectation_that_was_taken_back_begins_anew(look: Look) -> None:
    look.at(0, WATCH)
    look.at(1, replace(WATCH, expect=None))
    assert look.at(800, WATCH) == []
    assert len(look.at(825, WATCH)) == 1


def test_nothing_is_expected_of_a_watch_that_rests(look: Look) -> None:
    look.at(0, WATCH)
    look.store.paused_watches.pause("river", NOON)
    assert look.at(100, WATCH) == []
