"""A user in Redis that lacks a right: who needs it waits and says which, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable

from services import Services

Until = Callable[..., None]


def refused(services: Services) -> list[str]:
    """What services say that Redis does not let them do."""
    return [beat.refused for beat in services.store.beats.present().fresh if beat.refused]


def test_a_right_that_judges_lack_is_named_everywhere_and_nothing_is_lost(
    services: Services, until: Until
) -> None:
    # given
    product = services.product
    product.start("worker", "--processes", "1")
    product.start("poller", "--seeds", "seeds")
    services.drop(1)
    until(services.all_received, what="the first is received", within_s=60)
    # when: a command that only judges need
    services.server.tell("acl", "setuser", "default", "-mget")
    services.drop(5)
    # then: one line of the log, and whoever asks
    until(lambda: "store.refused" in product.said(), what="it is said")
    (line,) = (each for each in product.said().splitlines() if "store.refused" in each)
    for words in ("'mget'", "ACL SETUSER default +mget", "deploy/valkey/users.acl", '"error"'):
        assert words in line
    until(lambda: refused(services), what="the worker says so of itself")
    asked = product.call("health", "--service", "worker")
    assert asked.returncode == 1
    assert "Redis does not let our user run 'mget'" in asked.stderr
    seen = json.loads(product.call("status", "--json").stdout)
    assert "'mget'" in {each["service"]: each["refused"] for each in seen["services"]}["worker"]
    assert "process.ended" not in product.said()
    # when
    services.server.tell("acl", "setuser", "default", "+mget")
    # then
    until(services.all_received, what="all is received", within_s=30)
    services.check()
    until(lambda: not refused(services), what="it is well")


def test_a_right_that_deliverers_lack_costs_no_alert(services: Services, until: Until) -> None:
    # given
    product = services.product
    product.start("worker", "--processes", "1")
    product.start("poller", "--seeds", "seeds")
    services.drop(1)
    until(services.all_received, what="the first is received", within_s=60)
    # when: settling a delivery needs it, taking and beginning one does not
    services.server.tell("acl", "setuser", "default", "-hincrbyfloat")
    services.drop(2)
    until(lambda: len(set(services.received())) == 3, what="they are sent")
    until(lambda: "store.refused" in product.said(), what="it is said")
    assert "process.ended" not in product.said()
    # when
    services.server.tell("acl", "setuser", "default", "+hincrbyfloat")
    # then: the receipts in hand are noted, and nothing was sent twice
    until(lambda: services.store.view.counts().get("deliveries.sent") == 3, what="they are noted")
    assert len(services.received()) == 3
