"""What topics cost an article, and how they agree with the tags of publishers.

    .venv/bin/python -P benchmarks/topics.py [--articles FILE]

CPU time is given for generated articles of 650 words and for the samples of seeds/. Agreement needs
articles with their publishers' tags, which are not ours to ship: FILE (or the environment's
WIREWATCH_TOPIC_ARTICLES) has one JSON object a line with publisher, lang, title, date, body,
topics. The protocol stands in docs/topics.md. Half of the publishers are for tuning, half are held
out.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Else `import queue`, which half the standard library says, would find benchmarks/queue.py.
sys.path[:] = [str(ROOT), *(place for place in sys.path if place != str(ROOT / "benchmarks"))]

import argparse  # noqa: E402  # the path comes first
import os  # noqa: E402

from benchmarks.topicbench.agreement import agreement  # noqa: E402
from benchmarks.topicbench.cost import cost  # noqa: E402
from benchmarks.topicbench.judging import judging  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", default=os.environ.get("WIREWATCH_TOPIC_ARTICLES"))
    parser.add_argument("--cost-only", action="store_true")
    options = parser.parse_args()
    cost()
    if options.cost_only:
        return
    judging()
    if options.articles is None:
        print("agreement: no articles with tags given (--articles FILE)")
        return
    agreement(Path(options.articles))


if __name__ == "__main__":
    main()
