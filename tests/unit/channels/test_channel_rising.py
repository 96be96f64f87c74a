"""An alert about what emerges, as channels show it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from monitor.alerts import emerging_alert
from monitor.channels.alert_letter import html_text, plain_text
from monitor.channels.body import encode
from monitor.channels.sheet import printed
from monitor.codec import decode_alert, encode_alert
from monitor.model import Alert, AlertedArticle, Rising, Watch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def farrow() -> Alert:
    article = AlertedArticle(
        id="a1",
        ref="r1",
        title="Who is Mildred Farrow?",
        source="post",
        source_name="The Post",
        url="https://post.example/1",
        published=NOON,
    )
    rising = Rising(
        key="name:mildred-farrow",
        label="Mildred Farrow",
        stories=9,
        usual=0.4,
        hours=6,
        sources=("post", "star", "sun"),
        articles=(article,),
    )
    watch = Watch(id="emerging", title="What emerges", emerging=True, notify=("desk",))
    return emerging_alert(watch, rising, NOON)


def test_it_comes_back_from_the_store_as_it_was(farrow: Alert) -> None:
    assert decode_alert(encode_alert(farrow)) == farrow


def test_a_webhook_gets_the_counts_and_the_newest_articles(farrow: Alert) -> None:
    data = json.loads(encode(farrow))["data"]

    assert data["rising"]["key"] == "name:mildred-farrow"
    assert (data["rising"]["stories"], data["rising"]["usual"], data["rising"]["hours"]) == (
        *(9, 0.4),
        6,
    )
    assert data["rising"]["articles"][0]["title"] == "Who is Mildred Farrow?"
    assert data["evidence"][0]["sentence"] == "Who is Mildred Farrow?"
    assert [topic["shape"] for topic in data["topics"]] == ["name"]


def test_people_read_how_much_it_is_told_and_what_is_newest(farrow: Alert) -> None:
    for text in (printed(farrow, columns=None, colour=False), plain_text(farrow)):
        assert "Mildred Farrow: 9 stories of 3 sources in 6 hours, usually 0.4" in text
        assert "Who is «Mildred Farrow»?" in text
        assert "https://post.example/1" in text
    assert "tells what emerges" in plain_text(farrow)
    assert "<mark>Mildred Farrow</mark>" in html_text(farrow)
