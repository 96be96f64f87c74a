"""What Redis keeps of a desk that runs for a month, and that it does not grow.

    .venv/bin/python -P benchmarks/retention.py               (30 days of 2,500 articles: 5 minutes)
    .venv/bin/python -P benchmarks/retention.py --days 100 --share 0.006 --day-s 3

A day is some seconds: the embedded server's scripts run by a clock that is so much faster, with the
lives as they are shipped (articles 3 days, stories 14, what feeds have shown and sources 60, alerts
and dead letters 90). Articles go through the store's own transitions; only reading is left out, of
which nothing is kept. `--share` is the part of 100,000 articles a day, so that a day of them fits
into its seconds: a few things are kept once, however many articles there are (the table says how
much), all else grows with their number. The server's log is off, as it takes no memory.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

ROOT = Path(__file__).resolve().parent.parent
sys.path[:] = [str(ROOT), *(place for place in sys.path if place != str(ROOT / "benchmarks"))]

from benchmarks.retentionbench.clock import Clock  # noqa: E402  # the path comes first
from benchmarks.retentionbench.desk import Desk, pool  # noqa: E402
from benchmarks.retentionbench.memory import (  # noqa: E402
    FAMILIES,
    Weight,
    number_of,
    seen_entries,
    used_bytes,
    weighed_by_family,
)
from monitor.embedded import Embedded  # noqa: E402
from monitor.store import Store, keys  # noqa: E402

MB = 1 << 20
WEEK = 7
GROWING = ("seen", "alerts", "dead letters", "sources")
"""What lives for longer than a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The end of one day."""

    number: int
    articles: int
    used: int
    weights: dict[str, Weight]

    def bytes_of(self, family: str) -> float:
        """What a family has in all."""
        weight = self.weights.get(family)
        return weight.total_bytes if weight else 0.0

    @property
    def settled(self) -> float:
        """What is in use without what lives for longer than a month."""
        return self.used - sum(self.bytes_of(family) for family in GROWING)


def run(desk: Desk, days: int) -> list[Day]:
    """Day after day, each with its line."""
    columns = (*FAMILIES, "other")
    print(
        f"\n{'day':>4}{'articles':>10}{'used MB':>9}   keys: "
        + " ".join(f"{c:>12}" for c in columns)
    )
    found = []
    for number in range(days):
        articles = desk.day(number)
        day = Day(
            number=number + 1,
            articles=articles,
            used=used_bytes(desk.store.client),
            weights=weighed_by_family(desk.store.client),
        )
        found.append(day)
        counts = (day.weights[c].keys if c in day.weights else 0 for c in columns)
        print(
            f"{day.number:>4}{articles:>10,}{day.used / MB:>9.1f}         "
            + " ".join(f"{count:>12,}" for count in counts),
            flush=True,
        )
    return found


def families(days: Sequence[Day]) -> None:
    """Bytes of each family at the end, and how they grew from the week before the last to it."""
    last = days[-1]
    print(f"\n{'family':<14}{'keys':>10}{'no end':>8}{'bytes a key':>13}{'MB':>8}{'a week':>9}")
    for name in (*FAMILIES, "other"):
        weight = last.weights.get(name)
        if weight is not None:
            growth = weekly([day.bytes_of(name) for day in days])
            print(
                f"{name:<14}{weight.keys:>10,}{weight.lasting:>8,}{weight.each_bytes:>13,.0f}"
                f"{weight.total_bytes / MB:>8.1f}{growth}"
            )
    named = sum(weight.total_bytes for weight in last.weights.values())
    print(f"{'tables of keys':<14}{'':>10}{'':>8}{'':>13}{(last.used - named) / MB:>8.1f}")


def weekly(values: Sequence[float]) -> str:
    """By how much the mean of the last week is above that of the week before."""
    if len(values) < 2 * WEEK:
        return f"{'?':>9}"
    before, after = fmean(values[-2 * WEEK : -WEEK]), fmean(values[-WEEK:])
    return f"{(after / before - 1) * 100:>+8.1f}%" if before else f"{'new':>9}"


def units(desk: Desk, last: Day, empty: int) -> None:
    """What one of each thing takes."""
    client, kept = desk.store.client, last.weights
    total = sum(weight.keys for weight in kept.values())
    named = sum(weight.total_bytes for weight in kept.values())
    a_key = (last.used - empty - named) / total
    stories = number_of(client, keys.claim("*"))
    entries = seen_entries(desk.store, list(desk.versions))
    articles = number_of(client, keys.article("*"))
    alerts = client.zcard(keys.alerts())
    rows = {
        "article, 3 days": (articles, "articles"),
        "its names and story, 14 days": (stories, "stories"),
        "its near text, 7 to 14 days": (stories, "near texts"),
        "entry that a feed has shown, 60 days": (entries, "seen"),
        "alert with two deliveries, 90 days": (alerts, "alerts"),
        "feed, seed file": (kept["sources"].keys, "sources"),
        "dead letter, 90 days": (len(desk.store.letters.all()), "dead letters"),
    }
    print(f"\n{'one of each':<40}{'number':>10}{'bytes':>8}")
    for name, (number, family) in rows.items():
        if number and family in kept:
            size = last.bytes_of(family) + kept[family].keys * a_key
            print(f"{name:<40}{number:>10,}{size / number:>8,.0f}")
    print(
        f"with {a_key:,.0f} for each key in the tables of keys;"
        f" an empty Redis has {empty / MB:.1f} MB"
    )


def verdict(days: Sequence[Day], desk: Desk) -> None:
    """Whether it is flat, and whether this machine kept pace."""
    whole = weekly([float(day.used) for day in days])
    settled = weekly([day.settled for day in days])
    print(
        f"\nlast week against the week before: in use {whole.strip()}, without what lives longer"
        f" than a month ({', '.join(GROWING)}) {settled.strip()}"
    )
    slow = [day.number for day in days if day.articles < desk.daily]
    if slow:
        print(f"this machine was too slow on {len(slow)} days: give --day-s more, or --share less")


def main() -> int:
    """Run it; 0 when done."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--days", type=int, default=30, help="days of the desk (30)")
    parser.add_argument("--share", type=float, default=0.025, help="of 100,000 a day (0.025)")
    parser.add_argument("--day-s", type=float, default=10.0, help="seconds that a day takes (10)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ww-bench-") as made, Embedded(Path(made)) as server:
        bodies = pool()
        clock = Clock(options.day_s)
        with clock.in_redis():
            store = Store(server.url)
            store.client.config_set("appendonly", "no")
            empty = used_bytes(store.client)
            desk = Desk(store=store, clock=clock, share=options.share, bodies=bodies)
            print(f"{options.days} days of {desk.daily:,} articles from {desk.feeds} feeds")
            days = run(desk, options.days)
            families(days)
            units(desk, days[-1], empty)
            verdict(days, desk)
            store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
