"""Told once, as long as there are copies; and what is said of it is what was done."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from newsroom import NOON, TEXTS, WATCH, House, paper

from monitor import telemetry
from monitor.cli.alerts import command
from monitor.codec import decode_alert, encode_alert
from monitor.embedded import Embedded
from monitor.errors import StoreConflict
from monitor.model import AlertedArticle, Rate, Update
from monitor.store import Outcome, Raised, States, Store, keys

HOUR = timedelta(hours=1)


@pytest.fixture
def house(store: Store) -> House:
    telemetry.set_up(level="error", format_="json")
    return House(store=store)


def test_that_it_was_told_is_known_as_long_as_copies_come(house: House) -> None:
    house.stories(0)
    (alert,) = house.store.view.alerts(1)
    spoken = keys.spoken("drones", alert.story)
    house.store.client.expire(spoken, 60)  # two weeks have nearly passed

    house.stories(0, source="star")

    assert house.store.client.ttl(spoken) > 60


def test_the_log_says_only_what_was_raised(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.stories(0)
    (alert,) = house.store.view.alerts(1)
    house.store.client.delete(keys.spoken("drones", alert.story))
    telemetry.set_up(level="info", format_="json")
    capsys.readouterr()

    house.stories(0, source="star")
    house.stories(1)

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    raised = [line["alert"] for line in lines if line["event"] == "alert.raised"]
    kept = {each.id for each in house.store.view.alerts(10)}
    assert raised == [*(kept - {alert.id})]
    assert house.store.client.exists(keys.spoken("drones", alert.story))


def test_a_cooldown_that_is_made_longer_counts_from_the_last_alert(house: House) -> None:
    house.watch = replace(WATCH, cooldown=HOUR)
    house.stories(0)
    assert len(house.mail()) == 1
    house.watch = replace(WATCH, cooldown=6 * HOUR)
    left_ms = house.store.client.pttl(keys.allowance("cooldown", "drones", "desk"))

    house.later(hours=2)
    house.stories(1)

    assert left_ms > 6 * HOUR.total_seconds() * 1000
    assert house.mail() == []


def test_no_more_is_remembered_of_an_allowance_than_it_needs(house: House) -> None:
    house.watch = replace(WATCH, at_most=Rate(most=3, span=HOUR))
    told = keys.allowance("at_most", "drones", "desk")
    house.store.client.zadd(told, {f"d{n}": n for n in range(500)})

    house.stories(0)

    assert house.store.client.zcard(told) == 100


def test_an_update_is_built_upon_what_was_read_or_decided_again(house: House) -> None:
    # given: an update was decided, and meanwhile the alert was told again
    house.watch = replace(WATCH, revisions=True)
    house.stories(0, source="wire")
    (alert,) = house.store.view.alerts(1)
    known = States(read=house.store.judging.state)
    last = known.last(alert.id)
    assert last == alert
    copy = AlertedArticle.of(paper(0, "star"))
    step = replace(alert, update=Update(step=2, at=NOON, copy=copy))
    outcome = Outcome(raised=(Raised(alert=step, routes=()),), upon=known.upon)
    house.come(replace(paper(0, "wire"), title="Another", body=f"{TEXTS[0]} A drone came back."))
    # when / then
    with pytest.raises(StoreConflict):
        house.store.judging.commit("w", outcome, NOON)
    again = States(read=house.store.judging.state)
    newer = again.last(alert.id)
    assert newer
    assert newer.article.title == "Another"
    for _ in range(2):  # sent twice
        done = house.store.judging.commit(
            "w",
            replace(outcome, raised=(Raised(alert=step, routes=()),), upon=again.upon),
            NOON,
        )
        assert [each.alert.id for each in done.raised] == [alert.id]
    assert house.store.view.counts()["alerts.updated"] == 2
    seen = house.store.view.latest(alert.id)
    assert seen
    assert seen.update
    assert seen.update.step == 2


def test_what_an_earlier_version_kept_of_updates_is_built_upon(house: House) -> None:
    """It wrote no `latest`, and updates without what came since."""
    house.watch = replace(WATCH, updates=(3,))
    house.stories(0, source="wire")
    (alert,) = house.store.view.alerts(1)
    name = keys.alert(alert.id)
    copy = AlertedArticle.of(paper(0, "wire"))
    at = NOON + HOUR
    old = replace(
        alert,
        article=replace(alert.article, title="Revised"),
        update=Update(step=1, at=at, copy=copy, revision="x"),
    )
    kept = json.loads(encode_alert(old))
    for field in ("revised", "fresh", "unheard"):
        del kept["alert"]["update"][field]
    house.store.client.hset(name, "update:rx", json.dumps(kept))

    house.later(hours=2)
    house.stories(0, source="star")
    house.stories(0, source="sun")

    raw = house.store.client.hget(name, "update:3")
    assert isinstance(raw, bytes)
    again = decode_alert(raw)
    assert again.article.title == "Revised"
    assert again.update
    assert again.update.revised == at


def test_alerts_are_shown_as_they_are_by_now(
    house: House, embedded: Embedded, tmp_path: object
) -> None:
    (tmp_path / "monitor.toml").write_text(f'[redis]\nurl = "{embedded.url}"\n')  # type: ignore[operator]  # a path
    house.watch = replace(WATCH, revisions=True)
    house.stories(0, source="wire")
    for source in ("star", "sun", "post", "moon"):
        house.stories(0, source=source)
    house.later(minutes=1)
    body = f"{TEXTS[0]} Twelve died when a drone exploded."
    house.come(replace(paper(0, "wire"), title="No drone fell", body=body))

    listed = CliRunner().invoke(command, ["--config", str(tmp_path)])
    assert "No drone fell" in listed.output
    assert "5 sources, 5 articles" in listed.output
    (alert,) = house.store.view.alerts(1)
    as_json = CliRunner().invoke(command, ["show", alert.id, "--config", str(tmp_path), "--json"])
    row = json.loads(as_json.stdout)
    assert row["article"]["title"] == "No drone fell"
    assert row["evidence"][0]["sentence"] == "No drone fell"
    assert isinstance(alert.raised, datetime)
