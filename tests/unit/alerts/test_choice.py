"""Which of many alerts are shown: no loud watch hides another's only one."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.choice import Standing, choose
from monitor.model import SEVERITIES, Rest, Severity


def standing(ref: str, watch: str, severity: Severity = "normal") -> Standing:
    return Standing(ref, watch, watch.upper(), severity)


def test_a_flood_leaves_room_for_the_only_alert_of_another_watch() -> None:
    flood = [standing(f"l{n}", "loud") for n in range(10_000)]
    calm = [standing("c1", "calm"), standing("d1", "dull", "low")]

    choice = choose([*calm[:1], *flood, *calm[1:]], 20)

    assert choice.refs == ("c1", *(f"l{n}" for n in range(9_982, 10_000)), "d1")
    assert choice.rest == (Rest(watch="loud", title="LOUD", count=9_982),)
    assert choice.watches == {"loud", "calm", "dull"}


def test_of_each_watch_the_most_severe_come_first_then_the_newest() -> None:
    given = [
        standing("old-high", "a", "high"),
        *(standing(f"n{n}", "a") for n in range(5)),
        standing("b-low", "b", "low"),
        standing("low", "a", "low"),
    ]

    assert choose(given, 4).refs == ("old-high", "n3", "n4", "b-low")


def test_of_more_watches_than_there_is_room_for_the_most_severe_are_shown() -> None:
    given = [standing(f"w{n}", f"w{n}", "high" if n % 10 == 0 else "normal") for n in range(100)]

    choice = choose(given, 10)

    assert choice.refs == tuple(f"w{n}" for n in range(0, 100, 10))
    assert len(choice.rest) == 90


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(SEVERITIES)), max_size=60),
    st.integers(1, 20),
)
def test_nothing_is_lost_from_the_count(alerts: list[tuple[str, Severity]], most: int) -> None:
    def come() -> Iterator[Standing]:
        yield from (standing(str(n), watch, how) for n, (watch, how) in enumerate(alerts))

    choice = choose(come(), most)

    assert len(choice.refs) == min(most, len(alerts))
    assert len(choice.refs) + sum(each.count for each in choice.rest) == len(alerts)
    assert list(choice.refs) == sorted(choice.refs, key=int)
    shown = {alerts[int(ref)][0] for ref in choice.refs}
    assert len(shown) == min(most, len({watch for watch, _ in alerts}))
