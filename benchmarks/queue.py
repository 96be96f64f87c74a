"""What the queue costs an article: our worker beside RQ, Celery, Dramatiq and a bare Redis stream.

    make bench                                       (installs the peers)
    .venv/bin/python benchmarks/queue.py [--quick]

Every worker is a process of its own, one at a time, on one embedded server; all get the same
articles and do nothing with them. Rounds are interleaved, figures are medians. Then the same with
`appendfsync always`. The server lives in a temporary folder: nothing stays behind.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Else `import queue`, which half the standard library says, would find this very file.
sys.path[:] = [str(ROOT), *(place for place in sys.path if place != str(ROOT / "benchmarks"))]

import argparse  # noqa: E402  # the path comes first
import contextlib  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import platform  # noqa: E402
import signal  # noqa: E402
import statistics  # noqa: E402
import subprocess  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from importlib.metadata import version  # noqa: E402

import msgspec  # noqa: E402
import redis  # noqa: E402

from benchmarks.queue_peers.rows import ALWAYS_THERE, ROWS, Row  # noqa: E402
from benchmarks.queue_peers.texts import articles  # noqa: E402
from benchmarks.queue_peers.verdict import Uses, goals, table  # noqa: E402
from benchmarks.queue_peers.window import Use  # noqa: E402
from monitor import telemetry  # noqa: E402
from monitor.embedded import Embedded, find_server  # noqa: E402
from monitor.model import Article  # noqa: E402

MOST = 50_000
"""Articles made; more than any window needs."""

WAIT_S = 60.0
"""For one window; a worker that needs longer is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One server, and how long each window is."""

    client: redis.Redis
    url: str
    folder: Path
    articles: Sequence[Article]
    share: float

    def uses(self, rows: Sequence[Row], rounds: int, fsync: str) -> Uses:
        """Every row, `rounds` times, interleaved; each round begins with another row."""
        self.client.config_set("appendfsync", fsync)
        found: Uses = {row.name: [] for row in rows}
        for turn in range(rounds):
            for number in range(len(rows)):
                row = rows[(number + turn * 5) % len(rows)]
                wanted = row.articles if fsync == "everysec" else row.always
                found[row.name].append(self.use(row, max(int(wanted * self.share), 20)))
        return found

    def use(self, row: Row, wanted: int) -> Use:
        """One window of one row, on an empty server."""
        first, last, total = row.sizes(wanted)
        self.client.flushall()
        row.fill(self.url, self.articles[:total], row.each)
        report, said = self.folder / "report.json", self.folder / "worker.log"
        report.unlink(missing_ok=True)
        with said.open("wb") as log:
            worker = subprocess.Popen(
                [
                    *(sys.executable, "-m", "benchmarks.queue_peers", str(ROWS.index(row))),
                    *(self.url, str(report), str(first), str(last), str(os.getpid())),
                ],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            await_report(report, worker, said, row)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)  # Celery's pool is a process of its own
            worker.wait()
        return msgspec.json.decode(report.read_bytes(), type=Use)


def await_report(report: Path, worker: subprocess.Popen[bytes], said: Path, row: Row) -> None:
    """Until the worker has reported; if it dies or hangs, say what it said."""
    until = time.monotonic() + WAIT_S
    while not report.exists():
        if worker.poll() is not None or time.monotonic() > until:
            tail = said.read_text(errors="replace")[-2000:]
            raise SystemExit(f"{row.name}: no report within {WAIT_S:g} s. It said:\n{tail}")
        time.sleep(0.01)


def fsync_us(folder: Path) -> float:
    """What making one small write durable takes here."""
    times = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(b"x" * 4096)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - began) * 1e6)
    return statistics.median(times)


def setting(folder: Path) -> str:
    """The one line that says what was measured on what."""
    packages = ("redis", "hiredis", "rq", "celery", "kombu", "dramatiq")
    installed = []
    for name in packages:
        try:
            installed.append(f"{name} {version(name)}")
        except ModuleNotFoundError:
            installed.append(f"{name} missing (make bench)")
    server = find_server()
    return (
        f"{server.name} {server.version} on a unix socket, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, fdatasync "
        f"{fsync_us(folder):,.0f} us; {', '.join(installed)}"
    )


def main() -> int:
    """Run it; 0 when done, whatever the goals say: a benchmark on a busy machine is no test."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one short round, under a minute")
    parser.add_argument("--rounds", type=int, default=0, help="rounds with everysec (3)")
    parser.add_argument("--words", type=int, default=40, help="words of text an article has (40)")
    parser.add_argument("--only", default="", help="only rows whose name holds this, and our own")
    parser.add_argument("--data", type=Path, help="where the server's temporary folder is made")
    options = parser.parse_args()
    telemetry.set_up(level="warning", format_="console")
    logging.disable(logging.WARNING)
    rows = [
        row
        for row in ROWS
        if row.is_installed and (options.only in row.name or row.name in ALWAYS_THERE)
    ]
    rounds, share = (1, 0.3) if options.quick else (3, 1.0)
    rounds = options.rounds or rounds
    with tempfile.TemporaryDirectory(prefix="ww-bench-", dir=options.data) as made:
        folder = Path(made)
        print(setting(folder))
        with Embedded(folder / "data") as server, redis.Redis.from_url(server.url) as client:
            client.config_set("auto-aof-rewrite-percentage", 0)  # no fork in the middle of a window
            bench = Bench(
                client=client,
                url=server.url,
                folder=folder,
                articles=list(articles(MOST, options.words)),
                share=share,
            )
            everysec = bench.uses(rows, rounds, "everysec")
            table(f"AOF everysec, {rounds} rounds, {options.words} words an article", everysec)
            always = bench.uses(rows, max(rounds - 1, 1), "always")
            table(f"appendfsync always, {max(rounds - 1, 1)} rounds", always)
            print(
                "\nus: CPU an article; trips: reads of a socket by the server; kept: one record of"
                " each article is left\nspread: (most - least) / median; x/ours: the median of"
                " rounds, each with its own"
            )
            goals(everysec, always)
    return 0


if __name__ == "__main__":
    sys.exit(main())
