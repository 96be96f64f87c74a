"""Digests as they are told: what of their alerts is shown, and all of them, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count
from typing import Final

import msgspec
import redis

from monitor import codec
from monitor.alerts.choice import Standing, choose, watch_of
from monitor.errors import ParseError
from monitor.model import Alert, Digest, Gap, Rate
from monitor.store import keys
from monitor.store.damage import Damage
from monitor.store.gatherings import moment, reason_of
from monitor.store.redis import bytes_of, text_of, translated

SHOWN: Final = 100
"""Alerts that a digest carries; the rest are counted, and kept as all alerts are."""

PAGE: Final = 100
"""Alerts that are read at a time, of however many."""


def digest_of(
    client: redis.Redis, digest_id: str, fields: Sequence[object], damage: Damage
) -> Digest:
    """The digest that these fields of its record describe, with a fair choice of its alerts.

    Alerts that are no longer kept, or cannot be read, are left out. Raises ParseError.
    """
    words = [text_of(field) for field in fields]
    about = dict(zip(words[::2], words[1::2], strict=True))
    choice = choose(_standings(client, keys.digest_alerts(digest_id), damage), SHOWN)
    try:
        paused = msgspec.json.decode(about.get("paused", "{}"), type=dict[str, int])
        return Digest(
            id=digest_id,
            channel=about["channel"],
            reason=reason_of(about["reason"]),
            since=moment(int(about["since"])),
            until=moment(int(about["until"])),
            alerts=_alerts(client, choice.refs, damage),
            count=int(about["count"]),
            watch=about.get("watch", ""),
            title=about.get("title", ""),
            gaps=msgspec.json.decode(about["gaps"], type=tuple[Gap, ...]),
            rest=choice.rest,
            rate=_rate(about),
            first="first" in about,
            apart="apart" in about,
            paused=tuple(
                (w, moment(ms)) for w, ms in sorted(paused.items()) if w in choice.watches
            ),
        )
    except (KeyError, ValueError, ArithmeticError, OSError, msgspec.DecodeError) as error:
        raise ParseError(f"a digest is not what we write: {error}") from error


def waiting_of(client: redis.Redis, gathering: str, watch: str, damage: Damage) -> int:
    """How many alerts of that watch a gathering holds."""
    found = _standings(client, keys.gathering_alerts(gathering), damage)
    return sum(standing.watch == watch for standing in found)


def page_of(
    client: redis.Redis, digest_id: str, number: int, damage: Damage
) -> tuple[Alert, ...] | None:
    """One page of a digest's alerts, in the order they came, from 0 on; None behind the last."""
    refs = _refs(client, keys.digest_alerts(digest_id), number)
    return _alerts(client, refs, damage) if refs else None


def _rate(about: dict[str, str]) -> Rate | None:
    """What the watch may tell, where what it would say beyond that was gathered."""
    most = int(about.get("most", 0))
    if not most or about["reason"] not in {"at_most", "cooldown"}:
        return None
    return Rate(most=most, span=timedelta(milliseconds=int(about["span"])))


def _refs(client: redis.Redis, key: str, page: int) -> tuple[str, ...]:
    with translated(key):
        members = client.zrange(key, page * PAGE, (page + 1) * PAGE - 1)
    return tuple(map(text_of, members))


def _standings(client: redis.Redis, key: str, damage: Damage) -> Iterator[Standing]:
    for page in count():
        refs = _refs(client, key, page)
        if not refs:
            return
        yield from damage.each(_packed(client, refs, damage), _standing)


def _standing(_: str, kept: tuple[str, bytes]) -> Standing:
    ref, packed = kept
    seen = codec.glance_at(packed)
    watch = watch_of(seen.watch, seen.trouble.kind if seen.trouble else None)
    return Standing(ref, watch, seen.title, seen.severity)


def _alerts(client: redis.Redis, refs: Sequence[str], damage: Damage) -> tuple[Alert, ...]:
    read = damage.each(_packed(client, refs, damage), lambda _, kept: codec.decode_alert(kept[1]))
    return tuple(read)


def _packed(
    client: redis.Redis, refs: Sequence[str], damage: Damage
) -> Iterator[tuple[str, str, tuple[str, bytes]]]:
    """What is kept of each, by "alert field", and where."""
    places = [(keys.alert(alert), field) for alert, _, field in (r.partition(" ") for r in refs)]
    with client.pipeline(transaction=False) as pipe:
        for name, field in places:
            pipe.hget(name, field)
        found = damage.answers(pipe, [name for name, _ in places])
    for ref, (name, field), packed in zip(refs, places, found, strict=True):
        if packed is not None:
            yield name, field, (ref, bytes_of(packed))
