"""The process that tries examples for `tried_within`."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from monitor.app import Desk
from monitor.errors import ConfigError
from monitor.reload.trial import CHANGED, problem_of
from monitor.settings import load


def main() -> None:
    """What fails of them: the folder as argument, the ids of watches on stdin."""
    wanted = set(msgspec.json.decode(sys.stdin.buffer.read(), type=tuple[str, ...]))
    try:
        settings = load(Path(sys.argv[1]), channels="sealed")
    except ConfigError:
        sys.exit(CHANGED)
    watches = tuple(watch for watch in settings.watches if watch.id in wanted)
    failures = Desk.of(watches, settings.knowledge).failing_examples()
    sys.stdout.buffer.write(msgspec.json.encode([problem_of(each) for each in failures]))


if __name__ == "__main__":
    main()
