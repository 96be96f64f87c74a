"""Shells complete our commands, by scripts that click makes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from monitor.cli import COMMANDS, wirewatch
from monitor.cli.completion import PROGRAM, VARIABLE, command


def completions(*words: str, incomplete: str = "") -> list[str]:
    shell = ShellComplete(wirewatch, {}, PROGRAM, VARIABLE)
    return [item.value for item in shell.get_completions(list(words), incomplete)]


def test_commands_are_completed_without_importing_any() -> None:
    before = set(sys.modules)
    assert completions(incomplete="wa") == ["watch"]
    assert completions() == list(COMMANDS)
    loaded = {module for module, _ in COMMANDS.values()} & (set(sys.modules) - before)
    assert loaded == set()


def test_commands_of_commands_and_options_are_completed() -> None:
    assert completions("watch", incomplete="p") == ["pause"]
    assert "--watch" in completions("status", incomplete="--w")
    assert completions("completion", incomplete="z") == ["zsh"]
    assert import_module(COMMANDS["completion"].module).command is command


def test_ids_of_feeds_and_watches_are_completed(tmp_path: Path) -> None:
    # given
    (tmp_path / "feeds.toml").write_text('[source.harbour]\nurl = "x"\n[source.hill]\n')
    (tmp_path / "watchlist.toml").write_text('[watch.drones]\nwhen = "drone"\n')
    where = ["--config", str(tmp_path)]
    # then
    assert completions("feeds", "pause", *where) == ["harbour", "hill"]
    assert completions("feeds", "resume", *where, incomplete="hi") == ["hill"]
    assert completions("feeds", "poll", *where, incomplete="x") == []
    assert completions("watch", "pause", *where) == ["drones"]
    # and a file that is no TOML just now completes nothing
    (tmp_path / "feeds.toml").write_text("[source.\n")
    assert completions("feeds", "pause", *where) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(shell: str) -> None:
    script = CliRunner().invoke(command, [shell]).stdout
    assert VARIABLE in script
    assert f"{shell}_complete" in script
    checker = shutil.which(shell)
    if checker is not None:
        subprocess.run([checker, "-n"], input=script, text=True, check=True, timeout=10)
