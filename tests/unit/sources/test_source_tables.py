"""The tables of formats hold every format in the folder, and nothing else."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

from monitor import sources
from monitor.sources import packed, seed
from monitor.sources.feed import FORMATS

FOLDER = Path(sources.__file__).parent


def modules() -> list[ModuleType]:
    return [
        import_module(f"monitor.sources.{path.stem}")
        for path in sorted(FOLDER.glob("*.py"))
        if path.stem not in {"__init__", "childpage", "childparse"}
    ]


def own(module: ModuleType, name: str) -> object | None:
    found = vars(module).get(name)
    return found if inspect.getmodule(found) is module else None


def test_every_format_of_feeds_is_in_the_table() -> None:
    recognisers = [found for one in modules() if (found := own(one, "recognises"))]

    assert {kind.recognises for kind in FORMATS} == set(recognisers)


def test_every_reader_of_seeds_is_in_the_table() -> None:
    readers = [
        found
        for module in modules()
        for name, found in vars(module).items()
        if name.startswith("read") and own(module, name) and takes_a_stream(found)
    ]

    assert set(seed.SEEDS.values()) == set(readers)


def test_the_page_on_formats_lists_them_all() -> None:
    page = (Path(__file__).parents[3] / "docs" / "formats.md").read_text()
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| ")]
    suffixes = {name for row in rows for name in re.findall(r"`(\.\w+)`", row)}

    assert suffixes == {*seed.SEEDS, *packed.UNPACKERS}
    assert {row.strip() for row in rows} >= {kind.name for kind in FORMATS}


def takes_a_stream(found: object) -> bool:
    return callable(found) and next(iter(inspect.signature(found).parameters), "") == "stream"


def test_what_unpacks_and_what_reads_share_no_suffix() -> None:
    assert not packed.UNPACKERS.keys() & seed.SEEDS.keys()
    assert all(suffix == suffix.lower() for suffix in (*packed.UNPACKERS, *seed.SEEDS))
