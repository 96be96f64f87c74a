"""Thresholds, steps and what emerges count independent sources, by one rule."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from arriving import Arriving

from benchmarks.matchbench.articles import World
from monitor.model import Article, Origin, Threshold, Watch
from monitor.store import Store, keys
from monitor.topics.rising import hour_of
from tests.conftest import NOON

TEXTS = [f"A drone fell into harbour {n}. {a.body}" for n, a in enumerate(World().articles(8))]
WATCH = Watch(
    id="drones",
    title="Drones",
    when="drone",
    notify=("desk",),
    threshold=Threshold(stories=2, sources=2, within=timedelta(hours=6)),
)


def paper(number: int, source: str, url: str | None, *, said: str = "") -> Article:
    return Article(
        id=f"{source}-{number}",
        source=source,
        title=f"Drone falls near harbour {number}",
        url=url,
        body=said + TEXTS[number],
        published=NOON,
        fetched=NOON,
        origin=Origin.SEED,
    )


@pytest.fixture
def come(store: Store) -> Arriving:
    homes = {"a": "https://feeds.one.example/a", "b": "https://feeds.one.example/b"}
    return Arriving(store, NOON, WATCH, homes=homes)


def silence(store: Store, article: Article) -> str:
    found = store.view.article(article.ref)
    assert found is not None
    said: str = json.loads(found[1]["silenced"])["drones"]
    return said


def test_stories_of_two_feeds_of_one_publisher_reach_no_threshold_of_two_sources(
    store: Store, come: Arriving
) -> None:
    come(paper(0, "one-world", "https://www.one.example/0"))
    second = paper(1, "one-local", "https://local.one.example/1")
    come(second)
    assert store.view.alerts(9) == ()
    assert silence(store, second) == (
        "below its threshold: 2 of 2 stories, 1 of 2 independent sources within 6 hours"
    )
    come(paper(2, "two", "https://two.example/2"))
    (alert,) = store.view.alerts(9)
    assert {each.voice for each in alert.counted} == {"one.example"}


def test_articles_without_addresses_count_for_the_sites_of_their_feeds(
    store: Store, come: Arriving
) -> None:
    come(paper(0, "a", None), paper(1, "b", None))
    assert store.view.alerts(9) == ()
    come(paper(2, "c", None))
    assert len(store.view.alerts(9)) == 1


def test_stories_that_two_papers_take_from_one_agency_are_by_one_source(
    store: Store, come: Arriving
) -> None:
    come(paper(0, "one", "https://one.example/0", said="HARBOUR (Reuters) - "))
    second = paper(1, "two", "https://two.example/1", said="HARBOUR (Reuters) - ")
    come(second)
    assert store.view.alerts(9) == ()
    assert "1 of 2 independent sources" in silence(store, second)
    come(paper(2, "three", "https://three.example/2", said="HARBOUR (AP) - "))
    assert len(store.view.alerts(9)) == 1


def test_what_emerges_is_counted_under_publishers_and_agencies(
    store: Store, come: Arriving
) -> None:
    come(
        paper(0, "one-world", "https://www.one.example/0"),
        paper(1, "one-local", "https://local.one.example/1"),
        paper(2, "two", "https://two.example/2", said="HARBOUR (Reuters) - "),
    )
    volume = store.client.hgetall(keys.trend_volume("", hour_of(NOON)))
    assert {bytes(name).decode(): int(n) for name, n in volume.items()} == {
        "one.example": 2,
        "reuters": 1,
    }


def test_a_story_kept_before_publishers_were_counts_its_sources(
    store: Store, come: Arriving
) -> None:
    come(paper(0, "one", "https://one.example/0"))
    (key,) = (key for key in store.client.keys("ww:1:story:*") if b"copies" not in key)
    ms = int(NOON.timestamp() * 1000)
    store.client.hset(key, mapping={"source:one": f"{ms}.000", "source:two": f"{ms}.001"})
    story = store.view.story(bytes(key).decode().rpartition(":")[2])
    assert story is not None
    assert ([name for name, _ in story.sources], story.independent) == (["one", "two"], 2)


def test_what_counts_towards_a_threshold_since_an_earlier_version_counts_on(
    store: Store, come: Arriving
) -> None:
    come(paper(0, "one", "https://one.example/0"))
    ((story, kept),) = store.client.hgetall(keys.tally("drones", WATCH.asks)).items()
    store.client.hset(keys.tally("drones", WATCH.asks), story, bytes(kept).partition(b"\n")[0])
    come(paper(1, "two", "https://two.example/1"))
    assert len(store.view.alerts(9)) == 1
