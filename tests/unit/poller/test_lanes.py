"""Whose turn it is: hosts, spacing, parking, requests."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.hosts import SPACING_S, spacing_s
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


def test_of_what_is_due_the_more_important_comes_first() -> None:
    # given: more due than can be started
    ranks = {"a": 1, "b": 2, "c": 0, "d": 0, "e": 1}
    made = Lanes(lambda _: 5.0, ranks.__getitem__)
    for source, host, due_s in (("a", "x", 0), ("b", "y", 1), ("c", "z", 2), ("e", "w", 0)):
        made.put(source, host, due_s)
    # then: rank, then time; what is not due yet does not count
    made.put("d", "v", 99)
    assert [made.take(3) for _ in range(5)] == [
        ("c", "z"),
        ("a", "x"),
        ("e", "w"),
        ("b", "y"),
        None,
    ]


def test_one_that_comes_due_while_its_lane_waits_lifts_the_lane() -> None:
    # given: a lane that waits with something unimportant, behind another
    ranks = {"low": 2, "high": 0, "other": 1, "third": 1}
    made = Lanes(lambda _: 5.0, ranks.__getitem__)
    for source, host, due_s in (("low", "x", 0), ("high", "x", 10), ("other", "y", 0)):
        made.put(source, host, due_s)
    assert made.take(0) == ("other", "y")
    made.put("third", "z", 1)
    # when
    taken = [made.take(10), made.take(10)]
    # then
    assert taken == [("high", "x"), ("third", "z")]
    made.free("x")
    assert made.take(15) == ("low", "x")


def test_what_left_does_not_come_up_and_may_come_back_when_it_was_due() -> None:
    made = lanes(("a", "x", 0), ("b", "x", 9))
    assert made.take(0) == ("a", "x")
    assert made.leave("b") == ("x", 9)
    assert made.leave("b") is None
    made.free("x")
    assert made.take(99) is None
    made.put("b", "x", 9)
    assert made.take(99) == ("b", "x")


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 2)), max_size=12),
    st.lists(st.integers(0, 12), max_size=30),
)
def test_nothing_is_lost_or_taken_early_whatever_the_ranks(
    rows: list[tuple[int, int, int]], moments: list[int]
) -> None:
    made = Lanes(lambda _: 1.0, lambda name: rows[int(name)][2])
    for number, (due_s, host, _) in enumerate(rows):
        made.put(str(number), str(host), due_s)
    taken: list[str] = []
    for now_s in [*sorted(moments), *range(13, 40)]:
        while (turn := made.take(now_s)) is not None:
            taken.append(turn[0])
            assert rows[int(turn[0])][0] <= now_s
            made.free(turn[1])
    assert sorted(taken) == sorted(str(number) for number in range(len(rows)))


def test_this_machine_needs_no_room_and_every_other_does() -> None:
    rooms = [spacing_s(host) for host in ("127.0.0.9", "localhost", "::1", "a.example", "10.0.0.1")]
    assert rooms == [0.0, 0.0, 0.0, SPACING_S, SPACING_S]


def test_one_that_leaves_when_its_turn_has_come_gives_it_to_the_next() -> None:
    # given: two hosts whose turn it is, of which one is taken
    made = lanes(("a", "x", 0), ("b", "y", 1), ("c", "y", 50))
    assert made.take(2) == ("a", "x")
    # when
    assert made.leave("b") == ("y", 1)
    # then
    assert made.take(2) is None
    assert made.next_s() == 50
    assert made.take(50) == ("c", "y")
