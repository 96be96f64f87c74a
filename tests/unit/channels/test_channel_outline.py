"""The order a digest is told in, and what it leaves out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from monitor.channels.outline import (
    MAX_FURTHER,
    MAX_SHOWN,
    counted_only,
    in_turns,
    outline,
    total,
)
from monitor.model import Alert, Digest, Rest, Severity, Trouble, Update


def gathered(morning: Digest, *alerts: Alert, count: int | None = None) -> Digest:
    return replace(morning, alerts=alerts, count=len(alerts) if count is None else count)


def test_the_most_severe_watch_and_event_come_first_and_then_the_newest(
    morning: Digest, told: Callable[..., Alert]
) -> None:
    # given
    def alert(number: int, watch: str, severity: Severity) -> Alert:
        return told(number, watch=watch, severity=severity)

    digest = gathered(
        morning,
        alert(1, "a", "normal"),
        alert(2, "b", "low"),
        alert(3, "c", "high"),
        alert(4, "a", "high"),
        alert(5, "a", "normal"),
    )

    # when
    sections = outline(digest).sections

    # then
    assert [section.watch for section in sections] == ["a", "c", "b"]
    assert [each.first.id for each in sections[0].happenings] == ["a4", "a5", "a1"]


def test_alerts_of_one_event_are_one_happening_headed_by_the_most_severe(
    morning: Digest, told: Callable[..., Alert]
) -> None:
    # given
    digest = gathered(
        morning,
        told(1, event="e"),
        told(2, event="e", severity="critical"),
        told(3, event=""),
        told(4, event=""),
    )

    # when
    (section,) = outline(digest).sections

    # then: stories of no known event are told apart
    assert [(each.first.id, len(each.further)) for each in section.happenings] == [
        ("a2", 1),
        ("a4", 0),
        ("a3", 0),
    ]
    assert section.count == 4


def test_an_alert_and_its_update_are_told_once_as_told_last(
    morning: Digest, told: Callable[..., Alert]
) -> None:
    # given
    first, other = told(1), told(2)
    again = replace(first, update=Update(step=5, at=morning.until, copy=first.article))
    digest = gathered(morning, first, other, again)

    # when
    (section,) = outline(digest).sections

    # then
    assert [each.first for each in section.happenings] == [again, other]
    assert total(digest) == section.count == 2
    assert outline(digest).unseen == 0


def test_a_watch_that_floods_hides_no_other(morning: Digest, told: Callable[..., Alert]) -> None:
    # given
    flood = [told(number, watch="flood") for number in range(500)]
    calm = [told(1000 + number, watch=f"calm-{number}") for number in range(10)]
    rest = (
        Rest(watch="flood", title="Flood", count=8_500),
        Rest(watch="low", title="Low", count=490),
    )
    digest = replace(gathered(morning, *flood, *calm, count=9_500), rest=rest)

    # when
    plan = outline(digest)

    # then
    *others, flooding = plan.sections
    assert [len(each.happenings) for each in others] == [1] * 10
    assert len(flooding.happenings) == MAX_SHOWN - 10
    assert flooding.happenings[0].first.id == "a499"
    assert (flooding.count, flooding.left_out) == (9_000, 9_000 - 40)
    assert plan.others == (Rest(watch="low", title="Low", count=490),)
    assert plan.unseen == 0


def test_more_watches_than_there_is_room_for_are_counted(
    morning: Digest, told: Callable[..., Alert]
) -> None:
    # given
    digest = gathered(morning, *(told(n, watch=f"w{n}") for n in range(MAX_SHOWN + 7)))

    # when
    plan = outline(digest)

    # then
    assert len(plan.sections) == MAX_SHOWN
    assert [each.watch for each in plan.others] == [f"w{n}" for n in range(6, -1, -1)]
    assert plan.unseen == 0


def test_many_alerts_of_one_event_take_some_lines_and_a_count(
    morning: Digest, told: Callable[..., Alert]
) -> None:
    # given
    digest = gathered(morning, *(told(number, event="e") for number in range(30)))

    # when
    (section,) = outline(digest).sections

    # then
    (happening,) = section.happenings
    assert len(happening.further) == MAX_FURTHER
    assert happening.left_out == 30 - 1 - MAX_FURTHER
    assert section.left_out == 0


def test_troubles_with_sources_are_of_no_watch(morning: Digest, told: Callable[..., Alert]) -> None:
    # given
    trouble = Trouble(kind="failing", since=morning.since)
    digest = gathered(morning, told(1), told(2, watch="_sources", trouble=trouble))

    # then
    assert [section.watch for section in outline(digest).sections] == ["", "us-iran-over-iraq"]


@pytest.mark.parametrize("count", [0, 3])
def test_what_is_not_at_hand_is_counted(morning: Digest, count: int) -> None:
    plan = outline(gathered(morning, count=count))
    assert (plan.sections, plan.unseen) == ((), count)


def test_the_first_alerts_in_turns_are_a_fair_choice(
    morning: Digest, told: Callable[..., Alert]
) -> None:
    digest = gathered(
        morning,
        told(1, watch="calm", severity="low"),
        *(told(n, watch="loud") for n in range(2, 7)),
        told(7, watch="grave", severity="critical"),
    )

    assert [alert.id for alert in in_turns(digest)][:4] == ["a7", "a6", "a1", "a5"]


def test_a_digest_whose_alerts_were_told_counts_them(
    morning: Digest, told: Callable[..., Alert]
) -> None:
    digest = gathered(morning, told(1, watch="a"), told(2, watch="b"), told(3, watch="a"), count=13)
    digest = replace(digest, rest=(Rest(watch="b", title="B", count=10),))

    bare = counted_only(digest)

    assert (bare.alerts, bare.count) == ((), 13)
    assert {each.watch: each.count for each in bare.rest} == {"a": 2, "b": 11}
