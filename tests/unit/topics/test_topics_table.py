"""The table of shapes, the folder and the documentation say the same."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import monitor.topics
from monitor.topics import SHAPES, Shape

DOCS = Path(__file__).parents[3] / "docs" / "topics.md"


def test_each_file_with_a_find_is_a_shape_and_each_shape_is_a_file() -> None:
    modules = {
        found.name: import_module(f"monitor.topics.{found.name}")
        for found in iter_modules(monitor.topics.__path__)
    }
    shapes = {
        name: Shape(module.find, getattr(module, "FORM", None))
        for name, module in modules.items()
        if hasattr(module, "find")
    }
    assert shapes == dict(SHAPES)


def test_only_names_that_no_list_knows_have_no_form() -> None:
    assert [name for name, shape in SHAPES.items() if shape.form is None] == ["name"]


def test_each_shape_states_its_rules_at_the_top() -> None:
    for name in SHAPES:
        doc = import_module(f"monitor.topics.{name}").__doc__ or ""
        assert doc.startswith(f"{name}: ")
        assert "\n- " in doc


def test_the_documented_table_is_the_table() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+):", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert [shape for shape, _ in rows] == list(SHAPES)
    assert all(shape == key for shape, key in rows)
