"""`wirewatch watch`: a watch is silenced under a running product, and speaks again."""

from __future__ import annotations

import json
from collections.abc import Callable

from product import Product


def drop(product: Product, number: int) -> None:
    row = {"id": f"{number}", "title": f"News {number}", "body": f"Drone {number} over the port."}
    product.seed(f"{number}.jsonl", json.dumps(row) + "\n")


def test_a_watch_is_paused_and_resumed_without_editing_a_file(
    product: Product, until: Callable[..., None]
) -> None:
    # given
    product.write("watchlist.toml", '[watch.drones]\nwhen = "drone"\nnotify = ["console"]\n')
    product.start("run", "--seeds", "seeds")
    drop(product, 1)
    until(lambda: "News 1" in product.said(), what="the first alert", within_s=60)
    # when
    paused = product.call("watch", "pause", "drones")
    drop(product, 2)

    def why() -> str:
        return product.call("why", "2", "drones").stderr

    # then: it is on record why nothing is said
    assert (paused.returncode, paused.stderr) == (0, "drones is paused\n")
    until(lambda: "the watch is paused since" in why(), what="the reason", within_s=60)
    assert "paused since" in product.call("watch", "list").stderr
    assert "drones is paused since" in product.call("status").stderr
    assert product.call("watch", "pause", "drones").stderr == "drones was paused already\n"
    # and when: it may speak again
    assert product.call("watch", "resume", "drones").stderr == "drones watches again\n"
    drop(product, 3)
    # then: of what comes, not of what came
    until(lambda: "News 3" in product.said(), what="the third alert", within_s=60)
    assert "News 2" not in product.said()
    assert product.call("watch", "list").stderr.split() == ["drones", "watching"]
    assert product.call("watch", "resume", "drones").stderr == "drones was not paused\n"
    unknown = product.call("watch", "pause", "submarines")
    assert unknown.returncode == 2
    assert "no [watch.submarines]; there are: drones" in unknown.stderr
