"""actor_and_actor: when are two actors a topic?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.model import Topic

TopicsOf = Callable[..., tuple[Topic, ...]]


def pairs(topics: tuple[Topic, ...]) -> list[tuple[str, str]]:
    return [(topic.key, topic.label) for topic in topics if topic.shape == "actor_and_actor"]


def test_a_deed_between_them_in_the_headline_makes_a_pair(topics_of: TopicsOf) -> None:
    assert pairs(topics_of("Hezbollah attacks Hamas")) == [
        ("actor_and_actor:hamas+hezbollah", "Hezbollah and Hamas")
    ]


def test_a_deed_behind_both_makes_a_pair(topics_of: TopicsOf) -> None:
    assert pairs(topics_of("Putin and Narendra Modi meet")) == [
        ("actor_and_actor:modi+putin", "Vladimir Putin and Narendra Modi")
    ]


@pytest.mark.parametrize(
    "headline",
    [
        "Hezbollah and Hamas in the news",
        "Obama praises the Obama administration",
        "Hezbollah, "
        + "which has been in the news for years and years and will be, " * 2
        + "attacks Hamas",
        "Hezbollah hears Hamas",
        "Hezbollah fights Hezbollah",
    ],
)
def test_without_a_deed_between_two_there_is_no_pair(topics_of: TopicsOf, headline: str) -> None:
    assert pairs(topics_of(headline)) == []


def test_below_the_headline_two_sentences_are_needed(topics_of: TopicsOf) -> None:
    once = "Hamas thanked Hezbollah on Monday."
    assert pairs(topics_of("A letter", once)) == []
    assert pairs(topics_of("A letter", once, "Hezbollah invited Hamas.")) != []
