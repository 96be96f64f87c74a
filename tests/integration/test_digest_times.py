"""Of which time a digest tells, and that it goes out at none that nobody wants any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from newsroom import NOON, WATCH, House, titles

from monitor import telemetry
from monitor.model import Digest, Hours, Timing
from monitor.store import Store, keys

HOUR = timedelta(hours=1)
NIGHT = Hours(begin=time(22, 0), end=time(7, 0))


@pytest.fixture
def house(store: Store) -> House:
    telemetry.set_up(level="error", format_="json")
    return House(store=store)


def no_worker(house: House, since: datetime, until: datetime) -> None:
    name = f"worker {since.timestamp() * 1000:.0f}"
    house.store.client.zadd(keys.absences(), {name: until.timestamp() * 1000})


def the_next(house: House, at: datetime) -> Digest:
    """The digest that is told at that time: nothing else is meanwhile."""
    house.release()
    assert house.mail() == []
    house.now = at
    house.release()
    (digest,) = house.mail()
    assert isinstance(digest, Digest)
    return digest


def test_an_hourly_digest_tells_of_the_whole_night_that_was_quiet(house: House) -> None:
    # given: no worker from 21:30 to 23:00
    house.timing = Timing(mode="digest", every="hour", quiet=NIGHT, empty=True)
    house.now = NOON + 9 * HOUR
    begin, end = house.now + 0.5 * HOUR, house.now + 2 * HOUR
    no_worker(house, begin, end)

    # when
    house.later(minutes=1)
    digest = the_next(house, NOON + 19 * HOUR)

    # then
    assert digest.since == NOON + 9 * HOUR
    assert [(gap.since, gap.until) for gap in digest.gaps] == [(begin, end)]


def test_a_daily_digest_tells_of_all_25_hours_of_a_day(house: House) -> None:
    # given: the clock goes back, and no worker in the first of them
    house.timing = Timing(mode="digest", at=time(8), zone=ZoneInfo("Europe/London"), empty=True)
    begin = house.now = datetime(2026, 10, 24, 7, tzinfo=UTC)
    no_worker(house, begin, begin + 0.5 * HOUR)

    # when
    digest = the_next(house, begin + 25 * HOUR)

    # then
    assert digest.since == begin
    assert [gap.since for gap in digest.gaps] == [begin]


def test_a_digest_tells_of_all_the_time_since_its_first_alert_came(house: House) -> None:
    # given: it waits for a digest within the hours of its watch, while no other is wanted
    house.watch = replace(WATCH, hours=Hours(begin=time(7), end=time(9), days=(1,)))
    house.timing = Timing(mode="digest", at=time(8))
    house.stories(0)
    no_worker(house, NOON + HOUR, NOON + 2 * HOUR)

    # when
    digest = the_next(house, NOON + 44 * HOUR)

    # then
    assert digest.since == NOON
    assert [gap.since for gap in digest.gaps] == [NOON + HOUR]


def weekly(house: House) -> None:
    """An alert waits for the digest of next Sunday."""
    house.timing = Timing(mode="digest", every="week", weekday=6, at=time(11))
    house.stories(0)
    house.release()
    assert house.mail() == []


def test_what_waits_for_a_digest_is_told_where_the_channel_tells_none_any_more(
    house: House,
) -> None:
    weekly(house)
    house.timing = Timing()
    house.later(minutes=1)
    house.release()

    (digest,) = house.mail()
    assert isinstance(digest, Digest)
    assert (titles(digest), digest.gaps) == (["0"], ())
    assert digest.until == NOON + timedelta(minutes=1)
    assert house.store.gatherings.all() == ()


def test_it_is_told_when_quiet_hours_end_where_the_channel_has_them_then(house: House) -> None:
    weekly(house)
    house.timing = Timing(quiet=Hours(begin=time(11), end=time(13)))
    for _ in range(3):
        house.later(minutes=1)
        house.release()

    (waiting,) = house.store.gatherings.all()
    assert waiting.due == NOON + HOUR
    assert titles(the_next(house, NOON + HOUR)) == ["0"]


def test_an_empty_digest_that_nobody_wants_any_more_is_forgotten(house: House) -> None:
    house.timing = Timing(mode="digest", every="week", empty=True)
    house.release()
    house.timing = Timing()
    house.later(minutes=1)
    house.release()

    assert house.mail() == []
    assert house.store.gatherings.all() == ()
    assert list(house.store.client.scan_iter(keys.delivery("*"))) == []


def test_what_waits_for_a_channel_that_is_not_known_waits_on(house: House) -> None:
    weekly(house)
    house.store.client.zadd(keys.gathered(), {"lost digest ": NOON.timestamp() * 1000 + 1e6})
    house.timing = Timing()
    house.later(minutes=1)
    house.release()

    assert [each.channel for each in house.store.gatherings.all()] == ["lost"]
