"""A second opinion on unknown names: what it adds, what it takes away, what it must not touch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from monitor.app import Desk
from monitor.errors import ConfigError
from monitor.model import Article
from monitor.settings import load as load_settings
from monitor.topics import ner
from monitor.topics.knowledge import load as shipped

BODY = (
    "Officials met Strava Wharton on Monday. Later Strava Wharton left for Basra."
    " Wonderful Savings are here. Wonderful Savings never end."
    " The plan of Tindra was read. Tindra has no comment, and Tindra will not have one."
)


def article(body: str = BODY, language: str = "en") -> Article:
    return Article(
        id="1",
        source="s",
        title="A meeting",
        body=body,
        language=language,
        fetched=datetime(2026, 3, 1, tzinfo=UTC),
    )


def names(opinion: ner.Opinion | None, text: Article) -> set[str]:
    judgement = Desk.of((), shipped(), opinion).judge(text)
    return {label for key, label in judgement.counted if key.startswith("name:")}


def says(*found: tuple[str, str]) -> ner.Opinion:
    """An opinion that finds these, as often as the text says them."""

    def opinion(text: str) -> Iterable[tuple[str, str]]:
        return [(name, label) for name, label in found for _ in range(text.count(name))]

    return opinion


def test_what_the_model_never_calls_a_name_goes() -> None:
    assert "Wonderful Savings" in names(None, article())
    assert names(says(("Strava Wharton", "PERSON")), article()) == {"Strava Wharton"}


def test_what_the_model_calls_a_name_twice_comes() -> None:
    found = names(says(("Strava Wharton", "PERSON"), ("the plan of Tindra", "ORG")), article())
    assert "Tindra" not in found

    found = names(says(("Strava Wharton", "PERSON"), ("Tindra", "ORG")), article())
    assert {"Strava Wharton", "Tindra"} <= found


def test_the_lists_come_first() -> None:
    known = "Strava Wharton of Basra"
    text = f"The mayor met {known}. And {known} left. " + BODY

    assert known not in names(says((known, "PERSON"), ("Hezbollah", "ORG")), article(text))


def test_a_string_is_what_it_is_called_most_often() -> None:
    assert ner.majority(
        [
            ("ISIL", "ORG"),
            ("ISIL", "NORP"),
            ("the ISIL", "ORG"),
            ("ISIL's", "DATE"),
            ("May", "DATE"),
            ("Al", "ORG"),
            ("monday", "ORG"),
        ]
    ) == {"ISIL": "ORG"}


def test_other_languages_are_not_asked() -> None:
    def opinion(text: str) -> Iterable[tuple[str, str]]:
        raise AssertionError(text)

    assert names(opinion, article(language="de")) == set()


def test_an_article_of_names_alone_has_something_to_measure_by() -> None:
    only = article("Strava Wharton spoke. Strava Wharton left. Strava Wharton came.")
    topics = Desk.of((), shipped(), says(("Strava Wharton", "PERSON"))).judge(only).topics
    assert [topic.key for topic in topics] == ["name:strava-wharton"]
    assert Desk.of((), shipped(), says()).judge(only).topics == ()


@pytest.mark.skipif(find_spec("spacy") is not None, reason="the extra [ner] is installed")
def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "monitor.toml").write_text("[topics]\nner = true\n")
    with pytest.raises(ConfigError) as refused:
        load_settings(tmp_path, {})
    assert "monitor.toml [topics] ner: found true, but spaCy is not installed" in str(refused.value)
    assert "pip install 'wirewatch[ner]'" in str(refused.value)
    with pytest.raises(ConfigError):
        ner.load()


@pytest.mark.skipif(find_spec("spacy") is None, reason="the extra [ner] is not installed")
def test_a_model_that_is_not_there_is_said() -> None:
    problem = ner.problem("no_such_model")
    assert problem is not None
    assert problem.key == "ner_model"


@pytest.mark.skipif(find_spec(ner.MODEL) is None, reason="the extra [ner] is not installed")
def test_the_model_finds_names() -> None:
    opinion = ner.load()
    found = ner.majority(opinion("Angela Merkel met Barack Obama in Berlin on Monday."))
    assert found["Angela Merkel"] == "PERSON"
    assert "Monday" not in found
