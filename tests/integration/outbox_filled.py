"""Deliveries that wait to be sent, written as commit.lua leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from monitor import codec
from monitor.model import DELIVER, DELIVERIES, Alert, Delivery
from monitor.store import Open, Store, keys

ENVOYS = Path(__file__).parents[1] / "fixtures" / "alerts" / "envoys.json"


def wait_in_line(store: Store, channel: str, count: int) -> list[str]:
    """So many alerts for one channel at the end of the queue; their deliveries' ids."""
    envoys = codec.decode_alert(ENVOYS.read_bytes())
    ids = []
    with store.client.pipeline(transaction=False) as pipe:
        for number in range(count):
            alert: Alert = replace(envoys, id=f"{channel}-{number}", notify=(channel,))
            delivery = Delivery.id_for(alert.id, channel)
            waiting = {"alert": alert.id, "channel": channel, "state": "pending", "attempts": 0}
            job = {"data": codec.encode_job(DELIVER, delivery, alert.id, channel)}
            pipe.hset(keys.alert(alert.id), mapping={"alert": codec.encode_alert(alert)})
            pipe.hset(keys.delivery(delivery), mapping={**waiting, "field": "alert"})
            pipe.hset(keys.rq_job(delivery), mapping={**job, "origin": DELIVERIES})
            pipe.rpush(keys.rq_queue(DELIVERIES), delivery)
            ids.append(delivery)
        pipe.execute()
    return ids


def gathered_for(store: Store, channel: str, alerts: Sequence[Alert], due: datetime) -> Open:
    """These alerts, in this order, waiting for the digest of a channel that is due then."""
    name, due_ms = f"{channel} digest ", int(due.timestamp() * 1000)
    with store.client.pipeline(transaction=False) as pipe:
        for number, alert in enumerate(alerts):
            pipe.hset(keys.alert(alert.id), mapping={"alert": codec.encode_alert(alert)})
            member = f"{alert.id} alert"
            pipe.zadd(keys.gathering_alerts(name), {member: due_ms - len(alerts) + number})
        about = {"id": "d1", "channel": channel, "reason": "digest", "watch": "", "title": ""}
        pipe.hset(keys.gathering(name), mapping={**about, "since": str(due_ms - 1)})
        pipe.zadd(keys.gathered(), {name: due_ms})
        pipe.execute()
    (gathering,) = store.gatherings.due(due)
    return gathering
