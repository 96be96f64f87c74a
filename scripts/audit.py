"""Are there known weaknesses in what we depend on? By pip-audit, which asks Python's own database.

    .venv/bin/python scripts/audit.py requirements-dev.lock requirements-bench.lock

Exit 1 where there are. Without a network, or where the database is not to be had, it says so, names
what it could not check, and exits 0: `make check` must work on a train. A few that every database
knows are asked for first; where none of them is answered, no other would be. What is neither an
answer nor a lack of one is a fault of the tool: exit 2.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCEPTED: Mapping[str, str] = {}
"""Id of an advisory -> why it does not concern us; each with the version that mends it, if any."""

PACKAGE = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)[^\n]*(?:\n[ \t]+[^\n]*)*", re.MULTILINE)
UNANSWERED = re.compile(
    r"requests\.exceptions\.|urllib3\.exceptions\.|pip_audit\._service\.interface\."
    r"|Could not connect to PyPI|PyPI is not redirecting"
)
"""What pip-audit ends with where the database does not answer it, or answers nonsense."""

WELL_KNOWN = ("certifi", "cryptography", "jinja2", "pydantic", "pytest", "redis", "urllib3")
MOST_FIRST = 3

SOCKET_S = "5"
WITHIN_S = 120.0


class ToolBroken(Exception):
    """pip-audit is not there, or does not do what it should: nothing is known of any package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of asking: advisories by package, what was left unchecked and why, "" for asked."""

    found: Mapping[str, list[dict[str, Any]]]
    unchecked: tuple[str, ...]
    reason: str = ""


def packages(lock: str) -> dict[str, str]:
    """Package with version -> its lines in the lock file."""
    return {f"{found[1]} {found[2]}": found[0] for found in PACKAGE.finditer(lock)}


def ask(locked: Mapping[str, str]) -> Answer:
    """Ask about all of these. Raises ToolBroken."""
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder) / "lock.txt"
        lock.write_text("\n".join(locked.values()) + "\n")
        try:
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "pip_audit", "-r", str(lock), "--disable-pip"),
                    *("--require-hashes", "--format", "json", "--progress-spinner", "off"),
                    *("--timeout", SOCKET_S, "--aliases", "on", "--desc", "off"),
                ],
                capture_output=True,
                text=True,
                timeout=WITHIN_S,
                check=False,
                env={name: text for name, text in os.environ.items() if name != "PYTHONPATH"},
            )
        except subprocess.TimeoutExpired:
            return Answer(found={}, unchecked=tuple(locked), reason=f"no end within {WITHIN_S:g} s")
    return read(done.stdout, done.stderr, locked)


def read(said: str, complaint: str, locked: Iterable[str]) -> Answer:
    """What pip-audit says: JSON, or the end of a traceback where nobody answered it. Raises
    ToolBroken where it is neither.
    """
    try:
        rows = json.loads(said)["dependencies"]
    except (ValueError, KeyError):
        last = complaint.strip().splitlines()[-1:] or ["it says nothing"]
        if not UNANSWERED.search(last[0]):
            raise ToolBroken(last[0][:200]) from None
        return Answer(found={}, unchecked=tuple(locked), reason=last[0].partition("(")[0][:200])
    checked = {f"{row['name']} {row['version']}": row["vulns"] for row in rows if "vulns" in row}
    known = {plain(name) for name in checked}
    return Answer(
        found={name: found for name, found in checked.items() if found},
        unchecked=tuple(name for name in locked if plain(name) not in known),
    )


def plain(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name.partition(" ")[0]).lower()


def tell(answer: Answer, lock: str, count: int) -> int:
    """Say it; how many advisories nobody has accepted."""
    bad = 0
    for package, advisories in answer.found.items():
        for each in advisories:
            ids = [each["id"], *each.get("aliases", [])]
            why = next((ACCEPTED[id_] for id_ in ids if id_ in ACCEPTED), "")
            mended = ", ".join(each.get("fix_versions") or ["no version"])
            bad += not why
            print(f"audit: {package}: {', '.join(ids)}, mended in {mended}. {why}".rstrip())
    if answer.unchecked:
        names = "all of them" if len(answer.unchecked) == count else ", ".join(answer.unchecked)
        why = f" ({answer.reason})" if answer.reason else ""
        print(f"audit: not checked{why}: {names}")
    checked = count - len(answer.unchecked)
    print(f"audit: {checked} of {count} packages of {lock} checked, {bad} to mend")
    return bad


def first(locked: Mapping[str, str]) -> dict[str, str]:
    """Some that every database knows, else the first there are."""
    known = [name for name in locked if plain(name) in WELL_KNOWN]
    return {name: locked[name] for name in (known or [*locked])[:MOST_FIRST]}


def audited(locked: Mapping[str, str]) -> Answer:
    """What is known of all of these. Raises ToolBroken."""
    some = first(locked)
    answer = ask(some)
    if len(answer.unchecked) < len(some):
        return ask(locked)
    reason = answer.reason or f"the database knows none of {', '.join(some)}"
    return Answer(found={}, unchecked=tuple(locked), reason=reason)


def main() -> int:
    """Audit lock files; 1 where something is to be mended, 2 where the tool does not work."""
    bad = 0
    for lock in sys.argv[1:]:
        locked = packages(Path(lock).read_text(encoding="utf-8"))
        try:
            bad += tell(audited(locked), lock, len(locked))
        except ToolBroken as error:
            print(f"audit: pip-audit does not work, nothing was checked: {error}")
            print("audit: install it again, as `make` does (requirements-dev.lock)")
            return 2
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
