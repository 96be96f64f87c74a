"""Two workers count towards one threshold at once: a story that was spoken for counts no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from newsroom import NOON, WATCH, House, paper

from monitor import telemetry
from monitor.app import Desk
from monitor.embedded import Embedded
from monitor.lexicon import Knowledge
from monitor.model import ARTICLES, Threshold, Timing
from monitor.store import Store, keys
from workers.process import Process

TWO = replace(WATCH, threshold=Threshold(stories=2, sources=1, within=timedelta(hours=6)))
TALLY = keys.tally("drones", TWO.asks)


@pytest.fixture
def house(store: Store) -> House:
    telemetry.set_up(level="error", format_="json")
    return House(store=store, watch=TWO)


def worker(store: Store, name: str) -> Process:
    return Process(
        desk=Desk.of((TWO,), Knowledge.of((), (), ())),
        store=store,
        worker=name,
        now=lambda: NOON,
        guard=lambda read: read(),
        log=telemetry.logger(),
        timings={"desk": Timing()},
    )


def between(process: Process, happens: Callable[[], object]) -> None:
    """It happens once, after the worker has read who has spoken and before it counts."""
    judging = process.store.judging
    tally = judging.tally

    def counted(*args: object, **given: object) -> object:
        judging.tally = tally  # type: ignore[method-assign]  # once
        happens()
        return tally(*args, **given)  # type: ignore[arg-type]  # as it was called

    judging.tally = counted  # type: ignore[assignment,method-assign]  # the very moment


def test_a_story_that_was_told_meanwhile_does_not_come_back_into_the_tally(
    house: House, embedded: Embedded
) -> None:
    # given: one of two stories; then one text of two papers comes to two workers
    house.stories(0)
    ours, theirs = worker(house.store, "ours"), worker(Store(embedded.url), "theirs")
    house.store.sources.put(
        "star", version=0, state={}, seen=(), articles=(paper(1, "star"),), now=NOON
    )
    between(theirs, lambda: _expires(house, theirs) and ours.cycle())
    # when: the one tells it after the other has read that nobody had
    assert theirs.cycle()
    # then
    assert house.store.client.hkeys(TALLY) == []
    (alert,) = house.store.view.alerts(10)
    assert len(alert.counted) == 1
    # and what comes later is told by two of its own
    house.stories(2)
    house.stories(3)
    assert len(house.store.view.alerts(10)) == 2


def _expires(house: House, process: Process) -> bool:
    """The lease of what it holds runs out, and the work is given to others."""
    client = house.store.client
    for job in process.held:
        client.zadd(keys.leases(ARTICLES), {job: 1})
    return bool(house.store.articles.sweep(NOON).back)


def test_a_ghost_in_a_tally_goes_with_the_next_count(house: House) -> None:
    # given: what an earlier version left: counted, and spoken for
    house.stories(0)
    (ghost,) = house.store.client.hkeys(TALLY)
    (kept,) = house.store.client.hvals(TALLY)
    house.stories(1)
    house.store.client.hset(TALLY, ghost, kept)
    # when
    house.stories(2)
    # then
    assert ghost not in house.store.client.hkeys(TALLY)
    assert len(house.store.client.hkeys(TALLY)) == 1
    house.stories(3)
    assert [len(each.counted) for each in house.store.view.alerts(10)] == [1, 1]


def test_counting_twice_is_counting_once_whether_spoken_for_or_not(house: House) -> None:
    article, within = paper(4), timedelta(hours=6)

    def count(story: str) -> list[str]:
        found = house.store.judging.tally("drones", story, article, within, "v", asks=TWO.asks)
        return [each.story for each in found]

    house.store.client.set(keys.spoken("drones", "told"), b"{}")

    assert [count("told"), count("told")] == [[], []]
    assert [count("new"), count("new")] == [["new"], ["new"]]
    house.store.client.set(keys.spoken("drones", "new"), b"{}")
    assert [count("other"), count("other")] == [["other"], ["other"]]
    assert house.store.client.hkeys(TALLY) == [b"other"]


def test_what_is_never_decided_alone_comes_back_later_and_ends_no_process(house: House) -> None:
    # given: what stands there is not as we write it, so no decision holds
    house.watch = WATCH
    house.stories(0)
    (alert,) = house.store.view.alerts(1)
    name = keys.spoken("drones", alert.story)
    ours = house.store.client.get(name)
    assert isinstance(ours, bytes)
    house.store.client.set(name, ours.replace(b":", b": ", 1))
    # when
    house.stories(0, source="star")
    # then
    depth = house.store.view.depth(ARTICLES)
    assert (depth.later, depth.leased, depth.waiting) == (1, 0, 0)
    assert house.store.letters.all() == ()
    # and it is judged when it is alone
    house.store.client.set(name, ours)
    (job,) = house.store.client.zrange(keys.later(ARTICLES), 0, -1)
    house.store.client.zadd(keys.later(ARTICLES), {job: 1})
    house.stories(1)
    assert house.store.view.depth(ARTICLES).total == 0
    assert house.store.view.counts()["articles.copy"] == 1
