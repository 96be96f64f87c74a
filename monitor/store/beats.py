"""Who is here: what services say of themselves every few seconds, and samples of the counts."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal, get_args

import msgspec
import redis

from monitor import __version__
from monitor.store import keys
from monitor.store.damage import Damage
from monitor.store.redis import Scripts, bytes_of, translated

BEAT_EVERY_S = 2.0

FRESH_S = 15.0
"""A service that has not said for so long that it is here is shown as lost."""

QUIET_S = 20.0
"""So long one may be silent whose place nobody has taken, before it is unwell."""

KEPT_S = 3600.0
"""So long it is shown at all."""

SAMPLES_MIN = 60

ABSENT_S = 60.0
"""An absence is longer than that: a restart is none."""

ABSENCES_KEPT_S = 15 * 86_400
"""Twice what the longest digest tells of."""

MOST_ABSENCES = 100

Service = Literal["poller", "worker"]
_SERVICES = get_args(Service)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """What a service says of itself. Times are seconds since 1970.

    `clock` is its host's clock when it said so and `at` the server's; `ticked_s` how long ago its
    loop had come round, `behind_s` how late it was with what is due. `last` is when it last polled
    a feed or committed a bundle, 0 for not yet. `ended` counts its child processes that ended, by
    "QUEUE.crash" and "QUEUE.recycle". `config` is the version of its configuration, `refused` what
    Redis does not let it do, in words; `config_refused` since when its files have said something
    else, that was refused (0: they do not). `silent_s` is how long the most silent of its child
    processes had not run at all, `still_s` how long one had not gone round its loop.
    """

    service: Service
    host: str
    pid: int
    version: str
    started: float
    clock: float
    ticked_s: float
    behind_s: float = 0.0
    last: float = 0.0
    ended: Mapping[str, int] = field(default_factory=dict)
    at: float = 0.0
    config: str = ""
    refused: str = ""
    config_refused: float = 0.0
    silent_s: float = 0.0
    still_s: float = 0.0

    @property
    def instance(self) -> str:
        """The name of this run of the service."""
        return f"{self.service}.{self.host}.{self.pid}"

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues that a worker serves."""
        return tuple(sorted({name.partition(".")[0] for name in self.ended}))

    @property
    def skew_s(self) -> float:
        """How far its host's clock is ahead of the server's; small ones may be the network."""
        return self.clock - self.at


def own_host() -> str:
    """The name of this machine, or of its container."""
    return socket.gethostname()


