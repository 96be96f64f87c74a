"""What was logged as a warning or an error during the soak, and why: each needs a reason."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

BAD = ("warning", "error", "critical")
GRACE_S = 45.0
"""So long after a trouble its traces may come: a breaker leaves a channel alone for a while, a
connection to a Redis that is gone is given up after 30 s.
"""

SCRIPT = "the script of the feeds, the mail server and the webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that was done to the product, from when to when (seconds since 1970)."""

    kind: str
    since: float
    until: float

    def covers(self, at: float) -> bool:
        return self.since - 2 <= at <= self.until + GRACE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that says that something is wrong: by which service, when, as which event."""

    service: str
    at: float
    level: str
    event: str
    text: str


REASONS: Mapping[str, tuple[str, ...]] = {
    "bundle.retaken": ("worker", "redis"),
    "channel.recovered": (SCRIPT, "mail", "soak-mail", "soak-hook"),
    "channel.tripped": (SCRIPT, "mail", "soak-mail", "soak-hook"),
    "config.refused": ("config",),
    "delivery.delayed": (SCRIPT, "mail", "soak-mail", "soak-hook", "config"),
    "gap.suspected": (SCRIPT,),
    "host.parked": (SCRIPT,),
    "leader.deposed": ("poller", "redis"),
    "lease.returned": ("worker", "scale", "redis"),
    "poller.waited": ("redis", "worker"),
    "process.ended": ("worker",),
    "source.failed": (SCRIPT, "soak-feeds"),
    "source.problem": (SCRIPT, "soak-feeds"),
    "source.retired": (SCRIPT,),
    "store.available": ("redis",),
    "store.unavailable": ("redis",),
}
"""Event -> what may be the reason. Of an event that is not here there is none."""

WORDS: tuple[tuple[str, str], ...] = (
    (r"config/|\.toml\b", "config"),
    (r"Redis|Connection|Error \d+", "redis"),
    (r"WARNING Memory overcommit|Failed to test the kernel|Transparent Huge", "machine"),
    (r"Could not create server TCP listening socket ::", "machine"),
    (r"ends inside a write|AOF|aof|incr\.aof|base\.rdb|RDB|0x\s*[0-9a-f]+:|truncat", "redis"),
)
"""Lines that are no JSON: a pattern -> what is the reason."""

ALWAYS = frozenset({SCRIPT, "machine"})

_STAMPED = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)\s(.*)$")


def lines(service: str, log: str) -> Iterator[Line]:
    """What a container has said that is wrong; `log` as `docker logs --timestamps` shows it."""
    for each in log.splitlines():
        found = _STAMPED.match(each)
        if found is None or not found[4].strip():
            continue
        at = datetime.fromisoformat(found[1] + found[3].replace("Z", "+00:00")).timestamp()
        line = _line(service, at, found[4])
        if line is not None:
            yield line


def _line(service: str, at: float, said: str) -> Line | None:
    try:
        row = json.loads(said) if said.startswith("{") else None
    except json.JSONDecodeError:
        row = None
    if isinstance(row, dict) and "event" in row:
        if row.get("level") not in BAD:
            return None
        return Line(service=service, at=at, level=row["level"], event=row["event"], text=said)
    if service == "redis" and re.match(r"\d+:[A-Z] .* [*.-] ", said):
        return None  # what it tells of a normal life
    return Line(service=service, at=at, level="words", event="", text=said)


def reason(line: Line, troubles: Sequence[Trouble]) -> str | None:
    """Why a line was said; None where there is no reason known."""
    if line.event:
        kinds: Iterable[str] = REASONS.get(line.event, ())
    else:
        kinds = [kind for pattern, kind in WORDS if re.search(pattern, line.text)]
    for kind in kinds:
        if kind in ALWAYS or any(t.kind == kind and t.covers(line.at) for t in troubles):
            return kind
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """The lines by service, level, event and reason; and those without a reason."""

    counted: Counter[tuple[str, str, str, str]]
    without: tuple[Line, ...]

    def __str__(self) -> str:
        rows = [f"{'service':10} {'level':8} {'event':20} {'lines':>6}  reason"]
        for (service, level, event, why), number in sorted(self.counted.items()):
            rows.append(f"{service:10} {level:8} {event or '(words)':20} {number:6}  {why}")
        rows.append(f"without a reason: {len(self.without)}")
        for line in self.without[:20]:
            stamp = datetime.fromtimestamp(line.at, UTC)
            rows.append(f"  {stamp:%H:%M:%S} {line.service}: {line.text[:600]}")
        return "\n".join(rows)


def sorted_out(logs: Mapping[str, str], troubles: Sequence[Trouble]) -> Faults:
    """All that containers have said; `logs` by service, a text each or several after each other."""
    counted: Counter[tuple[str, str, str, str]] = Counter()
    without: list[Line] = []
    for service, log in logs.items():
        for line in lines(service, log):
            why = reason(line, troubles)
            if why is None:
                without.append(line)
            counted[service, line.level, line.event, why or "NONE"] += 1
    return Faults(counted=counted, without=tuple(without))


def seen(logs: Mapping[str, str], event: str, version: str, written: float) -> dict[str, float]:
    """Container -> how many seconds after it was written a service said this of a configuration."""
    found: dict[str, float] = {}
    for container, log in logs.items():
        for each in log.splitlines():
            if event not in each or version not in each:
                continue
            row = json.loads(each[each.index("{") :])
            if row["event"] == event and row["config"] == version:
                at = datetime.fromisoformat(row["timestamp"]).timestamp()
                found.setdefault(container, at - written)
    return found
