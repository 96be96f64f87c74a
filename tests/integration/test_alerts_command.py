"""`wirewatch alerts`: how each fares at a glance, and all that happened to one, by time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from outbox_filled import ENVOYS

from monitor import codec
from monitor.cli.alert_sheet import WIDTH
from monitor.cli.alerts import command
from monitor.cli.status import command as status
from monitor.cli.telling import telling
from monitor.embedded import Embedded
from monitor.model import (
    DELIVERIES,
    Alert,
    AlertedArticle,
    Delivery,
    DeliveryState,
    Gathering,
    Route,
    Update,
)
from monitor.store import Begun, Outcome, Raised, Store, keys
from monitor.store.attempts import MOST
from tests.conftest import NOON

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
ALERT = replace(codec.decode_alert(ENVOYS.read_bytes()), raised=NOON, notify=("desk",))
Ask = Callable[..., Result]


@pytest.fixture
def ask(tmp_path: Path, embedded: Embedded) -> Ask:
    (tmp_path / "monitor.toml").write_text(f'[redis]\nurl = "{embedded.url}"\n')

    def asked(*words: str, of: Any = command) -> Result:
        place = ["--config", str(tmp_path)]
        if of is command and words[:1] == ("show",):
            done = CliRunner().invoke(command, [*words, *place])
        else:
            done = CliRunner().invoke(of, [*place, *words])
        assert done.exit_code == 0, done.output
        return done

    return asked


def raised(
    store: Store, alert: Alert = ALERT, wait: Gathering | None = None, *, urgent: bool = False
) -> None:
    """Committed, with a delivery for each channel."""
    mark = alert.update.mark if alert.update else ""
    routes = tuple(
        Route(
            delivery=Delivery(
                id=Delivery.id_for(alert.id, channel, mark), alert=alert.id, channel=channel
            ),
            wait=wait,
            urgent=urgent,
        )
        for channel in alert.notify
    )
    outcome = Outcome(raised=(Raised(alert=alert, routes=routes),))
    assert store.judging.commit(f"w{mark}{alert.id}", outcome, alert.raised).answer == "done"


def attempt(
    store: Store, number: int, at: timedelta, state: DeliveryState | None, answer: str = ""
) -> None:
    """One try of what waits on the queue, from that moment on for a second; cut off without a
    state. All of it said twice, as after a lost reply."""
    worker = f"d{number}"
    (job,) = store.deliveries.take(worker, f"t{number}", 1)
    for _ in range(2):
        begun = store.outbox.begin(
            worker,
            job.id,
            f"a{number}",
            delivery=job.id,
            about=_about(store, job.id),
            now=NOON + at,
        )
        assert isinstance(begun, Begun)
    if state is None:
        store.deliveries.give_back(worker, "crash", NOON + at)
        return
    for _ in range(2):
        store.outbox.settle(
            worker,
            job.id,
            job.id,
            token=f"a{number}",
            channel="desk",
            state=state,
            answer=answer,
            now=NOON + at + SECOND,
            after=2 * SECOND,
        )
    # what is to come later is due now
    for late in store.client.zrange(keys.later(DELIVERIES), 0, -1):
        store.client.zadd(keys.later(DELIVERIES), {late: 0})


def _about(store: Store, delivery: str) -> str:
    raw = store.client.hget(keys.delivery(delivery), "alert")
    assert raw is not None
    return bytes(raw).decode()


def timeline(done: Result) -> list[str]:
    """The lines of the timeline, without their dates."""
    _, _, lines = done.stderr.partition("Timeline (UTC):\n")
    return [line.strip().removeprefix("2026-03-01 ") for line in lines.splitlines()]


def test_each_attempt_is_shown_with_its_time_and_answer_once(store: Store, ask: Ask) -> None:
    # given
    raised(store)
    attempt(store, 1, 2 * SECOND, DeliveryState.PENDING, "451 try again")
    attempt(store, 2, 5 * SECOND, None)
    attempt(store, 3, 9 * SECOND, DeliveryState.SENT, "250 queued")
    # then
    assert timeline(ask("show", ALERT.id)) == [
        "12:00:00  matched, high",
        "12:00:02  desk: attempt 1, not now: 451 try again; again 12:00:05",
        "12:00:05  desk: attempt 2, cut off: nobody knows whether it arrived",
        "12:00:09  desk: attempt 3, sent: 250 queued",
    ]
    row = json.loads(ask("show", ALERT.id, "--json").stdout)
    assert [(e["what"], e["ending"], e["answer"]) for e in row["timeline"]] == [
        ("matched", "", ""),
        ("attempt", "later", "451 try again"),
        ("attempt", "", ""),
        ("attempt", "sent", "250 queued"),
    ]
    assert row["timeline"][3]["until"] == "2026-03-01T12:00:10Z"
    assert row["state"] == "sent"


def test_what_was_gathered_says_where_it_waited_and_has_the_attempts_of_its_digest(
    store: Store, ask: Ask
) -> None:
    # given
    raised(store, ALERT, Gathering(reason="quiet", due=NOON + HOUR))
    assert timeline(ask("show", ALERT.id)) == [
        "12:00:00  matched, high",
        "12:00:00  desk: waits until 13:00:00, to be told with others, as",
        "the channel has quiet hours (`quiet`)",
    ]
    # when
    (gathering,) = store.gatherings.due(NOON + HOUR)
    store.gatherings.release(gathering, NOON + 3 * HOUR)  # nobody was here to do it before
    attempt(store, 1, 3 * HOUR + SECOND, DeliveryState.PARKED, "550 no such person")
    # then
    assert timeline(ask("show", ALERT.id))[3:] == [
        f"15:00:00  desk: goes out with the digest {gathering.digest[:12]}",
        "15:00:01  desk: attempt 1, set aside (parked): 550 no such person",
    ]


def test_updates_and_that_a_person_has_seen_it_are_part_of_it(store: Store, ask: Ask) -> None:
    # given
    raised(store)
    attempt(store, 1, SECOND, DeliveryState.SENT, "250 queued")
    copy = AlertedArticle(
        id="c", ref="c", title="t", source="star", source_name="Star", url=None, published=NOON
    )
    raised(
        store, replace(ALERT, severity="critical", update=Update(step=3, at=NOON + HOUR, copy=copy))
    )
    store.outbox.acknowledge(ALERT.id, NOON + 2 * HOUR)
    # then
    assert timeline(ask("show", ALERT.id))[2:] == [
        "13:00:00  its story has reached 3 publishers (Star); critical",
        "14:00:00  seen by a person (`alerts ack`): no updates any more",
    ]
    assert f"{ALERT.id}  2026-03-01 12:00  critical  pending: desk; seen" in ask().stderr
    attempt(store, 2, HOUR + SECOND, DeliveryState.SENT, "250 queued")
    assert "13:00:01  desk: update at 3 publishers: attempt 1, sent: 250 queued" in timeline(
        ask("show", ALERT.id)
    )


def test_the_list_has_severity_and_state_and_fits_a_terminal(store: Store, ask: Ask) -> None:
    # given
    raised(
        store, replace(ALERT, title="T" * 200, article=replace(ALERT.article, title="word " * 99))
    )
    raised(store, replace(ALERT, id="b" * 20, notify=(), severity="low"))
    attempt(store, 1, SECOND, DeliveryState.PARKED, "550 no")
    store.outbox.acknowledge(ALERT.id, NOON)
    # then
    done = ask()
    heads = [line for line in done.stderr.splitlines() if not line.startswith(" ")]
    assert sorted(heads) == sorted(
        [
            f"{ALERT.id}  2026-03-01 12:00  high      parked: desk; seen",
            f"{'b' * 20}  2026-03-01 12:00  low       untold",
        ]
    )
    assert max(map(len, done.stderr.splitlines())) <= WIDTH
    rows = {row["alert"]: row for row in map(json.loads, ask("--json").stdout.splitlines())}
    row = rows[ALERT.id]
    assert (row["severity"], row["state"], row["states"]) == ("high", "parked", {"desk": "parked"})
    assert row["acked"] == "2026-03-01T12:00:00Z"
    assert ask("--state", "parked").stderr.startswith(ALERT.id)
    assert ask("--state", "acked").stderr.startswith(ALERT.id)


def test_only_the_last_attempts_are_kept_and_none_for_ever(store: Store) -> None:
    raised(store)
    for number in range(MOST + 5):
        attempt(store, number, number * SECOND, DeliveryState.PENDING, f"451 {number}")
    (told,) = store.outbox.told(ALERT)
    assert [each.answer for each in told.attempts] == [f"451 {n}" for n in range(5, MOST + 5)]
    (key,) = store.client.keys("ww:1:delivery:*:attempts")
    assert store.client.ttl(key) > 0


def test_status_says_how_many_alerts_are_gathered_and_until_when(store: Store, ask: Ask) -> None:
    # given
    raised(store, ALERT, Gathering(reason="digest", due=NOON + HOUR))
    raised(store, replace(ALERT, id="b" * 20), Gathering(reason="digest", due=NOON + HOUR))
    # then
    said = " ".join(ask(of=status).stderr.split())
    assert "gathered 2 alerts wait to be told together: desk 2 until 03-01 13:00" in said
    (waiting,) = json.loads(ask("--json", of=status).stdout)["gathered"]
    assert waiting == {
        "channel": "desk",
        "watch": "",
        "reason": "digest",
        "alerts": 2,
        "until": "2026-03-01T13:00:00Z",
    }


def test_the_list_says_why_it_is_empty(
    store: Store, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask().stderr == "no alerts are kept\n"
    raised(store)
    raised(store, replace(ALERT, id="b" * 20, notify=()))
    assert ask("--state", "untold").stderr.startswith("b" * 20)
    assert "none of the 2 alerts that are kept is such a one" in ask("--state", "parked").stderr
    assert "such a one" in ask("--since", "1h").stderr
    # and that it has not looked at all of them
    monkeypatch.setattr("monitor.cli.alerts.MOST", 1)
    assert "looked at the newest 1 of 2 alerts only" in ask("--state", "parked").stderr
    assert "looked at" not in ask("--last", "1").stderr


def test_a_watch_that_is_not_there_is_an_error(
    store: Store, tmp_path: Path, embedded: Embedded
) -> None:
    raised(store)
    (tmp_path / "monitor.toml").write_text(f'[redis]\nurl = "{embedded.url}"\n')
    done = CliRunner().invoke(command, ["--config", str(tmp_path), "--watch", "drnes"])
    assert done.exit_code == 2
    assert "no watch 'drnes'; there are: none" in done.stderr


def test_where_an_urgent_update_took_it_along_the_wait_is_shown(store: Store, ask: Ask) -> None:
    # given
    wait = Gathering(reason="quiet", due=NOON + 2 * HOUR)
    raised(store, ALERT, wait)
    copy = AlertedArticle(
        id="c", ref="c", title="t", source="star", source_name="Star", url=None, published=NOON
    )
    update = Update(step=3, at=NOON + HOUR, copy=copy)
    raised(store, replace(ALERT, severity="critical", update=update), urgent=True)
    attempt(store, 1, HOUR + SECOND, DeliveryState.SENT, "250 queued")
    # then
    assert timeline(ask("show", ALERT.id)) == [
        "12:00:00  matched, high",
        "12:00:00  desk: waits until 14:00:00, to be told with others, as",
        "the channel has quiet hours (`quiet`)",
        "13:00:00  its story has reached 3 publishers (Star); critical",
        "13:00:00  desk: waits no longer by itself: the update at 3",
        "publishers takes it along",
        "13:00:01  desk: update at 3 publishers: attempt 1, sent: 250 queued",
    ]
    (told, _) = store.outbox.told(ALERT)
    assert telling(told) == (
        "desk  alert: sent (250 queued) with the update at 3 publishers, which came while it waited"
    )


def test_the_tags_of_a_watch_are_listed_and_chosen_by(store: Store, ask: Ask) -> None:
    # given
    raised(store, replace(ALERT, tags=("gulf", "desk two")))
    raised(store, replace(ALERT, id="b" * 20, tags=()))
    # then
    assert "; tags: gulf, desk two\n" in ask().stderr
    assert "b" * 20 not in ask("--tag", "gulf").stderr
    assert "none of the 2 alerts" in ask("--tag", "gul").stderr
    assert "Tags: gulf, desk two\n" in ask("show", ALERT.id).stderr
    (row,) = map(json.loads, ask("--tag", "desk two", "--json").stdout.splitlines())
    assert row["tags"] == ["gulf", "desk two"]


def test_an_alert_of_no_source_counts_none(store: Store, ask: Ask) -> None:
    raised(store, replace(ALERT, sources=(), story="none"))
    assert "source" not in ask("show", ALERT.id).stderr + ask().stderr
