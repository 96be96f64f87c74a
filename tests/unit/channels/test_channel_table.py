"""The table of channels, the folder and the settings agree."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import get_args

import pytest

import monitor.channels
from monitor.channels import CHANNELS
from monitor.channels.channel import ChannelConfig, Kind
from monitor.errors import Bug

PAGE = Path(__file__).parents[3] / "docs" / "channels.md"
SAMPLE = Path(__file__).parents[3] / "config" / "channels.toml"
FOLDER = Path(monitor.channels.__file__).parent
GOOD: dict[str, dict[str, object]] = {
    "console": {},
    "email": {
        "to": ["desk@example.org"],
        "from": "wirewatch@example.org",
        "smtp": "smtp://127.0.0.1:25",
    },
    "webhook": {"url": "https://hooks.example.org/wirewatch", "secret": "a secret"},
    "file": {"path": "/var/lib/wirewatch/alerts.jsonl"},
    "exec": {"command": ["/usr/bin/logger", "-t", "wirewatch"]},
    "atom": {"folder": "/srv/www/alerts"},
    "apprise": {"urls": ["json://127.0.0.1:9/alerts"]},
}


def test_every_channel_of_the_folder_is_in_the_table() -> None:
    # given
    modules = [
        importlib.import_module(f"monitor.channels.{path.stem}") for path in FOLDER.glob("[!_]*.py")
    ]

    # then
    kinds = [module.KIND for module in modules if isinstance(getattr(module, "KIND", None), Kind)]
    assert sorted(map(id, kinds)) == sorted(map(id, CHANNELS.values()))


@pytest.mark.parametrize("name", CHANNELS)
def test_a_channel_opens_with_good_settings_and_touches_nothing(name: str) -> None:
    # given
    kind = CHANNELS[name]
    config = kind.config.model_validate({"type": name, **GOOD[name]})

    # then
    assert kind.open_channel("desk", config, allow=(), contact="") is not None


@pytest.mark.parametrize("name", CHANNELS)
def test_every_setting_is_described_and_the_type_is_the_tables(name: str) -> None:
    # given
    fields = CHANNELS[name].config.model_fields

    # then
    assert all(field.description for field in fields.values())
    assert get_args(fields["type"].annotation) == (name,)


def test_the_docs_name_every_kind_with_its_keys() -> None:
    # given
    rows = [row.split(" | ") for row in PAGE.read_text("utf-8").splitlines()]
    told = {row[0]: row[-1] for row in rows if row[0].startswith("| `") and len(row) == 3}

    # then
    for name, kind in CHANNELS.items():
        keys = [field.alias or key for key, field in kind.config.model_fields.items()]
        own = [key for key in keys if key not in {"type", *ChannelConfig.model_fields}]
        written = " ".join(f"`{key}`" for key in own)
        assert told[f"| `{name}`"] == f"{written} |"
    for key in ChannelConfig.model_fields:
        assert f"`{key}`" in PAGE.read_text("utf-8").partition("\n| ")[0], key


@pytest.mark.parametrize("name", CHANNELS)
def test_every_key_stands_in_the_sample(name: str) -> None:
    sample = SAMPLE.read_text("utf-8")
    for key, field in CHANNELS[name].config.model_fields.items():
        assert re.search(rf"^(# )?{field.alias or key} +=", sample, re.MULTILINE), key


def test_settings_of_another_channel_are_a_bug() -> None:
    # given
    config = CHANNELS["console"].config.model_validate({})

    # then
    with pytest.raises(Bug, match=r"wanted monitor\.channels\.webhook"):
        CHANNELS["webhook"].open_channel("ops-hook", config, allow=(), contact="")
