"""What a poll costs: our poller beside the PyPI package reader, feedparser in a loop, a bare GET.

    make bench                                         (installs the peer)
    .venv/bin/python benchmarks/polling.py [--quick] [--feeds N]

1,000 feeds of 50 entries (100 with --quick) on a server of its own on loopback. Every poller runs
in a process of its own, one after the other; CPU is that of all its processes, ours with its
parsers and its Redis. Then 10,000 scheduled feeds, and what a slow host does to all others.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse  # the path comes first
import multiprocessing
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import TypeVar

from benchmarks.polling_peers.cost import Cost
from benchmarks.polling_peers.ours import late, scheduled, with_wirewatch
from benchmarks.polling_peers.peers import (
    with_a_bare_get,
    with_feedparser,
    with_reader,
)
from benchmarks.polling_peers.phases import (
    NOT_MODIFIED,
    ONE_NEW,
    PHASES,
    SAME_BODY,
)
from benchmarks.polling_peers.server import server, turn_to

POLLERS = {
    "wirewatch": with_wirewatch,
    "reader": with_reader,
    "feedparser": with_feedparser,
    "bare GET": with_a_bare_get,
}
CHEAPER = {NOT_MODIFIED: 2.5, SAME_BODY: 15.0, ONE_NEW: 2.0}
"""How many times less CPU than `reader` a poll is to take."""

SCHEDULED, MOST_MIB = 10_000, 300.0
SLOW_S, MOST_LATE_S = 30.0, 0.1

Told = TypeVar("Told")


def _tell(pipe: Connection, work: Callable[..., object], arguments: tuple[object, ...]) -> None:
    pipe.send(work(*arguments))


def apart(work: Callable[..., Told], *arguments: object) -> Told:
    """What this work tells, done in a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_tell, args=(theirs, work, arguments)
    )
    process.start()
    theirs.close()
    try:
        return ours.recv()
    finally:
        process.join()


def costs(feeds: int, port: int) -> Mapping[str, Mapping[str, Cost]]:
    found: dict[str, Mapping[str, Cost]] = {}
    for name, work in POLLERS.items():
        turn_to(port, 0)
        found[name] = apart(work, port, feeds)
    return found


def show(found: Mapping[str, Mapping[str, Cost]], feeds: int) -> None:
    print(f"{feeds} feeds of 50 entries: ms of CPU a feed (ms of wall); peak MiB")
    print(f"{'':26}" + "".join(f"{name:>18}" for name in found))
    for phase in PHASES:
        cells = "".join(
            f"{cost[phase].cpu_ms:10.2f} ({cost[phase].wall_ms:5.1f})" for cost in found.values()
        )
        print(f"{phase:26}{cells}")
    peaks = (max(each.peak_mib for each in cost.values()) for cost in found.values())
    print(f"{'peak MiB':26}" + "".join(f"{peak:18.0f}" for peak in peaks))


def judged(name: str, wanted: str, found: str, *, well: bool) -> None:
    print(f"{'pass' if well else 'behind':8}{name:42}{wanted:>12}{found:>12}")


def main() -> None:
    """The tables, and each goal: pass or behind."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quick", action="store_true", help="a tenth of it, in about a minute")
    arguments.add_argument("--feeds", type=int, default=0)
    given = arguments.parse_args()
    feeds = given.feeds or (100 if given.quick else 1_000)
    slow_s = 4.0 if given.quick else SLOW_S
    with server(slow_s) as port:
        found = costs(feeds, port)
        turn_to(port, 0)
        schedule = apart(scheduled, port, SCHEDULED, 8.0 if given.quick else 20.0)
        lateness = apart(late, port, slow_s)
    show(found, feeds)
    print(
        f"{schedule.feeds} feeds scheduled: {schedule.polls} polls by 304,"
        f" {100 * schedule.core:.1f} % of a core, poller {schedule.poller_mib:.0f} MiB,"
        f" with its parsers {schedule.peak_mib:.0f} MiB at the peak"
    )
    print(
        f"30 hosts asked each second, {lateness.polls} polls: the latest"
        f" {1000 * lateness.without_s:.0f} ms late,"
        f" beside a host that takes {slow_s:.0f} s {1000 * lateness.beside_s:.0f} ms"
    )
    print(f"\n{'':8}{'goal':42}{'wanted':>12}{'found':>12}")
    for phase, times in CHEAPER.items():
        ratio = found["reader"][phase].cpu_ms / found["wirewatch"][phase].cpu_ms
        goal = f"{phase}: cheaper than reader"
        judged(goal, f">= {times:g}x", f"{ratio:.1f}x", well=ratio >= times)
    judged(
        f"{SCHEDULED} feeds in one poller",
        f"<= {MOST_MIB:.0f} MiB",
        f"{schedule.peak_mib:.0f} MiB",
        well=schedule.peak_mib <= MOST_MIB,
    )
    judged(
        "a slow host delays no other by more",
        f"<= {1000 * MOST_LATE_S:.0f} ms",
        f"{1000 * lateness.beside_s:.0f} ms",
        well=lateness.beside_s <= MOST_LATE_S,
    )


if __name__ == "__main__":
    main()
