"""The books of the soak in Compose: they balance, or say what does not; a line needs a reason."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from books import Books, balanced
from edits import ALWAYS, Edit, edits, watching
from faults import Trouble, seen, sorted_out
from scripted_feeds import link
from town import ZEPPELIN, Plan, row, source_id, written

PLAN = Plan(seed=1, noon_s=1_000_000.0, seconds=600, feeds=3)
FEEDS = PLAN.published()
ROWS = [row(number) for number in range(1, 21)]
END_S = PLAN.noon_s + PLAN.seconds


@pytest.fixture
def made() -> list[Edit]:
    found = edits(PLAN)
    for number, edit in enumerate(found):
        edit.version = f"v{number}"
    return found


@pytest.fixture
def whole() -> dict[str, Any]:
    """What Redis holds when all went well, and all was judged by the first configuration."""
    judged = [
        (source_id(feed), link(feed, n), written(feed.name, n)[1], "new")
        for feed in FEEDS
        for n in feed.refs(feed.published[-1])
    ]
    judged += [
        ("wire", each.url, written("the wire", each.of)[1], "copy" if each.is_copy else "new")
        for each in ROWS
    ]
    alerts = [
        {
            "watch": watch.id,
            "url": url,
            "deliveries": {to: (f"{watch.id} {url} {to}", "sent") for to in watch.channels},
        }
        for _, url, text, relation in judged
        for watch in ALWAYS
        if relation == "new" and (watch.word in text.lower())
    ]
    return {
        "articles": [
            {"source": source, "url": url, "relation": relation, "story": "", "config": "v0"}
            for source, url, _, relation in judged
        ],
        "alerts": alerts,
        "feeds": {source_id(feed): {"good": END_S, "gaps": 0} for feed in FEEDS},
        "counts": {
            "articles.admitted": len(judged),
            "articles.new": len(judged) - 1,
            "articles.copy": 1,
            "alerts.raised": len(alerts),
        },
        "left": {"jobs": 0},
        "letters": [],
    }


def books(whole: dict[str, Any], made: list[Edit], *, unheard: str = "") -> Books:
    ids = {
        channel: [
            {"id": alert["deliveries"][channel][0]}
            for alert in whole["alerts"]
            if channel in alert["deliveries"] and alert["deliveries"][channel][0] != unheard
        ]
        for channel in ("hook", "desk")
    }
    return balanced(
        feeds=FEEDS,
        rows=ROWS,
        asked=[{"source": source_id(FEEDS[0]), "status": 304, "cut": False}],
        received={**ids, "second": []},
        whole=whole,
        watching=watching(made),
    )


def test_when_all_went_well_nothing_is_wrong(whole: dict[str, Any], made: list[Edit]) -> None:
    found = books(whole, made)

    assert found.wrong == []
    assert found.rows["seed files"]["copies"] == 1
    texts = [written(f.name, n)[1] for f in FEEDS for n in f.refs(f.published[-1])]
    texts += [written("the wire", each.of)[1] for each in ROWS if not each.is_copy]
    assert found.watches["mailed, desk"]["received"] == sum(ZEPPELIN in text for text in texts)


def test_what_is_missing_or_there_twice_is_said(whole: dict[str, Any], made: list[Edit]) -> None:
    first = link(FEEDS[0], 1)
    lost, doubled, left, unraised = (deepcopy(whole) for _ in range(4))
    lost["articles"] = [each for each in whole["articles"] if each["url"] != first]
    doubled["articles"].append(dict(whole["articles"][0]))
    left["left"]["jobs"] = 2
    unraised["alerts"] = whole["alerts"][1:]
    unheard = whole["alerts"][0]["deliveries"]["hook"][0]

    assert f"{FEEDS[0].name}: lost [1]" in books(lost, made).wrong
    assert f"{FEEDS[0].name}: judged as new twice: [1]" in books(doubled, made).wrong
    assert any(each.startswith("left over") for each in books(left, made).wrong)
    assert any("no alert for" in each for each in books(unraised, made).wrong)
    assert "everything, hook: 1 never came" in books(whole, made, unheard=unheard).wrong


def test_an_alert_of_a_watch_that_was_not_in_force_is_unwanted(
    whole: dict[str, Any], made: list[Edit]
) -> None:
    url = link(FEEDS[0], 7)
    whole["alerts"].append({"watch": "kestrel", "url": url, "deliveries": {"hook": ("k", "sent")}})
    whole["counts"]["alerts.raised"] += 1

    assert f"kestrel: unwanted alerts for ['{url}']" in books(whole, made).wrong

    for article in whole["articles"]:
        article["config"] = "v1" if article["url"] == url else "v0"
    assert books(whole, made).wrong == []


def line(event: str, level: str, **more: object) -> str:
    row = {"timestamp": "2026-11-26T04:00:10.500000Z", "level": level, "event": event, **more}
    return json.dumps(row) + "\n"


AT = 1795665610.5
TROUBLE = Trouble(kind="redis", since=AT - 20, until=AT - 10)


def test_a_line_has_a_reason_only_while_something_was_done_to_us() -> None:
    log = line("store.unavailable", "warning") + line("article.judged", "info")

    assert sorted_out({"worker-1.0": log}, [TROUBLE]).without == ()
    (alone,) = sorted_out({"worker-1.0": log}, []).without
    assert (alone.event, alone.service, alone.at) == ("store.unavailable", "worker", AT)


def test_an_event_that_nobody_foresaw_and_a_traceback_have_no_reason() -> None:
    words = "Traceback (most recent call last):\n  File x\nKeyError: 1\n"
    log = line("round.failed", "error") + words

    found = sorted_out({"worker-2.0": log}, [TROUBLE])

    assert [each.event for each in found.without] == ["round.failed", "", ""]
    assert found.without[1].at == AT
    assert "without a reason: 3" in str(found)


def test_it_is_told_how_soon_each_service_had_taken_an_edit() -> None:
    logs = {
        "worker-1": line("config.reloaded", "info", config="v7"),
        "worker-2": line("config.reloaded", "info", config="v6"),
    }
    assert seen(logs, "config.reloaded", "v7", AT - 2) == {"worker-1": 2.0}


def test_redis_says_what_is_wrong_with_a_number_sign_and_tells_the_time() -> None:
    log = (
        "6:M 26 Nov 2026 04:00:10.100 * Ready to accept connections tcp\n"
        "6:M 26 Nov 2026 04:00:10.500 # Bad file format reading the append only file\n"
    )
    (found,) = sorted_out({"redis-1.0": log}, []).without

    assert (found.service, found.at) == ("redis", int(AT))
    assert sorted_out({"redis-1.0": log}, [TROUBLE]).without == ()
