"""A folder of the configuration that does not answer, as one on a network may not for ever."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from services import Services

from monitor.model import ARTICLES, DELIVERIES

Until = Callable[..., None]


@pytest.fixture
def hang(services: Services) -> Iterator[Callable[[], None]]:
    """From then on reading a file of the configuration waits, until the test is over."""
    path = services.product.config / "watchlist.toml"

    def never_answers() -> None:
        pipe = path.with_name("pipe")
        os.mkfifo(pipe)
        pipe.rename(path)

    yield never_answers
    if path.is_fifo():  # lets go whoever reads there
        os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))


def test_it_keeps_no_supervisor_from_replacing_the_dead_and_no_service_from_ending(
    services: Services, until: Until, hang: Callable[[], None]
) -> None:
    # given
    product = services.product
    services.drop(1)
    worker = product.start("worker", "--processes", "1")
    poller = product.start("poller", "--seeds", "seeds")
    until(services.all_received, what="the first drop is received", within_s=60)
    # when
    hang()
    until(lambda: "config.awaited" in product.said(), what="it is said")
    for pid in services.children(ARTICLES) + services.children(DELIVERIES):
        os.kill(pid, signal.SIGKILL)
    services.drop(3)
    # then
    until(services.all_received, what="the dead were replaced")
    services.check()
    # and
    for service in (worker, poller):
        service.terminate()
    for service in (worker, poller):
        assert service.wait(10) == 0
    assert "process.cut" not in product.said()


def test_another_configuration_is_taken_when_it_answers_again(
    services: Services, until: Until, hang: Callable[[], None]
) -> None:
    # given
    product = services.product
    product.start("worker", "--processes", "1", "--queue", "articles")
    until(lambda: services.children(ARTICLES), what="it runs")
    hang()
    until(lambda: "config.awaited" in product.said(), what="it is said")
    # when: the same folder answers, with another watch
    path = product.config / "watchlist.toml"
    other = path.with_name("other")
    other.write_text('[watch.kites]\nwhen = "kite"\n')
    pipe = os.open(path, os.O_RDWR)
    other.rename(path)
    os.close(pipe)  # whoever waits reads the end of it
    # then
    until(lambda: "config.reloaded" in product.said(), what="it is taken", within_s=30)
    assert "kites" in product.said()
