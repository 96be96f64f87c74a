"""How far the reading of a long file is: a bar on stderr, for people only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from monitor.sources.seed import Through

LONG_BYTES: Final = 8 * 2**20  # a second or so


@contextmanager
def progress() -> Iterator[Through | None]:
    """What a file has to be read through so that the bar sees it; None where nobody looks.

    There is a bar where stderr is a terminal and stdout is not: it would stand between the lines
    of the answer. It vanishes at the end.
    """
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield None
        return
    from rich.console import Console  # 30 ms, and needed by people only
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", visible=False)

        def through(stream: BinaryIO, path: Path) -> BinaryIO:
            size = path.stat().st_size
            bar.update(task, visible=size >= LONG_BYTES)
            if size < LONG_BYTES:
                return stream
            bar.reset(task, total=size, description=path.name)
            return bar.wrap_file(stream, task_id=task)

        yield through
