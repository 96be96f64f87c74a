"""Whose turn it is: hosts, spacing, parking, requests."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.poller.lanes import Lanes


def lanes(*rows: tuple[str, str, float], spacing_s: float = 5.0) -> Lanes:
    made = Lanes(lambda _: spacing_s)
    for source, host, due_s in rows:
        made.put(source, host, due_s)
    return made


def test_a_source_waits_until_it_is_due() -> None:
    made = lanes(("a", "x", 10))
    assert made.take(9.9) is None
    assert made.next_s() == 10
    assert made.take(10) == ("a", "x")
    assert made.take(99) is None


def test_a_host_is_asked_once_at_a_time_and_with_room_between() -> None:
    # given
    made = lanes(("a", "x", 0), ("b", "x", 1))
    assert made.take(1) == ("a", "x")
    # when: the first poll takes eight seconds
    assert made.take(8) is None
    made.free("x")
    # then
    assert made.take(9) == ("b", "x")
    # and: a quick one leaves five seconds all the same
    made.free("x")
    made.put("a", "x", 9)
    assert made.take(13.9) is None
    assert made.take(14) == ("a", "x")


def test_a_slow_host_holds_up_nobody_else() -> None:
    made = lanes(*((f"slow{n}", "x", 0) for n in range(5)), ("b", "y", 0), ("c", "z", 0))
    assert {made.take(0) for _ in range(3)} == {("slow0", "x"), ("b", "y"), ("c", "z")}
    assert made.take(100) is None


def test_a_parked_host_is_left_alone_with_all_its_sources() -> None:
    # given
    made = lanes(("a", "x", 0), ("b", "x", 0), ("c", "y", 0))
    # when
    made.park("x", 3600)
    # then
    assert made.take(10) == ("c", "y")
    assert made.take(3599) is None
    assert made.take(3600) == ("a", "x")


def test_a_request_makes_a_source_due_but_does_not_open_a_parked_host() -> None:
    made = lanes(("a", "x", 500), ("b", "y", 500))
    made.park("y", 400)
    assert made.hurry("a", 5)
    assert made.hurry("b", 5)
    assert not made.hurry("b", 6)
    assert not made.hurry("nobody", 6)
    assert made.take(6) == ("a", "x")
    assert made.take(399) is None
    assert made.take(400) == ("b", "y")


def test_what_was_put_anew_counts_and_the_old_place_does_not() -> None:
    made = lanes(("a", "x", 0))
    made.put("a", "y", 50)
    assert made.take(49) is None
    assert made.take(50) == ("a", "y")
    assert len(made) == 0


def test_an_emptied_lane_says_what_was_in_it() -> None:
    made = lanes(("a", "x", 0), ("b", "x", 9), ("c", "y", 0))
    assert made.empty("x") == ("a", "b")
    assert len(made) == 1
    assert made.take(99) == ("c", "y")


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from("xyz"), st.integers(0, 50)), max_size=40
    )
)
def test_everyone_gets_a_turn_once_never_early_and_with_room(
    rows: list[tuple[int, str, int]],
) -> None:
    # given: the last word on a source counts
    made = lanes(*((str(source), host, due) for source, host, due in rows))
    due = {str(source): (host, at) for source, host, at in rows}
    started: dict[str, float] = {}
    # when
    clock = 0.0
    while made:
        taken = made.take(clock)
        if taken is None:
            at = made.next_s()
            assert at is not None
            assert at > clock
            clock = at
            continue
        source, host = taken
        # then
        assert due.pop(source)[0] == host
        assert clock >= started.get(host, -5.0) + 5.0
        started[host] = clock
        made.free(host)
    assert due == {}
