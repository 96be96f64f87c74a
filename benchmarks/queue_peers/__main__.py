"""A worker process, as benchmarks/queue.py starts it: row number, URL, report, first, last."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.queue_peers.rows import ROWS
from benchmarks.queue_peers.window import Window
from workers.runtime import die_with_parent


def main() -> None:
    """Work until killed."""
    number, url, report, first, last, parent = sys.argv[1:]
    die_with_parent(int(parent))
    row = ROWS[int(number)]
    row.work(url, Window(url, Path(report), int(first), int(last), parent=row.parent))


main()
