"""What stories cost and how well they are told apart, beside datasketch and simhash.

    make bench                                         (installs the peers)
    .venv/bin/python -P benchmarks/stories.py [--quick] [--stories 1000000]

CPU a sketch; recall on copies as papers make them, and false merges on texts that only look alike;
CPU and memory of the atomic claim as stories grow in number; pairs of copies raced by four
processes. On an embedded server in a temporary folder, its log off while it is filled.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:] = [str(ROOT), *(place for place in sys.path if place != str(ROOT / "benchmarks"))]

from benchmarks.matchbench.articles import World  # noqa: E402  # the path comes first
from benchmarks.storybench import moulds, peers, scale  # noqa: E402
from benchmarks.storybench.copies import KINDS, same_event  # noqa: E402
from monitor.dedupe import Sketch, likeness, marks_of, words_of  # noqa: E402
from monitor.embedded import Embedded  # noqa: E402
from monitor.model import Article  # noqa: E402
from monitor.store import Store  # noqa: E402

GOALS = {"cut to 40 %": 0.95, "cut to 25 %": 0.80, "10 % of words changed": 0.85}


def article(text: str) -> Article:
    """A text as an article."""
    return Article(id=text[:40], source="bench", title="", body=text, fetched=scale.NOW)


def ours(text: str) -> Sketch | None:
    """Our sketch of a text."""
    return marks_of(article(text)).sketch


def same(one: Sketch | None, other: Sketch | None) -> bool:
    """Whether we take the two for one text: as the claim does, by a common band first."""
    if one is None or other is None:
        return False
    likes = (likeness(one.full, other.full), likeness(one.lead, other.lead))
    return any(like.bands and like.is_copy for like in likes)


Judge = tuple[Callable[[str], Any], Callable[[Any, Any], bool]]


def judges() -> dict[str, Judge]:
    """By name: how a text is sketched, and how two sketches are judged."""
    found: dict[str, Judge] = {"wirewatch": (ours, same)}
    if peers.ARE_INSTALLED:
        for name, (made, judge) in peers.PEERS.items():
            found[name] = (lambda text, made=made: made(words_of(article(text))), judge)
    return found


def texts(count: int) -> list[str]:
    """Made articles of at least 150 words."""
    bodies = (each.body for each in World().generated(2 * count))
    return [body for body in bodies if len(body.split()) >= 150][:count]


def sketching(base: Sequence[str]) -> None:
    """CPU a sketch, of texts cut or joined to 150 and 650 words."""
    print(f"\n{'CPU us a sketch':<28}{'150 words':>12}{'650 words':>12}")
    words = " ".join(base).split(" ")
    rows: dict[str, list[float]] = {}
    for size in (150, 650):
        some = [" ".join(words[at * size : (at + 1) * size]) for at in range(100)]
        known = [(words_of(article(text)), text) for text in some]
        made: dict[str, Callable[[Any, str], Any]] = {
            "wirewatch (both prints)": lambda found, text: sketch_only(found, text)
        }
        if peers.ARE_INSTALLED:
            made["datasketch (one)"] = lambda found, _: peers.minhash(found)
            made["simhash (one)"] = lambda found, _: peers.simhash(found)
        for name, call in made.items():
            call(*known[0])
            began = time.process_time()
            for found, text in known:
                call(found, text)
            rows.setdefault(name, []).append((time.process_time() - began) / len(known) * 1e6)
    for name, (brief, long) in rows.items():
        print(f"{name:<28}{brief:>12,.0f}{long:>12,.0f}")


def sketch_only(words: tuple[str, ...], text: str) -> Sketch | None:
    """The sketch alone, words known."""
    from monitor.dedupe import sketch

    return sketch(words, text)


def quality(base: Sequence[str]) -> None:
    """Recall on copies, then what is merged that should not be."""
    found = judges()
    print(f"\n{'found, of ' + str(len(base)):<28}" + "".join(f"{name:>12}" for name in found))
    right = dict.fromkeys(found, 0)
    sketches = {name: [made(text) for text in base] for name, (made, _) in found.items()}
    for kind, make in KINDS.items():
        draw, line = random.Random(3), f"{kind:<28}"
        copies = [make(text, draw, base) for text in base]
        for name, (made, judge) in found.items():
            hits = sum(
                judge(one, made(copy)) for one, copy in zip(sketches[name], copies, strict=True)
            )
            right[name] += hits
            line += f"{hits / len(base):>12.3f}"
        print(line + (f"   goal {GOALS[kind]:.2f}" if kind in GOALS else ""))
    draw = random.Random(4)
    others = [(text, same_event(text, draw, base)) for text in base]
    mould = [(one, other) for _, one, other in moulds.pairs()]
    print(f"\n{'merged wrongly':<28}" + "".join(f"{name:>12}" for name in found))
    wrong = dict.fromkeys(found, 0)
    for what, pairs in (("same event, other text", others), ("200 pairs of one mould", mould)):
        line = f"{what:<28}"
        for name, (made, judge) in found.items():
            merged = sum(judge(made(one), made(other)) for one, other in pairs)
            wrong[name] += merged
            line += f"{merged:>12}"
        print(line + f"   of {len(pairs)}")
    shares = (f"{right[name] / max(right[name] + wrong[name], 1):>12.3f}" for name in found)
    print(f"{'precision':<28}" + "".join(shares) + "   goal 0.98")


def claims(folder: Path, sizes: Sequence[int], base: Sequence[str]) -> None:
    """The claim as stories grow in number; then datasketch's index on the same server."""
    with Embedded(folder) as server:
        store = Store(server.url)
        store.client.config_set("appendonly", "no")
        print(f"\n{'claim, a story':<28}{'server us':>12}{'client us':>12}{'bytes':>12}")
        for cost in scale.grow(store, sizes):
            name = f"wirewatch at {cost.stories:,}"
            print(
                f"{name:<28}{cost.server_us:>12,.0f}{cost.client_us:>12,.0f}"
                f"{cost.story_bytes:>12,.0f}",
                flush=True,
            )
        store.client.flushall()
        if peers.ARE_INSTALLED:
            some = [words_of(article(text)) for text in base[:300]]
            costs = peers.index_cost(server.url, store.client, some).values()
            name = f"datasketch at {len(some)}"
            print(f"{name:<28}" + "".join(f"{cost:>12,.0f}" for cost in costs))
        store.close()


def races(folder: Path, pairs: int) -> None:
    """Pairs of copies raced by four processes."""
    with Embedded(folder) as server:
        split = scale.race(server.url, pairs)
    print(f"\n{pairs:,} pairs of copies raced by 4 processes: {split} became two stories (goal 0)")


def main() -> int:
    """Run it; 0 when done, whatever the goals say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small numbers, under a minute")
    parser.add_argument("--stories", type=int, default=100_000, help="grow to so many (100,000)")
    options = parser.parse_args()
    if not peers.ARE_INSTALLED:
        print("datasketch and simhash are not installed: `make bench` installs them")
    base = texts(100 if options.quick else 600)
    sketching(base)
    quality(base)
    steps = (20_000, 100_000, 1_000_000)
    sizes = [size for size in steps if size < options.stories] + [options.stories]
    with tempfile.TemporaryDirectory(prefix="ww-bench-") as made:
        claims(Path(made) / "claims", [2_000] if options.quick else sizes, base)
        races(Path(made) / "races", 400 if options.quick else 10_000)
    return 0


if __name__ == "__main__":
    sys.exit(main())
