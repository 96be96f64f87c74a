"""The rows of the table: who works, how many articles travel together, how long a window is."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.queue_peers.window import Window
from monitor.model import Article
from monitor.store.sources import BUNDLE
from workers.process import TAKE


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One worker.

    `module` has `fill(url, articles, each)` and `work(url, window, manner)`; `articles` is the
    window with everysec, `always` the one with appendfsync always. A window opens and closes at the
    same place of a batch of `batch` articles. Goals compare with the fastest of a `family`.
    `parent`: the process above it works for it too.
    """

    name: str
    module: str
    each: int
    articles: int
    always: int
    manner: str = ""
    batch: int = 1
    family: str = ""
    needs: str = ""
    parent: bool = False

    def sizes(self, articles: int) -> tuple[int, int, int]:
        """Number of the first article of the window, of the last, and how many to put in all."""
        first = -(-max(articles // 10, self.batch) // self.batch) * self.batch
        last = first + -(-articles // self.batch) * self.batch
        return first, last, last + max(self.batch, articles // 20)

    @property
    def fill(self) -> Callable[[str, Sequence[Article], int], None]:
        """Put articles where the worker will look."""
        found: Callable[[str, Sequence[Article], int], None]
        found = importlib.import_module(f"benchmarks.queue_peers.{self.module}").fill
        return found

    def work(self, url: str, window: Window) -> None:
        """Be the worker."""
        importlib.import_module(f"benchmarks.queue_peers.{self.module}").work(
            url, window, self.manner
        )

    @property
    def is_installed(self) -> bool:
        """Whether the peer is here."""
        return not self.needs or importlib.util.find_spec(self.needs) is not None


OURS, QUEUE_ALONE = "wirewatch", "wirewatch, queue alone"
FLOOR, FLOOR_KEPT = "stream floor, 50 a read", "stream floor, 50 a read, kept"
ALWAYS_THERE = (OURS, QUEUE_ALONE, FLOOR, FLOOR_KEPT)

ROWS = (
    Row(
        name=OURS,
        module="ours",
        manner="whole",
        each=BUNDLE,
        articles=12_000,
        always=6_000,
        batch=TAKE * BUNDLE,
    ),
    Row(
        name="wirewatch, no story claim",
        module="ours",
        manner="no claim",
        each=BUNDLE,
        articles=12_000,
        always=6_000,
        batch=TAKE * BUNDLE,
    ),
    Row(
        name=QUEUE_ALONE,
        module="ours",
        manner="queue alone",
        each=BUNDLE,
        articles=24_000,
        always=12_000,
        batch=TAKE * BUNDLE,
    ),
    Row(
        name=FLOOR,
        module="floor",
        each=1,
        articles=40_000,
        always=10_000,
        batch=50,
    ),
    Row(
        name=FLOOR_KEPT,
        module="floor",
        manner="kept",
        each=1,
        articles=20_000,
        always=10_000,
        batch=50,
    ),
    Row(
        name="rq SimpleWorker",
        module="rq_peer",
        each=1,
        articles=400,
        always=50,
        needs="rq",
    ),
    Row(
        name="rq SimpleWorker, 50 a job",
        module="rq_peer",
        each=50,
        articles=15_000,
        always=2_500,
        batch=50,
        needs="rq",
    ),
    Row(
        name="celery solo",
        family="celery",
        batch=64,
        module="celery_peer",
        manner="solo",
        each=1,
        articles=800,
        always=150,
        needs="celery",
    ),
    Row(
        name="celery prefork 1",
        family="celery",
        batch=64,
        module="celery_peer",
        manner="prefork",
        each=1,
        articles=800,
        always=150,
        needs="celery",
        parent=True,
    ),
    Row(
        name="celery solo, 50 a message",
        family="celery 50",
        module="celery_peer",
        manner="solo",
        each=50,
        articles=20_000,
        always=5_000,
        batch=50,
        needs="celery",
    ),
    Row(
        name="dramatiq 8 threads",
        family="dramatiq",
        batch=16,
        module="dramatiq_peer",
        manner="8",
        each=1,
        articles=3_000,
        always=400,
        needs="dramatiq",
    ),
    Row(
        name="dramatiq 1 thread",
        family="dramatiq",
        module="dramatiq_peer",
        manner="1",
        each=1,
        articles=300,
        always=100,
        needs="dramatiq",
    ),
    Row(
        name="dramatiq 8 threads, 50 a message",
        family="dramatiq 50",
        module="dramatiq_peer",
        manner="8",
        each=50,
        articles=40_000,
        always=10_000,
        batch=50,
        needs="dramatiq",
    ),
    Row(
        name="dramatiq 8 threads, 50 a message, kept",
        family="dramatiq 50 kept",
        module="dramatiq_peer",
        manner="8 kept",
        each=50,
        articles=20_000,
        always=10_000,
        batch=50,
        needs="dramatiq",
    ),
)
