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
class Line:
    """A line that says that something is wrong: by which service, when, as which event."""

    service: str
    at: float
    level: str
    event: str
    text: str
    until: float = 0.0
    """Where only the time before and the time after are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that was done to the product, from when to when (seconds since 1970)."""

    kind: str
    since: float
    until: float

    def covers(self, line: Line) -> bool:
        until = max(line.at, line.until)
        return self.since - 2 <= until and line.at <= self.until + GRACE_S


REASONS: Mapping[str, tuple[str, ...]] = {
    "bundle.retaken": ("worker", "redis"),
    "channel.recovered": (SCRIPT, "mail", "soak-mail", "soak-hook"),
    "channel.tripped": (SCRIPT, "mail", "soak-mail", "soak-hook"),
    "config.refused": ("config",),
    "delivery.delayed": (SCRIPT, "mail", "soak-mail", "soak-hook", "config"),
    "delivery.overtaken": ("redis",),
    "example.failed": ("config",),
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
    (r"problems? in the configuration", "config"),
    (r"Redis does not answer", "redis"),
    (r"Memory overcommit|kernel|Transparent Huge|maxclients|open files", "machine"),
    (r"Could not create server TCP listening socket ::", "machine"),
    (
        r"ends inside a write|append.only|AOF|aof|incr\.aof|base\.rdb|RDB|0x\s*[0-9a-f]+:|truncat",
        "redis",
    ),
)
"""Lines that are no JSON: a pattern -> what is the reason."""

ALWAYS = frozenset({SCRIPT, "machine"})

_REDIS = re.compile(r"^\d+:[A-Z] (\d\d \w{3} \d{4} \d\d:\d\d:\d\d)\.\d+ (.) ")


def lines(log: str, service: str) -> Iterator[Line]:
    """What a container has said that is wrong. What is no JSON was said between the lines before
    and after it; what is indented belongs to the line before.
    """
    at, words = 0.0, list[str]()
    for each in log.splitlines():
        row, redis = _row(each), _REDIS.match(each)
        if row is not None:
            before, at = at, datetime.fromisoformat(row["timestamp"]).timestamp()
            yield from _said(service, words, before, at)
            if row["level"] in BAD:
                level, event = row["level"], row["event"]
                yield Line(service=service, at=at, level=level, event=event, text=each)
        elif redis is not None:
            before = at
            at = datetime.strptime(f"{redis[1]} +0000", "%d %b %Y %H:%M:%S %z").timestamp()
            yield from _said(service, words, before, at)
            if redis[2] == "#":
                yield Line(service=service, at=at, level="words", event="", text=each)
        elif words and each.startswith(" "):
            words[-1] += f"\n{each}"
        elif each.strip():
            words.append(each)
    yield from _said(service, words, at, at)


def _said(service: str, words: list[str], at: float, until: float) -> Iterator[Line]:
    for text in words:
        yield Line(service=service, at=at, level="words", event="", text=text, until=until)
    words.clear()


def _row(said: str) -> dict[str, str] | None:
    try:
        row = json.loads(said) if said.startswith("{") else None
    except json.JSONDecodeError:
        return None
    return row if isinstance(row, dict) and {"timestamp", "level", "event"} <= set(row) else None


def reason(line: Line, troubles: Sequence[Trouble]) -> str | None:
    """Why a line was said; None where there is no reason known."""
    if line.event:
        kinds: Iterable[str] = REASONS.get(line.event, ())
    else:
        kinds = [kind for pattern, kind in WORDS if re.search(pattern, line.text)]
    for kind in kinds:
        if kind in ALWAYS or any(t.kind == kind and t.covers(line) for t in troubles):
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
    """All that they have said; `logs` are of a container each, by its name less the project's."""
    counted: Counter[tuple[str, str, str, str]] = Counter()
    without: list[Line] = []
    for container, log in logs.items():
        for line in lines(log, container.rpartition("-")[0]):
            why = reason(line, troubles)
            if why is None:
                without.append(line)
            counted[line.service, line.level, line.event, why or "NONE"] += 1
    return Faults(counted=counted, without=tuple(without))


def seen(logs: Mapping[str, str], event: str, version: str, written: float) -> dict[str, float]:
    """Container -> how many seconds after it was written a service said this of a configuration."""
    found: dict[str, float] = {}
    for container, log in logs.items():
        for each in log.splitlines():
            if event not in each or version not in each:
                continue
            row = _row(each)
            if row is not None and (row["event"], row["config"]) == (event, version):
                at = datetime.fromisoformat(row["timestamp"]).timestamp()
                found.setdefault(container, at - written)
    return found
