"""What waits for a channel waits as long as it has to, counts wherever it should, and is told as it
is by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from newsroom import NOON, TWO_AN_HOUR, WATCH, House, kinds, titles

from monitor import telemetry
from monitor.cli.watch import command as watch_command
from monitor.embedded import Embedded
from monitor.model import Alert, DeliveryState, Digest, Gathering, Hours, Message, Rate, Timing
from monitor.store import Store
from workers.silence import Silence

HOUR = timedelta(hours=1)
FOLLOWING = replace(WATCH, updates=(2, 3))
ONE_A_DAY = Rate(most=1, span=24 * HOUR)
SIESTA = Timing(quiet=Hours(begin=time(11, 0), end=time(13, 0)))


@pytest.fixture
def house(store: Store) -> House:
    telemetry.set_up(level="error", format_="json")
    return House(store=store)


def steps(messages: list[Message]) -> list[int]:
    """Of each alert the number of sources it is told at; 0 where it is told first."""
    return [
        alert.update.step if alert.update else 0
        for message in messages
        for alert in (message.alerts if isinstance(message, Digest) else [message])
    ]


def told_of(house: House, number: int) -> list[tuple[str, DeliveryState, datetime | None]]:
    (alert,) = [a for a in house.store.view.alerts(100) if a.article.title.endswith(str(number))]
    return [(each.update, each.state, each.due) for each in house.store.outbox.told(alert)]


def test_an_update_of_an_alert_that_waits_takes_its_place(house: House) -> None:
    # given
    house.watch, house.timing = FOLLOWING, SIESTA
    house.stories(0, source="wire")
    house.later(seconds=1)
    house.stories(1, source="wire")

    # when
    house.stories(0, source="star")
    house.stories(0, source="sun")
    assert house.mail() == []
    house.later(hours=1)
    house.release()

    # then
    (digest,) = mail = house.mail()
    assert isinstance(digest, Digest)
    assert (titles(digest), steps(mail), digest.count) == (["0", "1"], [3, 0], 2)
    assert [state for _, state, _ in told_of(house, 0)] == [DeliveryState.SENT] * 3


def test_an_update_that_may_not_wait_takes_its_alert_along(house: House) -> None:
    # given
    house.watch = replace(WATCH, escalate=((2, "critical"),))
    house.timing = SIESTA
    house.stories(0, 1, source="wire")

    # when
    house.stories(0, source="star")

    # then
    assert steps(now := house.mail()) == [2]
    assert titles(now[0]) == ["0"]
    assert {state for _, state, _ in told_of(house, 0)} == {DeliveryState.SENT}
    house.later(hours=1)
    house.release()
    assert [titles(each) for each in house.mail()] == [["1"]]


def test_updates_count_for_what_a_watch_may_tell(house: House) -> None:
    house.watch = replace(FOLLOWING, at_most=TWO_AN_HOUR)
    house.stories(0, source="wire")
    house.later(minutes=10)
    house.stories(0, source="star")
    house.stories(1, source="wire")
    house.stories(0, source="sun")
    assert steps(house.mail()) == [0, 2]

    house.later(minutes=50)
    house.release()

    (summary,) = mail = house.mail()
    assert (kinds(mail), titles(summary), steps(mail)) == (["at_most"], ["1", "0"], [0, 3])


def test_the_cooldown_after_an_alert_does_not_hold_back_what_is_new_about_it(house: House) -> None:
    house.watch = replace(FOLLOWING, cooldown=6 * HOUR)
    house.stories(0, source="wire")
    house.stories(1, source="wire")
    house.stories(0, source="star")
    house.stories(1, source="star")  # waits, so its update does

    assert steps(mail := house.mail()) == [0, 2]
    assert [titles(each) for each in mail] == [["0"], ["0"]]
    house.later(hours=6)
    house.release()
    assert steps(house.mail()) == [2]


def test_a_summary_counts_in_each_allowance_of_its_watch(house: House) -> None:
    # given: told at noon, rests until one; two a day
    house.watch = replace(WATCH, cooldown=HOUR, at_most=Rate(most=2, span=24 * HOUR))
    house.stories(0, 1)
    house.later(hours=1)
    house.release()
    assert kinds(house.mail()) == ["alert", "cooldown"]

    # when: it has rested, but told twice
    house.later(hours=2)
    house.stories(2)

    # then
    assert house.mail() == []
    assert told_of(house, 2) == [("", DeliveryState.GATHERED, NOON + 24 * HOUR)]


def test_a_summary_waits_for_all_allowances(house: House) -> None:
    # given: the cooldown is over before the allowance is free
    house.watch = replace(WATCH, cooldown=HOUR)
    house.stories(0, 1)
    house.watch = replace(house.watch, at_most=Rate(most=1, span=3 * HOUR))
    house.later(minutes=30)
    house.store.client.zadd("ww:1:allowance:at_most:drones:desk", {"x": ms(NOON)})
    house.later(minutes=30)

    # when
    house.release()

    # then
    assert [titles(each) for each in house.mail()] == [["0"]]
    assert told_of(house, 1) == [("", DeliveryState.GATHERED, NOON + 3 * HOUR)]
    house.later(hours=2)
    house.release()
    assert kinds(house.mail()) == ["cooldown"]


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def test_a_summary_that_is_due_in_quiet_hours_is_told_when_they_end(house: House) -> None:
    # given
    house.watch = replace(WATCH, at_most=Rate(most=1, span=HOUR))
    house.timing = Timing(quiet=Hours(begin=time(12, 30), end=time(15, 0)))
    house.stories(0, 1)
    house.mail()

    # when
    house.later(hours=1)
    house.release()
    house.later(hours=1)
    house.stories(2)  # joins it

    # then
    until = NOON + 3 * HOUR
    assert house.mail() == []
    assert told_of(house, 1) == told_of(house, 2) == [("", DeliveryState.GATHERED, until)]
    house.later(hours=1)
    house.release()
    (summary,) = mail = house.mail()
    assert (kinds(mail), titles(summary)) == (["at_most"], ["1", "2"])


def test_a_summary_that_is_due_outside_the_hours_of_its_watch_waits_for_them(house: House) -> None:
    house.watch = replace(WATCH, cooldown=HOUR, hours=Hours(begin=time(9, 0), end=time(12, 30)))
    house.stories(0, 1)
    house.mail()
    house.later(minutes=45)
    house.stories(2)  # outside the hours, and there is one to join
    house.later(minutes=15)
    house.release()
    assert house.mail() == []

    house.later(hours=20)
    house.release()

    (summary,) = mail = house.mail()
    assert (kinds(mail), titles(summary)) == (["cooldown"], ["1", "2"])


def test_a_summary_that_holds_something_urgent_waits_for_no_hours(house: House) -> None:
    house.watch = replace(WATCH, severity="critical", at_most=Rate(most=1, span=HOUR))
    house.timing = replace(SIESTA, quiet=Hours(begin=time(11, 0), end=time(18, 0)))
    house.stories(0, 1)
    house.later(hours=1)
    house.release()

    assert kinds(house.mail()) == ["alert", "at_most"]


def test_a_summary_goes_into_the_digest_where_the_channel_tells_in_those_by_now(
    house: House,
) -> None:
    # given
    house.watch = replace(WATCH, cooldown=HOUR)
    house.stories(0, 1)
    house.mail()
    house.timing = Timing(mode="digest", every="day", at=time(18, 0))
    house.later(minutes=30)
    house.stories(2)

    # when
    house.later(minutes=30)
    house.release()

    # then
    assert house.mail() == []
    assert told_of(house, 1) == [("", DeliveryState.GATHERED, NOON + 6 * HOUR)]
    house.later(hours=5)
    house.release()
    (digest,) = mail = house.mail()
    assert isinstance(digest, Digest)
    assert (kinds(mail), titles(digest), digest.count) == (["digest"], ["1", "2"], 2)
    assert [state for _, state, _ in told_of(house, 1)] == [DeliveryState.SENT]


def test_what_waits_for_its_hours_goes_into_the_digest_that_is_due_then(house: House) -> None:
    house.watch = replace(WATCH, hours=Hours(begin=time(14, 0), end=time(18, 0)))
    house.timing = Timing(mode="digest", every="hour")
    house.others = {"free": replace(WATCH, id="free", title="Free")}
    house.stories(0)
    house.later(hours=1, minutes=30)
    house.release()
    house.mail()
    house.stories(1)
    house.later(minutes=30)
    house.release()

    (digest,) = house.mail()
    assert isinstance(digest, Digest)
    assert sorted((alert.watch, alert.article.title[-1]) for alert in digest.alerts) == [
        ("drones", "0"),
        ("drones", "1"),
        ("free", "1"),
    ]


def test_a_paused_watch_still_tells_what_it_had_raised_and_says_that_it_is_paused(
    house: House,
) -> None:
    # given
    house.watch = replace(WATCH, cooldown=HOUR)
    house.stories(0, 1)
    house.mail()

    # when
    house.later(minutes=30)
    house.store.paused_watches.pause("drones", house.now)
    house.stories(2)
    house.later(minutes=30)
    house.release()

    # then
    (summary,) = house.mail()
    assert isinstance(summary, Digest)
    assert titles(summary) == ["1"]
    assert summary.paused == (("drones", NOON + timedelta(minutes=30)),)


def test_who_pauses_a_watch_is_told_what_it_still_tells(
    house: House, embedded: Embedded, tmp_path: Path
) -> None:
    # given
    (tmp_path / "monitor.toml").write_text(f'[redis]\nurl = "{embedded.url}"\n')
    (tmp_path / "watchlist.toml").write_text('[watch.drones]\nwhen = "drone"\nnotify = []\n')
    house.watch = replace(WATCH, cooldown=HOUR)
    house.stories(0, 1, 2)

    # when
    done = CliRunner().invoke(watch_command, ["pause", "drones", "--config", str(tmp_path)])

    # then
    assert done.stderr.splitlines() == [
        "drones is paused",
        "  2 alerts of before will be told to desk at Sun 1 Mar 2026, 13:00 UTC",
    ]


def test_who_pauses_a_watch_is_told_what_of_it_waits_with_that_of_others(
    house: House, embedded: Embedded, tmp_path: Path
) -> None:
    # given
    (tmp_path / "monitor.toml").write_text(f'[redis]\nurl = "{embedded.url}"\n')
    (tmp_path / "watchlist.toml").write_text('[watch.drones]\nwhen = "drone"\nnotify = []\n')
    house.others = {"four": replace(WATCH, id="four", title="Four", when='"harbour 4"')}
    house.timing = SIESTA
    house.stories(0, 1, 4)
    house.timing = Timing(mode="digest", every="day", at=time(18, 0))
    house.stories(2)

    # when
    done = CliRunner().invoke(watch_command, ["pause", "drones", "--config", str(tmp_path)])

    # then
    assert done.stderr.splitlines() == [
        "drones is paused",
        "  3 alerts of before will be told to desk at Sun 1 Mar 2026, 13:00 UTC",
        "  1 alert of before will be told to desk at Sun 1 Mar 2026, 18:00 UTC",
    ]


def test_that_a_watch_is_silent_is_told_whatever_it_may_tell(house: House) -> None:
    # given
    house.watch = replace(
        WATCH, cooldown=48 * HOUR, at_most=Rate(most=1, span=48 * HOUR), expect=ONE_A_DAY
    )
    silent = Silence(
        store=house.store,
        watches=(house.watch,),
        timings={},
        sources=(),
        worker="s1",
        now=lambda: house.now,
        log=telemetry.logger(),
    )
    silent.run()
    house.stories(0, 1)
    house.mail()

    # when
    house.later(hours=25)
    silent.run()

    # then
    (alert,) = house.mail()
    assert isinstance(alert, Alert)
    assert alert.trouble is not None


def test_a_summary_says_how_much_its_watch_may_tell(house: House) -> None:
    house.watch = replace(WATCH, at_most=TWO_AN_HOUR)
    house.stories(0, 1, 2)
    house.later(hours=1)
    house.release()

    *_, summary = house.mail()
    assert isinstance(summary, Digest)
    assert summary.rate == TWO_AN_HOUR


def test_putting_off_sent_twice_is_done_once(house: House) -> None:
    # given
    house.watch = replace(WATCH, cooldown=HOUR)
    house.stories(0, 1)
    house.later(hours=1)
    (due,) = house.store.gatherings.due(house.now)
    evening = Gathering(reason="quiet", due=NOON + 6 * HOUR)
    digest = Gathering(reason="digest", due=NOON + 6 * HOUR)

    # then
    put_off = house.store.gatherings.put_off
    assert [put_off(due, evening) for _ in range(2)] == [True, False]
    (due,) = house.store.gatherings.all()
    assert (due.due, due.count) == (NOON + 6 * HOUR, 1)
    assert [put_off(due, digest) for _ in range(2)] == [True, False]
    (joined,) = house.store.gatherings.all()
    assert (joined.reason, joined.watch, joined.count) == ("digest", "", 1)
    alert = next(a for a in house.store.view.alerts(2) if a.article.title.endswith("1"))
    assert isinstance(alert, Alert)
    assert [t.due for t in house.store.outbox.told(alert)] == [NOON + 6 * HOUR]


def told_within(house: House, hours: int) -> list[tuple[float, str, list[str]]]:
    """What arrives, after how many hours."""
    found = []
    for half in range(1, 2 * hours + 1):
        house.later(hours=0.5)
        house.release()
        found += [(half / 2, kinds([each])[0], titles(each)) for each in house.mail()]
    return found


NIGHTS = Timing(quiet=Hours(begin=time(22, 0), end=time(7, 0)))


def test_nothing_waits_for_ever_where_the_hours_of_a_watch_are_all_quiet(house: House) -> None:
    """Such a configuration is refused; but what waits may have come before it was changed."""
    house.watch = replace(WATCH, cooldown=11 * HOUR)
    house.timing = NIGHTS
    house.stories(0, 1)
    house.watch = replace(house.watch, hours=Hours(begin=time(23, 0), end=time(6, 0)))

    assert kinds(house.mail()) == ["alert"]
    assert told_within(house, 24) == [(19, "cooldown", ["1"])]

    house.now = NOON + timedelta(days=3, hours=12)
    house.stories(2)
    assert told_within(house, 24) == [(7, "quiet", ["2"])]


def test_what_waited_for_quiet_hours_waits_for_the_hours_of_its_watch(house: House) -> None:
    house.watch = replace(WATCH, hours=Hours(begin=time(9, 0), end=time(22, 30)))
    house.timing = NIGHTS
    house.later(hours=10, minutes=15)
    house.stories(0)
    house.later(minutes=15)

    assert told_within(house, 24) == [(10.5, "hours", ["0"])]


def test_it_waits_for_the_first_digest_within_the_hours_of_its_watch(house: House) -> None:
    house.watch = replace(WATCH, hours=Hours(begin=time(17, 0), end=time(19, 0), days=(1,)))
    house.timing = Timing(mode="digest", every="day", at=time(18, 0))
    house.others = {"free": replace(WATCH, id="free", title="Free")}
    house.stories(0)  # on Sunday

    assert told_within(house, 100) == [(6, "digest", ["0"]), (54, "digest", ["0"])]


def test_with_no_digest_within_its_hours_it_goes_into_the_next(house: House) -> None:
    house.watch = replace(WATCH, hours=Hours(begin=time(9, 0), end=time(18, 0)))
    house.timing = Timing(mode="digest", every="day", at=time(8, 0))
    house.stories(0)

    assert told_within(house, 48) == [(20, "digest", ["0"])]


def test_what_is_told_at_the_end_of_quiet_hours_counts_once_for_each_of_its_watches(
    house: House,
) -> None:
    # given: one watch rests after what it tells, the other may tell twice an hour
    house.watch = replace(WATCH, when='"harbour 0" OR "harbour 1"', cooldown=HOUR)
    house.others = {
        "b": replace(WATCH, id="b", when='"harbour 2" OR "harbour 3"', at_most=TWO_AN_HOUR)
    }
    house.timing = SIESTA
    house.stories(0, 2)

    # when: released twice, as by two supervisors
    house.later(hours=1)
    house.release()
    house.later(minutes=1)
    house.stories(1, 3)
    house.others["b"] = replace(house.others["b"], when='"harbour 4"')
    house.stories(4)

    # then: the one still rests, the other has told twice
    told = [(kinds([each])[0], titles(each)) for each in house.mail()]
    assert told == [("quiet", ["0", "2"]), ("alert", ["3"])]
    house.later(hours=1)
    house.release()
    assert sorted(titles(each) for each in house.mail()) == [["1"], ["4"]]


def test_what_was_quiet_and_goes_into_a_digest_counts_for_nothing(house: House) -> None:
    house.watch = replace(WATCH, cooldown=24 * HOUR)
    house.timing = SIESTA
    house.stories(0)
    house.timing = Timing(mode="digest", every="hour")
    house.later(hours=1)
    house.release()
    house.later(hours=1)
    house.release()
    house.timing = Timing()
    house.stories(1)

    assert kinds(house.mail()) == ["digest", "alert"]


def test_the_end_of_quiet_hours_sent_twice_counts_once(house: House) -> None:
    house.watch, house.timing = replace(WATCH, at_most=TWO_AN_HOUR), SIESTA
    house.stories(0, 1)
    house.later(hours=1)
    (due,) = house.store.gatherings.due(house.now)

    release = house.store.gatherings.release
    assert [release(due, house.now) for _ in range(2)] == ["told", "void"]
    (allowance,) = house.store.client.keys("ww:1:allowance:*")
    assert house.store.client.zcard(allowance) == 1
    assert house.store.client.ttl(allowance) > 0
