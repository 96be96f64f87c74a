"""The table, and which goals of the queue are met."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import fields

from benchmarks.queue_peers.rows import FLOOR, FLOOR_KEPT, OURS, QUEUE_ALONE, ROWS
from benchmarks.queue_peers.window import Use

Uses = dict[str, list[Use]]

GOALS = (
    ("Dramatiq, one a message", "dramatiq", 5.0),
    ("Celery, one a message", "celery", 10.0),
    ("Dramatiq, 50 a message", "dramatiq 50", 1.0),
    ("Celery, 50 a message", "celery 50", 1.0),
    ("Dramatiq, 50, a record kept (no goal)", "dramatiq 50 kept", 1.0),
)
"""Whom we compare with, the family of rows, how many times its rate we want."""

FLOOR_SHARE, ALWAYS_SHARE = 1 / 3, 0.6


def median(uses: Sequence[Use], name: str) -> float:
    """The median of one figure."""
    return statistics.median(float(getattr(use, name)) for use in uses)


def ratio(uses: Sequence[Use], to: Sequence[Use]) -> float:
    """How many times the rate: the median over rounds, each compared with its own round."""
    pairs = zip(uses, to, strict=False)  # with `always` there are fewer rounds
    return statistics.median(one.rate / other.rate for one, other in pairs)


def cpu_ratio(uses: Sequence[Use], to: Sequence[Use]) -> float:
    """How many times the CPU, Python's and Redis's, of an article; a busy machine moves it less."""
    pairs = zip(uses, to, strict=False)
    return statistics.median(one.cpu_us / other.cpu_us for one, other in pairs)


def table(title: str, found: Uses) -> None:
    """Print one pass."""
    print(f"\n{title}")
    print(
        f"{'':40}{'articles/s':>11}{'spread':>8}{'Python us':>11}{'Redis us':>10}"
        f"{'commands':>10}{'trips':>7}{'rate/ours':>11}{'CPU/ours':>10}"
    )
    for name, uses in found.items():
        rates = [use.rate for use in uses]
        middle = {each.name: median(uses, each.name) for each in fields(Use)}
        spread = (max(rates) - min(rates)) / middle["rate"]
        print(
            f"{name:40}{middle['rate']:>11,.0f}{spread:>8.0%}{middle['python_us']:>11,.1f}"
            f"{middle['redis_us']:>10,.1f}{middle['commands']:>10,.2f}{middle['reads']:>7,.2f}"
            f"{ratio(uses, found[OURS]):>11.3f}{cpu_ratio(uses, found[OURS]):>10.2f}"
        )


def goals(everysec: Uses, always: Uses) -> None:
    """Print which goals are met by the whole worker, and what its queue alone would reach."""
    print(f"\n{'our rate in times that of':44}{'goal':>6}{'whole worker':>16}{'queue alone':>16}")
    for says, family, wanted in GOALS:
        names = [row.name for row in ROWS if row.family == family and row.name in everysec]
        if names:
            fastest = max(names, key=lambda name: median(everysec[name], "rate"))
            _line(says, wanted, _ratios(everysec, everysec[fastest]))
        else:
            print(f"{says:44}{wanted:>6.2f}{'not measured':>16}")
    _line("the stream floor", FLOOR_SHARE, _ratios(everysec, everysec[FLOOR]))
    itself = [ratio(always[name], everysec[name]) for name in (OURS, QUEUE_ALONE)]
    _line("itself with everysec, when fsync is always", ALWAYS_SHARE, itself)
    _line("the floor that keeps a record (no goal)", 1 / 3, _ratios(everysec, everysec[FLOOR_KEPT]))


def _ratios(everysec: Uses, to: Sequence[Use]) -> list[float]:
    return [ratio(everysec[name], to) for name in (OURS, QUEUE_ALONE)]


def _line(says: str, wanted: float, ratios: Sequence[float]) -> None:
    verdicts = [f"{each:.2f} {'PASS' if each >= wanted else 'behind'}" for each in ratios]
    print(f"{says:44}{wanted:>6.2f}{verdicts[0]:>16}{verdicts[1]:>16}")
