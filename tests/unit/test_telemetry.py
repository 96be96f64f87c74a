"""Every event that is logged stands in the table, and every line of the table is logged."""

from __future__ import annotations

import re
from pathlib import Path

import monitor
import workers
from monitor.telemetry import EVENTS

LOGGED = re.compile(r"\"([a-z]+\.[a-z_]+)\"")


def test_the_table_of_events_is_what_is_logged() -> None:
    nouns = {name.split(".")[0] for name in EVENTS}
    logged = set()
    for package in (monitor, workers):
        for path in Path(package.__file__ or "").parent.rglob("*.py"):
            if path.name == "telemetry.py":
                continue
            text = path.read_text()
            logged |= {name for name in LOGGED.findall(text) if name.split(".")[0] in nouns}
    logged -= {"articles.admitted"}
    assert {name for name in logged if not name.endswith((".toml", ".json"))} == set(EVENTS)
