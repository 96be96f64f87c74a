"""Where an alert goes: at once, or to where it waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts import never_meet, put_off, routes, silence, updated
from monitor.model import (
    Alert,
    AlertedArticle,
    Article,
    Claim,
    Gathering,
    GatherReason,
    Hours,
    Rate,
    Relation,
    Route,
    Timing,
    Watch,
)

NIGHT = datetime(2026, 11, 25, 23, tzinfo=UTC)
MORNING = datetime(2026, 11, 26, 7, tzinfo=UTC)
ARTICLE = Article(id="1", source="star", title="Flood", fetched=NIGHT)
WATCH = Watch(id="floods", title="Floods", when="flood", notify=("desk", "hook"))
ALERT = Alert(
    id="a1",
    watch="floods",
    title="Floods",
    severity="normal",
    story="s1",
    article=AlertedArticle.of(ARTICLE),
    evidence=(),
    topics=(),
    sources=("star",),
    notify=("desk", "hook"),
    raised=NIGHT,
)
QUIET = Timing(quiet=Hours(begin=time(22, 0), end=time(7, 0)))
DIGEST = Timing(mode="digest", every="day", at=time(7, 0))


def to_desk(timing: Timing, watch: Watch = WATCH, alert: Alert = ALERT) -> Route:
    return routes(alert, watch, {"desk": timing}, NIGHT)[0]


def test_each_channel_has_its_own_way() -> None:
    desk, hook = routes(ALERT, WATCH, {"desk": DIGEST}, NIGHT)

    assert desk.wait == Gathering(reason="digest", due=MORNING)
    assert (hook.delivery.channel, hook.wait, hook.allowances) == ("hook", None, ())


def test_in_quiet_hours_it_waits_for_their_end() -> None:
    assert to_desk(QUIET).wait == Gathering(reason="quiet", due=MORNING)


def test_what_is_urgent_never_waits() -> None:
    critical, high = replace(ALERT, severity="critical"), replace(ALERT, severity="high")

    assert not to_desk(QUIET, alert=critical).wait
    assert not to_desk(DIGEST, alert=critical).wait
    assert to_desk(QUIET, alert=high).wait
    assert not to_desk(replace(QUIET, urgent="high"), alert=high).wait


def test_outside_its_hours_a_watch_waits_by_itself() -> None:
    office = replace(WATCH, hours=Hours(begin=time(7, 0), end=time(18, 0)))

    assert to_desk(Timing(), office).wait == Gathering(reason="hours", due=MORNING, watch="floods")


def test_of_several_reasons_to_wait_the_longest_counts() -> None:
    at_eight = replace(WATCH, hours=Hours(begin=time(8, 0), end=time(18, 0)))
    at_six = replace(WATCH, hours=Hours(begin=time(6, 0), end=time(18, 0)))

    def wait(timing: Timing, watch: Watch) -> Gathering:
        found = to_desk(timing, watch).wait
        assert found is not None
        return found

    assert wait(QUIET, at_eight) == Gathering(
        reason="hours", watch="floods", due=MORNING + timedelta(hours=1)
    )
    assert wait(QUIET, at_six) == Gathering(reason="quiet", due=MORNING)
    assert wait(replace(DIGEST, every="hour"), at_eight) == Gathering(
        reason="hours", watch="floods", due=MORNING + timedelta(hours=1)
    )
    assert wait(DIGEST, at_six) == Gathering(reason="digest", due=MORNING)


def test_a_digest_that_would_come_in_quiet_hours_comes_when_they_end() -> None:
    hourly = replace(QUIET, mode="digest", every="hour")

    assert to_desk(hourly).wait == Gathering(reason="digest", due=MORNING)


def test_what_is_told_in_digests_uses_up_no_allowance() -> None:
    rested = replace(WATCH, cooldown=timedelta(hours=6))

    assert to_desk(DIGEST, rested).allowances == ()
    urgent = to_desk(DIGEST, rested, replace(ALERT, severity="critical"))
    assert [each.reason for each in urgent.allowances] == ["cooldown"]


def test_a_watchs_own_allowance_goes_before_that_of_the_channel() -> None:
    rate = Rate(most=20, span=timedelta(hours=1))
    own = replace(WATCH, at_most=Rate(most=5, span=timedelta(days=1)), cooldown=timedelta(hours=6))

    def said(watch: Watch) -> list[tuple[str, int]]:
        return [(e.reason, e.most) for e in to_desk(Timing(at_most=rate), watch).allowances]

    assert said(WATCH) == [("at_most", 20)]
    assert said(own) == [("cooldown", 1), ("at_most", 5)]


AGAIN = updated(
    ALERT,
    step=3,
    article=ARTICLE,
    sources=("a", "b", "c"),
    claim=Claim(story="s1", relation=Relation.COPY, sources=("a", "b", "c")),
    severity="normal",
    now=NIGHT,
)
RESTED = replace(WATCH, cooldown=timedelta(hours=6), at_most=Rate(most=5, span=timedelta(hours=1)))


def test_an_update_counts_but_the_cooldown_after_its_alert_does_not_hold_it_back() -> None:
    assert [each.reason for each in to_desk(Timing(), RESTED, AGAIN).allowances] == ["at_most"]
    assert to_desk(DIGEST, RESTED, AGAIN).wait


def test_that_a_watch_is_silent_counts_for_nothing_but_waits_as_all_does() -> None:
    expecting = replace(RESTED, expect=Rate(most=1, span=timedelta(days=1)))
    silent = silence(expecting, found=0, since=NIGHT, gaps=(), now=NIGHT)

    assert to_desk(Timing(), expecting, silent).allowances == ()
    assert to_desk(QUIET, expecting, silent).wait == Gathering(reason="quiet", due=MORNING)
    assert to_desk(DIGEST, expecting, silent).wait == Gathering(reason="digest", due=MORNING)
    urgent = replace(silent, severity="critical")
    assert to_desk(QUIET, expecting, urgent).wait is None


OFFICE = replace(WATCH, hours=Hours(begin=time(7, 0), end=time(18, 0)))
DUE = NIGHT - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("reason", "watch", "timing", "until"),
    [
        ("at_most", WATCH, Timing(), None),
        ("at_most", WATCH, QUIET, Gathering(reason="quiet", due=MORNING)),
        ("cooldown", OFFICE, Timing(), Gathering(reason="hours", due=MORNING, watch="floods")),
        ("cooldown", WATCH, DIGEST, Gathering(reason="digest", due=MORNING)),
        ("quiet", None, Timing(), None),
        ("quiet", None, QUIET, Gathering(reason="quiet", due=MORNING)),
        ("quiet", None, DIGEST, Gathering(reason="digest", due=MORNING)),
        ("digest", None, DIGEST, None),
        ("digest", None, replace(QUIET, mode="digest"), Gathering(reason="digest", due=MORNING)),
        ("hours", None, Timing(), None),  # the watch is not on the list any more
    ],
)
def test_what_is_due_waits_on_where_it_may_not_be_told(
    reason: GatherReason, watch: Watch | None, timing: Timing, until: Gathering | None
) -> None:
    assert put_off(reason, watch, timing, due=DUE, now=NIGHT) == until


def test_what_is_due_with_a_digest_goes_into_that_one() -> None:
    hourly = Timing(mode="digest", every="hour")

    assert put_off("hours", OFFICE, hourly, due=MORNING, now=MORNING) == Gathering(
        reason="digest", due=MORNING
    )


def hours(begin: str, end: str, *days: int) -> Hours:
    return Hours(
        begin=time.fromisoformat(begin), end=time.fromisoformat(end), days=days or tuple(range(7))
    )


NIGHT_WATCH = replace(WATCH, hours=hours("23:00", "06:00"))
TOKYO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")


def test_hours_begin_anew_where_quiet_hours_end_outside_of_them() -> None:
    late = replace(WATCH, hours=hours("09:00", "22:30"))

    (desk, _) = routes(ALERT, late, {"desk": QUIET}, NIGHT - timedelta(minutes=45))

    assert desk.wait == Gathering(reason="hours", watch="floods", due=MORNING + timedelta(hours=2))


def test_hours_that_end_in_quiet_hours_are_waited_for_until_both_speak() -> None:
    """Alone, not with what other watches tell at an end of quiet hours before that."""
    mondays = replace(WATCH, hours=hours("05:00", "08:00", 0))

    assert to_desk(QUIET, mondays).wait == Gathering(
        reason="hours", watch="floods", due=datetime(2026, 11, 30, 7, tzinfo=UTC)
    )


def test_hours_within_quiet_hours_make_nothing_wait_for_ever() -> None:
    assert to_desk(QUIET, NIGHT_WATCH).wait == Gathering(reason="quiet", due=MORNING)
    for reason in get_args(GatherReason):
        assert put_off(reason, NIGHT_WATCH, QUIET, due=MORNING, now=MORNING) is None


def test_a_channel_that_is_always_quiet_makes_nothing_wait_for_ever() -> None:
    assert to_desk(Timing(quiet=hours("00:00", "00:00"))).wait is None


@pytest.mark.parametrize(
    ("watch", "quiet", "never"),
    [
        (NIGHT_WATCH, QUIET, True),
        (NIGHT_WATCH, Timing(quiet=hours("22:00", "05:59")), False),
        (replace(NIGHT_WATCH, zone=TOKYO), QUIET, False),
        (replace(WATCH, hours=hours("15:00", "18:00"), zone=TOKYO), QUIET, False),
        (replace(WATCH, hours=hours("08:00", "15:00"), zone=TOKYO), QUIET, True),
        # 06:00 to 07:00 in New York is 11:00 to 12:00 here in winter, 10:00 to 11:00 in summer
        (
            replace(WATCH, hours=hours("06:00", "07:00"), zone=NEW_YORK),
            Timing(quiet=hours("10:00", "11:00")),
            True,
        ),
        (
            replace(WATCH, hours=hours("08:00", "18:00", 5)),
            Timing(quiet=hours("00:00", "00:00", 5, 6)),
            True,
        ),
        (
            replace(WATCH, hours=hours("08:00", "18:00", 4, 5)),
            Timing(quiet=hours("00:00", "00:00", 5, 6)),
            False,
        ),
        (WATCH, QUIET, False),
        (NIGHT_WATCH, Timing(), False),
    ],
)
def test_whether_hours_and_quiet_hours_leave_a_minute(
    watch: Watch, quiet: Timing, never: bool
) -> None:
    assert never_meet(watch, quiet) is never


@pytest.mark.parametrize(
    ("timing", "speaks", "due"),
    [
        # within the hours: the next one
        (Timing(mode="digest", at=time(8)), hours("07:00", "09:00"), "2026-11-26T08:00"),
        # one is, on Monday
        (Timing(mode="digest", at=time(8)), hours("07:00", "09:00", 0), "2026-11-30T08:00"),
        (Timing(mode="digest", every="hour"), hours("09:00", "18:00"), "2026-11-26T09:00"),
        # none ever is: the next one
        (Timing(mode="digest", at=time(8)), hours("09:00", "18:00"), "2026-11-26T08:00"),
        (Timing(mode="digest", at=time(8)), hours("09:00", "18:00", 0, 2), "2026-11-26T08:00"),
        # where it comes at the end of quiet hours
        (replace(QUIET, mode="digest", at=time(6)), hours("06:30", "09:00"), "2026-11-26T07:00"),
        (replace(QUIET, mode="digest", at=time(6)), hours("06:30", "09:00", 4), "2026-11-27T07:00"),
    ],
)
def test_it_goes_into_the_first_digest_within_its_hours_if_there_is_one(
    timing: Timing, speaks: Hours, due: str
) -> None:
    # given
    watch = replace(WATCH, hours=speaks)
    told = datetime.fromisoformat(due).replace(tzinfo=UTC)

    # when
    wait = to_desk(timing, watch).wait

    # then
    assert wait is not None
    assert wait.due == told
    if wait.reason == "hours":
        assert put_off("hours", watch, timing, due=told, now=told) == Gathering(
            reason="digest", due=told
        )
