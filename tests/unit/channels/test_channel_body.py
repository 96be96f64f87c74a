"""The webhook body."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from monitor.channels.body import encode
from monitor.model import Alert

EXPECTED = Path(__file__).parents[2] / "fixtures" / "alerts" / "envoys.body.json"


def test_the_body_is_exactly_the_documented_one(envoys: Alert) -> None:
    assert json.loads(encode(envoys)) == json.loads(EXPECTED.read_bytes())


def test_evidence_offsets_count_in_the_title_given(envoys: Alert) -> None:
    # when
    data = json.loads(encode(envoys))["data"]

    # then
    in_title = [each for each in data["evidence"] if each["field"] == "title"]
    assert in_title
    for each in in_title:
        assert data["article"]["title"][each["start"] : each["end"]] == each["text"]


def test_the_body_is_one_line_that_no_terminal_obeys_whatever_the_texts(
    envoys: Alert, trick: str, poison: Callable[[Alert, str], Alert]
) -> None:
    # when
    body = encode(poison(envoys, trick)).decode()

    # then
    assert not any(
        letter < " " or "\x7f" <= letter <= "\x9f" or letter in "\u202e\u2067\u200f\u2028"
        for letter in body
    )
    title = json.loads(body)["data"]["article"]["title"]
    assert title == trick.replace("\ud83d", "\ufffd")


def test_only_web_links_leave(envoys: Alert) -> None:
    # given
    bad = replace(envoys, article=replace(envoys.article, url="javascript:alert(1)"))

    # then
    assert json.loads(encode(bad))["data"]["article"]["url"] is None


def test_an_undated_article_has_no_date(envoys: Alert) -> None:
    undated = replace(envoys, article=replace(envoys.article, published=None))
    assert json.loads(encode(undated))["data"]["article"]["published"] is None


def test_the_same_alert_gives_the_same_bytes(envoys: Alert) -> None:
    assert encode(envoys) == encode(replace(envoys))
