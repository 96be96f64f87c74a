"""`wirewatch dead` and `check` about channels that are not there any more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from outbox_filled import ENVOYS, gathered_for, wait_in_line

from monitor import codec
from monitor.cli.check import command as check
from monitor.cli.dead import command as dead
from monitor.embedded import Embedded
from monitor.model import DeliveryState, Digest
from monitor.queues import delivery_of
from monitor.store import Begun, Moved, Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHANNELS = '[channel.new-desk]\ntype = "console"\n\n[channel.log]\ntype = "console"\n'


@pytest.fixture
def config(tmp_path: Path, embedded: Embedded) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "channels.toml").write_text(CHANNELS)
    (folder / "monitor.toml").write_text(f'[redis]\nurl = "{embedded.url}"\n')
    return folder


def call(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(dead, [*arguments, "--config", str(config)])


def set_aside(store: Store, delivery: str, about: str, channel: str) -> None:
    """As a worker does whose channels.toml has no such channel."""
    for job in store.deliveries.take("d1", f"t-{delivery}", 100):
        assert job.id == delivery
        store.outbox.begin("d1", job.id, "t", delivery=job.id, about=about, now=NOON)
        store.outbox.settle(
            "d1",
            job.id,
            job.id,
            token="t",
            channel=channel,
            state=DeliveryState.PARKED,
            answer=f"channels.toml has no channel {channel!r} (any more)",
            now=NOON,
        )


def digest_aside(store: Store, channel: str = "desk") -> str:
    """A digest of three alerts that was set aside; the id of its letter."""
    envoys = codec.decode_alert(ENVOYS.read_bytes())
    alerts = [replace(envoys, id=f"a{n}", story=f"s{n}", notify=(channel,)) for n in range(3)]
    gathering = gathered_for(store, channel, alerts, NOON)
    assert store.gatherings.release(gathering, NOON) == "told"
    set_aside(store, gathering.delivery, "d1", channel)
    return gathering.delivery


def test_a_digest_that_was_set_aside_can_be_read(store: Store, config: Path) -> None:
    # given
    letter = digest_aside(store)

    # when
    listed, shown = call(config, "list"), json.loads(call(config, "show", letter).stdout)

    # then
    assert "delivery: desk · Digest: 3 alerts, 1 watch" in listed.stderr
    holds = shown["holds"]
    assert (holds["channel"], holds["reason"], holds["count"]) == ("desk", "digest", 3)
    assert holds["watches"] == [
        {"watch": "us-iran-over-iraq", "title": "U.S. and Iran over Iraq", "count": 3}
    ]
    assert len(holds["first"]) == 3
    assert holds["first"][0]["watch"] == "us-iran-over-iraq"
    assert "envoys" in holds["first"][0]["title"]


def test_it_can_be_sent_to_another_channel_once(store: Store, config: Path) -> None:
    # given
    letter = digest_aside(store)

    # when
    done = call(config, "retry", letter, "--channel", "new-desk")
    again = call(config, "retry", letter, "--channel", "new-desk")

    # then
    assert f"{letter}  back on its queue, for new-desk" in done.stderr
    assert again.exit_code == 2
    (job,) = store.deliveries.take("d1", "t2", 10)
    assert delivery_of(job.data) == (letter, "d1", "new-desk")
    begun = store.outbox.begin("d1", job.id, "t2", delivery=job.id, about="d1", now=NOON)
    assert isinstance(begun, Begun)
    assert isinstance(begun.message, Digest)
    assert begun.delivery.channel == begun.message.channel == "new-desk"
    assert begun.delivery.attempts == 1
    alert = store.view.alert("a0")
    assert alert is not None


def test_all_means_those_whose_channel_is_not_there(store: Store, config: Path) -> None:
    # given
    (theirs,) = wait_in_line(store, "log", 1)
    set_aside(store, theirs, "log-0", "log")
    (ours,) = wait_in_line(store, "desk", 1)
    set_aside(store, ours, "desk-0", "desk")

    # when
    done = call(config, "retry", "--all", "--channel", "new-desk")

    # then
    assert done.stderr.split() == [ours, *["back", "on", "its", "queue,", "for", "new-desk"]]
    assert [letter.id for letter in store.letters.all()] == [theirs]
    alert = store.view.alert("desk-0")
    assert alert is not None
    assert [told.channel for told in store.outbox.told(alert)] == ["new-desk"]


def test_a_channel_that_is_not_there_is_not_taken(store: Store, config: Path) -> None:
    letter = digest_aside(store)

    done = call(config, "retry", letter, "--channel", "nobody")

    assert done.exit_code == 2
    assert "channels.toml has no [channel.nobody]; there are: new-desk, log" in done.stderr


def test_a_move_sent_again_changes_nothing(store: Store) -> None:
    letter = store.letters.find(digest_aside(store))
    assert letter is not None
    moved = Moved(channel="new-desk", about="d1")

    answers = [store.letters.retry(letter, NOON, moved=moved) for _ in range(2)]

    assert answers == [True, False]
    assert len(store.deliveries.take("d1", "t2", 10)) == 1
    assert store.client.hget(f"ww:1:delivery:{letter.id}", "channel") == b"new-desk"


def test_check_says_what_waits_for_a_channel_that_is_not_there(store: Store, config: Path) -> None:
    # given
    envoys = codec.decode_alert(ENVOYS.read_bytes())
    digest_aside(store, "gone")
    gathered_for(store, "desk", [replace(envoys, id="b1"), replace(envoys, id="b2")], NOON)

    # when
    said = CliRunner().invoke(check, ["--config", str(config)])

    # then
    assert said.exit_code == 0, said.output
    assert "channels.toml has no [channel.desk], but 2 alerts wait for it until" in said.stderr
    assert "has no [channel.gone], and 1 alert or digest was set aside for it" in said.stderr
    assert said.stderr.count("`wirewatch dead retry --all --channel NEW`") == 2


def test_check_says_nothing_where_no_store_answers(config: Path, tmp_path: Path) -> None:
    (config / "monitor.toml").write_text('[redis]\nurl = "redis://127.0.0.1:1/0"\n')

    said = CliRunner().invoke(check, ["--config", str(config)])

    assert said.exit_code == 0
    assert "no [channel" not in said.stderr


def test_those_of_one_channel_can_be_chosen(store: Store, config: Path) -> None:
    # given
    letter = digest_aside(store, "log")

    # then
    assert call(config, "retry", "--of", "desk").stderr == "nothing was set aside for desk\n"
    assert "or --of CHANNEL" in call(config, "retry", letter, "--of", "log").stderr
    moved = call(config, "retry", "--of", "log", "--channel", "new-desk")
    assert moved.stderr == f"{letter}  back on its queue, for new-desk\n"
    assert call(config, "retry", "--of", "log").stderr == "nothing was set aside for log\n"