def beat_of(service: Service, *, started: float, clock: float, ticked_s: float) -> Beat:
    """The beat of this process."""
    return Beat(
        service=service,
        host=own_host(),
        pid=os.getpid(),
        version=__version__,
        started=started,
        clock=clock,
        ticked_s=ticked_s,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The services that have said that they are here, and the server's time when they were asked
    for.
    """

    now: float
    beats: tuple[Beat, ...]

    def age_s(self, beat: Beat) -> float:
        """How long ago a service said so."""
        return max(0.0, self.now - beat.at)

    def is_fresh(self, beat: Beat) -> bool:
        """Whether it is still to be believed."""
        return self.age_s(beat) <= FRESH_S

    @property
    def awaited(self) -> tuple[Beat, ...]:
        """Those that should be here: all but the silent ones in whose place another was started on
        the same host since, as is done with what was killed.
        """
        kinds = dict.fromkeys((beat.service, beat.host) for beat in self.beats)
        return tuple(each for kind in kinds for each in self._awaited(*kind))

    def _awaited(self, service: str, host: str) -> list[Beat]:
        successors = [each for each in self.beats if (each.service, each.host) == (service, host)]
        found = []
        for beat in sorted(successors, key=lambda each: each.clock, reverse=True):
            after = [each for each in successors if each.started >= beat.clock]
            if self.age_s(beat) > QUIET_S and after:
                successors.remove(after[0])
            else:
                found.append(beat)
        return sorted(found, key=lambda each: each.pid)

    @property
    def fresh(self) -> tuple[Beat, ...]:
        """Those that are here now."""
        return tuple(beat for beat in self.beats if self.is_fresh(beat))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The counts as they were at a moment of the server's clock (seconds since 1970)."""

    at: float
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A time in which none of these services was here; `until` is None where none is yet."""

    service: Service
    since: datetime
    until: datetime | None


def _absence(name: str, until: float | None) -> Absence:
    service, _, since_ms = name.partition(" ")
    if service not in _SERVICES:
        raise ValueError(f"{service!r} is no service of ours")
    return Absence(
        service=service,  # type: ignore[arg-type]  # one of its words
        since=datetime.fromtimestamp(int(since_ms) / 1000, UTC),
        until=None if until is None else datetime.fromtimestamp(until, UTC),
    )


# made here, before there are threads (see codec.py)
_BEATS, _SAMPLES = msgspec.json.Decoder(Beat), msgspec.json.Decoder(Sample)


class Beats:
    """Saying that one is here, and seeing who is."""

    def __init__(self, client: redis.Redis, scripts: Scripts, damage: Damage) -> None:
        self._client, self._scripts, self._damage = client, scripts, damage

    def say(self, beat: Beat) -> None:
        """Say that a service is here. Raises StoreUnavailable."""
        self._beat(beat.instance, msgspec.json.encode(replace(beat, at=0.0)))

    def leave(self, beat: Beat) -> None:
        """Say that it ends. Raises StoreUnavailable."""
        self._beat(beat.instance, b"")

    def _beat(self, instance: str, said: bytes) -> None:
        self._scripts(
            "beat",
            [keys.beats(), keys.counts(), keys.samples(), keys.attended(), keys.absences()],
            [
                instance,
                said,
                KEPT_S,
                SAMPLES_MIN,
                instance.partition(".")[0],
                ABSENT_S,
                ABSENCES_KEPT_S,
                MOST_ABSENCES,
            ],
        )

    def present(self) -> Present:
        """Everyone who was here within the hour. Raises StoreUnavailable."""
        with translated(), self._client.pipeline(transaction=True) as pipe:
            pipe.hgetall(keys.beats())
            pipe.time()
            raw, (seconds, micros) = pipe.execute()
        beats = self._damage.readable(
            keys.beats(), raw.items(), lambda _, said: _BEATS.decode(bytes_of(said))
        )
        beats.sort(key=lambda beat: (beat.service, beat.host, beat.pid))
        return Present(now=seconds + micros / 1e6, beats=tuple(beats))

    def absences(self) -> tuple[Absence, ...]:
        """When no poller, or no worker, was here, in the order of their ends. Raises
        StoreUnavailable.
        """
        with translated(), self._client.pipeline(transaction=True) as pipe:
            pipe.zrange(keys.absences(), 0, -1, withscores=True)
            pipe.hgetall(keys.attended())
            pipe.time()
            over, last, (seconds, _) = pipe.execute()
        readable = self._damage.readable
        found = readable(keys.absences(), over, lambda name, ms: _absence(name, ms / 1000))
        attended = readable(keys.attended(), last.items(), lambda name, at: (name, float(at)))
        lasting = [(f"{name} {at * 1000:.0f}", at) for name, at in attended]
        away = [(name, None) for name, at in lasting if seconds - at > ABSENT_S]
        return (*found, *readable(keys.attended(), away, _absence))

    def samples(self) -> tuple[Sample, ...]:
        """The counts of the last hour, at most one a minute, the oldest first."""
        with translated(keys.samples()):
            raw = self._client.hgetall(keys.samples())
        found = self._damage.readable(
            keys.samples(), raw.items(), lambda _, said: _SAMPLES.decode(bytes_of(said))
        )
        return tuple(sorted(found, key=lambda sample: sample.at))


def done_since(
    samples: Sequence[Sample],
    counts: Mapping[str, int],
    *,
    now: float,
    names: Sequence[str],
    span_s: float,
) -> tuple[int, float]:
    """How much was counted under these names in about the last `span_s` seconds, and in how many
    exactly; (0, 0.0) while there is nothing to compare with.
    """
    before = [sample for sample in samples if sample.at <= now - span_s] or list(samples[:1])
    if not before or before[-1].at >= now:
        return 0, 0.0
    then = before[-1]
    done = sum(counts.get(name, 0) - then.counts.get(name, 0) for name in names)
    return max(done, 0), now - then.at
