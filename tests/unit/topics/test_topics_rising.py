"""What rises now, against what was usual; whose furniture it is; when enough is known to say so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.lexicon import Lexicon
from monitor.lexicon.knowledge import Knowledge
from monitor.model import Article
from monitor.text import read
from monitor.topics import survey, topics_of
from monitor.topics.rising import (
    MOST_NAMES,
    Told,
    candidates,
    counted,
    is_known,
    name_key,
    rises,
    told_at,
    usual,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
VOLUME = {f"s{number}": 6 for number in range(8)}


def told(**sources: int) -> Told:
    return Told(key="name:farrow", label="Farrow", sources=sources, articles=("ref",))


def test_what_many_sources_tell_and_nobody_told_before_rises() -> None:
    (rise,) = rises(candidates([told(s1=3, s2=3, s3=2)], VOLUME), {})

    assert (rise.key, rise.stories, rise.usual, rise.z) == ("name:farrow", 8, 0.0, 16.0)
    assert rise.sources == ("s1", "s2", "s3")
    assert rise.articles == ("ref",)


def test_what_is_told_as_often_as_ever_does_not() -> None:
    assert rises([told(s1=3, s2=3, s3=2)], {"name:farrow": [8, 7, 9, 8, 8]}) == ()


def test_two_sources_few_stories_and_a_quiet_hour_are_no_candidates() -> None:
    assert candidates([told(s1=4, s2=4)], VOLUME) == ()
    assert candidates([told(s1=1, s2=1, s3=3)], VOLUME) == ()
    assert candidates([told(s1=3, s2=3, s3=2)], {"s1": 3, "s2": 3, "s3": 2}) == ()


def test_a_sources_furniture_does_not_count_for_it() -> None:
    found = candidates([told(s1=6, s2=3, s3=2, s4=2)], VOLUME)

    assert [each.sources for each in found] == [{"s2": 3, "s3": 2, "s4": 2}]


def test_stories_of_sources_not_kept_apart_count() -> None:
    crowd = Told(key="k", label="k", sources={"s1": 2, "s2": 1, "s3": 1}, others=4)

    assert candidates([crowd], VOLUME)[0].stories == 8


def test_the_strongest_comes_first() -> None:
    weak, strong = (
        told(s1=3, s2=3, s3=2),
        Told(key="a", label="A", sources={"x": 9, "y": 9, "z": 9}),
    )

    assert [rise.key for rise in rises([weak, strong], {})] == ["a", "name:farrow"]


def test_what_is_usual_is_known_after_a_day_with_enough_stories() -> None:
    assert is_known([20, 20, 20, 20], 6)
    assert is_known([90, 0, 0, 0], 6)
    assert not is_known([0, 30, 30, 30], 6)
    assert not is_known([19, 20, 20, 20], 6)
    assert not is_known([], 6)
    assert is_known([20], 24)


def test_a_mean_follows_what_is_told() -> None:
    mean, variance = usual([10] * 40)

    assert round(mean, 1) == 10.0
    assert variance < 1


@given(st.lists(st.integers(0, 50), max_size=28), st.integers(6, 60))
def test_more_stories_never_rise_less(before: list[int], stories: int) -> None:
    def z(count: int) -> float:
        found = rises([Told(key="k", label="k", sources={"a": count})], {"k": before})
        return found[0].z if found else 0.0

    assert z(stories + 1) >= z(stories)


def test_an_article_counts_for_its_topics_and_the_most_told_unknown_names() -> None:
    names = [f"Ada{letter} Quill{letter}" for letter in "abcdefghijklmnop"]
    body = " ".join(f"{name} spoke. Then {name} left." for name in names)
    reading = read(
        Article(id="1", source="s", title="Mildred Farrow", body=body, fetched=NOON, language="en")
    )
    nobody = Knowledge.of((), (), ())
    surveyed = survey(reading, Lexicon.compile(nobody).scan(reading), nobody)
    found = dict(counted(topics_of(surveyed), surveyed))

    assert len(found) <= MOST_NAMES + 15
    assert found[name_key("Adaa Quilla")] == "Adaa Quilla"


def test_an_article_counts_when_it_was_published_but_not_in_the_future() -> None:
    def at(published: datetime | None) -> datetime:
        return told_at(Article(id="1", source="s", title="", fetched=NOON, published=published))

    assert at(NOON - timedelta(hours=3)) == NOON - timedelta(hours=3)
    assert at(NOON + timedelta(hours=3)) == NOON
    assert at(None) == NOON
