"""Where an alert goes: at once, or to where it waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from monitor.alerts import put_off, routes, silence, updated
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
    assert wait(DIGEST, at_eight).reason == "hours"
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
