"""Redis: is it there, is it one that keeps what it is told, has it room, do the clocks agree?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from monitor import __version__
from monitor.cli.doctor.finding import Finding, ok, problem, unseen, warning
from monitor.errors import Bug, CommandRefused
from monitor.model import ARTICLES, JOBS, PAGES
from monitor.store import Present, Store
from monitor.store.server import Server

OLDEST: Final = 7
ODD_CLOCK_S: Final = 2.0
BAD_CLOCK_S: Final = 60.0
FULL: Final = 0.8
MB: Final = 1 << 20
SAFE_SYNC: Final = ("everysec", "always")
PACKED: Final = 512


def redis_findings(store: Store) -> Iterator[Finding]:
    """All about the server. Raises StoreUnavailable where it does not answer, Bug where our user
    may not ask.
    """
    server = store.view.server()
    yield from _version(server)
    yield from _log(server)
    yield from _settings(store)
    yield from _memory(server)
    yield from _writes(store)
    yield from _clock(store)


def service_findings(present: Present) -> Iterator[Finding]:
    """The services that are here, or were within the hour."""
    for beat in present.awaited:
        name = f"{beat.service} {beat.host} pid {beat.pid}"
        if not present.is_fresh(beat):
            said = f"not heard of for {present.age_s(beat):.0f} s, and did not say that it ends"
            yield warning(name, said, "See whether it was killed, or cannot reach Redis")
        elif beat.version != __version__:
            said = f"version {beat.version}, this is {__version__}"
            yield warning(name, said, "Restart what is older; a mixture is for the upgrade only")
        elif abs(beat.skew_s) > ODD_CLOCK_S:
            said = f"its clock is {beat.skew_s:+.1f} s off Redis'"
            yield warning(name, said, "Let NTP keep the clocks: `timedatectl set-ntp true`")
        else:
            yield ok(name, f"here, version {beat.version}")
    for service in ("poller", "worker"):
        if not any(beat.service == service for beat in present.fresh):
            start = f"Start it: `wirewatch {service}`, or `wirewatch run` for all in one"
            yield warning(service, "none is here", start)


def queue_findings(store: Store) -> Iterator[Finding]:
    """Queues that nobody serves though there are workers."""
    if not any(beat.service == "worker" for beat in store.beats.present().fresh):
        return
    for queue in JOBS:
        if store.view.workers(queue):
            continue
        fix = f"Start `wirewatch worker` without --queue, or with `--queue {queue}`"
        if queue == PAGES:
            said = "nobody serves it: articles wait 15 minutes for their full text, then go without"
            yield warning(f"queue {queue}", said, fix)
        else:
            does = "judged" if queue == ARTICLES else "told to anybody"
            yield problem(f"queue {queue}", f"nobody serves it: nothing is {does}", fix)


def _version(server: Server) -> Iterator[Finding]:
    said = f"{server.name} {server.version}"
    if server.major < OLDEST:
        yield problem("Redis version", said, f"Use Redis {OLDEST} or later, or Valkey")
    else:
        yield ok("Redis version", said)
    if server.mode == "cluster":
        fix = "Use a single server: a step here touches keys of many slots"
        yield problem("Redis mode", "a cluster", fix)


def _log(server: Server) -> Iterator[Finding]:
    about = "Redis append-only file"
    if not server.keeps_log:
        fix = "Set `appendonly yes`: without it a restart of Redis loses queues and stories"
        yield problem(about, "off", fix)
    elif not server.writes_well:
        yield problem(about, "its last write failed", "Look at Redis' log, and at its disk")
    else:
        yield ok(about, "on")
    if server.policy and server.policy != "noeviction":
        fix = "Set `maxmemory-policy noeviction`: a full Redis must refuse, not forget queues"
        yield problem("Redis maxmemory-policy", server.policy, fix)
    elif server.policy:
        yield ok("Redis maxmemory-policy", server.policy)
    else:
        fix = "It should be `noeviction`: a full Redis must refuse, not forget queues"
        yield unseen("Redis maxmemory-policy", "this server does not say", fix)


def _settings(store: Store) -> Iterator[Finding]:
    try:
        sync = store.view.setting("appendfsync")
        packed = store.view.setting("hash-max-listpack-entries")
    except (Bug, CommandRefused):
        fix = "Ask as another: `CONFIG GET appendfsync` should say everysec or always"
        yield unseen("Redis appendfsync", "our user may not use CONFIG GET", fix)
        return
    if sync and sync not in SAFE_SYNC:
        fix = "Set `appendfsync everysec`, or `always` not to lose a second to a power cut"
        yield problem("Redis appendfsync", sync, fix)
    elif sync:
        yield ok("Redis appendfsync", sync)
    if packed.isdigit() and int(packed) < PACKED:
        fix = f"Set `hash-max-listpack-entries {PACKED}`: stories take up to three times the memory"
        yield warning("Redis hash-max-listpack-entries", packed, fix)


def _memory(server: Server) -> Iterator[Finding]:
    about, used = "Redis memory", f"{server.used_bytes / MB:.0f} MB in use"
    most = server.limit_bytes or server.total_bytes
    if not most:
        yield ok(about, used)
        return
    of = "maxmemory" if server.limit_bytes else "its machine"
    said = f"{used}, {server.used_bytes / most:.0%} of the {most / MB:.0f} MB of {of}"
    if server.limit_bytes and server.used_bytes >= server.limit_bytes:
        fix = (
            "It refuses writes, and everyone waits. Give it more, or keep less: [retention] stories"
        )
        yield problem(about, said, fix)
    elif server.used_bytes > FULL * most:
        fix = "Give it more, or keep less: [retention] stories (docs/operations.md, Memory)"
        yield warning(about, said, fix)
    else:
        yield ok(about, said)


def _writes(store: Store) -> Iterator[Finding]:
    refused = store.view.refuses_writes()
    if refused:
        what, _, fix = refused.partition(". ")
        yield problem("Redis writes", what, fix)
    else:
        yield ok("Redis writes", "are taken")


def _clock(store: Store) -> Iterator[Finding]:
    before = time.time()
    there = store.beats.present().now
    after = time.time()
    off_s = (before + after) / 2 - there
    said = f"this machine's is {off_s:+.2f} s off Redis'"
    fix = "Let NTP keep the clocks: `timedatectl set-ntp true`"
    if abs(off_s) > BAD_CLOCK_S:
        yield problem("clock", said, fix)
    elif abs(off_s) > ODD_CLOCK_S:
        yield warning("clock", said, fix)
    else:
        yield ok("clock", said)
