"""Children that live and do not run: stopped, or stuck."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from services import Services

from monitor.app import App
from monitor.model import ARTICLES, DELIVERIES
from monitor.settings import load
from workers.posts import AWAY_S, Post, Striking
from workers.runtime import Supervisor
from workers.vitals import Vitals

Until = Callable[..., None]
SUPERVISE = Path(__file__).with_name("supervise.py")
STALLED_S = 3.0


def test_children_that_are_stopped_are_replaced_and_their_work_done(
    services: Services, until: Until
) -> None:
    # given
    services.product.start_program(str(SUPERVISE), "config", str(STALLED_S), ARTICLES, DELIVERIES)
    services.product.start("poller", "--seeds", "seeds")
    services.drop(1)
    until(services.all_received, what="the first is received", within_s=60)
    stopped = services.children(ARTICLES) + services.children(DELIVERIES)
    # when: one that judges and one that delivers hear nothing any more
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    services.drop(2)
    # then
    until(services.all_received, what="all is received", within_s=30)
    services.check()
    assert services.product.said().count("process.stalled") == len(stopped)
    assert not {*stopped} & {*services.children(ARTICLES), *services.children(DELIVERIES)}


@pytest.fixture
def post() -> Iterator[Post]:
    """A place whose child is a process that has not ticked for a minute."""
    post = Post(queue=DELIVERIES, number=0, vitals=Vitals())
    struct.pack_into("d", post.vitals._page, 24, time.monotonic() - 60)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        post.taken("worker", child.pid)
        yield post
        child.kill()


def test_a_supervisor_that_was_held_up_itself_strikes_nobody(post: Post) -> None:
    striking = Striking(3.0)
    striking._back_s -= 100
    striking._came_s -= AWAY_S + 1

    striking.run([post], limit_s=30)

    assert not post.struck


def test_how_long_a_child_has_not_run_is_known_before_it_is_struck(post: Post) -> None:
    striking = Striking(100.0)
    striking._back_s -= 100

    striking.run([post], limit_s=30)

    assert not post.struck
    assert 59 < striking.silent_s < 70


def test_one_that_reads_has_the_time_of_its_article(post: Post) -> None:
    striking = Striking(3.0)
    striking._back_s -= 100
    post.vitals.begin()

    striking.run([post], limit_s=30)
    assert not post.struck

    post.vitals.end()
    striking.run([post], limit_s=30)
    assert post.struck
    assert post.blame == ""


def test_a_supervisor_is_written_out_in_a_word(sample_config: Path) -> None:
    # as Python does with the handler that a child replaces: its App is ten megabytes of text
    app = App(load(sample_config), "redis://127.0.0.1:1/0")

    assert len(repr(Supervisor(app=app, queues=(ARTICLES,))._told)) < 200
