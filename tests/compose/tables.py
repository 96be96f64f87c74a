"""What came of the soak, in words and tables, and what is wrong with it."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from books import Books, balanced
from containers import PROJECT, SERVICES, SPARED, Containers
from edits import Edit, watching
from faults import Faults, Trouble, seen, sorted_out
from town import Plan, Row

GROWN, SLACK_BYTES = 1.25, 24 << 20
"""A service's memory is flat if in the last quarter it is no more than so much of the first."""

LONG_S, WARM_S = 600, 60
"""A shorter run says nothing about that; nor does the first minute of a long one."""

Rows = Sequence[Mapping[str, Any]]
Table = tuple[str, list[str]]
"""What is shown, and what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A run that is over: when it began, what was done, what the town has noted, and `whole`, what
    Redis holds.
    """

    since: float
    seconds: float
    drained_s: float
    plan: Plan
    rows: Sequence[Row]
    edits: Sequence[Edit]
    troubles: Sequence[Trouble]
    whole: Mapping[str, Any]
    asked: Rows
    mails: Rows
    hooks: Rows


def all_of(found: Found, containers: Containers) -> Table:
    """All tables."""
    books, logs = books_of(found), containers.all_logs()
    faults = faults_of(found, logs)
    edited, wrong_edits = of_edits(found, logs)
    memory, wrong_memory = of_memory(found, containers.memory)
    head = f"{found.seconds:.0f} s, seed {found.plan.seed}; drained in {found.drained_s:.0f} s"
    wrong = [*books.wrong, *wrong_edits, *wrong_memory]
    wrong += [f"{len(faults.without)} lines without a reason"] if faults.without else []
    parts = (head, str(books), of_kills(containers), edited, memory, str(faults))
    return "\n\n".join(parts), wrong


def books_of(found: Found) -> Books:
    """What was published against what came of it."""
    return balanced(
        feeds=found.plan.published(),
        rows=found.rows,
        asked=found.asked,
        received={
            "desk": found.mails,
            "hook": [each for each in found.hooks if each["path"] == "/hook"],
            "second": [each for each in found.hooks if each["path"] == "/second"],
        },
        whole=found.whole,
        watching=watching(found.edits),
    )


def faults_of(found: Found, logs: Mapping[str, str]) -> Faults:
    """The lines that say that something is wrong, with what was done at the time."""
    pairs = zip(found.edits, found.edits[1:], strict=False)
    refused = [Trouble(kind="config", since=a.at, until=b.at) for a, b in pairs if a.refused]
    short = {name.removeprefix(f"{PROJECT}-"): log for name, log in logs.items()}
    return sorted_out(short, [*found.troubles, *refused])


def of_edits(found: Found, logs: Mapping[str, str]) -> Table:
    """A line each: how soon the services said that they had taken or refused it, and what was done
    to them in that time. Those that were started meanwhile had read it, and say nothing.
    """
    table = [f"{'edit':44}{'services':>10}{'soonest':>9}{'latest':>8} s  meanwhile"]
    wrong = []
    for edit in found.edits[1:]:
        event = "config.refused" if edit.refused else "config.reloaded"
        said = sorted(seen(logs, event, edit.version, edit.at).values())
        what = f"{edit.name}{' (refused)' if edit.refused else ''}"
        if said:
            end = edit.at + said[-1]
            struck = {t.kind for t in found.troubles if t.since <= end and edit.at <= t.until + 5}
            kinds = ", ".join(sorted(struck & {"redis", "poller", "worker", "scale"}))
            table.append(f"{what:44}{len(said):10}{said[0]:9.1f}{said[-1]:8.1f}    {kinds}")
        else:
            wrong.append(f"no service has said {event} of the edit {edit.name!r}")
    return "\n".join(table), wrong


def of_memory(found: Found, samples: Sequence[tuple[float, str, int]]) -> Table:
    """A line a service: the median of its containers in the first and in the last quarter."""
    table = [f"{'memory':18}{'first quarter':>15}{'last':>10}{'most':>10}   MiB"]
    wrong = []
    for name, mine in _by_name(samples).items():
        begin = found.since + (WARM_S if found.seconds >= LONG_S else 0)
        first = [size for at, size in mine if begin <= at < found.since + found.seconds / 4]
        last = [size for at, size in mine if at >= found.since + found.seconds * 3 / 4]
        if not first or not last:
            table.append(f"{name:18} too few samples")
            continue
        before, after = statistics.median(first), statistics.median(last)
        most = max(size for _, size in mine)
        row = zip((before, after, most), (15, 10, 10), strict=True)
        table.append(f"{name:18}" + "".join(f"{size / 2**20:{width}.1f}" for size, width in row))
        if name == "redis":
            kept = len(found.whole["articles"])
            table[-1] += f"   keeps {kept:,} articles: {after / max(kept, 1) / 1024:.1f} KiB each"
        elif found.seconds >= LONG_S and after > GROWN * before + SLACK_BYTES:
            wrong.append(f"the memory of {name} grows: {before:.0f} -> {after:.0f} bytes")
    return "\n".join(table), wrong


def _by_name(samples: Sequence[tuple[float, str, int]]) -> dict[str, list[tuple[float, int]]]:
    found: dict[str, list[tuple[float, int]]] = {}
    for at, container, size in samples:
        service = container.removeprefix(f"{PROJECT}-").rpartition("-")[0]
        name = "worker, spared" if container == SPARED else service
        found.setdefault(name, []).append((at, size))
    return found


def of_kills(containers: Containers) -> str:
    """A line a service: how often it was killed, and how."""
    kills = Counter((kill.service, kill.way) for kill in containers.kills)
    ways = sorted({way for _, way in kills})
    table = [f"{'killed':12}" + "".join(f"{way:>20}" for way in (*ways, "all"))]
    for service in SERVICES:
        numbers = [kills[service, way] for way in ways]
        table.append(f"{service:12}" + "".join(f"{n:20}" for n in (*numbers, sum(numbers))))
    by_hand = dict(containers.by_hand) or "none"
    return "\n".join([*table, f"started by hand, as no restart policy did: {by_hand}"])
