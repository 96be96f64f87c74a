"""What stands in Redis is untrusted: a broken value is named by its key, and no command breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from inspect import signature
from pathlib import Path
from types import NoneType
from typing import Final

import msgspec
import pytest
from click.testing import CliRunner
from newsroom import House, paper
from outbox_filled import gathered_for
from prometheus_client import generate_latest

from monitor.cli import wirewatch
from monitor.embedded import Embedded
from monitor.errors import WirewatchError
from monitor.inbound.metrics import Metrics, registry_of
from monitor.model import Delivery, DeliveryState
from monitor.pulse import Pulse
from monitor.store import Beat, Store, keys
from monitor.store.beats import own_host
from monitor.topics.rising import hour_of

BROKEN: Final = b'\xff{"nonsense": \x00'
POLLED: Final = {"next_due": "2026-03-01T12:00:00.000+00:00", "record": "{}"}
BEAT: Final = Beat(
    service="worker",
    host=own_host(),
    pid=1,
    version="1",
    started=1.0,
    clock=2.0,
    ticked_s=0.1,
    ended={"articles.crash": 0},
)

ALERTS: Final = ("status", "alerts", "alerts show ALERT", "why ARTICLE drones")
DEAD: Final = ("status", "dead list", "dead show LETTER", "dead retry LETTER", "check")
FEEDS: Final = ("status", "feeds")

NAMED: Final[dict[Callable[..., str], tuple[str, ...]]] = {
    keys.schema: ("status", "queue", "alerts", "dead list", "feeds", "doctor"),
    keys.source: FEEDS,
    keys.paused: ("status", "feeds", "watch list"),
    keys.leader: ("status",),
    keys.article: ("why ARTICLE drones",),
    keys.kept: ("why ARTICLE drones",),
    keys.alert: (*ALERTS, "alerts ack ALERT", "dead show LETTER"),
    keys.story: ("alerts", "alerts show ALERT"),
    keys.story_copies: ("alerts", "alerts show ALERT"),
    keys.delivery: ("alerts", "alerts show ALERT", "why ARTICLE drones"),
    keys.attempts: ("alerts show ALERT", "why ARTICLE drones"),
    keys.gathered: ("status", "check"),
    keys.gathering: ("status",),
    keys.gathering_alerts: (),
    keys.digest: ("dead show DIGEST",),
    keys.digest_told: ("dead show DIGEST",),
    keys.counts: ("status",),
    keys.measures: (),
    keys.trend: ("trends",),
    keys.trend_volume: ("trends",),
    keys.beats: ("status", "doctor", "health --service worker"),
    keys.samples: ("status",),
    keys.dead: ("status", "dead list", "dead show LETTER", "dead retry --all"),
    keys.rq_job: ("dead show LETTER",),
}
"""What is read to be shown, and by which commands: each of them says which key it is."""

TEXTS_AND_NUMBERS: Final = (
    *(keys.known, keys.seen, keys.asked, keys.alerts, keys.heard, keys.disabled, keys.lines),
    *(keys.ledger, keys.leases, keys.holders, keys.took, keys.later, keys.deadlines),
    *(keys.rq_queue, keys.rq_queues, keys.rq_failed),
    *(keys.rq_worker, keys.rq_workers, keys.rq_workers_of),
)
"""What commands only count or show, whatever it says."""

OF_SERVICES: Final = (
    *(keys.claim, keys.url, keys.text, keys.near, keys.event, keys.spoken, keys.pieces),
    *(keys.tally, keys.expected, keys.digest_alerts, keys.digested, keys.allowance, keys.attended),
    *(keys.digesting, keys.told_apart),
    *(keys.absences, keys.lane, keys.robots, keys.receipt, keys.era, keys.subscription),
    *(keys.looked, keys.probe),
)
"""What no command reads."""


def test_every_key_is_among_them() -> None:
    assert {*NAMED, *TEXTS_AND_NUMBERS, *OF_SERVICES} == {*keys.ALL}
    assert len(NAMED) + len(TEXTS_AND_NUMBERS) + len(OF_SERVICES) == len(keys.ALL)


Ask = Callable[[str], str]


@pytest.fixture
def ids(store: Store) -> dict[str, str]:
    """Alerts, sent, set aside and gathered, a copy, a digest, feeds, services; whom to ask for."""
    now = datetime.now(UTC)
    house = House(store=store, now=now)
    store.check_schema()
    today = {"published": now, "fetched": now}
    house.come(replace(paper(1, "one"), **today), replace(paper(2, "two"), **today))
    house.come(replace(paper(1, "three"), **today))  # a copy
    alert, other = store.view.alerts(2)
    gathering = gathered_for(store, "desk", [alert, other], now)
    assert store.gatherings.release(gathering, now) == "told"
    gathered_for(store, "desk", [alert], now)
    for job in store.deliveries.take("d", "t", 9):
        about = bytes(store.client.hget(keys.delivery(job.id), "alert") or b"").decode()
        assert store.outbox.begin("d", job.id, "a", delivery=job.id, about=about, now=now)
        refused = {"state": DeliveryState.PARKED, "answer": "no", "now": now}
        store.outbox.settle("d", job.id, job.id, token="a", channel="desk", **refused)
    rising = msgspec.msgpack.encode((3, ["one", 3], ["a"], "A name"))
    store.client.hset(keys.trend("", hour_of(now)), "name:a name", rising)
    store.beats.say(replace(BEAT, service="poller"))
    store.beats.say(BEAT)
    store.leaders.stand("poller.here")
    for name in ("feed", "other"):
        store.sources.put(name, version=0, state=POLLED, seen=(), articles=(), now=now)
        store.paused_sources.pause(name, now)
    store.paused_watches.pause("drones", now)
    letters = {letter.id for letter in store.letters.all()}
    letter = Delivery.id_for(alert.id, "desk")
    assert letter in letters
    (digest,) = (each for each in letters if each == gathering.delivery)
    return {"ALERT": alert.id, "ARTICLE": alert.article.id, "LETTER": letter, "DIGEST": digest}


@pytest.fixture
def ask(tmp_path: Path, embedded: Embedded, ids: dict[str, str]) -> Ask:
    """What a command says to whoever calls it, on standard error and as its last words."""
    (tmp_path / "monitor.toml").write_text(f'[redis]\nurl = "{embedded.url}"\n')
    (tmp_path / "feeds.toml").write_text(
        '[source.feed]\nurl = "https://a.example/"\n[source.other]\nurl = "https://b.example/"\n'
    )
    (tmp_path / "watchlist.toml").write_text('[watch.drones]\nwhen = "drone"\n')

    def asked(command: str) -> str:
        words = [ids.get(word, word) for word in command.split()]
        done = CliRunner().invoke(wirewatch, [*words, "--config", str(tmp_path)])
        assert isinstance(done.exception, (NoneType, SystemExit, WirewatchError)), command
        return f"{done.stderr}\n{done.exception or ''}"

    return asked


def of(store: Store, key: Callable[..., str]) -> list[str]:
    """The keys there are of that kind."""
    form = pattern(key)
    longer = [other for each in keys.ALL if (other := pattern(each)) != form]
    found = [name.decode() for name in store.client.keys(form)]
    return [
        name
        for name in found
        if not any(fnmatchcase(name, each) and len(each) > len(form) for each in longer)
    ]


def pattern(key: Callable[..., str]) -> str:
    return key(*("*" for _ in signature(key).parameters))


def spoil(store: Store, name: str) -> None:
    """Every value that it holds."""
    client = store.client
    match client.type(name):
        case b"string":
            client.set(name, BROKEN)
        case b"hash":
            fields = [b"silenced"] if name.startswith(keys.article("")) else client.hkeys(name)
            client.hset(name, mapping=dict.fromkeys(fields, BROKEN))
        case b"zset":
            client.zadd(name, {BROKEN: 0})
        case b"set":
            client.sadd(name, BROKEN)
        case b"list":
            client.lpush(name, BROKEN)


def turn_into_another_type(store: Store, name: str) -> None:
    is_list = store.client.type(name) == b"list"
    store.client.delete(name)
    _ = store.client.set(name, BROKEN) if is_list else store.client.rpush(name, BROKEN)


@pytest.mark.parametrize("harm", [spoil, turn_into_another_type])
@pytest.mark.parametrize("key", NAMED, ids=lambda key: key.__name__)
def test_a_command_names_what_it_cannot_read(
    store: Store, ask: Ask, key: Callable[..., str], harm: Callable[[Store, str], None]
) -> None:
    # given
    broken = of(store, key)
    assert broken, "nothing of it is there"
    for name in broken:
        harm(store, name)
    for command in NAMED[key]:
        # when
        said = ask(command)
        # then
        assert any(name in said for name in broken), (command, said)


@pytest.mark.parametrize("key", TEXTS_AND_NUMBERS, ids=lambda key: key.__name__)
def test_what_is_only_counted_or_shown_breaks_no_command(
    store: Store, ask: Ask, key: Callable[..., str]
) -> None:
    for name in of(store, key):
        spoil(store, name)
    for command in ("status", "queue", "dead list", "feeds"):
        ask(command)


def test_the_rest_is_shown_beside_what_is_broken(
    store: Store, ask: Ask, ids: dict[str, str]
) -> None:
    # given
    store.client.hset(keys.dead(), "x", BROKEN)
    store.client.hset(keys.beats(), "x", BROKEN)
    store.client.hset(keys.alert("x"), "alert", BROKEN)
    store.client.zadd(keys.alerts(), {"x": 9e15})
    # when
    said = ask("status")
    # then
    assert "drones: Drone falls near harbour" in said
    assert "2 set aside" in said or "3 set aside" in said
    for place in ("dead, field x", "beats, field x", "alert:x, field alert"):
        assert f"ww:1:{place}" in said
    # and: a service says that it is here all the same
    store.beats.say(BEAT)
    assert b"x" not in store.client.hkeys(keys.beats())


def test_metrics_are_told_without_what_is_broken(store: Store, ids: dict[str, str]) -> None:
    for name in (keys.beats(), keys.dead(), keys.counts(), keys.measures()):
        store.client.hset(name, "x", BROKEN)
    metrics = Metrics(service="worker", store=store, pulse=Pulse())

    said = generate_latest(registry_of(metrics)).decode()

    assert "wirewatch_redis_up 1.0" in said
    assert 'wirewatch_articles_total{outcome="new"} 2.0' in said
    assert {each.key for each in store.damage.found} >= {keys.beats(), keys.dead(), keys.counts()}


def test_upkeep_goes_on_beside_a_letter_that_cannot_be_read(
    store: Store, ids: dict[str, str]
) -> None:
    store.client.hset(keys.dead(), "x", BROKEN)
    later = datetime.now(UTC) + timedelta(days=100)

    gone = store.letters.expire(later)

    assert ids["LETTER"] in {letter.id for letter in gone}


def test_a_digest_that_cannot_be_named_holds_up_no_other(store: Store, ids: dict[str, str]) -> None:
    store.client.zadd(keys.gathered(), {BROKEN: 0})

    (due,) = store.gatherings.due(datetime.now(UTC) + timedelta(days=1))

    assert due.channel == "desk"


def test_an_article_about_which_redis_knows_nonsense_is_set_aside_and_its_neighbours_go_on(
    store: Store,
) -> None:
    # given: two of one take, the watch has spoken for the story of the one, or so
    house = House(store=store)
    house.come(paper(1, "one"))
    (spoken,) = of(store, keys.spoken)
    store.client.set(spoken, BROKEN)
    # when
    house.come(paper(1, "three"), paper(2, "two"))
    # then
    (letter,) = store.letters.all()
    assert letter.kind == "article"
    assert spoken in letter.reason
    assert store.view.counts()["articles.new"] == 2
    assert len(store.view.alerts(9)) == 2
