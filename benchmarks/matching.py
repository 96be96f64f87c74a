"""What matching costs an article, from 10 to 100,000 watches, beside what one could use instead.

    make bench                                          (installs the peers)
    .venv/bin/python benchmarks/matching.py [--quick]

The unit is `re.findall(r"\\w+", text.lower())` on the same articles in the same process: machines
differ, ratios hardly. Every engine runs in a process of its own; figures are medians of seven
rounds of CPU time. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Else `import queue`, which half the standard library says, would find benchmarks/queue.py.
sys.path[:] = [str(ROOT), *(place for place in sys.path if place != str(ROOT / "benchmarks"))]

import argparse  # noqa: E402  # the path comes first
import json  # noqa: E402
import math  # noqa: E402
import subprocess  # noqa: E402
from importlib.util import find_spec  # noqa: E402

from benchmarks.matchbench.engines import ENGINES  # noqa: E402

SIZES = (10, 100, 1_000, 10_000, 100_000)
EVIDENCE_US = 10.0
"""What the evidence of one match may cost beside the goals below."""
GOALS = {100: 1.2, 10_000: 3.0, 100_000: 10.0}
LEADS = {1_000: 10.0, 10_000: 10.0, 100_000: 4.0}
"""How many times cheaper than mokaccino we mean to be."""
MEMORY_KB, BUILD_S = 4.0, 20.0
NEEDS = {"mokaccino": "mokaccino", "spaCy PhraseMatcher": "spacy"}

Row = dict[str, float]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="up to 10,000 watches, 100 articles")
    quick = parser.parse_args().quick
    sizes = [size for size in SIZES if not quick or size <= 10_000]
    rows: dict[tuple[str, int], Row] = {}
    for name, (_, most) in ENGINES.items():
        if name in NEEDS and find_spec(NEEDS[name]) is None:
            print(f"{name}: not installed (make bench)")
            continue
        for size in sizes:
            if size <= most:
                rows[name, size] = measured(name, size, 100 if quick else 300)
    table(rows, sizes)
    return verdict(rows, sizes)


def measured(name: str, size: int, articles: int) -> Row:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.matchbench.measure", name, str(size), str(articles)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{name} at {size}:\n{done.stderr}")
    row: Row = json.loads(done.stdout)
    return row


def table(rows: dict[tuple[str, int], Row], sizes: list[int]) -> None:
    ours = {size: rows["wirewatch", size] for size in sizes}
    print(f"\nunit: {ours[sizes[0]]['unit_us']:.0f} µs an article; cells: µs (units)")
    print(f"{'engine':<22}" + "".join(f"{size:>20,}" for size in sizes) + "   growth")
    for name in ENGINES:
        cells = [rows.get((name, size)) for size in sizes]
        known = [(size, row) for size, row in zip(sizes, cells, strict=True) if row]
        if not known:
            continue
        shown = "".join(
            f"{row['cost_us']:>12,.0f} ({row['ratio']:>4.1f}) " if row else f"{'-':>20}"
            for row in cells
        )
        print(f"{name:<22}{shown}   {exponent(known):.2f}")
    for label, key, form in (
        ("matches an article", "matches", "{:>20.2f}"),
        ("build, s", "built_s", "{:>20.2f}"),
    ):
        print(f"{label:<22}" + "".join(form.format(ours[size][key]) for size in sizes))
    cells = "".join(f"{ours[size]['memory_kb'] / size:>20.2f}" for size in sizes)
    print(f"{'memory a watch, KB':<22}{cells}")


def exponent(known: list[tuple[int, Row]]) -> float:
    """How the cost grows: 1 is linear in the number of watches, 0 not at all."""
    (small, first), (large, last) = known[0], known[-1]
    return math.log(last["cost_us"] / first["cost_us"]) / math.log(large / small)


def verdict(rows: dict[tuple[str, int], Row], sizes: list[int]) -> int:
    """Each goal, met or behind. The exit code is 0 either way: a benchmark informs."""
    print()
    for size in sizes:
        ours = rows["wirewatch", size]
        net = (ours["cost_us"] - EVIDENCE_US * ours["matches"]) / ours["unit_us"]
        if size in GOALS:
            say(f"{size:,} watches, evidence aside, in units", net, GOALS[size])
        peer = rows.get(("mokaccino", size))
        if peer and size in LEADS:
            lead = peer["cost_us"] / ours["cost_us"]
            say(f"{size:,} watches, times cheaper than mokaccino", lead, LEADS[size], more=True)
        for name in ("spaCy PhraseMatcher", "automaton, all terms"):
            other = rows.get((name, size))
            if other:
                print(
                    f"         {size:,} watches: {other['cost_us'] / ours['cost_us']:.1f}x {name}"
                )
    largest = rows["wirewatch", sizes[-1]]
    say("memory a watch, KB", largest["memory_kb"] / sizes[-1], MEMORY_KB)
    say(f"build of {sizes[-1]:,}, s", largest["built_s"], BUILD_S)
    return 0


def say(what: str, found: float, wanted: float, *, more: bool = False) -> None:
    met = found >= wanted if more else found <= wanted
    sign = ">=" if more else "<="
    print(f"{'met' if met else 'BEHIND':<8} {what}: {found:.2f} (goal {sign} {wanted:g})")


if __name__ == "__main__":
    sys.exit(main())
