"""`python -m workers`: the supervisor of one host, started by `wirewatch run` and `worker`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import monitor
import workers
from monitor import telemetry
from monitor.app import App
from monitor.errors import ConfigError, SchemaMismatch, StoreUnavailable
from monitor.model import ARTICLES, JOBS
from monitor.reload import Following
from monitor.settings import load
from monitor.settings.version import Files
from workers.parent import die_with_parent
from workers.renewal import Renewal
from workers.rounds import ROUNDS, WHILE_READING, go_once
from workers.runtime import Supervisor


def main() -> int:
    """Parse, load, supervise. Exit 2 when the configuration does not load."""
    parser = argparse.ArgumentParser(prog="python -m workers")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--queue", action="append", choices=sorted(JOBS), default=[])
    parser.add_argument("--processes", type=int)
    parser.add_argument("--parent", type=int, help="process to end with")
    parser.add_argument("--vouch", type=Path, help="file to touch in place of a heartbeat")
    parser.add_argument("--once", action="store_true", help="leave what needs all read to --round")
    parser.add_argument("--round", action="store_true", help="go the rounds once, and end")
    options = parser.parse_args()
    if options.parent:
        die_with_parent(options.parent)
    _check_home()
    files = Files(options.config)
    try:
        settings = load(options.config)
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201  # before logging is set up
        return 2
    if not settings.redis_url:
        print(  # noqa: T201  # before logging is set up
            "no Redis to work on: set [redis] url or WIREWATCH_REDIS_URL, or use `wirewatch run`",
            file=sys.stderr,
        )
        return 2
    log = settings.log
    telemetry.set_up(level=log.level, format_=log.format, file=Path(log.file) if log.file else None)
    app = App(settings, settings.redis_url, files.version)
    if options.round:
        return _round(app)
    queues = tuple(options.queue or sorted(JOBS))
    supervisor = Supervisor(
        app=app,
        queues=queues,
        processes=options.processes,
        renewal=Renewal(Following(files, telemetry.logger(), who="worker"), ARTICLES in queues),
        vouch=options.vouch,
        rounds=WHILE_READING if options.once else ROUNDS,
    )
    try:
        supervisor.run()
    except SchemaMismatch:  # the log says so
        return 2
    return 0


def _round(app: App) -> int:
    """Exit 1 when Redis does not answer; the log says so."""
    try:
        go_once(app)
    except StoreUnavailable as error:
        telemetry.logger().error("store.unavailable", reason=str(error))
        return 1
    return 0


def _check_home() -> None:
    """Two packages with plain names: say which one shadows ours instead of failing strangely."""
    here, there = Path(workers.__file__).parent.parent, Path(monitor.__file__).parent.parent
    if here != there:
        sys.exit(
            f"{os.fspath(here)} holds `workers` but {os.fspath(there)} holds `monitor`: another"
            " package of one of these names shadows ours; use an environment of Wirewatch's own"
        )


if __name__ == "__main__":
    sys.exit(main())
