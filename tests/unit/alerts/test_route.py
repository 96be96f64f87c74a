"""Where an alert goes: at once, or to where it waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from monitor.alerts import routes, updated
from monitor.model import (
    Alert,
    AlertedArticle,
    Article,
    Claim,
    Gathering,
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

    assert desk.waits == (Gathering(reason="digest", due=MORNING),)
    assert (hook.delivery.channel, hook.waits, hook.allowances) == ("hook", (), ())


def test_in_quiet_hours_it_waits_for_their_end() -> None:
    assert to_desk(QUIET).waits == (Gathering(reason="quiet", due=MORNING),)


def test_what_is_urgent_never_waits() -> None:
    critical, high = replace(ALERT, severity="critical"), replace(ALERT, severity="high")

    assert not to_desk(QUIET, alert=critical).waits
    assert not to_desk(DIGEST, alert=critical).waits
    assert to_desk(QUIET, alert=high).waits
    assert not to_desk(replace(QUIET, urgent="high"), alert=high).waits


def test_outside_its_hours_a_watch_waits_by_itself() -> None:
    office = replace(WATCH, hours=Hours(begin=time(7, 0), end=time(18, 0)))

    assert to_desk(Timing(), office).waits == (
        Gathering(reason="hours", due=MORNING, watch="floods"),
    )


def test_a_watchs_own_allowance_goes_before_that_of_the_channel() -> None:
    rate = Rate(most=20, span=timedelta(hours=1))
    own = replace(WATCH, at_most=Rate(most=5, span=timedelta(days=1)), cooldown=timedelta(hours=6))

    def said(watch: Watch) -> list[tuple[str, int]]:
        return [(e.reason, e.most) for e in to_desk(Timing(at_most=rate), watch).allowances]

    assert said(WATCH) == [("at_most", 20)]
    assert said(own) == [("cooldown", 1), ("at_most", 5)]


def test_an_update_uses_up_no_allowance_but_waits_for_the_digest() -> None:
    again = updated(
        ALERT,
        step=3,
        article=ARTICLE,
        sources=("a", "b", "c"),
        claim=Claim(story="s1", relation=Relation.COPY, sources=("a", "b", "c")),
        severity="normal",
        now=NIGHT,
    )
    rested = replace(WATCH, cooldown=timedelta(hours=6))

    assert to_desk(Timing(), rested, again).allowances == ()
    assert to_desk(DIGEST, rested, again).waits
