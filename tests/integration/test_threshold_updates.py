"""A watch with a threshold tells again as its story spreads, and what it covers stays told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from newsroom import House, paper

from monitor import telemetry
from monitor.model import Alert, Article, Threshold, Watch
from monitor.store import Store

WATCH = Watch(
    id="drones",
    title="Drones",
    when="drone",
    notify=("desk",),
    threshold=Threshold(stories=2, sources=2, within=timedelta(hours=6)),
    updates=(2,),
    escalate=((3, "high"),),
)


@pytest.fixture
def house(store: Store) -> House:
    telemetry.set_up(level="error", format_="json")
    return House(store, watch=WATCH)


def copy_of(number: int, source: str) -> Article:
    return replace(
        paper(number), id=f"{source}-{number}", source=source, url=f"https://{source}.example/c"
    )


def test_a_story_that_made_up_a_threshold_is_told_again_as_it_spreads(house: House) -> None:
    house.stories(0)
    house.stories(1)
    (first,) = house.mail()
    assert isinstance(first, Alert)
    assert [each.article.title for each in first.counted] == [paper(0).title]

    house.come(copy_of(1, "copy-a"))
    house.come(copy_of(1, "copy-b"))

    again = [each for each in house.mail() if isinstance(each, Alert)]
    assert [each.update and each.update.step for each in again] == [2, 3]
    assert [each.severity for each in again] == ["normal", "high"]
    assert house.store.view.counts()["alerts.raised"] == 1


def test_the_stories_it_covers_stay_told(house: House) -> None:
    house.stories(0)
    house.stories(1)
    house.come(copy_of(1, "copy-a"))
    house.mail()

    house.come(copy_of(0, "copy-b"))

    assert house.mail() == []
