"""All that Redis holds of articles, alerts and deliveries, as one line of JSON.

    docker compose exec -T worker python /tests/compose/dump.py [--whole] [--hurry]

Without --whole only counts, feeds and what is left; with --hurry every feed is polled now.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from monitor import codec
from monitor.app import now
from monitor.cli.connection import open_store
from monitor.model import JOBS, Delivery
from monitor.poller.report import reports
from monitor.settings import load
from monitor.store import Store, keys
from monitor.store.redis import bytes_of, text_of

CONFIG, EVERY_ALERT = Path("/etc/wirewatch"), 1_000_000


def row_of(store: Store, key: str) -> dict[str, str]:
    return {text_of(k): text_of(v) for k, v in store.client.hgetall(key).items()}


def articles(store: Store) -> list[dict[str, str]]:
    """The last outcome of each article, and its address."""
    addresses: dict[str, str] = {}
    for name in store.client.scan_iter(match=keys.kept("*"), count=1000):
        _, arguments = codec.decode_job(bytes_of(store.client.get(name)))
        for article in codec.unbundle(arguments[0]):
            addresses[article.ref] = article.url or ""
    found = []
    for name in store.client.scan_iter(match=keys.article("*"), count=1000):
        row = row_of(store, text_of(name))
        wanted = {key: row[key] for key in ("source", "relation", "story", "config")}
        found.append(wanted | {"url": addresses.get(text_of(name).rpartition(":")[2], "")})
    return found


def alerts(store: Store) -> list[dict[str, object]]:
    """Each alert, and the state of its deliveries by channel."""
    return [
        {
            "id": alert.id,
            "watch": alert.watch,
            "source": alert.article.source,
            "url": alert.article.url,
            "deliveries": {
                channel: [id_, row_of(store, keys.delivery(id_)).get("state", "")]
                for channel in alert.notify
                for id_ in (Delivery.id_for(alert.id, channel),)
            },
        }
        for alert in store.view.alerts(EVERY_ALERT)
    ]


def left(store: Store) -> dict[str, int]:
    """What is not finished."""
    found = {f"{queue}, waiting or leased": store.view.depth(queue).total for queue in JOBS}
    found |= {f"{queue}, in the ledger": store.client.zcard(keys.ledger(queue)) for queue in JOBS}
    jobs = sum(1 for _ in store.client.scan_iter(match=keys.rq_job("*"), count=1000))
    return found | {
        "jobs": jobs,
        "dead letters": len(store.letters.all()),
        "gatherings": store.client.zcard(keys.gathered()),
        "channels disabled": len(store.view.disabled()),
    }


def main() -> None:
    """Say it."""
    whole = "--whole" in sys.argv
    with open_store(CONFIG, Path("/tmp")) as store:
        if "--hurry" in sys.argv:
            for source in load(CONFIG).sources:
                store.sources.hurry(source.id, now())
        said = reports(store, load(CONFIG).sources, now())
        found: dict[str, object] = {
            "left": left(store),
            "counts": dict(store.view.counts()),
            "feeds": {
                feed.source: {
                    "good": feed.last_good.timestamp() if feed.last_good else 0.0,
                    "gaps": feed.gaps,
                    "state": feed.state,
                    "due": feed.next_due.timestamp() if feed.next_due else 0.0,
                }
                for feed in said
            },
            "letters": [letter.reason for letter in store.letters.all()],
        }
        if whole:
            found |= {"articles": articles(store), "alerts": alerts(store)}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
