"""Templates: places filled, structure kept, and mistakes told before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels import CHANNELS
from monitor.channels.body import document
from monitor.channels.template import filled, places
from monitor.channels.trial import trial, trial_digest
from monitor.errors import ConfigError
from monitor.model import Alert, Message, Trouble
from monitor.settings import load

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fill(template: object, message: Message) -> Any:
    """What a receiver reads, the template checked as the configuration checks it."""
    config = CHANNELS["webhook"].config.model_validate(
        {"url": "https://hooks.example.org/x", "secret": "s", "template": template}
    )
    return json.loads(filled(config.template, message))  # type: ignore[attr-defined]  # a webhook's has one


def test_places_are_filled_and_all_else_stays(envoys: Alert) -> None:
    # given
    template = {
        "text": "*${data.watch}*: ${data.article.title} ($$5, ${data.sources})",
        "blocks": [{"type": "section", "n": 3, "on": True}, "plain"],
    }

    # then
    assert fill(template, envoys) == {
        "text": f"*{envoys.watch}*: {envoys.article.title} ($5, {', '.join(envoys.sources)})",
        "blocks": [{"type": "section", "n": 3, "on": True}, "plain"],
    }


def test_a_text_that_is_one_place_becomes_what_stands_there(envoys: Alert) -> None:
    # given
    undated = replace(envoys, article=replace(envoys.article, published=None))

    # when
    body = fill(
        {"s": "${data.sources}", "v": "${version}", "p": "${data.article.published}"}, undated
    )

    # then
    assert body == {"s": list(envoys.sources), "v": 1, "p": None}


def test_json_in_a_text_is_a_template_too(envoys: Alert) -> None:
    assert fill('["${data.alert}", 1]', envoys) == [envoys.id, 1]


def test_what_a_kind_of_document_has_not_is_empty(envoys: Alert) -> None:
    assert fill({"a": "of ${data.digest}.", "b": "${data.digest}"}, envoys) == {
        "a": "of .",
        "b": None,
    }


def test_heading_and_text_say_something_of_every_kind(envoys: Alert) -> None:
    # given
    template = {"heading": "${heading}", "text": "${text}"}
    trouble = replace(envoys, trouble=Trouble(kind="failing", since=NOON))

    # then
    for message in (envoys, trouble, trial("desk", NOON)[1], trial_digest("desk", NOON)[1]):
        body = fill(template, message)
        assert body["heading"]
        assert body["text"]
    assert "sat down in Baghdad" in fill(template, envoys)["text"]


@pytest.mark.parametrize("place", places())
def test_every_place_can_be_filled(envoys: Alert, place: str) -> None:
    assert list(fill({"here": f"${{{place}}}"}, envoys)) == ["here"]


def test_every_field_outside_lists_is_a_place(envoys: Alert) -> None:
    def walk(values: dict[str, object], before: str = "") -> None:
        for name, value in values.items():
            assert f"{before}{name}" in places()
            if isinstance(value, dict):
                walk(value, f"{before}{name}.")

    walk(document(envoys))
    walk(document(trial_digest("desk", NOON)[1]))


def test_a_strangers_text_never_becomes_structure(
    envoys: Alert, trick: str, poison: Callable[[Alert, str], Alert]
) -> None:
    # when
    body = fill('{"a": {"b": "<${data.title}>"}, "c": 1}', poison(envoys, trick))

    # then
    assert body == {"a": {"b": f"<{trick}>".replace("\ud83d", "\ufffd")}, "c": 1}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text().filter(lambda t: "$" not in t),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ).filter(lambda value: isinstance(value, dict | list))
)
def test_a_template_without_places_is_sent_as_it_is(template: object) -> None:
    _, alert = trial("desk", NOON)
    assert fill(template, alert) == template


@pytest.mark.parametrize(
    ("template", "says"),
    [
        (
            '{ text = "${data.artcle.title}" }',
            "channels.toml [channel.hook] template: found ${data.artcle.title} (did you mean"
            " ${data.article.title}?), wanted one of heading, text, type, version, timestamp,",
        ),
        ('{ a = [{ b = "${}" }] }', "found ${}, wanted one of"),
        ("'{\"text\": ${text}}'", "found a text that is no JSON ("),
        ("3", "found neither table nor list, wanted a table, or JSON in a text"),
        ("{ day = 2026-03-01 }", "found the date 2026-03-01, wanted a text"),
        ("{ n = nan }", "found nan, wanted a number that JSON knows"),
        ("'" + "[" * 30 + "]" * 30 + "'", "found more than 20 tables within tables"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, template: str, says: str) -> None:
    # given
    (tmp_path / "channels.toml").write_text(
        '[channel.hook]\ntype = "webhook"\nurl = "https://hooks.example.org/x"\nsecret = "hush"\n'
        f"template = {template}\n"
    )

    # when
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, {})

    # then
    assert says in str(raised.value)


def test_a_person_is_not_shown_what_may_be_a_key(envoys: Alert) -> None:
    # given
    kind = CHANNELS["webhook"]
    template = {"routing_key": "R015PT6U3QZ7", "summary": "${heading}", "action": "trigger"}
    config = kind.config.model_validate(
        {"url": "https://hooks.example.org/x", "secret": "s", "template": template}
    )
    channel = kind.open_channel("hook", config, allow=(), contact="")
    delivery, alert = trial("hook", NOON)

    # when
    shown = channel.draft(delivery, alert)

    # then
    assert '{"routing_key":"R0…","summary":"[LOW] Test","action":"trigger"}' in shown
