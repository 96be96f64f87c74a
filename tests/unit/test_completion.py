"""Shells complete our commands, by scripts that click makes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import import_module

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


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(shell: str) -> None:
    script = CliRunner().invoke(command, [shell]).stdout
    assert VARIABLE in script
    assert f"{shell}_complete" in script
    checker = shutil.which(shell)
    if checker is not None:
        subprocess.run([checker, "-n"], input=script, text=True, check=True, timeout=10)
