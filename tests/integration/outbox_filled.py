"""Deliveries that wait to be sent, written as commit.lua leaves them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from monitor import codec
from monitor.model import DELIVER, DELIVERIES, Alert, Delivery
from monitor.store import Store, keys

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
