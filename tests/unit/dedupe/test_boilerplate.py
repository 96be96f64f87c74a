"""What papers print around a text, and whose text it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.dedupe.boilerplate import agency, candidates, stripped
from monitor.dedupe.events import features
from monitor.dedupe.urls import fragment_of, same_site
from monitor.model import Article

FIRST = Article(id="1", source="wire", title="", fetched=datetime(2014, 6, 13, tzinfo=UTC))
TEXT = "The ferry leaves at six.\n\nIslanders had asked for it since the winter."


def test_a_text_without_furniture_stays_as_it_is() -> None:
    assert stripped(TEXT) == TEXT
    prices = "Share prices fell in Basra.\n\nReporting by radio was all that was left to them."
    assert stripped(prices) == prices


def test_furniture_goes_and_long_lines_stay() -> None:
    long = "Share this " + "and more of it " * 30

    assert stripped(f"Advertisement\n\n{TEXT}\n\nSign up for our newsletter\n\n{long}") == (
        f"{TEXT}\n\n{long}"
    )
    credited = "The ferry leaves at six. (Reporting by Ada Novak)"
    assert stripped(credited) == "The ferry leaves at six."


def test_lines_of_a_source_are_named_alike_however_spaced() -> None:
    own = candidates(replace(FIRST, body=f"The Post is for you.\n{TEXT}"))[0]
    again = candidates(replace(FIRST, body=f"The  POST is for you.\n\n{TEXT}"))

    assert own == again[0]
    assert stripped(f"{TEXT}\n\nThe Post is for you.", {own}) == TEXT
    assert candidates(replace(FIRST, body="One paragraph.")) == ()


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"body": f"BASRA, June 3 (Reuters) - {TEXT}"}, "reuters"),
        ({"body": f"{TEXT}\n\nThe Associated Press contributed to this report."}, "ap"),
        ({"body": f"{TEXT}\n\n© 2014 AFP"}, "afp"),
        ({"body": TEXT, "authors": ("Ada Novak", "DPA")}, "dpa"),
        ({"body": TEXT, "dateline": "MOSCOW (TASS)"}, "tass"),
        ({"body": TEXT, "summary": "(AP) - The ferry."}, "ap"),
        ({"body": TEXT}, ""),
        ({"body": f"Readers of Reuters know. {TEXT}"}, ""),
    ],
)
def test_the_agency_is_the_one_named(given: dict[str, object], wanted: str) -> None:
    assert agency(replace(FIRST, **given)) == wanted  # type: ignore[arg-type]  # fields by name


@given(st.text(max_size=300))
def test_stripping_twice_changes_nothing_more(text: str) -> None:
    once = stripped(text)

    assert stripped(once) == once


def test_features_are_subjects_names_and_words_of_the_title() -> None:
    told = replace(FIRST, title="Tikrit falls to men", body="Fighters took Tikrit near Samarra.")

    assert len(features(told)) == 3  # tikrit, falls, samarra
    assert features(told, ["place:IQ"])[:-1] == features(told)
    assert len(features(told, [f"place:{number}" for number in range(40)])) == 3 + 4


def test_fragments_are_spelled_evenly_and_texts_to_scroll_to_are_none() -> None:
    assert fragment_of("https://example.org/a#caf%c3%a9") == "caf%C3%A9"
    assert fragment_of("https://example.org/a#:~:text=b") == ""
    assert fragment_of("https://example.org/#!/story") == ""
    assert fragment_of("urn:a#b") == ""


def test_sites_are_told_by_the_end_of_their_host() -> None:
    assert same_site("https://news.example.org/a", "https://example.org:8443/b")
    assert same_site("https://a.paper.co.uk/", "https://paper.co.uk/")
    assert not same_site("https://one.co.uk/", "https://two.co.uk/")
