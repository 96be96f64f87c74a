"""One of several pollers leads; what an earlier leader puts is not taken."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from monitor.cli.overview import overview
from monitor.cli.overview_table import shown
from monitor.errors import Deposed
from monitor.model import ARTICLES, Article
from monitor.settings import load
from monitor.store import Store, beat_of, keys

Until = Callable[..., None]


def put(store: Store, article: Article, *, version: int, term: int) -> None:
    store.sources.put(
        "example",
        version=version,
        state={"next_due": f"of term {term}"},
        seen=["seen"],
        articles=(article,),
        now=article.fetched,
        term=term,
    )


def test_one_leads_and_the_others_learn_who(store: Store) -> None:
    # when
    first = store.leaders.stand("a", config="c1")
    second = store.leaders.stand("b", config="c1")
    # then
    assert (first.term, first.leader) == (1, "a")
    assert (second.term, second.leader) == (0, "a")
    leader = store.leaders.now()
    assert leader is not None
    assert (leader.name, leader.term, leader.config) == ("a", 1, "c1")


def test_to_stand_twice_is_to_stay(store: Store) -> None:
    terms = [store.leaders.stand("a").term for _ in range(3)]

    assert terms == [1, 1, 1]


def test_a_lease_that_ran_out_is_the_next_ones_and_the_term_grows(
    store: Store, until: Until
) -> None:
    # given
    store.leaders.stand("a", lease_s=0.05)
    # when
    until(lambda: store.leaders.stand("b").term, what="the lease runs out", within_s=2)
    # then
    assert store.leaders.stand("b").term == 2
    assert store.leaders.stand("a").term == 0


def test_who_resigns_is_followed_at_once_and_resigning_twice_is_once(store: Store) -> None:
    # given
    store.leaders.stand("a")
    # when
    store.leaders.resign("a")
    assert store.leaders.now() is None
    assert store.leaders.stand("b").term == 2
    store.leaders.resign("a")
    # then: the second time it is another's
    leader = store.leaders.now()
    assert leader is not None
    assert leader.name == "b"


def test_a_clock_that_was_set_back_keeps_nobody_in_office(store: Store) -> None:
    # given: a lease from an hour ahead
    store.leaders.stand("a")
    (seconds, _) = store.client.time()
    store.client.hset(keys.leader(), "until", str((seconds + 3600) * 1000))
    # when / then
    assert store.leaders.stand("b").term == 2


def test_what_an_earlier_leader_puts_is_not_taken(
    store: Store, article: Callable[..., Article]
) -> None:
    # given: a poll of the first leader, and its answer to a lost reply
    store.leaders.stand("a")
    for _ in range(2):
        put(store, article(1), version=0, term=1)
    # when: another leads
    store.leaders.resign("a")
    store.leaders.stand("b")
    for _ in range(2):
        with pytest.raises(Deposed, match="another poller leads now"):
            put(store, article(2), version=1, term=1)
    # then
    assert store.view.waiting(ARTICLES) == 1
    assert store.sources.state("example").get("next_due") == "of term 1"
    # and: the one that leads, and one that nobody elected, go on
    put(store, article(2), version=1, term=2)
    put(store, article(3), version=2, term=0)
    assert store.view.waiting(ARTICLES) == 3


def test_status_says_which_poller_leads_and_that_services_follow_different_files(
    store: Store, sample_config: Path
) -> None:
    def told() -> str:
        out = io.StringIO()
        seen = overview(store, load(sample_config, {}), datetime.now(UTC))
        Console(file=out, width=200).print(shown(seen, datetime.now(UTC)))
        return out.getvalue()

    # given
    mine = beat_of("poller", started=0.0, clock=0.0, ticked_s=0.0)
    store.beats.say(replace(mine, config="c1"))
    store.beats.say(replace(mine, service="worker", config="c1"))
    assert "none leads" in told()
    assert "stands by, configuration c1" in told()
    # when
    store.leaders.stand("a", config="c1")
    # then
    assert ", leads, configuration c1" in told()
    assert "none leads" not in told()
    assert "different ones" not in told()
    # and when
    store.beats.say(replace(mine, service="worker", config="c2"))
    assert "services follow different ones" in told()
