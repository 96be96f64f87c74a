"""Which topics a watch may ask for, and what is offered for those that no article has."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.lexicon import Knowledge, Lexicon
from monitor.model import Article
from monitor.sources.seed import read_paths
from monitor.text import read
from monitor.topics import extract
from monitor.topics.known import FORMS, KnownTopics

SEEDS = Path(__file__).parents[3] / "seeds"
Oddity = Callable[[str], tuple[str, str] | None]


@pytest.fixture(scope="module")
def oddity(shipped: Knowledge) -> Oddity:
    return KnownTopics(shipped).oddity


SOUND = [
    "ISIL in Iraq",
    "isil in iraq",
    "Iraq violence",
    "US",
    "Mosul",
    "violence",
    "bilateral:IQ+US",
    "actor_in_place:isil+IQ",
    "place_theme:IQ+violence",
    "actor_and_actor:hezbollah+sdf",
    "actor:isil",
    "place:mosul-iq",
    "theme:violence",
    "name:andy-murray",
    "Andy Murray",
    "Bank of Montreal",
    "Strava",
]


@pytest.mark.parametrize("name", SOUND)
def test_a_topic_that_articles_may_have_is_not_odd(oddity: Oddity, name: str) -> None:
    assert oddity(name) is None


OFFERED = {
    "Islamic State in Iraq and Syria": 'topic:"ISIL"',
    "Islamic State in Mosul": 'topic:"ISIL in Iraq"',
    "ISILL in Iraq": 'topic:"ISIL in Iraq"',
    "Iraq violance": 'topic:"Iraq violence"',
    "irak violence": 'topic:"Iraq violence"',
    "Mosul violence": 'topic:"Iraq violence"',
    "actor_in_place:isil+iraq": 'topic:"actor_in_place:isil+IQ"',
    "bilateral:US+IQ": 'topic:"bilateral:IQ+US"',
    "actor:isill": 'topic:"actor:isil"',
    "Iran US relations": 'topic:"bilateral:IR+US", which is both',
    "Hamas and Hezbollah": 'topic:"actor_and_actor:hamas+hezbollah", which is both',
}


@pytest.mark.parametrize("name", OFFERED)
def test_for_a_topic_that_no_article_has_the_nearest_is_offered(oddity: Oddity, name: str) -> None:
    odd = oddity(name)

    assert odd is not None
    assert OFFERED[name] in odd[1]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("what nobody calls anything zzz", "no article has a topic what nobody calls"),
        ("bilateral:US", "is no key"),
        ("actor_in_place:zqzqzqzqzq+IQ", "no actor has the id zqzqzqzqzq"),
        ("actor_in_place:apple+IQ", "no article has a topic actor_in_place:apple+IQ"),
        ("actor:us", "no article has a topic actor:us"),
        ("bilateral:IQ+IQ", "no article has a topic bilateral:IQ+IQ"),
        ("bilateral:IQ+mosul-iq", "no article has a topic bilateral:IQ+mosul-iq"),
        ("place_theme:US+business", "no article has a topic place_theme:US+business"),
    ],
)
def test_what_is_like_no_topic_is_said_to_be_none(oddity: Oddity, name: str, said: str) -> None:
    odd = oddity(name)

    assert odd is not None
    assert said in odd[0]


def test_the_topics_of_real_articles_are_known(shipped: Knowledge, oddity: Oddity) -> None:
    lexicon = Lexicon.compile(shipped)
    articles = read_paths((str(SEEDS),), fetched=datetime(2026, 1, 1, tzinfo=UTC))
    readings = [read(article) for article in articles if isinstance(article, Article)]
    found = [
        topic for reading in readings for topic in extract(reading, lexicon.scan(reading), shipped)
    ]

    assert len(found) > 20
    for topic in found:
        assert oddity(topic.key) is None
        odd = oddity(topic.label)
        assert (odd is not None and topic.key in odd[1]) is getattr(
            FORMS.get(topic.shape), "either", False
        )
