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
    house.release()
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


EVENING, MORNING = Timing(mode="digest", at=time(18)), Timing(mode="digest", at=time(8))
AT_18, AT_8 = NOON + 6 * HOUR, NOON + 20 * HOUR


@pytest.mark.parametrize(
    ("before", "sent", "changed", "after", "told"),
    [
        pytest.param(EVENING, AT_18, 2 * HOUR, MORNING, AT_8, id="earlier"),
        pytest.param(MORNING, AT_8, HOUR, EVENING, AT_8 + 10 * HOUR, id="later, on the same day"),
        pytest.param(MORNING, AT_8, 23 * HOUR, EVENING, AT_8 + 34 * HOUR, id="later, at last"),
        pytest.param(
            MORNING,
            AT_8,
            HOUR,
            replace(MORNING, zone=ZoneInfo("America/New_York")),
            AT_8 + 5 * HOUR,
            id="zone",
        ),
        pytest.param(
            replace(MORNING, every="week", weekday=0),
            AT_8,
            100 * HOUR,
            MORNING,
            AT_8 + 120 * HOUR,
            id="from weeks to days",
        ),
        pytest.param(
            MORNING,
            AT_8,
            50 * HOUR,
            replace(MORNING, every="week", weekday=0),
            AT_8 + 168 * HOUR,
            id="from days to weeks",
        ),
        pytest.param(
            replace(MORNING, every="hour"),
            NOON + HOUR,
            0.5 * HOUR,
            MORNING,
            AT_8,
            id="from hours to days",
        ),
    ],
)
def test_a_digest_of_another_time_tells_of_all_since_the_last_that_was_sent(
    house: House,
    before: Timing,
    sent: datetime,
    changed: timedelta,
    after: Timing,
    told: datetime,
) -> None:
    # given: one was sent, and nobody was there for a while soon after
    house.timing = before
    house.stories(0)
    the_next(house, sent)
    no_worker(house, sent + timedelta(minutes=1), sent + timedelta(minutes=20))
    # when: an alert waits, and then the files say another time
    house.now = sent + changed - timedelta(minutes=1)
    house.stories(1)
    house.now = sent + changed
    house.timing = after
    digest = the_next(house, told)
    # then
    assert (digest.since, digest.until) == (sent, told)
    assert titles(digest) == ["1"]
    assert [gap.since for gap in digest.gaps] == [sent + timedelta(minutes=1)]


def test_so_does_an_empty_one(house: House) -> None:
    house.timing = replace(EVENING, empty=True)
    the_next(house, AT_18)
    house.later(minutes=1)
    house.release()
    house.timing = replace(MORNING, empty=True)

    digest = the_next(house, AT_8)

    assert (digest.since, digest.until, digest.count) == (AT_18, AT_8, 0)


def test_a_digest_that_is_released_twice_is_remembered_once(house: House) -> None:
    house.timing = EVENING
    house.stories(0)
    house.now = AT_18
    (due,) = house.store.gatherings.due(house.now)

    assert [house.store.gatherings.release(due, house.now) for _ in range(2)] == ["told", "void"]

    assert house.store.gatherings.told("desk") == AT_18
    assert house.store.gatherings.told("other") is None


def test_what_was_told_long_ago_is_no_digest_before(house: House) -> None:
    house.timing = EVENING
    house.stories(0)
    the_next(house, AT_18)
    house.later(days=40)
    house.stories(1)

    digest = the_next(house, AT_18 + timedelta(days=41))

    assert digest.since == AT_18 + timedelta(days=40)
