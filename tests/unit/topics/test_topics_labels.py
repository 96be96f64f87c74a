"""Labels in the language of the article; keys, and what watches ask for, stay."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.app import Desk
from monitor.lexicon import Knowledge
from monitor.model import Article, Topic, Watch
from monitor.topics.knowledge import country_names, load
from monitor.topics.labels import TEMPLATES, localised


def topic(key: str, label: str) -> Topic:
    return Topic(key=key, label=label, shape=key.partition(":")[0], score=1.0, evidence=())


def named(language: str | None, key: str, label: str, knowledge: Knowledge | None = None) -> str:
    (found,) = localised((topic(key, label),), language, knowledge or load())
    assert found.key == key
    return found.label


@pytest.mark.parametrize(
    ("language", "key", "label", "wanted"),
    [
        ("de", "place:IQ", "Iraq", "Irak"),
        ("fr-CA", "place:US", "US", "États-Unis"),
        ("es", "place:US", "US", "Estados Unidos"),
        ("ar", "place:IQ", "Iraq", "العراق"),
        ("zh-TW", "place:DE", "Germany", "德國"),
        ("de", "actor:un", "UN", "Vereinte Nationen"),
        ("es", "actor:nato", "NATO", "OTAN"),
        ("ar", "actor:isil", "ISIL", "داعش"),
        ("fr", "actor_in_place:hamas+IL", "Hamas in Israel", "Hamas (Israël)"),
        ("pl", "actor_in_place:isil+IQ", "ISIL in Iraq", "ISIL (Irak)"),
        ("de", "bilateral:IQ+US", "US Iraq relations", "Beziehungen Vereinigte Staaten – Irak"),
        ("es", "bilateral:IQ+US", "Iraq US relations", "Relaciones Irak – Estados Unidos"),
        ("fr", "actor_and_actor:nato+un", "UN and NATO", "Nations unies et OTAN"),
    ],
)
def test_a_topic_is_called_as_its_article_would(
    language: str, key: str, label: str, wanted: str
) -> None:
    assert named(language, key, label) == wanted


@pytest.mark.parametrize(
    ("language", "key", "label"),
    [
        ("en-GB", "place:IQ", "Iraq"),
        (None, "place:IQ", "Iraq"),
        ("und", "place:IQ", "Iraq"),
        ("xx", "place:IQ", "Iraq"),
        ("de", "place:mosul-iq", "Mosul"),
        ("de", "theme:violence", "violence"),
        ("de", "place_theme:IQ+violence", "Iraq violence"),
        ("pl", "bilateral:IQ+US", "US Iraq relations"),
        ("de", "actor:hamas", "Hamas"),
        ("de", "actor:nobody-knows", "Nobody"),
        ("de", "name:andy-murray", "Andy Murray"),
    ],
)
def test_without_a_name_it_keeps_its_label(language: str | None, key: str, label: str) -> None:
    assert named(language, key, label) == label


def test_every_country_has_a_name_in_the_languages_promised() -> None:
    countries = {place.id for place in load().places.values() if place.kind == "country"}
    for language in ("ar", "de", "es", "fr", "it", "nl", "pt"):
        assert len(countries - country_names()[language].keys()) <= 3, language
        assert all(language in templates for templates in TEMPLATES.values())
    assert len(country_names()) >= 34


def test_a_german_article_is_labelled_in_german_and_found_by_the_english_label() -> None:
    watch = Watch(id="iraq", title="Iraq", when='topic:"Iraq"')
    desk = Desk.of((watch,), load())
    article = Article(
        id="1",
        source="s",
        title="Gewalt im Irak",
        body="Im Irak wurde gekämpft. Die Vereinten Nationen sorgen sich um den Irak.",
        language="de",
        fetched=datetime(2026, 3, 1, tzinfo=UTC),
    )
    judgement = desk.judge(article)

    assert "Irak" in {topic.label for topic in judgement.topics}
    assert [match.watch for match in judgement.matches] == ["iraq"]
    assert dict(judgement.counted)["place:IQ"] == "Iraq"
