"""A user in Redis that lacks a right: no transition begins that it could not end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from outbox_filled import ENVOYS

from monitor import codec
from monitor import store as of_store
from monitor.errors import CommandRefused
from monitor.model import DELIVERIES, Delivery, Route
from monitor.store import Outcome, Raised, Store, keys
from monitor.store.redis import script
from tests.conftest import NOON

SCRIPTS = sorted((Path(of_store.__file__).parent / "lua").glob("*.lua"))
Limit = Callable[..., Store]


@pytest.fixture
def limit(store: Store) -> Iterator[Limit]:
    """A store whose user may do all but these."""
    opened = []

    def limited(*rules: str) -> Store:
        store.client.execute_command("ACL", "SETUSER", "limited", "on", "nopass", "~*", "+@all")
        store.client.execute_command("ACL", "SETUSER", "limited", *rules)
        given = store.client.connection_pool.connection_kwargs
        where = given.get("path") or f"{given['host']}:{given['port']}"
        opened.append(Store(f"{'unix' if 'path' in given else 'redis'}://limited:x@{where}"))
        return opened[-1]

    yield limited
    for each in opened:
        each.close()
    store.client.execute_command("ACL", "DELUSER", "limited")


def everything(store: Store) -> dict[bytes, bytes | None]:
    return {name: store.client.dump(name) for name in store.client.keys("*")}


def test_a_commit_that_lacks_a_right_in_its_middle_does_nothing_and_is_whole_once_it_has_it(
    store: Store, limit: Limit
) -> None:
    # given: the delivery of an alert is put on its queue when the alert stands already
    limited = limit("-rpush")
    alert = replace(codec.decode_alert(ENVOYS.read_bytes()), notify=("desk",))
    delivery = Delivery(id=Delivery.id_for(alert.id, "desk"), alert=alert.id, channel="desk")
    routes = (Route(delivery=delivery, wait=None),)
    outcome = Outcome(raised=(Raised(alert=alert, routes=routes),))
    before = everything(store)
    # when
    with pytest.raises(CommandRefused) as refused:
        limited.judging.commit("w", outcome, NOON)
    # then
    assert everything(store) == before
    assert "does not let our user run 'rpush'" in str(refused.value)
    assert "`ACL SETUSER limited +rpush`" in str(refused.value)
    # when
    store.client.execute_command("ACL", "SETUSER", "limited", "+rpush")
    assert limited.judging.commit("w", outcome, NOON).answer == "done"
    # then
    assert store.view.depth(DELIVERIES).waiting == 1


def test_a_single_command_that_is_refused_is_named_with_its_user(limit: Limit) -> None:
    with pytest.raises(CommandRefused, match="`ACL SETUSER limited \\+mget`"):
        limit("-mget").judging.spoken([("watch", "story")])


def test_keys_that_are_refused_are_named(limit: Limit) -> None:
    with pytest.raises(CommandRefused, match="~ww:"):
        limit("resetkeys", "~other:*").view.counts()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_transition_knows_all_the_commands_it_is_made_of(path: Path) -> None:
    text = path.read_text()
    called = re.findall(r"redis\.p?call\((.*?)[,)]", text)

    assert called
    assert all(re.fullmatch(r"'[A-Z]+'", word) for word in called)
    first = script(path.stem).removesuffix(text)
    assert all(word in first for word in called)


def test_the_server_survives_being_asked_about_rights_by_a_user_of_some_keys(
    store: Store, limit: Limit
) -> None:
    # given: it has to look for the keys of each command then; without one that is due it dies
    limited = limit("resetkeys", "~ww:*", "~rq:*")
    server = store.client.info("server")["process_id"]

    for path in SCRIPTS:
        asks = script(path.stem).removesuffix(path.read_text())
        assert limited.client.eval(f"{asks} return 'all'", 1, keys.era()) == b"all"

    assert store.client.info("server")["process_id"] == server
