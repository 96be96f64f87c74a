"""Which channel may be sent to: opened by trouble, closed by an answer, never over its share."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import structlog
from structlog.testing import capture_logs

from monitor.model import Later, Receipt, Refused, Sent
from workers.breaker import FIRST_S, LONGEST_S, SHARE, TRIPS, Breakers

DOWN = Later(answer="no connection", down=True)
BUSY = Later(answer="429: not ready")
SENT = Sent(answer="200")


@dataclass
class Desk:
    """A channel that answers as the test says, by a clock the test moves."""

    at: float = 1000.0
    breakers: Breakers = field(init=False)

    def __post_init__(self) -> None:
        self.breakers = Breakers(log=structlog.get_logger(), clock=lambda: self.at)

    def sends(self, receipt: Receipt, *, times: int = 1) -> None:
        for _ in range(times):
            assert self.breakers.wait_s("hook") is None
            self.breakers.answered("hook", receipt)
            self.breakers.over("hook", 0.016)

    def wait_s(self, channel: str = "hook") -> float | None:
        """How long the next delivery has to wait; if it may go, it has gone."""
        wait_s = self.breakers.wait_s(channel)
        if wait_s is None:
            self.breakers.over(channel, 0.016)
        return wait_s


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_five_in_a_row_leave_the_channel_alone_and_no_other(desk: Desk) -> None:
    # given
    desk.sends(DOWN, times=TRIPS - 1)
    assert desk.wait_s() is None

    # when
    desk.sends(DOWN)

    # then
    assert desk.wait_s() == pytest.approx(FIRST_S, abs=0.1)
    assert desk.wait_s("desk") is None


@pytest.mark.parametrize("answer", [SENT, BUSY, Refused(answer="404")])
def test_any_answer_between_them_counts_anew(desk: Desk, answer: Receipt) -> None:
    desk.sends(DOWN, times=TRIPS - 1)
    desk.sends(answer)
    desk.sends(DOWN, times=TRIPS - 1)
    assert desk.wait_s() is None


def test_one_tries_when_the_time_is_over_and_the_rest_wait_for_it(desk: Desk) -> None:
    # given
    desk.sends(DOWN, times=TRIPS)
    desk.at += FIRST_S

    # when
    assert desk.breakers.wait_s("hook") is None

    # then
    waits = [desk.wait_s() for _ in range(100)]
    assert all(wait is not None and wait > 0 for wait in waits)

    # and: with its answer the rest may go
    desk.breakers.answered("hook", SENT)
    desk.breakers.over("hook", 0.016)
    assert desk.wait_s() is None


def test_the_time_doubles_up_to_five_minutes_and_begins_anew_after_an_answer(desk: Desk) -> None:
    # given
    desk.sends(DOWN, times=TRIPS)
    alone = []

    # when
    for _ in range(8):
        wait_s = desk.wait_s()
        assert wait_s is not None
        alone.append(round(wait_s))
        desk.at += wait_s
        desk.sends(DOWN)

    # then
    assert alone == [10, 20, 40, 80, 160, 300, 300, 300]
    desk.at += LONGEST_S
    desk.sends(SENT)
    desk.sends(DOWN, times=TRIPS)
    assert desk.wait_s() == pytest.approx(FIRST_S, abs=0.1)


def test_those_that_were_under_way_when_it_tripped_do_not_lengthen_it(desk: Desk) -> None:
    # given: sixteen at once, all of which fail
    for _ in range(SHARE):
        assert desk.breakers.wait_s("hook") is None

    # when
    for _ in range(SHARE):
        desk.at += 0.1
        desk.breakers.answered("hook", DOWN)
        desk.breakers.over("hook", 0.016)

    # then
    wait_s = desk.wait_s()
    assert wait_s is not None
    assert wait_s < FIRST_S


def test_no_channel_has_more_than_its_share_and_the_rest_come_back_one_by_one(desk: Desk) -> None:
    # given: a channel that has answered within 16 ms of late
    for _ in range(SHARE):
        assert desk.breakers.wait_s("hook") is None
    desk.at += 0.016

    # when
    waits = [desk.breakers.wait_s("hook") for _ in range(100)]

    # then
    assert all(0 < wait < 1 for wait in waits if wait is not None)
    assert None not in waits
    assert waits == sorted(waits, key=lambda wait: wait or 0)
    desk.breakers.over("hook", 0.016)
    assert desk.breakers.wait_s("hook") is None


def test_the_longer_a_channel_hangs_the_later_it_is_asked_again(desk: Desk) -> None:
    # given
    for _ in range(SHARE):
        assert desk.breakers.wait_s("hook") is None

    # when
    waits = []
    for _ in range(4):
        desk.at += 5
        waits.append(desk.breakers.wait_s("hook") or 0)

    # then
    assert [round(wait) for wait in waits] == [5, 10, 15, 20]


def test_tripping_and_recovery_are_told_once_each(desk: Desk) -> None:
    with capture_logs() as logs:
        desk.sends(DOWN, times=TRIPS)
        desk.at += FIRST_S
        desk.sends(SENT, times=3)
    assert [(log["event"], log["channel"]) for log in logs] == [
        ("channel.tripped", "hook"),
        ("channel.recovered", "hook"),
    ]
    assert logs[0]["reason"] == "no connection"
    assert logs[0]["for_s"] == FIRST_S
