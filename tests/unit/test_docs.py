"""What the documents say exists, exists."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from monitor.cli import COMMANDS
from monitor.model import JOBS

ROOT = Path(__file__).parent.parent.parent
DOCS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
SAMPLES = sorted((ROOT / "config").glob("*.toml"))


@pytest.mark.parametrize("path", [*DOCS, *SAMPLES], ids=lambda path: path.name)
def test_every_command_named_is_a_command(path: Path) -> None:
    for name in re.findall(r"`wirewatch ([a-z-]+)", path.read_text()):
        assert name in COMMANDS, f"{path.name} names `wirewatch {name}`"


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text()
    for name in COMMANDS:
        assert f"`wirewatch {name}" in text, name


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in DOCS:
        for name in re.findall(r"`make ([a-z]+)", path.read_text()):
            assert name in targets, f"{path.name} names `make {name}`"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_loaded_and_says_what_it_does(name: str) -> None:
    command = import_module(COMMANDS[name].module).command
    assert command.help
    assert command.name == name


@pytest.mark.parametrize("function", JOBS.values())
def test_every_job_function_exists(function: str) -> None:
    module, _, name = function.rpartition(".")
    assert callable(getattr(import_module(module), name))


def test_the_tree_of_rooms_is_true() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    tree = text.partition("## Rooms")[2].partition("```\n")[2].partition("```")[0]
    for line in tree.splitlines():
        if line.startswith("  ") and "monitor/" not in line:
            for name in re.findall(r"^  [a-z_]+(?:\.py|/)|(?<=   )[a-z_]+\.py(?=  )", line):
                found = [ROOT / part / name.strip() for part in ("monitor", "workers")]
                assert any(path.exists() for path in found), name
    for folder in ("monitor", "workers"):
        for path in (ROOT / folder).iterdir():
            if path.name[0] not in "_." and (path.is_dir() or path.suffix == ".py"):
                name = path.name + ("/" if path.is_dir() else "")
                assert name in tree or name == "samples/", f"{folder}/{name} is not in the tree"
