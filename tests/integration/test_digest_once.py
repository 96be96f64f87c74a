"""A digest is told once for its time, with all that goes into it, whoever's clock is behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from newsroom import NOON, WATCH, House

from monitor import telemetry
from monitor.channels.digest_letter import plain_text
from monitor.channels.digest_letter import subject as subject_of
from monitor.model import DELIVERIES, Digest, Hours, Message, Timing
from monitor.store import Store, keys
from monitor.store.gatherings import AT_A_TIME
from workers.release import Release

HOUR = timedelta(hours=1)
AT_18 = NOON + 6 * HOUR
EVENING = Timing(mode="digest", at=time(18))


@pytest.fixture
def house(store: Store) -> House:
    telemetry.set_up(level="error", format_="json")
    return House(store=store)


def supervisor(house: House, at: datetime) -> Release:
    return Release(
        store=house.store,
        timings={"desk": house.timing},
        sources=(),
        watches={},
        now=lambda: at,
        log=telemetry.logger(),
    )


@pytest.mark.parametrize("stories", [(), (0,)])
@pytest.mark.parametrize("behind", [timedelta(seconds=0.5), timedelta(hours=2)])
def test_an_empty_digest_is_told_once_though_a_clock_is_behind(
    house: House, stories: tuple[int, ...], behind: timedelta
) -> None:
    # given
    house.timing = replace(EVENING, empty=True)
    house.release()
    house.stories(*stories)
    house.now = AT_18
    first, second = supervisor(house, AT_18), supervisor(house, AT_18 - behind)
    expect: Callable[[str, datetime], None] = house.store.gatherings.expect

    def between(channel: str, due: datetime) -> None:
        house.store.gatherings.expect = expect  # type: ignore[method-assign]
        second.run()
        expect(channel, due)

    # when: the turn of the second comes between the first one's release and what it expects next
    house.store.gatherings.expect = between  # type: ignore[method-assign]
    first.run()
    told = house.mail()
    house.later(seconds=1)
    house.release()
    told += house.mail()
    # then
    assert [each.count for each in told if isinstance(each, Digest)] == [len(stories)]
    (waiting,) = house.store.gatherings.all()
    assert waiting.due == AT_18 + 24 * HOUR


def test_a_digest_is_expected_once_however_often_it_is_sent(house: House) -> None:
    for _ in range(2):
        house.store.gatherings.expect("desk", AT_18)
    house.store.gatherings.expect("desk", AT_18 - HOUR)

    (waiting,) = house.store.gatherings.all()
    assert waiting.due == AT_18


def test_a_clock_that_was_ahead_by_days_keeps_back_none_for_long(house: House) -> None:
    house.timing = replace(EVENING, empty=True)
    in_a_year = NOON + 365 * 24 * HOUR
    house.store.client.hset(keys.digested(), "desk", int(in_a_year.timestamp() * 1000))

    house.release()

    (waiting,) = house.store.gatherings.all()
    assert waiting.due == AT_18


def test_one_whose_delivery_is_made_is_not_made_again(house: House) -> None:
    # given: it was told, and is expected anew by who knows nothing of that
    house.timing = replace(EVENING, empty=True)
    house.release()
    house.now = AT_18
    (due,) = house.store.gatherings.due(house.now)
    assert house.store.gatherings.release(due, house.now, empty=True) == "told"
    assert len(house.mail()) == 1
    house.store.client.zadd(keys.gathered(), {due.name: due.due_ms})
    # when
    answers = [house.store.gatherings.release(due, house.now, empty=True) for _ in range(2)]
    # then
    assert answers == ["void", "void"]
    assert house.store.gatherings.all() == ()
    assert house.store.view.depth(DELIVERIES).total == 0
    assert house.store.client.hget(keys.delivery(due.delivery), "state") == b"sent"


def test_all_that_goes_into_a_digest_is_in_it_however_much_is_due_beside_it(house: House) -> None:
    # given: alerts of many watches wait for their hours, one for the digest of the same time
    hours = Hours(begin=time(18), end=time(20))
    watches = {f"w{n}": replace(WATCH, id=f"w{n}", hours=hours) for n in range(AT_A_TIME + 20)}
    house.others, house.timing = watches, Timing()
    house.stories(0)
    house.mail()
    house.others, house.timing = {}, EVENING
    house.stories(1)
    house.others = watches
    assert len(house.store.gatherings.all()) == len(watches) + 1
    # when
    told: list[Message] = []
    for second in range(5):
        house.now = AT_18 + timedelta(seconds=second)
        house.release()
        told += house.mail()
    # then
    assert [each.count for each in told if isinstance(each, Digest)] == [len(watches) + 1]


def told_at(house: House, at: datetime) -> Digest:
    house.now = at
    house.release()
    (digest,) = house.mail()
    assert isinstance(digest, Digest)
    return digest


@pytest.mark.parametrize("every", ["hour", "day", "week"])
def test_the_first_digest_tells_of_no_time_before_the_channel_was_known(
    house: House, every: str
) -> None:
    # given: Wirewatch is started at 12:02
    house.timing = Timing(mode="digest", every=every, at=time(13), empty=True, weekday=6)  # type: ignore[arg-type]
    house.later(minutes=2)
    begun = house.now
    house.release()
    house.later(minutes=3)
    # when
    digest = told_at(house, NOON + HOUR)
    # then
    assert (digest.since, digest.until, digest.first) == (begun, NOON + HOUR, True)
    text = plain_text(digest, UTC)
    assert "Sun 1 Mar 2026, 12:02 to 13:00 UTC" in text
    assert "this is its first one. Nothing was found in that time." in text
    # and: the next one begins there
    house.later(seconds=1)
    house.release()
    after = told_at(house, house.store.gatherings.all()[0].due)
    assert (after.since, after.first) == (NOON + HOUR, False)
    assert "first" not in plain_text(after, UTC)


def test_a_first_digest_with_alerts_claims_no_last_one(house: House) -> None:
    house.timing = EVENING
    house.release()
    house.later(minutes=2)
    house.stories(0)

    digest = told_at(house, AT_18)

    assert (digest.since, digest.first) == (NOON, True)
    assert "This channel tells in digests: this is its first one." in plain_text(digest, UTC)


def test_a_channel_whose_alerts_waited_before_it_was_met_has_told_digests_before(
    house: House,
) -> None:
    # given: a version that did not note since when it knows a channel has gathered for it
    house.timing = EVENING
    house.stories(0)
    house.later(hours=2)
    # when: this one begins, and the time comes
    house.release()
    digest = told_at(house, AT_18)
    # then: it tells of the time since the digest before, by the clock
    assert (digest.since, digest.first) == (AT_18 - timedelta(days=1), False)


def test_channels_are_met_once_however_often_it_is_sent(store: Store) -> None:
    for _ in range(2):
        assert store.gatherings.met(["a", "b"], NOON) == {"a": NOON, "b": NOON}

    assert store.gatherings.met(["b", "c"], AT_18) == {"b": NOON, "c": AT_18}


def urgent(house: House) -> None:
    house.watch = replace(WATCH, severity="critical")


def test_an_empty_digest_does_not_say_that_nothing_was_found_where_something_was_told_at_once(
    house: House,
) -> None:
    # given
    urgent(house)
    house.timing = replace(EVENING, empty=True)
    house.release()
    house.later(hours=1)
    house.stories(0)
    assert len(house.mail()) == 1
    # when
    digest = told_at(house, AT_18)
    # then
    assert subject_of(digest, UTC) == "Digest: no other alerts, 1 Mar 18:00"
    text = plain_text(digest, UTC)
    assert "Nothing waited for this digest: what there was to tell was told at once." in text
    assert "Nothing was found" not in text
    # and: of the next day it is true again
    house.later(seconds=1)
    house.release()
    assert "Nothing was found in that time." in plain_text(told_at(house, AT_18 + 24 * HOUR), UTC)


def test_nor_where_it_was_told_as_a_summary(house: House) -> None:
    urgent(house)
    house.watch = replace(house.watch, cooldown=HOUR)
    house.timing = replace(EVENING, empty=True)
    house.release()
    house.stories(0, 1)
    house.mail()
    house.store.client.delete(keys.told_apart())
    house.later(hours=1, seconds=1)
    house.release()
    assert [each.count for each in house.mail() if isinstance(each, Digest)] == [1]

    assert told_at(house, AT_18).apart
