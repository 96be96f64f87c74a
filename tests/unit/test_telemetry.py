"""Every event that is logged stands in the table, and every line of the table is logged."""

from __future__ import annotations

import re
from pathlib import Path

import monitor
import workers
from monitor.channels.documents import DOCUMENTS
from monitor.telemetry import EVENTS, LOOK_EVERY_LINES, ROTATE_BYTES, LogFile

LOGGED = re.compile(r"\"([a-z]+\.[a-z_]+)\"")


def test_a_log_file_that_grows_too_large_is_put_aside_and_all_go_on(tmp_path: Path) -> None:
    # given: two processes that log to one file
    path = tmp_path / "data" / "w.log"
    one, other = LogFile(path), LogFile(path)
    line = "x" * 9999 + "\n"
    # when
    for _ in range(ROTATE_BYTES // 10_000 + 500):
        one.write(line)
        other.write("o\n")
    # then
    old = path.with_name("w.log.old")
    assert old.stat().st_size < ROTATE_BYTES + LOOK_EVERY_LINES * 20_000
    assert "o\n" in path.read_text()[-30_000:]
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_the_table_of_events_is_what_is_logged() -> None:
    nouns = {name.split(".")[0] for name in EVENTS}
    logged = set()
    for package in (monitor, workers):
        for path in Path(package.__file__ or "").parent.rglob("*.py"):
            if path.name == "telemetry.py":
                continue
            text = path.read_text()
            logged |= {name for name in LOGGED.findall(text) if name.split(".")[0] in nouns}
    types = {str(kind.__struct_config__.tag) for kind in DOCUMENTS}
    logged -= {"articles.admitted", *(types - set(EVENTS))}  # a count; types of webhooks
    assert {name for name in logged if not name.endswith((".toml", ".json", ".html"))} == set(
        EVENTS
    )
