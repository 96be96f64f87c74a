"""The audit of what we depend on: what it says of weaknesses, and of what it could not ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import audit

ROOT = Path(__file__).parents[2]
LOCKED = {"urllib3 1.0": "urllib3==1.0 \\\n    --hash=sha256:aa", "pytz 2.0": "pytz==2.0"}
WEAKNESS = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.1"]}


def said(*rows: dict[str, object]) -> str:
    return json.dumps({"dependencies": list(rows), "fixes": []})


def test_what_is_shipped_is_all_in_the_lock_that_is_audited() -> None:
    shipped, all_ = (
        audit.packages((ROOT / name).read_text())
        for name in ("requirements.lock", "requirements-dev.lock")
    )

    assert "aiohttp" in {name.partition(" ")[0] for name in shipped}
    assert shipped.keys() <= all_.keys()
    assert all("--hash=" in lines for lines in all_.values())


def test_a_weakness_is_told_with_what_mends_it(capsys: pytest.CaptureFixture[str]) -> None:
    rows = (
        {"name": "urllib3", "version": "1.0", "vulns": [WEAKNESS]},
        {"name": "pytz", "version": "2.0", "vulns": []},
    )

    assert audit.tell(audit.read(said(*rows), "", LOCKED), "a.lock", 2) == 1
    assert capsys.readouterr().out.splitlines() == [
        "audit: urllib3 1.0: PYSEC-1, CVE-1, mended in 1.1.",
        "audit: 2 of 2 packages of a.lock checked, 1 to mend",
    ]


def test_what_the_database_does_not_know_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    rows = (
        {"name": "urllib3", "version": "1.0", "vulns": []},
        {"name": "pytz", "skip_reason": "Dependency not found"},
    )

    assert audit.tell(audit.read(said(*rows), "", LOCKED), "a.lock", 2) == 0
    assert "audit: not checked: pytz 2.0" in capsys.readouterr().out


def test_without_a_network_nothing_is_wrong_and_that_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    trace = "Traceback ...\nrequests.exceptions.ConnectionError: HTTPSConnectionPool(host=...)\n"

    assert audit.tell(audit.read("", trace, LOCKED), "a.lock", 2) == 0
    assert (
        "not checked (requests.exceptions.ConnectionError: HTTPSConnectionPool): all of them"
        in (capsys.readouterr().out)
    )


@pytest.mark.parametrize(
    "complaint", ["", "/usr/bin/python: No module named pip_audit\n", "TypeError: a bug\n"]
)
def test_a_tool_that_is_missing_or_broken_is_no_lack_of_a_network(complaint: str) -> None:
    with pytest.raises(audit.ToolBroken):
        audit.read("", complaint, LOCKED)


def test_a_tool_that_does_not_work_ends_the_audit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    # given: a Python that has no pip-audit
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\necho 'python: No module named pip_audit' >&2\nexit 1\n")
    bare.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(bare))
    monkeypatch.setattr("sys.argv", ["audit.py", str(ROOT / "requirements.lock")])
    # when / then
    assert audit.main() == 2
    assert "pip-audit does not work" in capsys.readouterr().out


def test_one_package_that_nobody_knows_does_not_switch_off_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given: a database that knows all but one of those that are asked for first
    asked: list[tuple[str, ...]] = []

    def ask(locked: dict[str, str]) -> audit.Answer:
        asked.append(tuple(locked))
        return audit.Answer(found={}, unchecked=("certifi 1",))

    monkeypatch.setattr(audit, "ask", ask)
    locked = dict.fromkeys(("aaa 1", "certifi 1", "redis 1", "urllib3 1"), "")
    # when
    answer = audit.audited(locked)
    # then
    assert asked == [("certifi 1", "redis 1", "urllib3 1"), tuple(locked)]
    assert answer.unchecked == ("certifi 1",)
